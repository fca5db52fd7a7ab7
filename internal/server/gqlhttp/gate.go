package gqlhttp

import (
	"context"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/service-tracking/sts/internal/terms"
)

// documentIDKey is where the transports leave the documentId among the
// parameters of an operation, which gqlgen has no place for.
const documentIDKey = "documentId"

// gate is what every operation passes, whichever way it came in.
type gate struct {
	options   Options
	schema    graphql.ExecutableSchema
	documents *documents
	present   graphql.ErrorPresenterFunc
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
	graphql.OperationInterceptor
} = (*gate)(nil)

func (*gate) ExtensionName() string { return "Gate" }

func (*gate) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters runs before the document is parsed and validated:
// here is decided which document it is, and that it is small enough for the
// validator, whose work can grow with the square of the document.
func (g *gate) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	id, _ := params.Extensions[documentIDKey].(string)
	query, err := g.options.Document(ctx, id, params.Query)
	if err != nil {
		return gqlerror.Wrap(err)
	}
	params.Query = query
	limits := g.options.Limits
	switch {
	case query == "":
		return refusal(terms.BadRequest, "There is nothing to run: send a query.")
	case len(query) > limits.QueryBytes:
		return refusal(terms.QueryTooCostly, "The document is longer than %d bytes.", limits.QueryBytes)
	case !utf8.ValidString(query):
		return refusal(terms.BadRequest, "The document is not valid UTF-8.")
	case g.documents.has(query):
		return nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, limits.Tokens)
	if err != nil {
		return g.present(ctx, &gqlerror.Error{Message: err.(*gqlerror.Error).Message, Locations: err.(*gqlerror.Error).Locations, Rule: "Syntax"})
	}
	return checkBounds(doc, query, limits)
}

// MutateOperationContext runs when the document is valid and its variables are
// known.
func (g *gate) MutateOperationContext(ctx context.Context, opCtx *graphql.OperationContext) *gqlerror.Error {
	facts := g.documents.factsOf(opCtx)
	opCtx.DisableIntrospection = !g.options.Bearer(ctx)
	if facts.introspects && opCtx.DisableIntrospection {
		return refusal(terms.Forbidden, "Only bearer tokens may read the schema.")
	}
	if opCtx.Operation.Operation == ast.Subscription && facts.streams != 1 {
		// gqlparser's rule looks at names only.
		return refusal(terms.ValidationFailed, "A subscription has one root field.")
	}
	if err := checkEnums(g.schema.Schema(), opCtx.Operation, opCtx.Variables); err != nil {
		return err
	}
	for _, use := range facts.slots {
		if use.differs(opCtx.Variables) {
			return use.refusal()
		}
	}
	if costOf(ctx, g.schema, opCtx) > g.options.Limits.Cost {
		return refusal(terms.QueryTooCostly, "This asks for too much at once: ask for fewer elements in first or last, or for less of each.")
	}
	return nil
}
