package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// sources are the directories that generators write into, and the two files
// that running them must not change either.
var sources = []string{"ent", "graph", "frontend-contract", "go.mod", "go.sum"}

// generators are run one after the other: gqlgen reads ent's types.
var generators = []string{"./ent", "./graph"}

// checkGenerated generates into the tree and compares what was there before:
// by content and not with git, so that work not yet committed is neither taken
// for a difference nor lost. What differed stays as it was made anew.
func checkGenerated(ctx context.Context) ([]string, error) {
	before, err := hashes()
	if err != nil {
		return nil, err
	}
	for _, dir := range generators {
		if asked, err := generates(dir); err != nil || !asked {
			return []string{dir + ": no //go:generate line, so nothing holds what is generated there"}, err
		}
		if problems, err := judged(ctx, long, "go", "generate", dir); len(problems) > 0 || err != nil {
			return problems, err
		}
	}
	after, err := hashes()
	if err != nil {
		return nil, err
	}
	return differences(before, after), nil
}

// generates tells whether a directory asks for a generator: go generate is
// content without.
func generates(dir string) (bool, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return false, err
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return false, err
		}
		if bytes.Contains(text, []byte("\n//go:generate ")) {
			return true, nil
		}
	}
	return false, nil
}

func differences(before, after map[string][sha256.Size]byte) []string {
	var problems []string
	for name, now := range after {
		switch was, known := before[name]; {
		case !known:
			problems = append(problems, name+": was missing; it is there now, commit it")
		case was != now:
			problems = append(problems, name+": was not what its sources make; it is made anew now, look at it and commit it")
		}
	}
	for name := range before {
		if _, still := after[name]; !still {
			problems = append(problems, name+": its source is gone; so is the file now, commit that")
		}
	}
	slices.Sort(problems)
	return problems
}

func hashes() (map[string][sha256.Size]byte, error) {
	sums := map[string][sha256.Size]byte{}
	for _, root := range sources {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case d.IsDir() && skipped[d.Name()]:
				return fs.SkipDir
			case d.IsDir():
				return nil
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			sums[filepath.ToSlash(name)] = sha256.Sum256(text)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", root, err)
		}
	}
	return sums, nil
}
