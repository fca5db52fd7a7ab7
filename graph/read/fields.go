package read

import (
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/terms"
)

// asked is one field that the objects of a type are asked for, under however
// many aliases, fragments and type conditions: a row has one place for it.
type asked struct {
	name  string
	parts []graphql.CollectedField
}

type fields []asked

// fields collects what the selection sets ask of objects of the types. The
// sets must be the operation's own: gqlgen remembers what it collected by the
// address of the set.
func (w *walk) fields(sets []ast.SelectionSet, types []string) fields {
	var all fields
	for _, set := range sets {
		for _, part := range graphql.CollectFields(w.op, set, types) {
			if at := all.index(part.Name); at >= 0 {
				all[at].parts = append(all[at].parts, part)
				continue
			}
			all = append(all, asked{part.Name, []graphql.CollectedField{part}})
		}
	}
	return all
}

func (f fields) index(name string) int {
	for i := range f {
		if f[i].name == name {
			return i
		}
	}
	return -1
}

func (f fields) has(name string) bool { return f.index(name) >= 0 }

func (f fields) get(name string) (asked, bool) {
	if i := f.index(name); i >= 0 {
		return f[i], true
	}
	return asked{name: name}, false
}

// sets are what is asked of the objects behind the field.
func (a asked) sets() []ast.SelectionSet {
	sets := make([]ast.SelectionSet, len(a.parts))
	for i, part := range a.parts {
		sets[i] = part.Selections
	}
	return sets
}

// page reads the arguments of a connection. One object has one place for it:
// the gate of gqlhttp refuses documents that ask twice with other arguments,
// and so does this, wherever they come from.
func (a asked) page(w *walk) (Page, error) {
	args := a.parts[0].ArgumentMap(w.op.Variables)
	for _, part := range a.parts[1:] {
		if !reflect.DeepEqual(part.ArgumentMap(w.op.Variables), args) {
			return Page{}, &terms.InputError{Code: terms.ValidationFailed, Message: "One object is asked for " + a.name + " twice with different arguments. Ask once for what both need, or send two requests."}
		}
	}
	var p Page
	var err error
	if p.First, err = number(args["first"]); err == nil {
		p.Last, err = number(args["last"])
	}
	if err != nil {
		return p, badPage(a.name + ": first and last are whole numbers from 1 to 100.")
	}
	p.After, p.Before = word(args["after"]), word(args["before"])
	return p, nil
}

func number(v any) (*int, error) {
	if v == nil {
		return nil, nil
	}
	n, err := graphql.UnmarshalInt(v)
	return &n, err
}

func word(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}
