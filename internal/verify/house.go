package main

import (
	"bytes"
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxLines is how long a file written by hand may be. There are no exceptions:
// a longer one lacks an idea.
const maxLines = 400

// nameless are package names that say nothing.
var nameless = []string{"util", "utils", "common", "helper", "helpers", "misc", "shared", "lib"}

func checkHouse(ctx context.Context) ([]string, error) {
	files, err := ownFiles()
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if n := bytes.Count(text, []byte("\n")); n > maxLines {
			problems = append(problems, fmt.Sprintf("%s: %d lines, at most %d; look for the missing idea", name, n, maxLines))
		}
	}
	packages, err := listPackages(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range packages {
		if slices.Contains(nameless, p.Name) || slices.Contains(nameless, path.Base(p.ImportPath)) {
			problems = append(problems, p.rel()+": the name says nothing; name the package after what it is for")
		}
		if strings.HasPrefix(p.rel(), "internal/") {
			why, err := undocumented(p)
			if err != nil {
				return nil, err
			}
			problems = append(problems, why...)
		}
	}
	return problems, nil
}

// undocumented: a package is understood from its doc.go. Inside of a room, a
// package of a single file may say in that file what it is for.
func undocumented(p pkg) ([]string, error) {
	where := "doc.go"
	if files := slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles); len(files) == 1 && strings.Count(p.rel(), "/") > 1 {
		where = files[0]
	}
	name := filepath.Join(p.Dir, where)
	if _, err := os.Stat(name); err != nil {
		return []string{fmt.Sprintf("%s: has no %s that says what the package is for", p.rel(), where)}, nil
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	if parsed.Doc == nil || strings.TrimSpace(parsed.Doc.Text()) == "" {
		return []string{fmt.Sprintf("%s/%s: has no package comment", p.rel(), where)}, nil
	}
	return nil, nil
}
