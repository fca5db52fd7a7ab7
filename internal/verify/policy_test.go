package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sign puts the paragraph sign where a text has a dollar: a real one here would
// be a mark of this package's own tests.
func sign(text string) string { return strings.ReplaceAll(text, "$", "§") }

func TestMarksInAText(t *testing.T) {
	for text, want := range map[string][]string{
		"late ($4(b)): still delivered":              {"4(b)"},
		"the officer's name ($3(c)(1)).":             {"3(c)(1)"},
		"the way out of $7":                          {"7"},
		"$7, and no letter":                          {"7"},
		"notices $3(d), files $3(e),(f)":             {"3(d)", "3(e)", "3(f)"},
		"$3(d) to (f), as soon as":                   {"3(d)", "3(e)", "3(f)"},
		"$3(d)–(f)":                                  {"3(d)", "3(e)", "3(f)"},
		"officers ($2(d), (e))":                      {"2(d)", "2(e)"},
		"$3(b)(1) and (c)":                           {"3(b)(1)", "3(c)"},
		"C.G.S. $46b-15 and $51-5c":                  nil,
		"C.G.S. $$46b-15(h), 46b-16a":                nil,
		"Public Act 16-34 $5 asks for annual data":   nil,
		"RFC 9110 $11.1 and RFC 6901 $4":             nil,
		"C.G.S. $6-1; the policy's $4(c) is another": {"4(c)"},
	} {
		if got := marksIn(sign(text)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestAMarkCoversTheWholeAndItsParts(t *testing.T) {
	for _, c := range []struct {
		mark, paragraph string
		want            bool
	}{
		{"4(b)", "4(b)", true},
		{"3(c)", "3(c)(2)", true},
		{"3(c)(2)", "3(c)", true},
		{"3(c)(2)", "3(c)(1)", false},
		{"4", "4(b)", false},
		{"4(b)", "4(c)", false},
	} {
		if got := covers(c.mark, c.paragraph); got != c.want {
			t.Errorf("covers(%s, %s) = %v", c.mark, c.paragraph, got)
		}
	}
}

func TestThePolicyHasTheseParagraphs(t *testing.T) {
	all := paragraphs(firstSection, lastSection)
	if all[0] != "3(a)" || all[len(all)-1] != "9(d)(3)" || len(all) != 37+25 {
		t.Errorf("%d paragraphs: %v", len(all), all)
	}
	for mark, want := range map[string]bool{"1": true, "4(i)": true, "4(j)": false, "9(d)(3)": true, "9(d)(4)": false, "11(c)": true, "12": false} {
		if exists(mark) != want {
			t.Errorf("exists(%s) = %v", mark, !want)
		}
	}
}

func TestTestsAreFoundWithTheirMarks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x_test.go")
	src := sign(`package recording_test

// $9(a): of nobody.
var table = 1

// $4(b): two hours.
func TestTwoHours(t *testing.T) {
	t.Run("$4(e): hand", nil)
}

func Testify() {} // $4(i) is not a test's

func TestUnmarked(t *testing.T) {}
`)
	if err := os.WriteFile(name, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	found, err := proofsIn(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 2 || !strings.HasSuffix(found[0].test, ".TestTwoHours") || !slices.Equal(found[0].marks, []string{"4(b)", "4(e)"}) || len(found[1].marks) != 0 {
		t.Errorf("found %v", found)
	}
}

var someTests = []proof{
	{"recording.TestTwoHours", []string{"4(b)"}},
	{"feed.TestDaybook", []string{"3(b)"}},
	{"recording.TestElsewhere", []string{"5(b)"}},
}

func TestRowsThatDoNotTellTheTruth(t *testing.T) {
	for name, c := range map[string]struct{ row, wrong string }{
		"MET, with its test":         {"| $4(b) | a | b | MET | `recording.TestTwoHours` |", ""},
		"MET, by a part":             {"| $3(b)(1) | a | b | MET | `feed.TestDaybook` |", ""},
		"OPEN":                       {"| $4(b) | a | b | OPEN | later |", ""},
		"NO DUTY":                    {"| $4(b) | a | b | NO DUTY | the court's |", ""},
		"MET without a test":         {"| $4(b) | a | b | MET | surely |", "names no test"},
		"a test that is not there":   {"| $4(b) | a | b | MET | `recording.TestThree` |", "there is no test recording.TestThree"},
		"a test of something else":   {"| $4(b) | a | b | MET | `recording.TestTwoHours`, `recording.TestElsewhere` |", "recording.TestElsewhere has no mark"},
		"a state of its own":         {"| $4(b) | a | b | DONE | x |", `the state is "DONE"`},
		"an empty cell":              {"| $4(b) | a |  | OPEN | later |", "a cell is empty"},
		"a cell that is missing":     {"| $4(b) | a | b | OPEN |", "a cell is empty"},
		"a paragraph that is not":    {"| $4(z) | a | b | OPEN | later |", "no such paragraph"},
		"a paragraph that is double": {"| $4(b) | a | b | OPEN | x |\n| $4(b) | a | b | OPEN | x |", "two rows"},
	} {
		t.Run(name, func(t *testing.T) {
			problems := slices.DeleteFunc(judgePolicy(parsePolicy(sign(c.row)), someTests), func(p string) bool {
				return strings.HasSuffix(p, " has no row") // of all the others
			})
			if (len(problems) == 0) != (c.wrong == "") || !strings.Contains(strings.Join(problems, "\n"), c.wrong) {
				t.Errorf("said %q, want something with %q", problems, c.wrong)
			}
		})
	}
}

func TestAParagraphWithoutARowIsMissed(t *testing.T) {
	if got := judgePolicy(nil, nil); len(got) != len(paragraphs(firstSection, lastSection)) {
		t.Errorf("%d rows are missed", len(got))
	}
}

func TestTestsAreNamedFromTheirMarks(t *testing.T) {
	var told strings.Builder
	got := nameTests(sign("# Policy\n| $4(b) | a | b | MET | `old.Test` |\n| $3(b)(1) | a | b | MET | x |\n| $5(b) | a | b | OPEN | later |\n| $6(a) | a | b | MET | y |\n"), someTests, &told)
	want := sign("# Policy\n| $4(b) | a | b | MET | `recording.TestTwoHours` |\n| $3(b)(1) | a | b | MET | `feed.TestDaybook` |\n| $5(b) | a | b | OPEN | later |\n| $6(a) | a | b | MET | y |\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if told.String() != sign("$5(b) is OPEN, and marked tests exist: `recording.TestElsewhere`\n$6(a) is MET, and no test is marked for it\n") {
		t.Errorf("told %q", told.String())
	}
}
