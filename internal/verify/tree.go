package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// modulePath is this project's.
const modulePath = "github.com/service-tracking/sts"

// A pkg is what go list says of a package.
type pkg struct {
	ImportPath, Dir, Name              string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
}

// rel is the package's path inside the project, "." for its root.
func (p pkg) rel() string {
	return path.Clean("./" + strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, modulePath), "/"))
}

// generated tells whether the package holds a generator's output alone.
func (p pkg) generated() bool {
	rel := p.rel()
	return rel == "graph/generated" || rel == "ent" || strings.HasPrefix(rel, "ent/") && rel != "ent/schema"
}

// listPackages lists all packages; one that does not compile is listed too.
func listPackages(ctx context.Context) ([]pkg, error) {
	out, err := output(ctx, short, "go", "list", "-e",
		"-json=ImportPath,Dir,Name,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports", "./...")
	if err != nil {
		return nil, err
	}
	var packages []pkg
	for dec := json.NewDecoder(strings.NewReader(out)); ; {
		var p pkg
		switch err := dec.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		packages = append(packages, p)
	}
}

// skipped are directories that hold nothing written here by hand.
var skipped = map[string]bool{".git": true, "node_modules": true, "bin": true, "data": true, "dist": true, "testdata": true}

// walk calls f for each file of the project with the ending, by its path from
// the module's root.
func walk(ending string, f func(name string) error) error {
	return filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // somebody works in the tree
		case err != nil:
			return fmt.Errorf("looking through the project: %w", err)
		case d.IsDir() && skipped[d.Name()]:
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ending):
			return nil
		}
		return f(filepath.ToSlash(name))
	})
}

var generatedLine = regexp.MustCompile(`^// Code generated .* DO NOT EDIT\.$`)

// ownFiles are the Go files written by hand.
func ownFiles() ([]string, error) {
	var own []string
	err := walk(".go", func(name string) error {
		made, err := isGenerated(name)
		if err == nil && !made {
			own = append(own, name)
		}
		return err
	})
	return own, err
}

// isGenerated reads up to the package clause, before which the line must stand.
func isGenerated(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if generatedLine.MatchString(line) {
			return true, nil
		}
		if strings.HasPrefix(line, "package ") {
			return false, nil
		}
	}
	return false, nil
}
