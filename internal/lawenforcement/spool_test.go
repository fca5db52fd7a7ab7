package lawenforcement

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const spoolName = "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VB"

func newTestSpool(t *testing.T) *Spool {
	t.Helper()
	s, err := OpenSpool(filepath.Join(t.TempDir(), "spool", "police"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// wantSpool compares the directory with what should be in it.
func wantSpool(t *testing.T, s *Spool, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(s.Dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if w, ok := want[e.Name()]; !ok || w != string(content) {
			t.Errorf("%s holds %q, want %q", e.Name(), content, w)
		}
	}
	if len(entries) != len(want) {
		t.Errorf("%d files, want %d: %v", len(entries), len(want), entries)
	}
}

func wantExists(t *testing.T, s *Spool, want bool) {
	t.Helper()
	if got, err := s.Exists(spoolName); err != nil || got != want {
		t.Errorf("Exists = %v, %v; want %v", got, err, want)
	}
}

func TestSpoolWrite(t *testing.T) {
	s := newTestSpool(t)
	wantExists(t, s, false)
	if err := s.Write(spoolName, []byte("page"), []byte("facts")); err != nil {
		t.Fatal(err)
	}
	wantExists(t, s, true)
	want := map[string]string{spoolName + ".pdf": "page", spoolName + ".json": "facts"}
	wantSpool(t, s, want)
	// A second writing, as after a crash before it was recorded, is a success
	// and changes nothing.
	if err := s.Write(spoolName, []byte("other page"), []byte("other facts")); err != nil {
		t.Fatal(err)
	}
	wantSpool(t, s, want)
	for name := range want {
		info, err := os.Stat(filepath.Join(s.Dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is open to others: %v", name, info.Mode())
		}
	}
}

// Two dispatchers may believe that a delivery is theirs: the page appears once,
// whole, and both hear that it is there.
func TestSpoolConcurrentWriters(t *testing.T) {
	s := newTestSpool(t)
	pages := make(map[string]bool)
	var wg sync.WaitGroup
	for i := range 20 {
		page := strings.Repeat(fmt.Sprintf("page %d ", i), 1000)
		pages[page] = true
		wg.Go(func() {
			if err := s.Write(spoolName, []byte(page), []byte("facts")); err != nil {
				t.Error(err)
			}
			wantExists(t, s, true)
		})
	}
	wg.Wait()
	got, err := os.ReadFile(filepath.Join(s.Dir, spoolName+".pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if !pages[string(got)] {
		t.Errorf("the page is none of those written: %d bytes", len(got))
	}
	wantSpool(t, s, map[string]string{spoolName + ".pdf": string(got), spoolName + ".json": "facts"})
}

// Killed after each step: the page is there wholly or not at all, the next
// attempt ends the same way, and what was left behind harms nobody.
func TestSpoolKilledBetweenSteps(t *testing.T) {
	json, pdf := spoolName+".json", spoolName+".pdf"
	temp := func(s *Spool, name, data string) string {
		path, err := s.writeTemp(name, []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		name   string
		steps  func(s *Spool)
		exists bool
		left   int // temporary files
	}{
		{"before anything", func(s *Spool) {}, false, 0},
		{"facts written, not linked", func(s *Spool) { temp(s, json, "facts") }, false, 1},
		{"facts linked, temporary file there", func(s *Spool) { must(s.link(temp(s, json, "facts"), json)) }, false, 1},
		{"facts placed", func(s *Spool) { must(s.place(json, []byte("facts"))) }, false, 0},
		{"page half written", func(s *Spool) {
			must(s.place(json, []byte("facts")))
			must(os.Truncate(temp(s, pdf, "page"), 2))
		}, false, 1},
		{"page linked, temporary file there", func(s *Spool) {
			must(s.place(json, []byte("facts")))
			must(s.link(temp(s, pdf, "page"), pdf))
		}, true, 1},
		{"page placed", func(s *Spool) {
			must(s.place(json, []byte("facts")))
			must(s.place(pdf, []byte("page")))
		}, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newTestSpool(t)
			tt.steps(s)
			wantExists(t, s, tt.exists)

			// Another process opens the spool: it leaves young temporary files
			// alone, which may be another writer's, and takes away old ones.
			if _, err := OpenSpool(s.Dir); err != nil {
				t.Fatal(err)
			}
			left, err := filepath.Glob(filepath.Join(s.Dir, tempPrefix+"*"))
			if err != nil || len(left) != tt.left {
				t.Fatalf("temporary files %v, %v; want %d", left, err, tt.left)
			}
			for _, name := range left {
				old := time.Now().Add(-2 * tempLife)
				must(os.Chtimes(name, old, old))
			}
			again, err := OpenSpool(s.Dir)
			if err != nil {
				t.Fatal(err)
			}
			must(again.Write(spoolName, []byte("page"), []byte("facts")))
			wantExists(t, again, true)
			wantSpool(t, again, map[string]string{json: "facts", pdf: "page"})
		})
	}
}

func TestSpoolRefusesNames(t *testing.T) {
	s := newTestSpool(t)
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, "a.pdf", ".tmp-x", "a b", "a\x00", "é", strings.Repeat("x", 101)} {
		if err := s.Write(name, nil, nil); err == nil {
			t.Errorf("%q was written", name)
		}
		if _, err := s.Exists(name); err == nil {
			t.Errorf("%q was looked for", name)
		}
	}
	wantSpool(t, s, nil)
}

func TestOpenSpool(t *testing.T) {
	t.Run("closes an open directory", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSpool(dir)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		wantSpool(t, s, nil)
	})
	t.Run("says what is in the way", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenSpool(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("a file as directory: %v", err)
		}
	})
	t.Run("says that it is gone", func(t *testing.T) {
		s := newTestSpool(t)
		if err := os.Remove(s.Dir); err != nil {
			t.Fatal(err)
		}
		if err := s.Write(spoolName, nil, nil); err == nil {
			t.Error("written into a directory that is gone")
		}
		if _, err := s.probe(); err == nil || !strings.Contains(err.Error(), "not writable") {
			t.Errorf("probe: %v", err)
		}
	})
}
