package graphtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// Answer is what came back.
type Answer struct {
	Body   string
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
}

// Code is the code of the first error, "" if there is none.
func (a Answer) Code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

// At walks down the data: names of fields, numbers of elements.
func (a Answer) At(t testing.TB, path ...any) any {
	t.Helper()
	var at any = a.Data
	for _, step := range path {
		switch s := step.(type) {
		case string:
			at = at.(map[string]any)[s]
		case int:
			at = at.([]any)[s]
		}
		if at == nil {
			return nil
		}
	}
	return at
}

// Server executes operations as production does, without the transports and
// limits of gqlhttp, which stands above this room, and with codes as it gives
// them.
type Server struct{ *executor.Executor }

// Serve makes one.
func Serve(schema graphql.ExecutableSchema) Server {
	e := executor.New(schema)
	e.SetErrorPresenter(present)
	return Server{e}
}

func present(ctx context.Context, err error) *gqlerror.Error {
	out := graphql.DefaultErrorPresenter(ctx, err)
	var input *terms.InputError
	var denied interface{ ErrorCode() terms.Code }
	switch {
	case errors.As(err, &input):
		out.Extensions = map[string]any{"code": string(input.Code)}
	case errors.As(err, &denied):
		out.Extensions = map[string]any{"code": string(denied.ErrorCode())}
	}
	return out
}

// Start begins an operation; the responses are pulled from the function, nil
// when there are no more.
func (s Server) Start(ctx context.Context, t testing.TB, query string, variables map[string]any) (func() *graphql.Response, gqlerror.List) {
	t.Helper()
	ctx = graphql.StartOperationTrace(ctx)
	params := &graphql.RawParams{Query: query, ReadTime: graphql.TraceTiming{Start: graphql.Now(), End: graphql.Now()}}
	body, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&params.Variables); err != nil {
		t.Fatal(err)
	}
	op, errs := s.CreateOperationContext(ctx, params)
	if errs != nil {
		return nil, errs
	}
	respond, ctx := s.DispatchOperation(graphql.WithOperationContext(ctx, op), op)
	return func() *graphql.Response { return respond(ctx) }, nil
}

// Ask answers one query or mutation, with the context's viewer.
func Ask(ctx context.Context, t testing.TB, s Server, query string, variables map[string]any) Answer {
	t.Helper()
	respond, errs := s.Start(ctx, t, query, variables)
	response := &graphql.Response{Errors: errs}
	if respond != nil {
		response = respond()
	}
	return Read(t, response)
}

// Read reads one response as a client does.
func Read(t testing.TB, response *graphql.Response) Answer {
	t.Helper()
	body, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	a := Answer{Body: string(body)}
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("the answer cannot be read: %s", body)
	}
	return a
}

// MustAsk is Ask for what must be answered without an error.
func MustAsk(ctx context.Context, t testing.TB, s Server, query string, variables map[string]any) Answer {
	t.Helper()
	a := Ask(ctx, t, s, query, variables)
	if len(a.Errors) > 0 {
		t.Fatalf("unexpected errors: %s", a.Body)
	}
	return a
}
