package gqlhttp

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// slotUse is one object being asked for one connection in two ways, as in
//
//	case { a: activities(first: 1) {…}  b: activities(first: 50) {…} }
//
// A selection is read into few SQL statements, and each object has one place
// for the rows of each of its connections. So both keys would show the same
// rows, and one of them wrongly. Such documents are refused; two with the same
// arguments are fine, and so are two root fields, which are read apart.
type slotUse struct{ one, other *ast.Field }

// sharedSlots finds, in a valid operation, the uses whose arguments are not
// written alike. Whether they mean the same depends on the variables.
//
// Which object a field will be asked of is not known, so more is taken for one
// object than is: fields under different type conditions (the implementors of
// an interface are rows of one table), one edge under two keys, and a
// connection's nodes and its edges' nodes. @skip and @include are passed over.
// Each field is looked at once for each time its fragments are written out,
// which [checkBounds] has bounded.
func sharedSlots(op *ast.OperationDefinition) []slotUse {
	var s slots
	// Each key of the root has a resolver call, and so objects, of its own.
	roots := collect(connected, op.SelectionSet)
	byKey := map[string][]ast.SelectionSet{}
	for _, f := range roots {
		byKey[f.Alias] = append(byKey[f.Alias], f.SelectionSet)
	}
	for _, f := range roots {
		if sets, ok := byKey[f.Alias]; ok {
			delete(byKey, f.Alias)
			below := collect(connected, sets...)
			if isConnection(f) {
				below = liftNodes(below)
			}
			s.object(below)
		}
	}
	return s.found
}

type slots struct{ found []slotUse }

// object looks at all that one object is asked for.
func (s *slots) object(fields []*ast.Field) {
	byName := map[string][]*ast.Field{}
	var names []string // in the document's order, so that the refusal is always the same
	for _, f := range fields {
		if byName[f.Name] == nil {
			names = append(names, f.Name)
		}
		byName[f.Name] = append(byName[f.Name], f)
	}
	for _, name := range names {
		same := byName[name]
		below := collect(connected, selectionsOf(same)...)
		if isConnection(same[0]) {
			for _, f := range same[1:] {
				if writtenArguments(f) != writtenArguments(same[0]) {
					s.found = append(s.found, slotUse{same[0], f})
				}
			}
			below = liftNodes(below)
		}
		if len(below) > 0 {
			s.object(below)
		}
	}
}

// liftNodes puts what edges ask of their node beside what nodes ask: both are
// the same objects.
func liftNodes(fields []*ast.Field) []*ast.Field {
	var lifted []*ast.Field
	for _, f := range fields {
		if f.Name != "edges" {
			lifted = append(lifted, f)
			continue
		}
		for _, inEdge := range collect(connected, f.SelectionSet) {
			if inEdge.Name == "node" {
				asNodes := *inEdge
				asNodes.Name = "nodes"
				inEdge = &asNodes
			}
			lifted = append(lifted, inEdge)
		}
	}
	return lifted
}

func selectionsOf(fields []*ast.Field) []ast.SelectionSet {
	sets := make([]ast.SelectionSet, len(fields))
	for i, f := range fields {
		sets[i] = f.SelectionSet
	}
	return sets
}

// isConnection goes by the name of the type, as the Relay specification does.
func isConnection(f *ast.Field) bool {
	return f.Definition != nil && strings.HasSuffix(f.Definition.Type.Name(), "Connection")
}

// writtenArguments are a field's arguments as text, in one order.
func writtenArguments(f *ast.Field) string {
	if len(f.Arguments) == 0 {
		return ""
	}
	written := make([]string, len(f.Arguments))
	for i, arg := range f.Arguments {
		written[i] = arg.Name + ":" + arg.Value.String()
	}
	slices.Sort(written)
	return strings.Join(written, ",")
}

// differs tells whether the two really ask differently, with these variables.
// As JSON, 5 in a literal and 5 in a variable are the same.
func (u slotUse) differs(variables map[string]any) bool {
	one, err1 := json.Marshal(u.one.ArgumentMap(variables))
	other, err2 := json.Marshal(u.other.ArgumentMap(variables))
	return err1 != nil || err2 != nil || !bytes.Equal(one, other)
}

func (u slotUse) refusal() *gqlerror.Error {
	err := refusal(terms.ValidationFailed,
		"One object is asked for %q twice with different arguments, which cannot be answered in one request. "+
			"Ask once for what both need, or send two requests.", u.one.Name)
	for _, f := range []*ast.Field{u.one, u.other} {
		if f.Position != nil {
			err.Locations = append(err.Locations, gqlerror.Location{Line: f.Position.Line, Column: f.Position.Column})
		}
	}
	return err
}
