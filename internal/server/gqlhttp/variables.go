package gqlhttp

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// checkEnums refuses enum values in variables that are not spelled as the
// schema spells them: gqlparser compares them without case, and a "hand" that
// passed would be stored as no method at all.
func checkEnums(schema *ast.Schema, op *ast.OperationDefinition, variables map[string]any) *gqlerror.Error {
	for _, v := range op.VariableDefinitions {
		if value, given := variables[v.Variable]; given {
			if wrong := wrongEnum(schema, v.Type, value); wrong != nil {
				return refusal(terms.ValidationFailed, "The variable $%s has a value that %s does not have. Values are spelled in capitals, as the schema lists them.", v.Variable, wrong.Name)
			}
		}
	}
	return nil
}

// wrongEnum is the enum that does not have a value in the input, nil if all do.
// The input has been coerced: what cannot be of the type was refused before.
func wrongEnum(schema *ast.Schema, t *ast.Type, value any) *ast.Definition {
	if value == nil {
		return nil
	}
	if t.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			list = []any{value} // one element stands for a list of it
		}
		for _, element := range list {
			if wrong := wrongEnum(schema, t.Elem, element); wrong != nil {
				return wrong
			}
		}
		return nil
	}
	def := schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		if name, ok := value.(string); !ok || def.EnumValues.ForName(name) == nil {
			return def
		}
	case ast.InputObject:
		fields, _ := value.(map[string]any)
		for _, field := range def.Fields {
			if wrong := wrongEnum(schema, field.Type, fields[field.Name]); wrong != nil {
				return wrong
			}
		}
	}
	return nil
}
