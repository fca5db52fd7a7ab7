package graphtest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Everything is a query for one root field that asks every field which the
// schema has, on every path down to the depth; a type is entered at most twice
// on one path. args are the root field's arguments, "" for none.
func Everything(schema *ast.Schema, root, args string, depth int) string {
	e := everything{schema}
	field := schema.Query.Fields.ForName(root)
	return "{ " + root + args + e.of(field.Type.Name(), nil, depth) + " }"
}

// EverythingOf is Everything below objects of one type, such as a payload's.
func EverythingOf(schema *ast.Schema, typ string, depth int) string {
	return everything{schema}.of(typ, nil, depth)
}

type everything struct{ schema *ast.Schema }

func (e everything) of(typ string, path []string, depth int) string {
	def := e.schema.Types[typ]
	if def.IsLeafType() {
		return ""
	}
	times := 0
	for _, on := range path {
		if on == typ {
			times++
		}
	}
	path = append(slices.Clone(path), typ)
	var b strings.Builder
	b.WriteString(" { __typename")
	var common []string
	for _, f := range def.Fields {
		if !strings.HasPrefix(f.Name, "__") {
			common = append(common, f.Name)
			b.WriteString(e.field("", f, path, depth, times))
		}
	}
	if def.IsAbstractType() {
		for _, possible := range e.schema.GetPossibleTypes(def) {
			fmt.Fprintf(&b, " ... on %s { __typename", possible.Name)
			for _, f := range possible.Fields {
				if !slices.Contains(common, f.Name) {
					b.WriteString(e.field(possible.Name+"_", f, append(slices.Clone(path), possible.Name), depth, times))
				}
			}
			b.WriteString(" }")
		}
	}
	b.WriteString(" }")
	return b.String()
}

// field asks one field. What only one of several types has gets that type's name
// before its own: fields of one name can be of different types.
func (e everything) field(alias string, f *ast.FieldDefinition, path []string, depth, times int) string {
	name, args := f.Name, ""
	if alias != "" {
		name = alias + name + ": " + name
	}
	if f.Arguments.ForName("first") != nil {
		args = "(first: 10)"
	}
	if e.schema.Types[f.Type.Name()].IsLeafType() {
		return " " + name + args
	}
	if depth == 0 || times > 1 {
		return ""
	}
	return " " + name + args + e.of(f.Type.Name(), path, depth-1)
}
