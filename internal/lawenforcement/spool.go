package lawenforcement

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Spool is a directory in which each notice appears exactly once, as a page
// (a PDF) and a JSON file named after the delivery; or each reminder, as text. Its promise rests on link(2): it makes
// a whole, durable file appear under its name or fails because the name is
// taken; rename(2) would overwrite silently. Make one with [OpenSpool]; it is
// safe for use by many goroutines and processes.
type Spool struct {
	Dir string
	// ending is that of pages: .pdf or .txt.
	ending string
}

const (
	tempPrefix = ".tmp-"
	// tempLife is longer than any writer lives. An older temporary file was
	// left by a process that was killed.
	tempLife = time.Minute
)

// OpenSpool makes the directory, readable by its owner alone (the pages name
// protected persons), checks that it can hold a spool, and clears away what
// killed writers left behind.
func OpenSpool(dir string) (*Spool, error) { return openSpool(dir, ".pdf") }

// OpenTextSpool makes a spool whose pages are plain text.
func OpenTextSpool(dir string) (*Spool, error) { return openSpool(dir, ".txt") }

func openSpool(dir, ending string) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool directory %s: %w", dir, err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("close spool directory %s to others: %w", dir, err)
	}
	s := &Spool{dir, ending}
	if err := s.Sweep(); err != nil {
		return nil, err
	}
	return s, nil
}

// Sweep removes what writers that were killed left behind: a notice names
// protected persons, and half of one is no less confidential.
func (s *Spool) Sweep() error {
	now, err := s.probe()
	if err != nil {
		return err
	}
	return s.clean(now.Add(-tempLife))
}

// probe goes through the motions of Write once, so that a directory that is
// not writable, or a file system without links, is found at start and not with
// the first notice. It answers the time by the file system's own clock.
func (s *Spool) probe() (now time.Time, err error) {
	temp, err := s.writeTemp("probe", nil)
	if err != nil {
		return now, fmt.Errorf("spool directory %s is not writable: %w", s.Dir, err)
	}
	linked := temp + "-linked"
	defer func() {
		for _, name := range []string{temp, linked} {
			if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
				err = errors.Join(err, fmt.Errorf("spool directory %s: take away a probe: %w", s.Dir, e))
			}
		}
	}()
	if err := os.Link(temp, linked); err != nil {
		return now, fmt.Errorf("spool directory %s cannot hold links, choose another file system: %w", s.Dir, err)
	}
	info, err := os.Stat(temp)
	if err != nil {
		return now, fmt.Errorf("spool directory %s: look at a probe: %w", s.Dir, err)
	}
	return info.ModTime(), s.sync()
}

// clean removes temporary files last written before the given time. Younger
// ones may belong to another process that is writing now.
func (s *Spool) clean(before time.Time) error {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return fmt.Errorf("clean spool directory %s: %w", s.Dir, err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.ModTime().Before(before) {
			err = os.Remove(filepath.Join(s.Dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process cleans too
			return fmt.Errorf("clean spool directory %s: %w", s.Dir, err)
		}
	}
	return nil
}

// Write puts the two files of a delivery into the spool, the JSON file first:
// where the page is, its facts are. When it returns nil the page is there and
// stays there through a power cut, whether this call put it there or another.
// Writing a name again changes nothing. The name is the delivery's id.
func (s *Spool) Write(name string, page, json []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	if err := s.place(name+".json", json); err != nil {
		return err
	}
	return s.place(name+s.ending, page)
}

// Exists answers whether the page of a delivery is in the spool for good: how a
// crash between writing and recording is reconciled.
func (s *Spool) Exists(name string) (bool, error) {
	if err := checkName(name); err != nil {
		return false, err
	}
	_, err := os.Lstat(filepath.Join(s.Dir, name+s.ending))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for notice %s in the spool: %w", name, err)
	}
	// The writer may have been killed between link and fsync: what is about
	// to be called delivered must not be lost in a power cut.
	return true, s.sync()
}

// place makes data appear under the name, or leaves what is there.
func (s *Spool) place(name string, data []byte) error {
	temp, err := s.writeTemp(name, data)
	if err != nil {
		return fmt.Errorf("spool %s: %w", name, err)
	}
	if err := errors.Join(s.link(temp, name), os.Remove(temp)); err != nil {
		return fmt.Errorf("spool %s: %w", name, err)
	}
	return s.sync()
}

// link is the step that counts. A name that is taken is a success: the page is
// there.
func (s *Spool) link(temp, name string) error {
	if err := os.Link(temp, filepath.Join(s.Dir, name)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// writeTemp writes data durably into a temporary file of its own, readable by
// the owner alone, and answers its path.
func (s *Spool) writeTemp(name string, data []byte) (path string, err error) {
	f, err := os.CreateTemp(s.Dir, tempPrefix+name+"-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// sync makes the directory's names durable.
func (s *Spool) sync() error {
	d, err := os.Open(s.Dir)
	if err != nil {
		return fmt.Errorf("sync spool directory %s: %w", s.Dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync spool directory %s: %w", s.Dir, err)
	}
	return nil
}

// checkName refuses what is not shaped like an id, so that no name leads out of
// the directory or hides in it.
func checkName(name string) error {
	shaped := name != "" && len(name) <= 100
	for _, r := range name {
		shaped = shaped && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}
	if !shaped {
		return fmt.Errorf("%q cannot name a notice in the spool: use the delivery's id", name)
	}
	return nil
}
