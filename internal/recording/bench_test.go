package recording_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// Every fifth recording is a service that three agencies and both files are
// told of; the others are attempts.
func BenchmarkRecord(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *store.Store{"SQLite": storetest.SQLite, "MariaDB": storetest.MySQL} {
		b.Run(engine, func(b *testing.B) {
			w := recordingtest.New(b, open(b))
			const n = 2000
			cases, rows := make([]feed.Daybook, n), make([]feed.Registry, n)
			for i := range cases {
				d := terms.Docket(fmt.Sprintf("HHDFA26%07dS", i))
				cases[i] = feed.Daybook{DocketNumber: d}
				rows[i] = feed.Registry{
					DocketNumber: d, OrderNumber: "PO-1", StateFileNumber: "S1", RespondentHome: in("Avon"),
					ProtectedPersons: []feed.ProtectedPerson{{FirstName: "Jane", LastName: "Doe", Home: in("Berlin"), Work: in("Hartford")}},
				}
			}
			w.Daybook(cases...)
			w.Registry(rows...)
			v := w.As("officer1")
			var count atomic.Int64
			b.SetParallelism(8)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					i := int(count.Add(1))
					var err error
					if d := cases[i%n].DocketNumber; i%5 == 0 {
						s := w.Service(d, intaketest.Noon)
						s.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
						_, err = w.Recorder.RecordService(b.Context(), v, s)
					} else {
						a := w.Attempt(d, intaketest.Noon)
						a.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed}
						_, err = w.Recorder.RecordAttempt(b.Context(), v, a)
					}
					if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "recordings/s")
		})
	}
}

func in(town string) feed.Address { return feed.Address{Town: town} }
