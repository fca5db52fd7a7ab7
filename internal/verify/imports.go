package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// order is how the rooms may know each other: one knows those on lower lines
// only, none on its own line. So what stands on the second line is known to cmd
// alone. A new room gets its place here.
var order = [][]string{
	{"cmd", "verify", "testrun"},
	{"config", "demo", "bench"},
	{"server"},
	{"graph", "webapp"},
	{"recording", "intake", "report", "identity"},
	{"registry", "deadline"},
	{"lawenforcement", "orderfile"},
	{"delivery", "live"},
	{"casefile"},
	{"journal"},
	{"store"},
	{"ent"},
	{"access"},
	{"terms", "frontend-contract"},
}

// level is the room's line in order, -1 if it has none.
func level(room string) int {
	return slices.IndexFunc(order, func(line []string) bool { return slices.Contains(line, room) })
}

// roomOf is the room that a package of ours belongs to.
func roomOf(importPath string) string {
	parts := strings.Split(strings.TrimPrefix(importPath, modulePath+"/"), "/")
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[1]
	}
	return parts[0]
}

// helpsTests tells whether a package is there for tests, such as storetest:
// every test may import it, and nothing else may.
func helpsTests(importPath string) bool { return strings.HasSuffix(path.Base(importPath), "test") }

// wrongImports answers the imports that run the wrong way.
func wrongImports(packages []pkg) []string {
	var problems []string
	for _, p := range packages {
		room := roomOf(p.ImportPath)
		if level(room) < 0 {
			problems = append(problems, fmt.Sprintf("%s: the room %q has no place in the order (internal/verify/imports.go)", p.rel(), room))
			continue
		}
		judge := func(imports []string, inTests bool) {
			for _, imported := range imports {
				if why := wrongImport(p.ImportPath, imported, inTests); why != "" {
					problems = append(problems, why)
				}
			}
		}
		judge(p.Imports, false)
		// A test from outside (package x_test) sets its stage with whatever
		// room brings the facts: it is no part of the room.
		judge(slices.DeleteFunc(slices.Clone(p.TestImports), func(i string) bool { return slices.Contains(p.Imports, i) }), true)
	}
	return problems
}

func wrongImport(from, to string, inTests bool) string {
	if !strings.HasPrefix(to, modulePath+"/") || from == to {
		return ""
	}
	name := func(importPath string) string { return strings.TrimPrefix(importPath, modulePath+"/") }
	where := name(from)
	if inTests {
		where += " (its tests)"
	}
	if helpsTests(to) {
		// The tools of the store's developers make databases as tests do.
		if inTests || helpsTests(from) || roomOf(from) == roomOf(to) {
			return ""
		}
		return fmt.Sprintf("%s imports %s, which is for tests only", where, name(to))
	}
	a, b := roomOf(from), roomOf(to)
	switch {
	case a == b:
		return ""
	case level(b) < 0:
		return fmt.Sprintf("%s imports %s, whose room has no place in the order (internal/verify/imports.go)", where, name(to))
	case level(a) == level(b):
		return fmt.Sprintf("%s imports %s: %s and %s stand side by side and do not know each other; what both need belongs below, what joins them above", where, name(to), a, b)
	case level(a) > level(b):
		return fmt.Sprintf("%s imports %s: %s is above %s; hand it in from above, or move what is needed down", where, name(to), b, a)
	}
	return ""
}

func checkImports(ctx context.Context) ([]string, error) {
	packages, err := listPackages(ctx)
	if err != nil {
		return nil, err
	}
	return wrongImports(packages), nil
}
