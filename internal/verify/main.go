package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// A check answers what is wrong, one problem a line; an error is for what kept
// it from looking.
type check struct {
	name string
	run  func(ctx context.Context) (problems []string, err error)
}

// checks are all, the quick ones first. Generated code comes before what
// compiles it.
var checks = []check{
	{"the policy's table", checkPolicy},
	{"the house", checkHouse},
	{"import directions", checkImports},
	{"gofmt", checkFormat},
	{"generated code", checkGenerated},
	{"go.mod", checkModule},
	{"go vet", checkVet},
	{"the contract", checkContract},
	{"migrations", checkMigrations},
	{"staticcheck", checkStatic},
}

func main() {
	policy := flag.Bool("policy", false, "name the tests of each MET row in "+policyFile)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := toRoot(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(2)
	}
	if *policy {
		if err := rewritePolicy(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "verify:", err)
			os.Exit(1)
		}
		return
	}
	if failed := runAll(ctx); failed > 0 {
		fmt.Printf("%d of %d checks failed\n", failed, len(checks))
		os.Exit(1)
	}
	fmt.Println("all checks passed")
}

func runAll(ctx context.Context) (failed int) {
	for _, c := range checks {
		if ctx.Err() != nil {
			return failed + 1
		}
		start := time.Now()
		problems, err := c.run(ctx)
		if err != nil {
			problems = append(problems, err.Error())
		}
		verdict := "ok  "
		if len(problems) > 0 {
			verdict = "FAIL"
			failed++
		}
		fmt.Printf("%s  %-20s %5.1fs\n", verdict, c.name, time.Since(start).Seconds())
		for _, p := range problems {
			fmt.Println("      " + strings.ReplaceAll(p, "\n", "\n      "))
		}
	}
	return failed
}

// toRoot makes the module's directory the working directory, wherever in the
// tree the command was started.
func toRoot(ctx context.Context) error {
	mod, err := output(ctx, time.Minute, "go", "env", "GOMOD")
	if err != nil {
		return err
	}
	dir, ok := strings.CutSuffix(strings.TrimSpace(mod), "go.mod")
	if !ok {
		return fmt.Errorf("not inside of the project: go env GOMOD says %q", mod)
	}
	return os.Chdir(dir)
}
