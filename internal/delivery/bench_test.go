package delivery

import (
	"context"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// noop confirms at once.
type noop struct{ *post }

func (noop) Send(context.Context, Parcel) Result {
	return Result{Outcome: Confirmed, Detail: "taken"}
}

func BenchmarkDispatcher(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.Store{"SQLite": storetest.SQLite, "MariaDB": storetest.MySQL} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b), noop{newPost(terms.ChannelSpool)})
			for n := b.N; n > 0; n -= 50 {
				w.notices(min(n, 50))
			}
			b.ResetTimer()
			started := time.Now()
			d := New(w.s, w.o)
			w.run(d)
			w.await("all are confirmed", func() bool {
				return d.open.Load() <= int64(w.ledger.o.Batch) && w.count(terms.Confirmed) == b.N
			})
			b.ReportMetric(float64(b.N)/time.Since(started).Seconds(), "deliveries/s")
		})
	}
}
