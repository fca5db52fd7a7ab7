package live_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/store/storetest"
)

const viewers = 10_000

// One event to 10,000 viewers: from the beginning of its numbering until the
// last of them has it.
func BenchmarkFanOut(b *testing.B) {
	w := newWorld(b, storetest.SQLite(b), live.Options{})
	w.runHub()
	var viewing, arrived sync.WaitGroup
	for range viewers {
		sub := w.subscribe(nil)
		viewing.Go(func() {
			for {
				if _, err := sub.Next(b.Context()); err != nil {
					return
				}
				arrived.Done()
			}
		})
	}
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		w.append(1)
		arrived.Add(viewers)
		b.StartTimer()
		begun := time.Now()
		w.number()
		arrived.Wait()
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(viewers*float64(len(took))/b.Elapsed().Seconds(), "deliveries/s")
	b.Cleanup(viewing.Wait)
}

// 10,000 viewers come back at once, each 100 events behind: until all are
// current. After a restart the ring has been filled again.
func BenchmarkComingBack(b *testing.B) {
	var statements atomic.Int64
	for _, c := range []struct {
		name string
		ring int
	}{{"ring", 0}, {"database", 50}} {
		b.Run(c.name, func(b *testing.B) {
			w := newWorld(b, storetest.Observed(b, func(string) { statements.Add(1) }), live.Options{Ring: c.ring, Poll: time.Hour})
			w.append(1000)
			w.number()
			w.runHub()
			w.subscribe(nil)
			after := w.id(900)
			statements.Store(0)
			for b.Loop() {
				var current sync.WaitGroup
				for range viewers {
					current.Go(func() {
						sub, err := w.hub.Subscribe(b.Context(), after)
						if err != nil {
							b.Error(err)
							return
						}
						defer sub.Close()
						for sub.Past() < journal.Position(1000) {
							if _, err := sub.Next(b.Context()); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				current.Wait()
			}
			b.ReportMetric(float64(statements.Load())/float64(b.N), "statements/op")
		})
	}
}
