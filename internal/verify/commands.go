package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// Bounds of one command; the longer one compiles from a cold cache.
const (
	short = 2 * time.Minute
	long  = 10 * time.Minute
)

// output runs a command and answers what it printed. Its error carries what it
// printed as well.
func output(ctx context.Context, limit time.Duration, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = 5 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("no answer within %s: %w", limit, ctx.Err())
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args[:min(3, len(args))], " "), err, worthReading(out.String()+errs.String()))
	}
	return out.String(), err
}

// worthReading leaves out what go says while it fetches modules.
func worthReading(said string) string {
	lines := slices.DeleteFunc(strings.Split(said, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "go: downloading ") || strings.HasPrefix(line, "go: finding ") || strings.TrimSpace(line) == ""
	})
	return strings.Join(lines, "\n")
}

// judged turns a command that failed into a problem: what it printed is what
// is wrong.
func judged(ctx context.Context, limit time.Duration, name string, args ...string) ([]string, error) {
	_, err := output(ctx, limit, name, args...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return []string{err.Error()}, nil
	}
	return nil, err
}

func checkFormat(ctx context.Context) ([]string, error) {
	files, err := ownFiles()
	if err != nil {
		return nil, err
	}
	out, err := output(ctx, short, "gofmt", append([]string{"-l", "-s"}, files...)...)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, name := range strings.Fields(out) {
		problems = append(problems, name+": not formatted; run gofmt -s -w "+name)
	}
	return problems, nil
}

func checkModule(ctx context.Context) ([]string, error) {
	return judged(ctx, short, "go", "mod", "tidy", "-diff")
}

func checkVet(ctx context.Context) ([]string, error) {
	return judged(ctx, long, "go", "vet", "./...")
}

// checkStatic leaves generated packages to those who generate them.
func checkStatic(ctx context.Context) ([]string, error) {
	packages, err := listPackages(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{"tool", "staticcheck"}
	for _, p := range packages {
		if !p.generated() {
			args = append(args, p.ImportPath)
		}
	}
	return judged(ctx, long, "go", args...)
}

// checkContract: what the browser app relies on is what the server speaks.
func checkContract(ctx context.Context) ([]string, error) {
	return proven(ctx, "Contract", "./graph")
}

// checkMigrations: the migrations make the tables that the entities need.
func checkMigrations(ctx context.Context) ([]string, error) {
	return proven(ctx, "TestMigrationsMakeWhatTheEntitiesNeed", "./internal/store")
}

// proven runs the tests whose names match, and wants at least one.
func proven(ctx context.Context, names, pkg string) ([]string, error) {
	out, err := output(ctx, long, "go", "test", "-v", "-run", names, pkg)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return []string{err.Error()}, nil
	case err != nil:
		return nil, err
	}
	ran := slices.ContainsFunc(strings.Split(out, "\n"), func(line string) bool {
		return strings.HasPrefix(line, "--- PASS: ")
	})
	if !ran {
		return []string{fmt.Sprintf("no test of %s whose name matches %s passed: nothing holds this", pkg, names)}, nil
	}
	return nil, nil
}
