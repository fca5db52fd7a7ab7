package gqlhttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/terms"
)

const testSDL = `
scalar DateTime
interface Node { id: ID! }
enum Kind { SERVICE ATTEMPT }
input CaseFilter { court: String, kinds: [Kind!] }
type Query {
	viewer: Account
	case(docket: String): Case
	cases(first: Int, last: Int, filter: CaseFilter): CaseConnection
	calendar: CourtCalendarSnapshot
	nodes(ids: [ID!]!): [Node]!
	echo(text: String, n: Int, at: DateTime, id: ID): String
	fail(how: String!): String
	slow: String
}
type CourtCalendarSnapshot { entries: [Case!]! }
type Account { id: ID! name: String court: Court }
type Court { id: ID! name: String cases(first: Int): CaseConnection }
type CaseConnection { nodes: [Case!]! edges: [CaseEdge!]! totalCount: Int }
type CaseEdge { cursor: String! node: Case! }
type Case implements Node {
	id: ID!
	name: String
	court: Court
	parent: Case
	activities(first: Int, after: String, kinds: [Kind!]): ActivityConnection
}
interface Activity implements Node { id: ID! note: String deliveries(first: Int): DeliveryConnection }
type Service implements Node & Activity { id: ID! note: String method: String case: Case deliveries(first: Int): DeliveryConnection }
type Attempt implements Node & Activity { id: ID! note: String reason: String case: Case deliveries(first: Int): DeliveryConnection }
type ActivityConnection { nodes: [Activity!]! edges: [ActivityEdge!]! }
type ActivityEdge { cursor: String! node: Activity! }
type DeliveryConnection { nodes: [Delivery!]! }
type Delivery { id: ID! }
type Mutation { record(note: String): String signIn(pin: String): Boolean }
type Subscription { events(after: String): String }
`

// testSchema executes what gqlgen would generate code for, as far as these
// tests need it: root fields are resolvers, what lies below is maps.
type testSchema struct {
	schema    *ast.Schema
	resolvers map[string]func(ctx context.Context, args map[string]any) (any, error)
	events    func(ctx context.Context, after string) (<-chan string, error)
	runs      atomic.Int64 // operations that were executed
}

func newTestSchema() *testSchema {
	s := &testSchema{schema: gqlparser.MustLoadSchema(&ast.Source{Input: testSDL})}
	s.resolvers = map[string]func(context.Context, map[string]any) (any, error){
		"__typename": func(context.Context, map[string]any) (any, error) { return "Query", nil },
		"echo": func(_ context.Context, args map[string]any) (any, error) {
			if args["at"] != nil {
				return nil, &terms.InputError{Code: terms.BadDateTime, Message: "This is no time."}
			}
			return fmt.Sprint(args["text"]), nil
		},
		"fail": func(ctx context.Context, args map[string]any) (any, error) { return nil, failure(args["how"].(string)) },
		"slow": func(ctx context.Context, _ map[string]any) (any, error) { <-ctx.Done(); return nil, ctx.Err() },
		"record": func(_ context.Context, args map[string]any) (any, error) {
			return "recorded", nil
		},
		"viewer": func(context.Context, map[string]any) (any, error) {
			return map[string]any{"id": "acc_1", "name": "A <b> & \u2028"}, nil
		},
	}
	return s
}

func failure(how string) error {
	switch how {
	case "panic":
		panic("the secret of the panic")
	case "input":
		return fmt.Errorf("reading: %w", &terms.InputError{Code: terms.BadID, Message: "That is no id."})
	case "coded":
		return fmt.Errorf("reading: %w", forbidden{})
	case "deadline":
		return fmt.Errorf("querying: %w", context.DeadlineExceeded)
	}
	return errors.New("Error 1062: Duplicate entry 'Smith' for key")
}

type forbidden struct{}

func (forbidden) Error() string         { return "This is not for you." }
func (forbidden) ErrorCode() terms.Code { return terms.Forbidden }

func (s *testSchema) Schema() *ast.Schema { return s.schema }

func (s *testSchema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *testSchema) Exec(ctx context.Context) graphql.ResponseHandler {
	s.runs.Add(1)
	opCtx := graphql.GetOperationContext(ctx)
	fields := graphql.CollectFields(opCtx, opCtx.Operation.SelectionSet, nil)
	if opCtx.Operation.Operation == ast.Subscription {
		after, _ := fields[0].ArgumentMap(opCtx.Variables)["after"].(string)
		events, err := s.events(ctx, after)
		if err != nil {
			graphql.AddError(ctx, err)
			return nil
		}
		return func(ctx context.Context) *graphql.Response {
			select {
			case e, ok := <-events:
				if !ok {
					return nil
				}
				data, _ := json.Marshal(map[string]string{fields[0].Alias: e})
				return &graphql.Response{Data: data}
			case <-ctx.Done():
				return nil
			}
		}
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		out := map[string]any{}
		for _, f := range fields {
			out[f.Alias] = s.root(ctx, opCtx, f)
		}
		data, err := json.Marshal(out)
		if err != nil {
			panic(err)
		}
		return &graphql.Response{Data: data}
	}
}

func (s *testSchema) root(ctx context.Context, opCtx *graphql.OperationContext, f graphql.CollectedField) (out any) {
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Query", Field: f})
	defer func() {
		if v := recover(); v != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, v))
		}
	}()
	resolve := s.resolvers[f.Name]
	if resolve == nil {
		return nil
	}
	v, err := resolve(ctx, f.ArgumentMap(opCtx.Variables))
	if err != nil {
		graphql.AddError(ctx, graphql.AddFieldLocationToError(ctx, err))
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	selected := map[string]any{}
	for _, child := range graphql.CollectFields(opCtx, f.Selections, nil) {
		selected[child.Alias] = object[child.Name]
	}
	return selected
}

// api is a running server over the test schema.
type api struct {
	*httptest.Server
	t      *testing.T
	schema *testSchema
	log    *syncBuffer
}

func bearer(context.Context) bool { return true }

func start(t *testing.T, o Options) *api {
	t.Helper()
	a := &api{t: t, schema: newTestSchema(), log: &syncBuffer{}}
	o.Log = slog.New(slog.NewTextHandler(a.log, nil))
	a.Server = httptest.NewServer(New(a.schema, o))
	t.Cleanup(a.Close)
	return a
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// reply is what came back, read.
type reply struct {
	status int
	header http.Header
	body   string
	Data   map[string]any `json:"data"`
	Errors []struct {
		Message    string           `json:"message"`
		Path       []any            `json:"path"`
		Locations  []map[string]int `json:"locations"`
		Extensions map[string]any   `json:"extensions"`
	} `json:"errors"`
}

// code is the code of the first error; every error must have one.
func (r reply) code(t *testing.T) terms.Code {
	t.Helper()
	if len(r.Errors) == 0 {
		return ""
	}
	for _, e := range r.Errors {
		if code, _ := e.Extensions["code"].(string); !documented[code] || e.Message == "" {
			t.Errorf("an error without code or message: %s", r.body)
		}
	}
	return terms.Code(r.Errors[0].Extensions["code"].(string))
}

func (a *api) do(r *http.Request) reply {
	a.t.Helper()
	resp, err := a.Client().Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(resp.Body); err != nil {
		a.t.Fatal(err)
	}
	out := reply{status: resp.StatusCode, header: resp.Header, body: body.String()}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") && r.Method != http.MethodHead {
		if err := json.Unmarshal(body.Bytes(), &out); err != nil {
			a.t.Fatalf("%v in %q", err, body.String())
		}
	}
	return out
}

func (a *api) request(method, target, body string, headers ...string) *http.Request {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.URL+target, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

// post sends a body as the court's app does.
func (a *api) post(body string, headers ...string) reply {
	a.t.Helper()
	r := a.request("POST", "/", body, headers...)
	if r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", typeJSON)
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", typeResponse+", "+typeJSON+";q=0.9")
	}
	return a.do(r)
}

// ask sends a document with variables.
func (a *api) ask(query string, variables ...map[string]any) reply {
	a.t.Helper()
	body := map[string]any{"query": query}
	if len(variables) > 0 {
		body["variables"] = variables[0]
	}
	b, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.post(string(b))
}
