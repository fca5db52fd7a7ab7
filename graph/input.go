package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// idFields are the prefixes of the ids that the inputs of recording mutations
// have, by the name of the field.
var idFields = map[string]terms.Prefix{
	"asOfficerId": terms.OfficerPrefix, "officerId": terms.OfficerPrefix, "onBehalfOfOfficerId": terms.OfficerPrefix,
	"activityId": terms.ActivityPrefix, "transferId": terms.ActivityPrefix,
}

// checkInput looks at what the Go types of an input do not say: whether an id is
// of the right type, and whether exactly one field of a @oneOf input is given.
// The validator looks at the latter in documents only: what comes in a variable,
// as any app sends it, passes there with two fields or none.
func (r *Resolver) checkInput(ctx context.Context) ([]recording.Refusal, error) {
	field := graphql.GetFieldContext(ctx).Field
	args := field.ArgumentMap(graphql.GetOperationContext(ctx).Variables)
	c := inputCheck{schema: r.schema}
	for _, arg := range field.Definition.Arguments {
		c.value([]string{arg.Name}, arg.Type, args[arg.Name])
	}
	return c.refusals, c.err
}

type inputCheck struct {
	schema   *ast.Schema
	refusals []recording.Refusal
	err      error
}

// value has been coerced: its shape is that of the type.
func (c *inputCheck) value(path []string, t *ast.Type, value any) {
	name := path[len(path)-1]
	def := c.schema.Types[t.Name()]
	fields, isObject := value.(map[string]any)
	switch {
	case value == nil || c.err != nil || t.Elem != nil:
	case def.Name == "ID":
		c.id(name, value)
	case def.Kind == ast.InputObject && isObject:
		if def.Directives.ForName("oneOf") != nil {
			c.oneOf(path, def, fields)
		}
		for _, f := range def.Fields {
			c.value(append(slices.Clone(path), f.Name), f.Type, fields[f.Name])
		}
	}
}

func (c *inputCheck) id(name string, value any) {
	prefix, known := idFields[name]
	id, isText := value.(string)
	if !known || !isText {
		c.err = fmt.Errorf("graph/input.go does not know of what type the id %s is", name)
		return
	}
	c.err = terms.ID(id).Must(prefix)
}

func (c *inputCheck) oneOf(path []string, def *ast.Definition, fields map[string]any) {
	if len(fields) == 1 {
		for _, value := range fields {
			if value != nil {
				return
			}
		}
	}
	names := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		names[i] = f.Name
	}
	c.refusals = append(c.refusals, recording.Refusal{
		Code: recording.ExactlyOne, Path: path,
		Message: "Give exactly one of " + strings.Join(names, ", ") + ", and leave the others out.",
	})
}
