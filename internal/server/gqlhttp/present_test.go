package gqlhttp

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

func TestWhatClientsReadOfAnError(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	path := ast.Path{ast.PathName("case"), ast.PathName("name")}

	for name, c := range map[string]struct {
		ctx     context.Context
		err     error
		code    terms.Code
		message string
	}{
		"an input error":             {nil, &terms.InputError{Code: terms.BadPage, Message: "One of first and last."}, terms.BadPage, "One of first and last."},
		"... wrapped":                {nil, fmt.Errorf("case 4711: %w", &terms.InputError{Code: terms.BadPage, Message: "One."}), terms.BadPage, "One."},
		"... wrapped by gqlgen":      {nil, gqlerror.WrapPath(path, fmt.Errorf("x: %w", &terms.InputError{Code: terms.BadPage, Message: "One."})), terms.BadPage, "One."},
		"... when it was too late":   {late, &terms.InputError{Code: terms.BadPage, Message: "One."}, terms.BadPage, "One."},
		"an error with a code":       {nil, gqlerror.WrapPath(path, fmt.Errorf("secret: %w", forbidden{})), terms.Forbidden, "This is not for you."},
		"a deadline":                 {nil, fmt.Errorf("query: %w", context.DeadlineExceeded), terms.TimedOut, timeoutMessage},
		"a driver's deadline":        {late, errors.New("invalid connection 10.0.0.7"), terms.TimedOut, timeoutMessage},
		"a client that left":         {ended, sql.ErrConnDone, terms.Unavailable, cancelledMessage},
		"a rule":                     {nil, &gqlerror.Error{Message: `Cannot query field "x" on type "Y". Did you mean "z"?`, Rule: "FieldsOnCorrectType"}, terms.ValidationFailed, `Cannot query field "x" on type "Y".`},
		"null in a @oneOf input":     {nil, &gqlerror.Error{Message: `Field "Entry.first" must be non-null.`, Rule: "ValuesOfCorrectType"}, terms.ValidationFailed, `OneOf Input Object "Entry" must specify exactly one key, with a value that is not null.`},
		"gqlgen's parse error":       {nil, &gqlerror.Error{Message: "Expected Name", Extensions: map[string]any{"code": "GRAPHQL_PARSE_FAILED"}}, terms.ValidationFailed, "Expected Name"},
		"gqlgen's validation":        {nil, &gqlerror.Error{Message: "must be defined", Extensions: map[string]any{"code": "GRAPHQL_VALIDATION_FAILED"}}, terms.ValidationFailed, "must be defined"},
		"too many tokens":            {nil, gqlerror.Errorf("exceeded token limit of 10000"), terms.QueryTooCostly, "The document has too many words."},
		"one of ours":                {nil, refusal(terms.RateLimited, "Slower."), terms.RateLimited, "Slower."},
		"an error of the driver":     {nil, fmt.Errorf("reading: %w", sql.ErrNoRows), terms.Internal, internalMessage},
		"... of the driver, wrapped": {nil, gqlerror.WrapPath(path, errors.New("Error 1062 Duplicate entry 'Smith'")), terms.Internal, internalMessage},
		"a text of a resolver":       {nil, gqlerror.Errorf("introspection disabled"), terms.Internal, internalMessage},
		"a code nobody knows":        {nil, &gqlerror.Error{Message: "secret", Extensions: map[string]any{"code": "ER_DUP"}}, terms.Internal, internalMessage},
		"cancelled by us":            {nil, context.Canceled, terms.Internal, internalMessage},
		"a panic":                    {nil, Recover(context.Background(), "secret"), terms.Internal, internalMessage},
		"a null that may not be":     {nil, gqlerror.WrapPath(path, &graphql.InvalidNullError{Object: "Secret"}), terms.Internal, internalMessage},
		"a joined error":             {nil, errors.Join(sql.ErrNoRows, &terms.InputError{Code: terms.BadID, Message: "No id."}), terms.BadID, "No id."},
		"a long one":                 {nil, refusal(terms.BadRequest, "%s", strings.Repeat("ü", 1000)), terms.BadRequest, strings.Repeat("ü", 150) + "…"},
		"an error list":              {nil, gqlerror.List{refusal(terms.BadRequest, "One."), refusal(terms.BadID, "Two.")}, terms.BadRequest, "One."},
	} {
		t.Run(name, func(t *testing.T) {
			if c.ctx == nil {
				c.ctx = context.Background()
			}
			var log bytes.Buffer
			present := Presenter(slog.New(slog.NewTextHandler(&log, nil)))
			got := present(c.ctx, c.err)
			if codeOf(got) != c.code || got.Message != c.message {
				t.Errorf("got %s %q", codeOf(got), got.Message)
			}
			var wrapped *gqlerror.Error
			if errors.As(c.err, &wrapped) && !reflect.DeepEqual(got.Path, wrapped.Path) {
				t.Errorf("the path is %v", got.Path)
			}
			if got.Err != nil {
				t.Error("the cause is still there")
			}
			reference, internal := got.Extensions["reference"].(string)
			if internal != (c.code == terms.Internal) || internal != strings.Contains(log.String(), "internal error") {
				t.Errorf("reference %q, log %q", reference, log.String())
			}
			if internal && (len(reference) != 10 || !strings.Contains(log.String(), reference)) {
				t.Errorf("reference %q is not in the log: %s", reference, &log)
			}
			if again := present(c.ctx, got); !reflect.DeepEqual(got, again) {
				t.Errorf("presented twice: %v, then %v", got, again)
			}
		})
	}
	if Presenter(slog.Default())(context.Background(), nil) != nil {
		t.Error("no error became one")
	}
}

func TestErrorsOfResolvers(t *testing.T) {
	a := start(t, Options{})
	got := a.ask(`{ ok: echo(text: "x") a: fail(how: "panic") b: fail(how: "driver") c: fail(how: "input") d: fail(how: "coded") e: fail(how: "deadline") }`)
	if got.status != 200 || got.Data["ok"] != "x" || len(got.Errors) != 5 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	got.code(t)
	want := map[string]terms.Code{"a": terms.Internal, "b": terms.Internal, "c": terms.BadID, "d": terms.Forbidden, "e": terms.TimedOut}
	for _, e := range got.Errors {
		key := e.Path[0].(string)
		if e.Extensions["code"] != string(want[key]) || (want[key] != terms.Internal && len(e.Locations) != 1) {
			t.Errorf("%s: %+v", key, e)
		}
	}
	if strings.Contains(got.body, "secret") || strings.Contains(got.body, "Smith") || strings.Contains(got.body, "reading") {
		t.Error(got.body)
	}
	if log := a.log.String(); !strings.Contains(log, "the secret of the panic") || !strings.Contains(log, "failure(") || !strings.Contains(log, "Duplicate") {
		t.Errorf("the log does not tell the causes: %s", log)
	}
}

// gqlgen coerces arguments in the generated code and reports by untyped errors.
func TestAnArgumentThatCannotBeUsed(t *testing.T) {
	field := &graphql.FieldContext{Field: graphql.CollectedField{Field: &ast.Field{Name: "echo", Alias: "echo", Arguments: ast.ArgumentList{{Name: "n"}}}}}
	ctx := graphql.WithFieldContext(context.Background(), field)
	inArgument := graphql.WithPathContext(ctx, graphql.NewPathWithField("n"))
	err := graphql.ErrorOnPath(inArgument, errors.New("5000000000 overflows signed 32-bit integer"))
	got := Presenter(slog.New(slog.DiscardHandler))(ctx, err)
	if codeOf(got) != terms.ValidationFailed || got.Message != badArgumentMessage || got.Path.String() != "echo.n" {
		t.Errorf("%+v", got)
	}
	field.Args = map[string]any{"n": 1} // the arguments are read: the resolver itself failed
	if got := Presenter(slog.New(slog.DiscardHandler))(ctx, err); codeOf(got) != terms.Internal {
		t.Errorf("%+v", got)
	}
}

// A panic outside of resolvers: in an extension, in a marshaler.
func TestPanicsElsewhereAreAnsweredToo(t *testing.T) {
	for name, o := range map[string]Options{
		"in a hook":      {Document: func(context.Context, string, string) (string, error) { panic("secret") }},
		"in the viewer":  {Bearer: func(context.Context) bool { panic("secret") }},
		"bad JSON below": {},
	} {
		t.Run(name, func(t *testing.T) {
			a := start(t, o)
			a.schema.resolvers["echo"] = func(context.Context, map[string]any) (any, error) { return badJSON{}, nil }
			got := a.ask("{ echo }")
			if got.status != 500 || got.code(t) != terms.Internal || strings.Contains(got.body, "secret") || strings.Contains(got.body, `"data"`) {
				t.Errorf("%d %s", got.status, got.body)
			}
			if !strings.Contains(a.log.String(), got.Errors[0].Extensions["reference"].(string)) {
				t.Errorf("not in the log: %s", a.log)
			}
		})
	}
}

type badJSON struct{}

func (badJSON) MarshalJSON() ([]byte, error) { return nil, errors.New("secret") }
