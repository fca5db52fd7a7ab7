package graph_test

import (
	"flag"
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/graph"
)

var update = flag.Bool("update", false, "write frontend-contract/schema.graphql anew")

const contractFile = "../frontend-contract/schema.graphql"

// What frontends are built against is what is served.
func TestThePublishedContractIsNotStale(t *testing.T) {
	now := graph.Contract()
	if *update {
		if err := os.WriteFile(contractFile, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(published) != now {
		t.Errorf("%s is stale: run go test ./graph -run Contract -update, and look at what changes for frontends", contractFile)
	}
	if now != graph.Contract() {
		t.Error("the contract is printed differently each time")
	}
	if _, err := gqlparser.LoadSchema(&gql.Source{Name: contractFile, Input: now}); err != nil {
		t.Errorf("the published contract cannot be read: %v", err)
	}
}
