package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

const thisModule = "github.com/service-tracking/sts/"

// events are what go test -json would report: "action package test output",
// with - for none.
func events(t *testing.T, s *summary, lines ...string) {
	t.Helper()
	for _, line := range lines {
		f := strings.SplitN(line, " ", 4)
		e := event{Action: f[0], Package: thisModule + f[1], Elapsed: 0.5}
		if len(f) > 2 && f[2] != "-" {
			e.Test = f[2]
		}
		if len(f) > 3 {
			e.Output = f[3] + "\n"
		}
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		s.line(text)
	}
}

func report(t *testing.T, everything, stopped bool, lines ...string) string {
	t.Helper()
	var out strings.Builder
	s := newSummary(everything, &out)
	events(t, s, lines...)
	s.close(stopped)
	return out.String()
}

func wants(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatPassesIsOneLine(t *testing.T) {
	wants(t, report(t, false, false,
		"start internal/terms",
		"run internal/terms TestDocket", "output internal/terms TestDocket === RUN   TestDocket",
		"run internal/terms TestDocket/typed", "run internal/terms TestDocket/with_spaces/and_a_slash",
		"pass internal/terms TestDocket/typed", "pass internal/terms TestDocket/with_spaces/and_a_slash",
		"pass internal/terms TestDocket", "output internal/terms - PASS", "pass internal/terms",
		"start cmd/sts", "output cmd/sts - ?   cmd/sts [no test files]", "skip cmd/sts",
	), `ok    internal/terms  2 passed  0.5s

2 passed, 0 failed, 0 skipped
`)
}

func TestWhatFailsIsSaidInFullAndCountedOnce(t *testing.T) {
	wants(t, report(t, false, false,
		"run internal/store TestTx", "run internal/store TestTx/SQLite", "run internal/store TestTx/MariaDB",
		"output internal/store TestTx/SQLite     --- FAIL: TestTx/SQLite (0.00s)",
		"output internal/store TestTx/SQLite     tx_test.go:5: want 1, got 2",
		"fail internal/store TestTx/SQLite", "pass internal/store TestTx/MariaDB",
		"output internal/store TestTx --- FAIL: TestTx (0.00s)", "fail internal/store TestTx",
		"output internal/store - FAIL", "fail internal/store",
	), `--- FAIL: internal/store TestTx/SQLite
    tx_test.go:5: want 1, got 2
FAIL  internal/store  1 passed, 1 failed  0.5s

1 passed, 1 failed, 0 skipped
`)
}

func TestAFailureAroundTestsThatPassIsCounted(t *testing.T) {
	got := report(t, false, false,
		"run p TestA", "run p TestA/b", "pass p TestA/b", "output p TestA     a_test.go:1: leaks", "fail p TestA", "fail p")
	if !strings.Contains(got, "--- FAIL: p TestA\n    a_test.go:1: leaks\n") || !strings.HasSuffix(got, "\n1 passed, 1 failed, 0 skipped\n") {
		t.Error(got)
	}
}

func TestWhatWasLeftOutIsGroupedByReason(t *testing.T) {
	lines := []string{
		"run s TestA", "run s TestA/MariaDB", "output s TestA/MariaDB     x_test.go:9: needs MariaDB", "output s TestA/MariaDB     --- SKIP: TestA/MariaDB (0.00s)",
		"skip s TestA/MariaDB", "pass s TestA",
		"run s TestB", "output s TestB     y_test.go:7: needs MariaDB", "skip s TestB", "pass s",
		"run h TestC", "output h TestC     z_test.go:1: skipped: node is not installed", "skip h TestC", "pass h",
	}
	wants(t, report(t, false, false, lines...), `ok    s  0 passed, 2 left out  0.5s
ok    h  0 passed, 1 left out  0.5s

Left out:
  2, because: needs MariaDB
      s TestA/MariaDB
      s TestB
  1, because: node is not installed
      h TestC
To run them as well: make test-deps, then make test again.

0 passed, 0 failed, 3 skipped
`)
	if got := report(t, true, false, lines...); !strings.HasSuffix(got, "Here nothing may be left out, so they count as failed.\n\n0 passed, 3 failed, 0 skipped\n") {
		t.Error(got)
	}
}

func TestWhatDoesNotCompileFails(t *testing.T) {
	var out strings.Builder
	s := newSummary(false, &out)
	s.line([]byte(`{"ImportPath":"m [m.test]","Action":"build-output","Output":"./a.go:1: undefined: x\n"}` + "\n"))
	s.line([]byte(`{"ImportPath":"m [m.test]","Action":"build-fail"}` + "\n"))
	s.line([]byte(`{"Action":"output","Package":"m","Output":"FAIL\tm [build failed]\n"}` + "\n"))
	s.line([]byte(`{"Action":"fail","Package":"m","Elapsed":0,"FailedBuild":"m [m.test]"}` + "\n"))
	s.line([]byte("go: warning\n"))
	s.close(false)
	wants(t, out.String(), `--- FAIL: m does not compile
./a.go:1: undefined: x
FAIL  m  0 passed, 1 failed  0.0s
go: warning

0 passed, 1 failed, 0 skipped
`)
}

func TestWhatNeverEndsFails(t *testing.T) {
	running := []string{"run p TestA", "pass p TestA", "run p TestB", "output p TestB panic: test timed out after 10m0s"}
	wants(t, report(t, false, false, append(running, "fail p")...), `--- FAIL: p TestB
panic: test timed out after 10m0s
    did not end
FAIL  p  1 passed, 1 failed  0.5s

1 passed, 1 failed, 0 skipped
`)
	if got := report(t, false, true, running...); !strings.HasSuffix(got, "    was stopped\n\n1 passed, 1 failed, 0 skipped\n") {
		t.Error(got)
	}
}

// A package whose TestMain exits has no failing test and fails all the same.
func TestAPackageThatFailsByItselfIsCounted(t *testing.T) {
	got := report(t, false, false, "run p TestA", "pass p TestA", "output p - no database", "fail p")
	if !strings.HasPrefix(got, "no database\nFAIL  p  1 passed, 1 failed") || !strings.HasSuffix(got, "1 passed, 1 failed, 0 skipped\n") {
		t.Error(got)
	}
}

func TestATestThatSaysTooMuchIsCutInTheMiddle(t *testing.T) {
	lines := []string{"run p TestA"}
	for n := range 1000 {
		lines = append(lines, fmt.Sprintf("output p TestA     line %d", n))
	}
	got := strings.Split(report(t, false, false, append(lines, "fail p TestA", "fail p")...), "\n")
	if len(got) != 1+longest+1+4 || got[100] != "    line 99" || got[101] != "    … 800 lines …" || got[201] != "    line 999" {
		t.Errorf("%d lines, among them %q, %q, %q", len(got), got[100], got[101], got[201])
	}
}
