package gqlhttp

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Options are what [New] needs to know. The zero value of each is a usable
// default, and a safe one: what is not permitted is refused.
type Options struct {
	// Log receives the causes of INTERNAL errors. nil: slog.Default().
	Log *slog.Logger

	// Bearer tells whether the request's caller signed in by a bearer token:
	// only they may send GET requests and read the schema. The context is the
	// request's, or on a websocket the one that ConnectionInit returned.
	// nil: nobody did.
	Bearer func(ctx context.Context) bool

	// Document decides which document is run, on every way in and before
	// anything is parsed. It gets what the client sent, either of which may be
	// empty, and answers the text to run, or why not ([terms.InputError]).
	// nil: the client's text, and no documentId.
	Document func(ctx context.Context, documentID, query string) (string, error)

	// ConnectionInit is asked when a websocket says connection_init, with the
	// Authorization of its payload ("" if it has none), and returns the context
	// for all its operations. An error closes the socket with 4401: let nobody
	// stay who is not signed in. When the context ends, the socket is closed: give
	// it the token's expiry as its deadline. nil: the request's own context.
	ConnectionInit func(ctx context.Context, authorization string) (context.Context, error)

	// OriginPatterns are the hosts, beside the server's own, whose pages may
	// open a websocket (path.Match patterns; with "://" the scheme counts too).
	OriginPatterns []string

	// Extensions of gqlgen, run inside of this package's own limits. A field
	// middleware is handler.FieldFunc, a response middleware
	// handler.ResponseFunc.
	Extensions []graphql.HandlerExtension

	Limits Limits
}

// Limits bound what one client can ask for at once. Zero means the default.
type Limits struct {
	BodyBytes  int64 // of a POST, and of a websocket's message; 1 MiB
	QueryBytes int   // of a document; 64 KiB
	Tokens     int   // of a document; 10,000

	Operations  int // in a document; 10
	Fragments   int // in a document; 100
	Depth       int // of fields within fields; 15
	Selections  int // in an operation when fragments are written out; 10,000
	Aliases     int // in a document; 500
	RootRepeats int // of one root field in an operation; 15
	Directives  int // on one place; 50

	// Cost of an operation: a field is 1, a connection is as many times what
	// lies below it as it may have elements, and what makes the database read
	// much costs more (cost.go).
	// 20,000: two hundred cases with ten fields and five activities of ten
	// fields each would be 12,000.
	Cost int

	// CachedDocuments are kept parsed and validated; 500.
	CachedDocuments int

	// Timeout of a query or mutation; 10 s, twice what a transaction may take.
	Timeout time.Duration

	// KeepAlive is how often a silent stream or socket shows that it lives, so
	// that proxies keep it and dead clients are noticed; 15 s.
	KeepAlive time.Duration

	// WriteTimeout is how long one event, or an answer in one piece, may take to
	// leave; 10 s. A client that reads slower than that is cut off: it resumes
	// after its last event, or asks again.
	WriteTimeout time.Duration

	// InitTimeout is how long a websocket may wait with connection_init; 5 s.
	InitTimeout time.Duration

	// Sockets are how many websockets may be open; 20,000.
	Sockets int

	// SocketOperations at once on one websocket; 50.
	SocketOperations int
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.BodyBytes, 1<<20)
	setDefault(&l.QueryBytes, 64<<10)
	setDefault(&l.Tokens, 10_000)
	setDefault(&l.Operations, 10)
	setDefault(&l.Fragments, 100)
	setDefault(&l.Depth, 15)
	setDefault(&l.Selections, 10_000)
	setDefault(&l.Aliases, 500)
	setDefault(&l.RootRepeats, 15)
	setDefault(&l.Directives, 50)
	setDefault(&l.Cost, 20_000)
	setDefault(&l.CachedDocuments, 500)
	setDefault(&l.Timeout, 10*time.Second)
	setDefault(&l.KeepAlive, 15*time.Second)
	setDefault(&l.WriteTimeout, 10*time.Second)
	setDefault(&l.InitTimeout, 5*time.Second)
	setDefault(&l.Sockets, 20_000)
	setDefault(&l.SocketOperations, 50)
	return l
}

func setDefault[T int | int64 | time.Duration](v *T, to T) {
	if *v == 0 {
		*v = to
	}
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Bearer == nil {
		o.Bearer = func(context.Context) bool { return false }
	}
	if o.Document == nil {
		o.Document = func(_ context.Context, _, query string) (string, error) { return query, nil }
	}
	if o.ConnectionInit == nil {
		o.ConnectionInit = func(ctx context.Context, _ string) (context.Context, error) { return ctx, nil }
	}
	o.Limits = o.Limits.withDefaults()
	return o
}
