package graph_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"
)

// pageArguments are what every connection is asked with, and nothing else is.
var pageArguments = map[string]string{"first": "Int", "after": "String", "last": "Int", "before": "String"}

func loadSDL(t *testing.T) *gql.Schema {
	t.Helper()
	files, err := filepath.Glob("schema/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("find the SDL: %d files, %v", len(files), err)
	}
	var sources []*gql.Source
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatalf("read the SDL: %v", err)
		}
		sources = append(sources, &gql.Source{Name: name, Input: string(text)})
	}
	schema, err := gqlparser.LoadSchema(sources...)
	if err != nil {
		t.Fatalf("load the SDL: %v", err)
	}
	return schema
}

// ownTypes are the types of the SDL without those of GraphQL itself.
func ownTypes(schema *gql.Schema) []*gql.Definition {
	var own []*gql.Definition
	for _, def := range schema.Types {
		if !def.BuiltIn {
			own = append(own, def)
		}
	}
	slices.SortFunc(own, func(a, b *gql.Definition) int { return strings.Compare(a.Name, b.Name) })
	return own
}

// ownFields are the fields of a type without __schema and __type.
func ownFields(def *gql.Definition) []*gql.FieldDefinition {
	var own []*gql.FieldDefinition
	for _, field := range def.Fields {
		if !strings.HasPrefix(field.Name, "__") {
			own = append(own, field)
		}
	}
	return own
}

// eachValue calls f for all that holds a value of a type: fields, arguments
// and input fields.
func eachValue(schema *gql.Schema, f func(where, description string, typ *gql.Type)) {
	for _, def := range ownTypes(schema) {
		for _, field := range ownFields(def) {
			where := def.Name + "." + field.Name
			f(where, field.Description, field.Type)
			for _, arg := range field.Arguments {
				f(where+"("+arg.Name+":)", arg.Description, arg.Type)
			}
		}
	}
}

func operations(schema *gql.Schema) map[string]*gql.FieldDefinition {
	all := map[string]*gql.FieldDefinition{}
	for _, root := range []*gql.Definition{schema.Query, schema.Mutation, schema.Subscription} {
		for _, field := range ownFields(root) {
			all[root.Name+"."+field.Name] = field
		}
	}
	return all
}

func TestEverythingIsDescribed(t *testing.T) {
	schema := loadSDL(t)
	for _, def := range ownTypes(schema) {
		if strings.TrimSpace(def.Description) == "" {
			t.Errorf("%s has no description", def.Name)
		}
		for _, value := range def.EnumValues {
			if strings.TrimSpace(value.Description) == "" {
				t.Errorf("%s.%s has no description", def.Name, value.Name)
			}
		}
	}
	eachValue(schema, func(where, description string, _ *gql.Type) {
		if strings.TrimSpace(description) == "" {
			t.Errorf("%s has no description", where)
		}
	})
}

func TestDescriptionsBeginAsTheirTypeWants(t *testing.T) {
	begins := map[string]string{"Boolean": "Indicates ", "DateTime": "Timestamp "}
	eachValue(loadSDL(t), func(where, description string, typ *gql.Type) {
		if word, ok := begins[typ.Name()]; ok && !strings.HasPrefix(description, word) {
			t.Errorf("%s is a %s; its description must begin with %q", where, typ.Name(), word)
		}
	})
}

func TestConnectionsAreAskedAlike(t *testing.T) {
	schema := loadSDL(t)
	for _, def := range ownTypes(schema) {
		for _, field := range ownFields(def) {
			where := def.Name + "." + field.Name
			connection := strings.HasSuffix(field.Type.Name(), "Connection")
			for name, typ := range pageArguments {
				arg := field.Arguments.ForName(name)
				switch {
				case connection && (arg == nil || arg.Type.String() != typ):
					t.Errorf("%s is a connection and lacks the argument %s: %s", where, name, typ)
				// Subscriptions resume after an event.
				case !connection && arg != nil && def != schema.Subscription:
					t.Errorf("%s has the argument %s and is no connection", where, name)
				}
			}
			for _, arg := range field.Arguments {
				if _, paging := pageArguments[arg.Name]; connection && !paging && arg.Name != "filter" && arg.Name != "orderBy" {
					t.Errorf("%s: a connection is asked with filter, orderBy, first, after, last, before; not with %s", where, arg.Name)
				}
			}
		}
	}
}

func TestConnectionsLookAlike(t *testing.T) {
	schema := loadSDL(t)
	for _, def := range ownTypes(schema) {
		name, ok := strings.CutSuffix(def.Name, "Connection")
		if !ok {
			continue
		}
		wantFields(t, def, map[string]string{
			"edges": "[" + name + "Edge!]!", "nodes": "[" + name + "!]!", "pageInfo": "PageInfo!", "totalCount": "Int!",
		})
		edge := schema.Types[name+"Edge"]
		if edge == nil {
			t.Errorf("%s has no edge type", def.Name)
			continue
		}
		wantFields(t, edge, map[string]string{"cursor": "String!", "node": name + "!"})
	}
}

func wantFields(t *testing.T, def *gql.Definition, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for _, field := range ownFields(def) {
		got[field.Name] = field.Type.String()
	}
	for name, typ := range want {
		if got[name] != typ {
			t.Errorf("%s.%s is %q, want %q", def.Name, name, got[name], typ)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s has %d fields, want %d", def.Name, len(got), len(want))
	}
}

// One failure must not blank the rest of an answer. nodes is a list of
// nullables instead, as Relay wants it.
func TestRootFieldsAreNullable(t *testing.T) {
	for where, field := range operations(loadSDL(t)) {
		if field.Type.NonNull && where != "Query.nodes" {
			t.Errorf("%s is non-null", where)
		}
	}
}

func TestListsHoldNoNulls(t *testing.T) {
	eachValue(loadSDL(t), func(where, _ string, typ *gql.Type) {
		if typ.Elem != nil && !typ.Elem.NonNull && where != "Query.nodes" {
			t.Errorf("%s is a list that can hold nulls", where)
		}
	})
}

var (
	whoLine    = regexp.MustCompile(`(?m)^Who: \S.*\.$`)
	errorsLine = regexp.MustCompile(`(?m)^Errors: \S.*\.$`)
	codeWord   = regexp.MustCompile(`[A-Z]+(?:_[A-Z]+)+|[A-Z]{4,}`)
)

func TestOperationsSayWhoAndWhichErrors(t *testing.T) {
	schema := loadSDL(t)
	for where, field := range operations(schema) {
		lines := strings.Split(strings.TrimSpace(field.Description), "\n")
		if len(lines) < 3 || !whoLine.MatchString(lines[len(lines)-2]) || !errorsLine.MatchString(lines[len(lines)-1]) {
			t.Errorf("%s: the description must end with a line \"Who: ….\" and a line \"Errors: ….\"", where)
			continue
		}
		var user, top []string
		for _, code := range codeWord.FindAllString(lines[len(lines)-1], -1) {
			switch {
			case schema.Types["UserErrorCode"].EnumValues.ForName(code) != nil:
				user = append(user, code)
			case schema.Types["ErrorCode"].EnumValues.ForName(code) != nil:
				top = append(top, code)
			default:
				t.Errorf("%s: %s is no code of ErrorCode or UserErrorCode", where, code)
			}
		}
		if want := userErrorsOf(t, schema, field); !slices.Equal(sorted(user), want) {
			t.Errorf("%s: the description names the user errors %v, its union holds %v", where, sorted(user), want)
		}
		// Without signing in one may ask for the way out of §7 only.
		if where != "Query.registrySection" && !slices.Contains(top, "UNAUTHENTICATED") {
			t.Errorf("%s: the description must name UNAUTHENTICATED", where)
		}
		if strings.HasSuffix(field.Type.Name(), "Connection") && !slices.Contains(top, "BAD_PAGE") {
			t.Errorf("%s: the description must name BAD_PAGE", where)
		}
	}
}

// A mutation has one input and answers { result…, errors: [<Mutation>Error!]! },
// and its results are nullable.
func TestMutationsAreOfOneShape(t *testing.T) {
	schema := loadSDL(t)
	for _, field := range ownFields(schema.Mutation) {
		name := strings.ToUpper(field.Name[:1]) + field.Name[1:]
		if len(field.Arguments) != 1 || field.Arguments[0].Name != "input" || field.Arguments[0].Type.String() != name+"Input!" {
			t.Errorf("%s must have the one argument input: %sInput!", field.Name, name)
		}
		payload := schema.Types[name+"Payload"]
		if payload == nil || field.Type.Name() != payload.Name {
			t.Errorf("%s must answer %sPayload", field.Name, name)
			continue
		}
		for _, result := range ownFields(payload) {
			switch {
			case result.Name == "errors" && result.Type.String() != "["+name+"Error!]!":
				t.Errorf("%s.errors is %s, want [%sError!]!", payload.Name, result.Type, name)
			case result.Name != "errors" && result.Type.NonNull:
				t.Errorf("%s.%s is non-null", payload.Name, result.Name)
			}
		}
	}
}

// userErrorsOf are the codes of the members of a mutation's error union, none
// for other operations.
func userErrorsOf(t *testing.T, schema *gql.Schema, field *gql.FieldDefinition) []string {
	t.Helper()
	errors := schema.Types[field.Type.Name()].Fields.ForName("errors")
	if errors == nil {
		return nil
	}
	var codes []string
	for _, member := range schema.Types[errors.Type.Name()].Types {
		if !slices.Contains(schema.Types[member].Interfaces, "UserError") {
			t.Errorf("%s is a user error of %s and does not implement UserError", member, field.Name)
		}
		codes = append(codes, upperSnake(member))
	}
	return sorted(codes)
}

func TestEachUserErrorCodeHasItsType(t *testing.T) {
	schema := loadSDL(t)
	var types, codes []string
	for _, def := range ownTypes(schema) {
		if def.Kind == gql.Object && slices.Contains(def.Interfaces, "UserError") {
			code := upperSnake(def.Name)
			types = append(types, code)
			if !strings.HasPrefix(def.Description, "`"+code+"`: ") {
				t.Errorf("%s: the description must begin with its code, `%s`", def.Name, code)
			}
		}
	}
	for _, value := range schema.Types["UserErrorCode"].EnumValues {
		codes = append(codes, value.Name)
	}
	if !slices.Equal(sorted(types), sorted(codes)) {
		t.Errorf("types that implement UserError: %v; codes: %v", sorted(types), sorted(codes))
	}
}

func TestEnumsAreThoseOfTheTerms(t *testing.T) {
	schema := loadSDL(t)
	constants := termsConstants(t)
	for enum, goType := range enumPairs {
		def := schema.Types[enum]
		if def == nil || def.Kind != gql.Enum {
			t.Errorf("the SDL has no enum %s", enum)
			continue
		}
		var values []string
		for _, value := range def.EnumValues {
			values = append(values, value.Name)
		}
		if want := sorted(constants[goType]); !slices.Equal(sorted(values), want) {
			t.Errorf("enum %s has %v; terms.%s has %v", enum, sorted(values), goType, want)
		}
	}
	for _, def := range ownTypes(schema) {
		_, paired := enumPairs[def.Name]
		if _, same := constants[def.Name]; def.Kind == gql.Enum && same && !paired {
			t.Errorf("enum %s has a namesake in terms; add it to enumPairs", def.Name)
		}
	}
}

// termsConstants are the string constants of internal/terms by their type. It
// reads the source: Go knows no way to list the constants of a type.
func termsConstants(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../internal/terms/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("find the terms: %d files, %v", len(files), err)
	}
	constants := map[string][]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("parse the terms: %v", err)
		}
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.CONST {
				continue
			}
			for _, spec := range group.Specs {
				value := spec.(*ast.ValueSpec)
				typ, ok := value.Type.(*ast.Ident)
				if !ok {
					continue
				}
				for _, expr := range value.Values {
					if literal, ok := expr.(*ast.BasicLit); ok && literal.Kind == token.STRING {
						text, err := strconv.Unquote(literal.Value)
						if err != nil {
							t.Fatalf("%s: %v", name, err)
						}
						constants[typ.Name] = append(constants[typ.Name], text)
					}
				}
			}
		}
	}
	return constants
}

var wordStart = regexp.MustCompile(`([a-z])([A-Z])`)

// upperSnake makes CASE_NOT_FOUND of CaseNotFound.
func upperSnake(name string) string {
	return strings.ToUpper(wordStart.ReplaceAllString(name, "${1}_${2}"))
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }
