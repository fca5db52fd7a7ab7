package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A mark in a comment or a text names a paragraph of the policy by its section,
// letter and number, behind the sign: 4(b), 3(c)(2). A section alone is a mark
// as well. Several letters may share the sign: "3(e),(f)", "3(d) to (f)".
//
// In a test (its comment, its body, the names of its cases) a mark says that the
// test proves the paragraph.
var (
	markSign   = regexp.MustCompile(`§(\d+)`)
	markLetter = regexp.MustCompile(`^\(([a-z])\)`)
	markNumber = regexp.MustCompile(`^\((\d)\)`)
	markAlso   = regexp.MustCompile(`^(?:, ?| and | or )\(([a-z])\)`)
	markUpTo   = regexp.MustCompile(`^(?:–| to )\(([a-z])\)`)
	// foreign are statutes and standards, whose sections are not the policy's.
	foreign = regexp.MustCompile(`(?:C\.G\.S\.|Act [\d-]+|RFC \d+),? *$`)
	// longer are numbers such as those of the General Statutes: 46b-15, 51-5c.
	longer = regexp.MustCompile(`^(?:[\pL-]|\.\d)`)
)

// marksIn answers the paragraphs that a text names, without the sign.
func marksIn(text string) []string {
	var marks []string
	for _, at := range markSign.FindAllStringSubmatchIndex(text, -1) {
		section, rest := text[at[2]:at[3]], text[at[1]:]
		if longer.MatchString(rest) || foreign.MatchString(text[max(0, at[0]-40):at[0]]) {
			continue
		}
		marks = append(marks, paragraphsBehind(section, rest)...)
	}
	return marks
}

func paragraphsBehind(section, rest string) []string {
	m := markLetter.FindStringSubmatch(rest)
	if m == nil {
		return []string{section}
	}
	var marks []string
	for {
		letter := m[1]
		rest = rest[len(m[0]):]
		if n := markNumber.FindStringSubmatch(rest); n != nil {
			marks = append(marks, fmt.Sprintf("%s(%s)(%s)", section, letter, n[1]))
			rest = rest[len(n[0]):]
		} else {
			marks = append(marks, fmt.Sprintf("%s(%s)", section, letter))
		}
		if to := markUpTo.FindStringSubmatch(rest); to != nil {
			for l := letter[0] + 1; l < to[1][0]; l++ {
				marks = append(marks, fmt.Sprintf("%s(%c)", section, l))
			}
			m = to
			continue
		}
		if m = markAlso.FindStringSubmatch(rest); m == nil {
			return marks
		}
	}
}

// covers tells whether a mark speaks of a paragraph: of itself, of the whole
// that it is a part of, or of its parts. A section alone proves nothing.
func covers(mark, paragraph string) bool {
	if !strings.Contains(mark, "(") {
		return false
	}
	return mark == paragraph || strings.HasPrefix(mark, paragraph+"(") || strings.HasPrefix(paragraph, mark+"(")
}

// A proof is a test, named after its directory ("recording.TestTwoHours"),
// with the paragraphs that it says it proves.
type proof struct {
	test  string
	marks []string
}

var testName = regexp.MustCompile(`^(?:Test|Fuzz|Example)(?:$|[^a-z])`)

// proofs are all tests of the project, by name.
func proofs() ([]proof, error) {
	var all []proof
	err := walk("_test.go", func(name string) error {
		found, err := proofsIn(name)
		all = append(all, found...)
		return err
	})
	slices.SortFunc(all, func(a, b proof) int { return strings.Compare(a.test, b.test) })
	return all, err
}

func proofsIn(name string) ([]proof, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []proof
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !testName.MatchString(f.Name.Name) {
			continue
		}
		from := f.Pos()
		if f.Doc != nil {
			from = f.Doc.Pos()
		}
		text := string(src[fset.Position(from).Offset:fset.Position(f.End()).Offset])
		found = append(found, proof{path.Base(path.Dir(name)) + "." + f.Name.Name, marksIn(text)})
	}
	return found, nil
}

// unknownMarks answers the marks that name no paragraph of the policy.
func unknownMarks() ([]string, error) {
	var problems []string
	look := func(name string) error {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, mark := range marksIn(line) {
				if !exists(mark) {
					problems = append(problems, fmt.Sprintf("%s:%d: the policy has no §%s", name, i+1, mark))
				}
			}
		}
		return nil
	}
	files, err := ownFiles()
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if err := look(name); err != nil {
			return nil, err
		}
	}
	for _, ending := range []string{".graphql", ".md"} {
		if err := walk(ending, look); err != nil {
			return nil, err
		}
	}
	return problems, nil
}
