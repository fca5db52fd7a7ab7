package graph

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// fingerprint is the same for two streams that ask the same of each event,
// whatever their variables are called and however they filter: what is below
// the root field, with the arguments that it comes to.
func fingerprint(ctx context.Context) [sha256.Size]byte {
	h := sha256.New()
	write(h, graphql.GetFieldContext(ctx).Field.Selections, graphql.GetOperationContext(ctx).Variables)
	return [sha256.Size]byte(h.Sum(nil))
}

func write(w io.Writer, set ast.SelectionSet, variables map[string]any) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			fmt.Fprintf(w, "%q%q", s.Alias, s.Name)
			writeJSON(w, s.ArgumentMap(variables))
			writeDirectives(w, s.Directives, variables)
			block(w, s.SelectionSet, variables)
		case *ast.InlineFragment:
			fmt.Fprintf(w, "...%q", s.TypeCondition)
			writeDirectives(w, s.Directives, variables)
			block(w, s.SelectionSet, variables)
		case *ast.FragmentSpread:
			fmt.Fprintf(w, "...%q", s.Definition.TypeCondition)
			writeDirectives(w, s.Directives, variables)
			block(w, s.Definition.SelectionSet, variables)
		}
	}
}

func block(w io.Writer, set ast.SelectionSet, variables map[string]any) {
	fmt.Fprint(w, "{")
	write(w, set, variables)
	fmt.Fprint(w, "}")
}

func writeDirectives(w io.Writer, list ast.DirectiveList, variables map[string]any) {
	for _, d := range list {
		fmt.Fprintf(w, "@%q", d.Name)
		writeJSON(w, d.ArgumentMap(variables))
	}
}

func writeJSON(w io.Writer, args map[string]any) {
	if len(args) == 0 {
		return
	}
	b, err := json.Marshal(args)
	if err != nil {
		b = fmt.Appendf(nil, "%v", args) // came as JSON, so it can go as JSON
	}
	_, _ = w.Write(b) // a hash takes everything
}
