package gqlhttp

import (
	"context"
	"errors"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/internal/terms"
)

// ending is why the source of a subscription stopped.
type ending struct {
	mu  sync.Mutex
	err error
}

type endingKey struct{}

// EndWith says why a subscription ends, to be called by its source just before
// it closes the channel (a reader that is too slow, a position that is no
// longer kept). The client gets the error as a last event, on every transport,
// and knows from its code whether to resume. The first error counts. The
// context is the resolver's.
func EndWith(ctx context.Context, err error) {
	if e, ok := ctx.Value(endingKey{}).(*ending); ok {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.err == nil {
			e.err = err
		}
	}
}

func (e *ending) take() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

// InterceptOperation bounds the life of every operation.
func (g *gate) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if graphql.GetOperationContext(ctx).Operation.Operation == ast.Subscription {
		return g.subscription(ctx, next)
	}
	ctx, cancel := context.WithTimeout(ctx, g.options.Limits.Timeout)
	respond := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer cancel()
		resp := respond(ctx)
		if resp == nil && ctx.Err() != nil {
			resp = &graphql.Response{Errors: gqlerror.List{g.present(ctx, ctx.Err())}}
		}
		return resp
	}
}

// subscription lets events through until there are none, and then says why, if
// that is known: from the source, or because the context ended with a reason
// (the token expired). A client that left hears nothing.
func (g *gate) subscription(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	end := &ending{}
	respond := next(context.WithValue(ctx, endingKey{}, end))
	ended := false
	return func(ctx context.Context) *graphql.Response {
		if ended {
			return nil
		}
		if resp := respond(ctx); resp != nil {
			return resp
		}
		ended = true
		err := end.take()
		if err == nil {
			err = reasonOf(ctx)
		}
		if err == nil {
			return nil
		}
		return &graphql.Response{Errors: gqlerror.List{g.present(ctx, err)}}
	}
}

// reasonOf is why the context ended, if that is for the client.
func reasonOf(ctx context.Context) error {
	cause := context.Cause(ctx)
	var input *terms.InputError
	var coded coder
	switch {
	case cause == nil:
		return nil
	case errors.As(cause, &input), errors.As(cause, &coded):
		return cause
	case errors.Is(cause, context.DeadlineExceeded):
		// A subscription has no deadline but that of the sign-in behind it.
		return errSignInEnded
	}
	return nil
}

var errSignInEnded = &terms.InputError{
	Code:    terms.Unauthenticated,
	Message: "The sign-in behind this subscription has ended. Sign in again and resume after the last event.",
}
