// Package audit runs the public audit suite for GraphQL over HTTP (npm
// graphql-http, serverAudits) against this project's handler.
//
// It needs node, and the packages of package.json: make them with
//
//	npm ci --prefix internal/server/gqlhttp/audit
package audit

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/internal/server/gqlhttp"
)

// audits is how many there are in graphql-http 1.23.1.
const audits = 61

func TestEveryAuditPasses(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("skipped: node is not installed")
	}
	if _, err := os.Stat("node_modules/graphql-http/package.json"); err != nil {
		t.Skip("skipped: the audit suite is not installed; run npm ci --prefix internal/server/gqlhttp/audit")
	}
	server := httptest.NewServer(gqlhttp.New(&schema{gqlparser.MustLoadSchema(&ast.Source{Input: "type Query { hello: String }"})},
		gqlhttp.Options{Bearer: func(context.Context) bool { return true }}))
	defer server.Close()

	var problems bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, "audit.mjs", server.URL)
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("running the audits: %v\n%s", err, problems.Bytes())
	}
	passed := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var result struct{ ID, Name, Status, Reason string }
		if err := json.Unmarshal(lines.Bytes(), &result); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if result.Status == "ok" {
			passed++
		} else {
			t.Errorf("%s %s %s: %s", result.Status, result.ID, result.Name, result.Reason)
		}
	}
	if passed != audits {
		t.Errorf("%d of %d audits pass", passed, audits)
	}
}

// schema answers null to everything but __typename: the audits are about HTTP.
type schema struct{ parsed *ast.Schema }

func (s *schema) Schema() *ast.Schema { return s.parsed }

func (s *schema) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *schema) Exec(ctx context.Context) graphql.ResponseHandler {
	opCtx := graphql.GetOperationContext(ctx)
	data := map[string]any{}
	for _, field := range graphql.CollectFields(opCtx, opCtx.Operation.SelectionSet, nil) {
		data[field.Alias] = nil
		if field.Name == "__typename" {
			data[field.Alias] = "Query"
		}
	}
	b, err := json.Marshal(data)
	if err != nil {
		panic(err)
	}
	return graphql.OneShot(&graphql.Response{Data: b})
}
