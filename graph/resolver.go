package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/graph/generated"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/report"
)

// Options are what the API is made of. All but Clock and Beat must be given.
type Options struct {
	Read     *read.Reader
	Recorder *recording.Recorder
	Desk     *registry.Desk
	Hub      *live.Hub
	Reports  *report.Reporter
	// Section is the registry section, as configured (§3(a)).
	Section model.RegistrySection
	// Refresh answers the viewer as the account is now, or why there is none
	// any more. It is asked for each event of each stream, so it must answer
	// from memory most of the time.
	Refresh func(context.Context, *access.Viewer) (*access.Viewer, error)
	// End tells the client why its stream ends: gqlhttp.EndWith.
	End func(context.Context, error)
	// Clock; nil: time.Now.
	Clock func() time.Time
	// Beat is a context that ends when the next heartbeat is due; nil: after
	// 15 seconds.
	Beat func(context.Context) (context.Context, context.CancelFunc)
}

// heartbeat is how often a stream shows that it is alive.
const heartbeat = 15 * time.Second

// Resolver answers the root fields.
type Resolver struct {
	Options
	loads  *loads
	schema *ast.Schema
}

// New makes the executable schema.
func New(o Options) graphql.ExecutableSchema {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Beat == nil {
		o.Beat = func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, heartbeat)
		}
	}
	r := &Resolver{Options: o, loads: newLoads(o.Clock)}
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: r})
	r.schema = schema.Schema()
	return schema
}

func pageOf(first *int, after *string, last *int, before *string) read.Page {
	return read.Page{First: first, After: after, Last: last, Before: before}
}
