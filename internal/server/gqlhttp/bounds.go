package gqlhttp

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// maxSameKey is how many fields under one key may be merged into one object.
// The validator compares each with each. Screens made of fragments ask for the
// same id a few dozen times.
const maxSameKey = 100

// validatorPasses is how many times the largest operation all fragments together
// may come to, each with those that it spreads.
const validatorPasses = 5

// checkBounds refuses a document that is too much to look at closely. It needs
// no schema, and looks at each selection a bounded number of times: fragments
// are measured once, and only then written out.
func checkBounds(doc *ast.QueryDocument, query string, limits Limits) *gqlerror.Error {
	if len(doc.Operations) > limits.Operations {
		return refusal(terms.QueryTooCostly, "A document may have %d operations.", limits.Operations)
	}
	if len(doc.Fragments) > limits.Fragments {
		return refusal(terms.QueryTooCostly, "A document may have %d fragments.", limits.Fragments)
	}
	s := &survey{limits: limits, fragments: map[string]*ast.FragmentDefinition{}, measured: map[string]measure{}}
	s.halfPairs = strings.Contains(query, `\u`) && !strings.ContainsRune(query, utf8.RuneError)
	for _, f := range doc.Fragments {
		if s.fragments[f.Name] == nil { // the validator reports the second of a name
			s.fragments[f.Name] = f
		}
	}
	sizes := make([]measure, len(doc.Operations))
	for i, op := range doc.Operations {
		s.directives(op.Directives)
		for _, v := range op.VariableDefinitions {
			s.directives(v.Directives)
			s.value(v.DefaultValue)
		}
		sizes[i] = s.selections(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		s.directives(f.Directives)
		if _, used := s.measured[f.Name]; !used {
			s.refuse(terms.ValidationFailed, f.Position, "The fragment %q is never used.", f.Name)
		}
	}
	// The validator goes through each fragment again for each one that leads to
	// it, and can find the same mistakes each time.
	total := 0
	for _, m := range s.measured {
		total += m.size
	}
	if total > validatorPasses*limits.Selections {
		s.refuse(terms.QueryTooCostly, nil, "The fragments of this document are spread in one another too often.")
	}
	for i, op := range doc.Operations {
		switch m := sizes[i]; {
		case s.refused != nil:
			return s.refused
		case m.depth > limits.Depth:
			return refusal(terms.QueryTooCostly, "Fields may lie in one another %d deep.", limits.Depth)
		case m.size > limits.Selections:
			return refusal(terms.QueryTooCostly, "An operation may select %d fields, fragments written out.", limits.Selections)
		}
		s.roots(op.SelectionSet)
		s.merged(op.SelectionSet)
	}
	return s.refused
}

// measure is what selections come to with all fragments written out.
type measure struct{ depth, size int }

type survey struct {
	limits    Limits
	fragments map[string]*ast.FragmentDefinition
	measured  map[string]measure
	entered   map[string]bool
	aliases   int
	halfPairs bool // the document could hold half a surrogate pair
	refused   *gqlerror.Error
}

func (s *survey) refuse(code terms.Code, at *ast.Position, format string, args ...any) {
	if s.refused != nil {
		return
	}
	s.refused = refusal(code, format, args...)
	if at != nil {
		s.refused.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
}

func (s *survey) selections(set ast.SelectionSet) measure {
	var m measure
	for _, selection := range set {
		if s.refused != nil {
			return m
		}
		var below measure
		switch sel := selection.(type) {
		case *ast.Field:
			if sel.Alias != sel.Name {
				if s.aliases++; s.aliases > s.limits.Aliases {
					s.refuse(terms.QueryTooCostly, sel.Position, "A document may have %d aliases.", s.limits.Aliases)
				}
			}
			s.directives(sel.Directives)
			for _, arg := range sel.Arguments {
				s.value(arg.Value)
			}
			below = s.selections(sel.SelectionSet)
			below.depth++
			below.size++
		case *ast.InlineFragment:
			s.directives(sel.Directives)
			below = s.selections(sel.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(sel.Directives)
			below = s.fragment(sel.Name, sel.Position)
		}
		m.depth = max(m.depth, below.depth)
		// Past the limit the exact size is of no interest, and could overflow.
		m.size = min(m.size+below.size, s.limits.Selections+1)
	}
	return m
}

func (s *survey) fragment(name string, at *ast.Position) measure {
	if m, ok := s.measured[name]; ok {
		return m
	}
	def := s.fragments[name]
	switch {
	case def == nil:
		return measure{} // the validator says so better
	case s.entered[name]:
		s.refuse(terms.ValidationFailed, at, "The fragment %q spreads itself.", name)
		return measure{}
	case s.entered == nil:
		s.entered = map[string]bool{}
	}
	s.entered[name] = true
	m := s.selections(def.SelectionSet)
	s.measured[name] = m
	return m
}

func (s *survey) directives(list ast.DirectiveList) {
	if len(list) > s.limits.Directives {
		s.refuse(terms.QueryTooCostly, list[0].Position, "One place may have %d directives.", s.limits.Directives)
		return
	}
	for _, d := range list {
		if d.Name == "defer" {
			// gqlgen would answer the first part only, on a way in of one answer.
			s.refuse(terms.ValidationFailed, d.Position, "Answers come in one piece here: leave @defer out.")
		}
		for _, arg := range d.Arguments {
			s.value(arg.Value)
		}
	}
}

// value refuses literals that pass the parser and the validator, but which Go
// has no value for: gqlparser panics over them while the operation runs.
func (s *survey) value(v *ast.Value) {
	if v == nil || s.refused != nil {
		return
	}
	switch v.Kind {
	case ast.IntValue:
		if _, err := strconv.ParseInt(v.Raw, 10, 64); err != nil {
			s.refuse(terms.ValidationFailed, v.Position, "This number is too large.")
		}
	case ast.FloatValue:
		if _, err := strconv.ParseFloat(v.Raw, 64); err != nil {
			s.refuse(terms.ValidationFailed, v.Position, "This number is too large.")
		}
	case ast.StringValue:
		// gqlparser reads half a pair as U+FFFD, which nobody wrote.
		if s.halfPairs && strings.ContainsRune(v.Raw, utf8.RuneError) {
			s.refuse(terms.ValidationFailed, v.Position, "This text has half of a surrogate pair in it.")
		}
	}
	for _, child := range v.Children {
		s.value(child.Value)
	}
}

// roots bounds how often one root field is asked, under different keys: each is
// a question of its own to the database, and an attempt of its own to sign in
// or to guess.
func (s *survey) roots(set ast.SelectionSet) {
	keys := map[string]map[string]bool{}
	for _, f := range collect(s.find, set) {
		if keys[f.Name] == nil {
			keys[f.Name] = map[string]bool{}
		}
		keys[f.Name][f.Alias] = true
		if len(keys[f.Name]) > s.limits.RootRepeats {
			s.refuse(terms.QueryTooCostly, f.Position, "One request may ask the same root field %d times.", s.limits.RootRepeats)
			return
		}
	}
}

// merged bounds how many fields come together under one key. Each field, as
// often as its fragments are written out, is looked at once.
func (s *survey) merged(sets ...ast.SelectionSet) {
	byKey := map[string][]ast.SelectionSet{}
	fields := collect(s.find, sets...)
	for _, f := range fields {
		byKey[f.Alias] = append(byKey[f.Alias], f.SelectionSet)
		if len(byKey[f.Alias]) > maxSameKey {
			s.refuse(terms.QueryTooCostly, f.Position, "One object may be asked the same field %d times.", maxSameKey)
			return
		}
	}
	for _, f := range fields {
		if below := byKey[f.Alias]; len(f.SelectionSet) > 0 && below != nil && s.refused == nil {
			delete(byKey, f.Alias)
			s.merged(below...)
		}
	}
}

// find knows a fragment before the validator has connected spreads with theirs.
func (s *survey) find(spread *ast.FragmentSpread) *ast.FragmentDefinition {
	return s.fragments[spread.Name]
}
