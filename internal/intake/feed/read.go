package feed

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

const (
	maxLine             = 1 << 20 // bytes, its end included
	maxProtectedPersons = 50
)

// Row is a row and where it stood.
type Row[T any] struct {
	Line  int // from 1; a header counts
	Facts T
}

// RowError says what is wrong with one row. It never repeats the row's content.
type RowError struct {
	Line   int
	Field  string // as the feed names it; "" if it is the whole row
	Reason string
}

func (e *RowError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d: %s: %s", e.Line, e.Field, e.Reason)
}

// ReadDaybook reads the daybook's rows, one at a time. knownCourt says whether
// three capitals are a court location. With an error only the row's Line is
// set: after a [*RowError] of a row reading goes on; any other error is r's and
// the last. The sequence can be ranged over once.
func ReadDaybook(r io.Reader, knownCourt func(code string) bool) iter.Seq2[Row[Daybook], error] {
	return read(r, &daybookFields, func(d *Daybook) *RowError {
		if !knownCourt(d.CourtLocation) {
			return &RowError{Field: "courtLocation", Reason: "is not the code of a court location"}
		}
		return nil
	})
}

// ReadRegistry reads the registry's rows, one at a time. With an error only the
// row's Line is set: after a [*RowError] of a row reading goes on; any other
// error is r's and the last. The sequence can be ranged over once.
func ReadRegistry(r io.Reader) iter.Seq2[Row[Registry], error] {
	return read(r, &registryFields, nil)
}

func read[T any](r io.Reader, f *fields[T], check func(*T) *RowError) iter.Seq2[Row[T], error] {
	return func(yield func(Row[T], error) bool) {
		lines := lineReader{r: bufio.NewReaderSize(r, maxLine)}
		b := builder[T]{fields: f, check: check, seen: map[place]bool{}}
		blank := " \t"
		var parse func(line []byte) *RowError // nil until the first line told the format
		for {
			line, err := lines.next()
			at := Row[T]{Line: lines.number}
			var bad *RowError
			switch {
			case errors.Is(err, io.EOF):
				return
			case errors.Is(err, errLineTooLong):
				bad = &RowError{Reason: "the line is longer than 1 MiB"}
			case err != nil:
				yield(at, fmt.Errorf("read feed at line %d: %w", lines.number, err))
				return
			case len(bytes.Trim(line, blank)) == 0:
				continue
			case parse == nil && bytes.TrimLeft(line, " \t")[0] != '{':
				columns, wrong := f.header(string(line))
				if wrong != nil {
					wrong.Line = lines.number
					yield(at, wrong)
					return
				}
				blank = " \t," // spreadsheets end in rows of empty cells
				parse = func(line []byte) *RowError { return b.readCSV(columns, line) }
				continue
			default:
				if parse == nil {
					parse = b.readJSON
				}
				if bad = parse(line); bad == nil {
					at.Facts = b.row
				}
			}
			if bad != nil {
				bad.Line = lines.number
				if !yield(at, bad) {
					return
				}
			} else if !yield(at, nil) {
				return
			}
		}
	}
}

var errLineTooLong = errors.New("line too long")

// lineReader cuts a stream into lines without ever holding more than one.
type lineReader struct {
	r      *bufio.Reader
	number int // of the line that next answered last
}

// next answers the next line without its end; it is valid until the following
// call. A line that is too long is passed over and is an error.
func (l *lineReader) next() ([]byte, error) {
	l.number++
	line, err := l.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = l.r.ReadSlice('\n')
		}
		if err == nil || errors.Is(err, io.EOF) {
			return nil, errLineTooLong
		}
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0) {
		return nil, err
	}
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), nil
}
