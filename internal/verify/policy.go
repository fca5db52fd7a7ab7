package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
)

const policyFile = "docs/policy.md"

// The last letter of each section of the policy, and how many numbered parts a
// paragraph has. Section 1 is one text.
var (
	lastLetter = map[int]byte{2: 'e', 3: 'f', 4: 'i', 5: 'i', 6: 'c', 7: 'd', 8: 'b', 9: 'd', 10: 'j', 11: 'c'}
	parts      = map[string]int{"3(b)": 3, "3(c)": 4, "7(b)": 5, "8(a)": 4, "9(a)": 3, "9(c)": 3, "9(d)": 3}
)

// The sections that ask something of the system, and so have rows in the table.
const firstSection, lastSection = 3, 9

// paragraphs lists the paragraphs of sections from to to, in order.
func paragraphs(from, to int) []string {
	var all []string
	for section := from; section <= to; section++ {
		for letter := byte('a'); letter <= lastLetter[section]; letter++ {
			p := fmt.Sprintf("%d(%c)", section, letter)
			all = append(all, p)
			for n := 1; n <= parts[p]; n++ {
				all = append(all, fmt.Sprintf("%s(%d)", p, n))
			}
		}
	}
	return all
}

// exists tells whether the policy has what a mark names.
func exists(mark string) bool {
	if slices.Contains(paragraphs(1, 11), mark) {
		return true
	}
	for section := 1; section <= 11; section++ {
		if mark == fmt.Sprint(section) {
			return true
		}
	}
	return false
}

// The states of a row.
const (
	met    = "MET"
	open   = "OPEN"
	noDuty = "NO DUTY"
)

// A row of the table: what a paragraph asks, how that is met, and what shows
// it: of a MET one its tests, of an OPEN one what is missing, of one without
// duty why.
type row struct {
	line                                 int
	paragraph, asks, how, state, showing string
}

func (r row) String() string {
	return fmt.Sprintf("| §%s | %s | %s | %s | %s |", r.paragraph, r.asks, r.how, r.state, r.showing)
}

// parseRow reads one line, if it is a row of a paragraph.
func parseRow(number int, line string) (row, bool) {
	if !strings.HasPrefix(line, "| §") {
		return row{}, false
	}
	cells := append(strings.SplitN(strings.Trim(line, "| "), "|", 5), "", "", "", "")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return row{number, strings.TrimPrefix(cells[0], "§"), cells[1], cells[2], cells[3], cells[4]}, true
}

func parsePolicy(text string) []row {
	var rows []row
	for i, line := range strings.Split(text, "\n") {
		if r, ok := parseRow(i+1, line); ok {
			rows = append(rows, r)
		}
	}
	return rows
}

// named are the tests in a cell: what stands between backquotes.
var named = regexp.MustCompile("`([^`]+)`")

// judgePolicy answers what is wrong with the table.
func judgePolicy(rows []row, tests []proof) []string {
	var problems []string
	complain := func(r row, format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s:%d: §%s: ", policyFile, r.line, r.paragraph)+fmt.Sprintf(format, args...))
	}
	wanted := paragraphs(firstSection, lastSection)
	seen := map[string]int{}
	for _, r := range rows {
		if !slices.Contains(wanted, r.paragraph) {
			complain(r, "the policy has no such paragraph")
		}
		if seen[r.paragraph]++; seen[r.paragraph] == 2 {
			complain(r, "has two rows")
		}
		if r.asks == "" || r.how == "" || r.showing == "" {
			complain(r, "a cell is empty")
		}
		switch r.state {
		case open, noDuty:
		case met:
			names := named.FindAllStringSubmatch(r.showing, -1)
			if len(names) == 0 {
				complain(r, "is MET and names no test")
			}
			for _, name := range names {
				if why := disproved(name[1], r.paragraph, tests); why != "" {
					complain(r, "%s", why)
				}
			}
		default:
			complain(r, "the state is %q, not %s, %s or %s", r.state, met, open, noDuty)
		}
	}
	for _, p := range wanted {
		if seen[p] == 0 {
			problems = append(problems, fmt.Sprintf("%s: §%s has no row", policyFile, p))
		}
	}
	return problems
}

// disproved says why a test does not show what a row says it shows.
func disproved(name, paragraph string, tests []proof) string {
	exists := false
	for _, t := range tests {
		if t.test != name {
			continue
		}
		exists = true
		if slices.ContainsFunc(t.marks, func(m string) bool { return covers(m, paragraph) }) {
			return ""
		}
	}
	if exists {
		return fmt.Sprintf("%s has no mark §%s", name, paragraph)
	}
	return fmt.Sprintf("there is no test %s", name)
}

// showing are the tests with a mark of exactly this paragraph, or else with one
// that covers it.
func showing(paragraph string, tests []proof) []string {
	with := func(shows func(mark string) bool) []string {
		var names []string
		for _, t := range tests {
			if slices.ContainsFunc(t.marks, shows) {
				names = append(names, "`"+t.test+"`")
			}
		}
		return slices.Compact(names)
	}
	if exact := with(func(m string) bool { return m == paragraph }); len(exact) > 0 {
		return exact
	}
	return with(func(m string) bool { return covers(m, paragraph) })
}

func checkPolicy(context.Context) ([]string, error) {
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return nil, err
	}
	tests, err := proofs()
	if err != nil {
		return nil, err
	}
	unknown, err := unknownMarks()
	return append(judgePolicy(parsePolicy(string(text)), tests), unknown...), err
}

// rewritePolicy names in each MET row the tests that are marked for it, and
// tells what only a person can decide.
func rewritePolicy(tell io.Writer) error {
	text, err := os.ReadFile(policyFile)
	if err != nil {
		return err
	}
	tests, err := proofs()
	if err != nil {
		return err
	}
	return os.WriteFile(policyFile, []byte(nameTests(string(text), tests, tell)), 0o644)
}

func nameTests(text string, tests []proof, tell io.Writer) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		r, ok := parseRow(i+1, line)
		if !ok {
			continue
		}
		shown := strings.Join(showing(r.paragraph, tests), ", ")
		switch {
		case r.state == met && shown == "":
			fmt.Fprintf(tell, "§%s is MET, and no test is marked for it\n", r.paragraph)
		case r.state == met:
			r.showing = shown
			lines[i] = r.String()
		case r.state == open && shown != "":
			fmt.Fprintf(tell, "§%s is OPEN, and marked tests exist: %s\n", r.paragraph, shown)
		}
	}
	return strings.Join(lines, "\n")
}
