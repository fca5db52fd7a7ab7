package gqlhttp

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxCachedBytes is the longest document that is kept: a parsed one takes up
// to a hundred times its length, and those that people write are shorter.
const maxCachedBytes = 16 << 10

// documents keeps valid documents by their text, with what the gate needs to
// know of each of their operations. What is in it has passed [checkBounds].
type documents struct {
	kept *lru.Cache[string, document]
}

type document struct {
	parsed *ast.QueryDocument
	facts  map[*ast.OperationDefinition]facts
}

// facts are true of an operation whatever its variables are.
type facts struct {
	introspects bool
	streams     int // root fields, under different keys
	slots       []slotUse
}

var _ graphql.Cache[*ast.QueryDocument] = (*documents)(nil)

func newDocuments(size int) *documents {
	kept, err := lru.New[string, document](size)
	if err != nil {
		panic("gqlhttp: a cache of documents needs a positive size") // a mistake in the code that assembles
	}
	return &documents{kept}
}

func (d *documents) has(query string) bool { return d.kept.Contains(query) }

func (d *documents) Get(_ context.Context, query string) (*ast.QueryDocument, bool) {
	doc, ok := d.kept.Get(query)
	return doc.parsed, ok
}

// Add is called by the executor when the document is valid.
func (d *documents) Add(_ context.Context, query string, doc *ast.QueryDocument) {
	if len(query) > maxCachedBytes {
		return
	}
	all := make(map[*ast.OperationDefinition]facts, len(doc.Operations))
	for _, op := range doc.Operations {
		all[op] = learn(op)
	}
	// The text may be a part of a larger body, which it would keep alive.
	d.kept.Add(strings.Clone(query), document{doc, all})
}

// factsOf answers for an operation whether or not its document is kept.
func (d *documents) factsOf(opCtx *graphql.OperationContext) facts {
	if doc, ok := d.kept.Peek(opCtx.RawQuery); ok {
		if f, ok := doc.facts[opCtx.Operation]; ok {
			return f
		}
	}
	return learn(opCtx.Operation)
}

func learn(op *ast.OperationDefinition) facts {
	f := facts{slots: sharedSlots(op)}
	keys := map[string]bool{}
	for _, field := range collect(connected, op.SelectionSet) {
		keys[field.Alias] = true
		f.introspects = f.introspects || field.Name == "__schema" || field.Name == "__type"
	}
	f.streams = len(keys)
	return f
}

// collect is every field that an object is asked for by these selections, with
// all fragments written out, each once. Type conditions are passed over: which
// type the object will have is not known.
func collect(find func(*ast.FragmentSpread) *ast.FragmentDefinition, sets ...ast.SelectionSet) []*ast.Field {
	var fields []*ast.Field
	spread := map[string]bool{}
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				fields = append(fields, s)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if def := find(s); def != nil && !spread[s.Name] {
					spread[s.Name] = true
					walk(def.SelectionSet)
				}
			}
		}
	}
	for _, set := range sets {
		walk(set)
	}
	return fields
}

// connected is the fragment of a spread in a valid document.
func connected(spread *ast.FragmentSpread) *ast.FragmentDefinition { return spread.Definition }
