// Package inline stands in for two of gqlgen's run-time functions in the code
// that it generates here; graph/gen puts the names in. Here nothing but root
// fields waits for anything: package read has loaded what is selected when the
// first object is written, and @defer is refused before a document runs. So
// what gqlgen does to let objects wait side by side, and be sent later, only
// costs: half of the program's processor time on a list of 50 cases
// (docs/performance.md).
package inline

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalSlice is graphql.MarshalSliceConcurrently without its goroutine for
// each element.
func MarshalSlice(ctx context.Context, length int, _ int64, _ bool, marshal func(ctx context.Context, i int) graphql.Marshaler) graphql.Array {
	all := make(graphql.Array, length)
	for i := range all {
		all[i] = element(ctx, i, marshal)
	}
	return all
}

// element writes one element. As in the original, a panic is that element's
// error, and so is that the operation's time is over.
func element(ctx context.Context, i int, marshal func(ctx context.Context, i int) graphql.Marshaler) (m graphql.Marshaler) {
	ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
	defer func() {
		if v := recover(); v != nil {
			graphql.AddError(ctx, graphql.Recover(ctx, v))
			m = graphql.Null
		}
	}()
	if err := ctx.Err(); err != nil {
		graphql.AddError(ctx, err)
		return graphql.Null
	}
	return marshal(ctx, i)
}

// NoDeferredGroup is graphql.NewDeferredGroup without the path, the set and the
// map of what is never deferred.
func NoDeferredGroup(context.Context) graphql.DeferredGroup { return graphql.DeferredGroup{} }
