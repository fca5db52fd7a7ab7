package feed

import (
	"fmt"
	"strconv"
	"strings"
)

// column is what a column of a CSV file holds.
type column[T any] struct {
	field *field[T]
	slot  int
}

// header reads the first line of a CSV file. That line may in truth be a row,
// so it is only quoted from once it is known to be a header.
func (f *fields[T]) header(line string) ([]column[T], *RowError) {
	names, err := cells(nil, line)
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	at := make(map[string]bool, len(names))
	for _, name := range names {
		at[name] = true
	}
	if err != nil || !at["docketNumber"] {
		return nil, &RowError{Reason: "the file does not begin with a JSON object, nor with a CSV header that names docketNumber"}
	}
	for _, path := range f.required {
		if !at[path] {
			return nil, &RowError{Field: path, Reason: "the header has no such column"}
		}
	}
	columns := make([]column[T], len(names))
	for i, name := range names {
		path, slot := splitPath(name)
		c := f.byPath[path]
		switch {
		case c == nil || c.kind == object || c.kind == list:
			if !fieldShaped.MatchString(name) {
				name = fmt.Sprintf("column %d", i+1)
			}
			return nil, &RowError{Field: name, Reason: "is not a column of this feed; no row was read"}
		case !at[name]:
			return nil, &RowError{Field: name, Reason: "the header names this column twice"}
		}
		at[name] = false
		columns[i] = column[T]{c, slot}
	}
	return columns, nil
}

// splitPath takes the number of a protected person out of a column's name. The
// path is "", which no field has, if there cannot be such a number.
func splitPath(name string) (path string, slot int) {
	rest, ok := strings.CutPrefix(name, "protectedPersons.")
	if !ok {
		return name, 0
	}
	number, rest, _ := strings.Cut(rest, ".")
	slot, err := strconv.Atoi(number)
	if err != nil || slot < 0 || slot > maxProtectedPersons || strconv.Itoa(slot) != number {
		return "", 0
	}
	return "protectedPersons.#." + rest, slot
}

// readCSV reads a row from a line of CSV.
func (b *builder[T]) readCSV(columns []column[T], line []byte) *RowError {
	b.begin(0)
	values, err := cells(make([]string, 0, len(columns)), string(line))
	if err != nil {
		return &RowError{Reason: err.Error()}
	}
	if len(values) != len(columns) {
		return &RowError{Reason: fmt.Sprintf("has %d columns where the header has %d", len(values), len(columns))}
	}
	for i, c := range columns {
		if bad := b.put(c.field, c.slot, values[i]); bad != nil {
			return bad
		}
	}
	return b.finish()
}

// cells cuts a line of CSV (RFC 4180) into its fields. encoding/csv would let a
// quote that is never closed swallow the rest of the file.
func cells(into []string, line string) ([]string, error) {
	for {
		if !strings.HasPrefix(line, `"`) {
			value, rest, more := strings.Cut(line, ",")
			if strings.Contains(value, `"`) {
				return nil, fmt.Errorf("column %d holds a quote but does not begin with one", len(into)+1)
			}
			into = append(into, value)
			if !more {
				return into, nil
			}
			line = rest
			continue
		}
		end := 1 // of the quoted field
		for {
			i := strings.IndexByte(line[end:], '"')
			if i < 0 {
				return nil, fmt.Errorf("column %d begins with a quote that is not closed on this line", len(into)+1)
			}
			end += i
			if !strings.HasPrefix(line[end:], `""`) {
				break
			}
			end += 2
		}
		into = append(into, strings.ReplaceAll(line[1:end], `""`, `"`))
		line = line[end+1:]
		if line == "" {
			return into, nil
		}
		if line[0] != ',' {
			return nil, fmt.Errorf("column %d goes on after its closing quote", len(into))
		}
		line = line[1:]
	}
}
