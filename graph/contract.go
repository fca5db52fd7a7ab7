package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/formatter"

	"github.com/service-tracking/sts/graph/generated"
)

// Contract is the SDL as one text, its types in the order of the alphabet: what
// a frontend may rely on. It is published as frontend-contract/schema.graphql.
func Contract() string {
	var b strings.Builder
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatSchema(schema)
	return b.String()
}
