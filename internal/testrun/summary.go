package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
	Elapsed                                                float64
}

// test is one that runs, or ran.
type test struct {
	output  []string
	ended   bool
	parent  bool // has tests inside of it, and counts only if it failed by itself
	failing bool // a test inside of it failed
}

// suite is one package.
type suite struct {
	tests                   map[string]*test
	output                  []string // of no test
	passed, failed, skipped int
}

// A summary counts tests (those with tests inside of them are not counted, but
// for a failure of their own) and prints what is worth reading.
type summary struct {
	everything              bool
	out                     io.Writer
	suites                  map[string]*suite
	builds                  map[string][]string // what the compiler said
	passed, failed, skipped int
	leftOut                 map[string][]string // the tests by reason
}

func newSummary(everything bool, out io.Writer) *summary {
	return &summary{
		everything: everything, out: out,
		suites: map[string]*suite{}, builds: map[string][]string{}, leftOut: map[string][]string{},
	}
}

// line takes one line of go test -json. What is no event is printed as it is.
func (s *summary) line(line []byte) {
	var e event
	if err := json.Unmarshal(line, &e); err != nil {
		fmt.Fprint(s.out, string(line))
		return
	}
	switch {
	case e.Action == "build-output":
		s.builds[e.ImportPath] = append(s.builds[e.ImportPath], e.Output)
	case e.Package == "":
	case e.Test != "":
		s.ofTest(s.suite(e.Package), e)
	default:
		s.ofPackage(s.suite(e.Package), e)
	}
}

func (s *summary) suite(name string) *suite {
	if s.suites[name] == nil {
		s.suites[name] = &suite{tests: map[string]*test{}}
	}
	return s.suites[name]
}

func (p *suite) test(name string) *test {
	if p.tests[name] == nil {
		p.tests[name] = &test{}
	}
	return p.tests[name]
}

// around are the names of the tests that a test is inside of.
func around(name string) (names []string) {
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name, '/') {
		name = name[:i]
		names = append(names, name)
	}
	return names
}

func (s *summary) ofTest(p *suite, e event) {
	t := p.test(e.Test)
	switch e.Action {
	case "run":
		for _, outer := range around(e.Test) {
			// A name may have a slash without there being a test before it.
			if o, ran := p.tests[outer]; ran {
				o.parent = true
			}
		}
	case "output":
		t.output = append(t.output, e.Output)
	case "pass", "fail", "skip":
		s.end(p, e.Package, e.Test, e.Action)
	}
}

func (s *summary) end(p *suite, pkg, name, how string) {
	t := p.test(name)
	t.ended = true
	switch {
	case how == "fail":
		for _, outer := range around(name) {
			if o, ran := p.tests[outer]; ran {
				o.failing = true
			}
		}
		title := ""
		if !t.failing {
			p.failed++
			s.failed++
			title = "--- FAIL: " + short(pkg) + " " + name
		}
		s.print(title, t.output)
	case how == "skip":
		p.skipped++
		reason := reasonOf(t.output)
		s.leftOut[reason] = append(s.leftOut[reason], short(pkg)+" "+name)
		if s.everything {
			s.failed++
		} else {
			s.skipped++
		}
	case !t.parent:
		p.passed++
		s.passed++
	}
	t.output = nil
}

func (s *summary) ofPackage(p *suite, e event) {
	switch e.Action {
	case "output":
		p.output = append(p.output, e.Output)
	case "pass":
		fmt.Fprintf(s.out, "ok    %s  %d passed%s  %.1fs\n", short(e.Package), p.passed, and(p.skipped, "left out"), e.Elapsed)
	case "fail":
		s.packageFailed(p, e)
	}
}

// packageFailed is said when tests failed, and also when it did not compile,
// panicked, ran out of time or exited: then what was running failed, or if
// nothing was, the package as such.
func (s *summary) packageFailed(p *suite, e event) {
	for _, name := range slices.Sorted(maps.Keys(p.tests)) {
		if t := p.tests[name]; !t.ended && !t.parent {
			t.output = append(t.output, "    did not end\n")
			s.end(p, e.Package, name, "fail")
		}
	}
	if e.FailedBuild != "" {
		s.print("--- FAIL: "+short(e.Package)+" does not compile", s.builds[e.FailedBuild])
	}
	if p.failed == 0 {
		p.failed++
		s.failed++
	}
	s.print("", p.output)
	fmt.Fprintf(s.out, "FAIL  %s  %d passed%s%s  %.1fs\n", short(e.Package), p.passed, and(p.failed, "failed"), and(p.skipped, "left out"), e.Elapsed)
}

// noise are lines by which go test frames what a test says.
var noise = regexp.MustCompile(`^(=== (RUN|PAUSE|CONT|NAME)|\s*--- (PASS|FAIL|SKIP)|PASS$|FAIL(\s|$)|ok  \t|exit status|coverage:|\?\s)`)

// longest is how many lines of one test are printed; of more, the first and
// the last half.
const longest = 200

func (s *summary) print(title string, output []string) {
	if title != "" {
		fmt.Fprintln(s.out, title)
	}
	lines := slices.DeleteFunc(strings.Split(strings.Join(output, ""), "\n"), func(line string) bool {
		return line == "" || noise.MatchString(line)
	})
	if more := len(lines) - longest; more > 0 {
		lines = slices.Replace(lines, longest/2, longest/2+more, fmt.Sprintf("    … %d lines …", more))
	}
	for _, line := range lines {
		fmt.Fprintln(s.out, line)
	}
}

var place = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// reasonOf is what a test said when it was skipped.
func reasonOf(lines []string) string {
	var said []string
	for _, line := range strings.Split(strings.Join(lines, ""), "\n") {
		if line = strings.TrimSpace(place.ReplaceAllString(line, "")); line != "" && !noise.MatchString(line) {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.TrimPrefix(strings.Join(said, " "), "skipped: ")
}

// close says what was left out, then the closing line.
func (s *summary) close(stopped bool) {
	if stopped {
		s.unfinished()
	}
	if len(s.leftOut) > 0 {
		fmt.Fprintln(s.out, "\nLeft out:")
		for _, reason := range slices.Sorted(maps.Keys(s.leftOut)) {
			tests := s.leftOut[reason]
			fmt.Fprintf(s.out, "  %d, because: %s\n", len(tests), reason)
			for _, name := range tests {
				fmt.Fprintln(s.out, "      "+name)
			}
		}
		fmt.Fprintln(s.out, "To run them as well: make test-deps, then make test again.")
		if s.everything {
			fmt.Fprintln(s.out, "Here nothing may be left out, so they count as failed.")
		}
	}
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}

// unfinished counts what was running when the run was stopped.
func (s *summary) unfinished() {
	for _, pkg := range slices.Sorted(maps.Keys(s.suites)) {
		p := s.suites[pkg]
		for _, name := range slices.Sorted(maps.Keys(p.tests)) {
			if t := p.tests[name]; !t.ended && !t.parent {
				t.output = append(t.output, "    was stopped\n")
				s.end(p, pkg, name, "fail")
			}
		}
	}
}

// short is the package without the module's path.
func short(pkg string) string {
	return strings.TrimPrefix(pkg, "github.com/service-tracking/sts/")
}

func and(n int, what string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d %s", n, what)
}
