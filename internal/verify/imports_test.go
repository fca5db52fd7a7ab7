package main

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"
)

func TestImportsThatRunTheWrongWay(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		inTests  bool
		wrong    string // a part of what is said, "" if the import is right
	}{
		"one down":                        {from: "internal/registry", to: "internal/delivery"},
		"skipping down":                   {from: "cmd/sts", to: "internal/terms"},
		"inside of one room":              {from: "internal/intake", to: "internal/intake/feed"},
		"up":                              {from: "internal/delivery", to: "internal/orderfile", wrong: "orderfile is above delivery"},
		"up, from a test":                 {from: "internal/terms", to: "ent", inTests: true, wrong: "(its tests) imports ent"},
		"up, into a part of a room":       {from: "internal/lawenforcement", to: "internal/intake/reference", wrong: "intake is above"},
		"side by side":                    {from: "internal/recording", to: "internal/intake", wrong: "side by side"},
		"the entities know the words":     {from: "ent/schema", to: "internal/terms"},
		"access knows no generated code":  {from: "internal/access", to: "ent/registrycase", wrong: "ent is above access"},
		"config, by cmd":                  {from: "cmd/sts", to: "internal/config"},
		"config, by the server":           {from: "internal/server", to: "internal/config", wrong: "config is above server"},
		"a test's helper, in a test":      {from: "internal/access", to: "internal/store/storetest", inTests: true},
		"a test's helper, in the program": {from: "internal/recording", to: "internal/store/storetest", wrong: "for tests only"},
		"a room without a place":          {from: "internal/recording", to: "internal/utils", wrong: "no place in the order"},
	} {
		t.Run(name, func(t *testing.T) {
			got := wrongImport(modulePath+"/"+c.from, modulePath+"/"+c.to, c.inTests)
			if (got == "") != (c.wrong == "") || !strings.Contains(got, c.wrong) {
				t.Errorf("said %q, want something with %q", got, c.wrong)
			}
		})
	}
	if got := wrongImport(modulePath+"/internal/terms", "context", false); got != "" {
		t.Errorf("of the standard library: %q", got)
	}
}

func TestATestsImportsAreJudgedAsTheProgramsAre(t *testing.T) {
	packages := []pkg{{
		ImportPath:   modulePath + "/internal/store",
		Imports:      []string{modulePath + "/ent"},
		TestImports:  []string{modulePath + "/internal/journal"},
		XTestImports: []string{modulePath + "/internal/journal", modulePath + "/internal/store", modulePath + "/internal/store/storetest"},
	}}
	if got := wrongImports(packages); len(got) != 1 || !strings.HasPrefix(got[0], "internal/store (its tests) imports internal/journal") {
		t.Errorf("said %q", got)
	}
}

func TestGeneratedFilesThatDiffer(t *testing.T) {
	sum := func(s string) [sha256.Size]byte { return sha256.Sum256([]byte(s)) }
	got := differences(
		map[string][sha256.Size]byte{"same": sum("a"), "stale": sum("a"), "orphan": sum("a")},
		map[string][sha256.Size]byte{"same": sum("a"), "stale": sum("b"), "missing": sum("a")})
	for i, name := range []string{"missing: ", "orphan: ", "stale: "} {
		if len(got) != 3 || !strings.HasPrefix(got[i], name) {
			t.Fatalf("said %q", got)
		}
	}
}

func TestGeneratedPackages(t *testing.T) {
	var generated []string
	for _, rel := range []string{"ent", "ent/court", "ent/schema", "graph", "graph/generated", "internal/terms"} {
		if (pkg{ImportPath: modulePath + "/" + rel}).generated() {
			generated = append(generated, rel)
		}
	}
	if !slices.Equal(generated, []string{"ent", "ent/court", "graph/generated"}) {
		t.Errorf("generated: %v", generated)
	}
}
