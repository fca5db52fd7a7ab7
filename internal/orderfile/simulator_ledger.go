package orderfile

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Change is one effective change of a record, as a line of state.jsonl or
// national.jsonl. What was asked for and was so already makes no line: a
// record changed exactly once has exactly one.
type Change struct {
	At            time.Time     `json:"at"`
	File          File          `json:"file"`
	ControlNumber ControlNumber `json:"controlNumber,omitempty"` // empty: another terminal wrote
	RecordNumber  string        `json:"recordNumber"`
	Name          string        `json:"name"`
	Code          string        `json:"svc"`
	ServiceDate   string        `json:"serviceDate,omitempty"`
	ServiceTime   string        `json:"serviceTime,omitempty"` // the national file has no field for it
	Sequence      uint64        `json:"sequence"`
}

func (c Change) values() ServiceValues { return ServiceValues{c.Code, c.ServiceDate, c.ServiceTime} }

// The files in the simulator's directory.
const (
	stateLines    = "state.jsonl"
	nationalLines = "national.jsonl"
	onFileLines   = "onfile.jsonl" // what POST /records put there
	queueLines    = "queue.jsonl"  // answers kept, and updates not yet forwarded
)

// ReadChanges reads what the simulator applied to a file, from its directory,
// while it runs or afterwards.
func ReadChanges(dir string, file File) ([]Change, error) {
	name := stateLines
	if file == NationalFile {
		name = nationalLines
	}
	all, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("read what the order-file simulator applied: %w", err)
	}
	var changes []Change
	for line := range bytes.Lines(all[:bytes.LastIndexByte(all, '\n')+1]) {
		var c Change
		if err := json.Unmarshal(line, &c); err != nil {
			return nil, fmt.Errorf("read what the order-file simulator applied: %w", err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// ledger is one protection order file of the simulator.
type ledger struct {
	file     File
	lines    *lines
	records  map[string]*held
	sequence uint64
}

// held is a record: its versions, and whether somebody put it on file. Those
// that the simulator made by itself take the name that comes.
type held struct {
	versions []Change
	entered  bool
}

func (h *held) last() Change { return h.versions[len(h.versions)-1] }

// openLedgers builds both files anew from their lines. What was put on file
// and what was changed are told apart by file, and put in order by sequence.
func openLedgers(dir string) (ledgers map[File]*ledger, onFile *lines, err error) {
	ledgers = map[File]*ledger{}
	var all []Change
	read := func(line []byte) error {
		var c Change
		err := json.Unmarshal(line, &c)
		all = append(all, c)
		return err
	}
	for file, name := range map[File]string{StateFile: stateLines, NationalFile: nationalLines} {
		l := &ledger{file: file, records: map[string]*held{}}
		if l.lines, err = openLines(filepath.Join(dir, name), read); err != nil {
			return nil, nil, err
		}
		ledgers[file] = l
	}
	changes := len(all)
	if onFile, err = openLines(filepath.Join(dir, onFileLines), read); err != nil {
		return nil, nil, err
	}
	entered := map[uint64]bool{}
	key := func(c Change) uint64 { // the two files count for themselves
		if c.File == NationalFile {
			return c.Sequence<<1 | 1
		}
		return c.Sequence << 1
	}
	for _, c := range all[changes:] {
		entered[key(c)] = true
	}
	slices.SortStableFunc(all, func(a, b Change) int { return cmp.Compare(a.Sequence, b.Sequence) })
	for _, c := range all {
		l, ok := ledgers[c.File]
		if !ok {
			return nil, nil, fmt.Errorf("a line speaks of a file %q", c.File)
		}
		l.sequence = c.Sequence
		l.add(c, entered[key(c)])
	}
	return ledgers, onFile, nil
}

func (l *ledger) add(c Change, entered bool) {
	h, ok := l.records[c.RecordNumber]
	if !ok {
		h = &held{}
		l.records[c.RecordNumber] = h
	}
	h.versions = append(h.versions, c)
	h.entered = h.entered || entered
}

// apply writes an update's values, if they differ from what the record says.
// The line is in the file before apply returns.
func (l *ledger) apply(c Change) (_ Change, changed bool, err error) {
	c.File = l.file
	v := c.values().in(l.file)
	c.Code, c.ServiceDate, c.ServiceTime = v.Code, v.Date, v.Time
	if h, ok := l.records[c.RecordNumber]; ok && h.last().values() == v {
		return h.last(), false, nil
	}
	c.Sequence = l.sequence + 1
	if err := l.lines.append(c); err != nil {
		return Change{}, false, err
	}
	l.sequence++
	l.add(c, false)
	return c, true, nil
}

// enter puts a record on file, or writes over it as another terminal would.
func (l *ledger) enter(c Change, onFile *lines) (Change, error) {
	c.File = l.file
	v := c.values().in(l.file)
	c.ServiceTime = v.Time
	c.Sequence = l.sequence + 1
	if err := onFile.append(c); err != nil {
		return Change{}, err
	}
	l.sequence++
	l.add(c, true)
	return c, nil
}
