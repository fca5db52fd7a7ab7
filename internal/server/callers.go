package server

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/identity"
)

// Callers signs callers in by the bearer token they send.
type Callers struct {
	Issuer   *identity.Issuer
	Accounts *identity.Accounts
	Log      *slog.Logger
}

type expiryKey struct{}

// signIn puts the caller's viewer into the request's context. A request
// without a token goes on without a viewer: it may ask what anyone may. One
// with a token that is not good is refused.
func (c *Callers) signIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw := identity.BearerToken(r)
		if raw == "" {
			next.ServeHTTP(w, r)
			return
		}
		ctx, err := c.withViewer(r.Context(), raw)
		if err != nil {
			refuse(w, c.Log, err)
			return
		}
		// A stream ends when the token does.
		if expires, ok := ctx.Value(expiryKey{}).(time.Time); ok {
			limited, cancel := context.WithDeadline(ctx, expires)
			defer cancel()
			ctx = limited
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (c *Callers) withViewer(ctx context.Context, raw string) (context.Context, error) {
	claims, err := c.Issuer.Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	v, err := c.Accounts.Viewer(ctx, claims.Subject)
	if err != nil {
		return nil, err
	}
	return access.With(context.WithValue(ctx, expiryKey{}, claims.ExpiresAt), v), nil
}

// ConnectionInit signs a websocket in by the token of its connection_init, or
// leaves it signed in as its request was. Nobody stays who is not signed in at
// all: what anyone may ask needs no socket. The context ends when the token does.
func (c *Callers) ConnectionInit(ctx context.Context, authorization string) (context.Context, error) {
	if raw := identity.ParseBearer(authorization); raw != "" {
		signed, err := c.withViewer(ctx, raw)
		if err != nil {
			return nil, err
		}
		ctx = signed
	}
	if access.From(ctx) == nil {
		return nil, access.ErrUnauthenticated
	}
	if expires, ok := ctx.Value(expiryKey{}).(time.Time); ok {
		limited, cancel := context.WithDeadline(ctx, expires)
		context.AfterFunc(limited, cancel) // it ends with the socket, or with the token
		ctx = limited
	}
	return ctx, nil
}

// Bearer tells whether the caller signed in by a bearer token.
func (c *Callers) Bearer(ctx context.Context) bool { return access.From(ctx) != nil }

// Refresh reads the viewer anew, for streams: an account that was closed, or
// whose roles changed, is felt by the next event. It knows nothing of tokens:
// that one has expired is felt by the deadline of the stream's context.
func (c *Callers) Refresh(ctx context.Context, v *access.Viewer) (*access.Viewer, error) {
	return c.Accounts.Viewer(ctx, v.Account)
}
