package orderfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// lines is a file of JSON lines to which one only adds. A line is written with
// one call before anything that depends on it is said, so a killed process
// (kill -9) loses none; the simulator does not promise to survive a power cut.
type lines struct {
	file *os.File
	held int // lines in the file
}

// openLines opens or makes the file and gives each line to read. What a killed
// process left without a newline at the end was never spoken of, and goes.
func openLines(path string, read func(line []byte) error) (_ *lines, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	all, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	whole := all[:bytes.LastIndexByte(all, '\n')+1]
	if len(whole) < len(all) {
		if err := f.Truncate(int64(len(whole))); err != nil {
			return nil, fmt.Errorf("cut the torn last line of %s: %w", path, err)
		}
	}
	l := &lines{file: f}
	for line := range bytes.Lines(whole) {
		l.held++
		if err := read(line); err != nil {
			return nil, fmt.Errorf("read line %d of %s: %w", l.held, path, err)
		}
	}
	return l, nil
}

func (l *lines) append(values ...any) error {
	var all []byte
	for _, v := range values {
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write to %s: %w", l.file.Name(), err)
		}
		all = append(append(all, line...), '\n')
	}
	l.held += len(values)
	_, err := l.file.Write(all)
	return err // it names the file
}

// clear forgets all lines; the caller knows that nothing depends on them.
func (l *lines) clear() error {
	l.held = 0
	return l.file.Truncate(0)
}

func (l *lines) close() error { return l.file.Close() }
