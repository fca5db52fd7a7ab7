package main_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// §3(b): the feeds are taken as they come, while others record; a row that
// cannot be used lies beside the file, and the rows around it are kept.
func TestImportWatchesADirectory(t *testing.T) {
	i := install(t)
	dir := t.TempDir()
	process := exec.Command(i.binary, "import", "daybook", "--watch", dir, "--data", i.data)
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill(); process.Wait() })
	lines := bufio.NewScanner(stdout)
	next := func() string {
		t.Helper()
		if !lines.Scan() {
			t.Fatalf("it ended: %v", lines.Err())
		}
		return lines.Text()
	}
	if line := next(); !strings.Contains(line, "Taking daybook files") {
		t.Errorf("it says %q", line)
	}
	const docket = "HHD-FA-26-9012348-S"
	row := daybookRow(docket)
	half := filepath.Join(dir, ".daybook.ndjson")
	if err := os.WriteFile(half, []byte("{}\n"+row), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(half, filepath.Join(dir, "daybook.ndjson")); err != nil {
		t.Fatal(err)
	}
	if line := next(); !strings.HasPrefix(line, "daybook.ndjson: 2 rows: 1 new") || !strings.HasSuffix(line, "1 bad") {
		t.Errorf("it says %q", line)
	}
	if out, code := i.sts("", "import", "registry", "--watch", dir); code != 1 || !strings.Contains(out, "another process watches this directory") {
		t.Errorf("a second watcher: status %d: %s", code, out)
	}
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if lines.Scan() {
		t.Errorf("and %q", lines.Text())
	}
	if err := process.Wait(); err != nil {
		t.Errorf("stopped, it ended with %v", err)
	}
	// What it was doing it has done: the file and its bad row are moved away.
	bad, err := os.ReadFile(filepath.Join(dir, "done", "daybook.ndjson.bad"))
	if err != nil || !strings.HasPrefix(string(bad), "line 1: ") {
		t.Errorf("the bad row: %q, %v", bad, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "done", "daybook.ndjson")); err != nil {
		t.Error(err)
	}
	if out := i.importFeed("daybook", row); !strings.Contains(out, "1 unchanged") {
		t.Errorf("imported again: %s", out)
	}
}
