package feed

import (
	"strconv"
	"strings"
)

// fields are the fields of a feed by their paths. In the path of a protected
// person's field # stands for the person's number: protectedPersons.#.home.town.
type fields[T any] struct {
	byPath   map[string]*field[T]
	required []string
	complete func(row *T, has func(path string) bool) *RowError // rules that bind fields together
	persons  func(row *T) *[]ProtectedPerson                    // nil if the feed has none
}

// kind is what a field is in JSON.
type kind int

const (
	text   kind = iota // a string
	flag               // true or false
	object             // an object
	list               // a list of objects
)

var mustBe = map[kind]string{
	text: "must be a string", flag: "must be true or false", object: "must be an object", list: "must be a list",
}

type field[T any] struct {
	path string
	kind kind
	// set reads a text or flag that is not empty into the row; slot is the
	// number of the protected person. Its error never repeats the value.
	set func(row *T, slot int, value string) error
}

// place is where in a row a value stands.
type place struct {
	path string
	slot int
}

// builder makes one row after the other out of values at paths.
type builder[T any] struct {
	fields *fields[T]
	check  func(*T) *RowError // the caller's; may be nil

	row  T
	seen map[place]bool // every value met; true if it is not empty
	base int            // what the first protected person is called: 1 in JSON
}

func (b *builder[T]) begin(base int) {
	var empty T
	b.row, b.base = empty, base
	clear(b.seen)
}

// put reads one value into the row.
func (b *builder[T]) put(f *field[T], slot int, value string) *RowError {
	value = strings.TrimSpace(value)
	if value == "" {
		return nil
	}
	b.seen[place{f.path, slot}] = true
	if err := f.set(&b.row, slot, value); err != nil {
		return &RowError{Field: b.label(f.path, slot), Reason: err.Error()}
	}
	return nil
}

// label is the field's name for people.
func (b *builder[T]) label(path string, slot int) string {
	return strings.Replace(path, "#", strconv.Itoa(slot+b.base), 1)
}

// finish checks the row as a whole.
func (b *builder[T]) finish() *RowError {
	has := func(path string) bool { return b.seen[place{path, 0}] }
	for _, path := range b.fields.required {
		if !has(path) {
			return &RowError{Field: path, Reason: "is missing"}
		}
	}
	if bad := b.finishPersons(); bad != nil {
		return bad
	}
	if b.fields.complete != nil {
		if bad := b.fields.complete(&b.row, has); bad != nil {
			return bad
		}
	}
	if b.check != nil {
		return b.check(&b.row)
	}
	return nil
}

// finishPersons checks the protected persons, and drops those of whom nothing
// was said: empty cells of CSV, null and {} in JSON.
func (b *builder[T]) finishPersons() *RowError {
	if b.fields.persons == nil {
		return nil
	}
	all := b.fields.persons(&b.row)
	var there []ProtectedPerson
	for slot, p := range *all {
		switch {
		case p == ProtectedPerson{}:
			continue
		case p.FirstName == "":
			return &RowError{Field: b.label("protectedPersons.#.firstName", slot), Reason: "is missing"}
		case p.LastName == "":
			return &RowError{Field: b.label("protectedPersons.#.lastName", slot), Reason: "is missing"}
		}
		there = append(there, p)
	}
	if len(there) > maxProtectedPersons {
		return &RowError{Field: "protectedPersons", Reason: tooManyPersons}
	}
	*all = there
	return nil
}

const tooManyPersons = "has more than 50 entries"
