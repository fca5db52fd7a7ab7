package intake_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func nth(n int) terms.Docket { return terms.Docket(fmt.Sprintf("HHDFA26%07dS", n)) }

// feeds are n cases as both feeds tell of them.
func feeds(n int) (daybook, registry *bytes.Buffer) {
	daybook, registry = &bytes.Buffer{}, &bytes.Buffer{}
	hearing := intaketest.Noon.Add(14 * 24 * time.Hour)
	for i := range n {
		daybook.Write(append(feed.Daybook{
			CourtLocation: "HHD", DocketNumber: nth(i), RespondentFirstName: "John", RespondentLastName: "Roe",
			CreatedAt: intaketest.Noon, SourceUpdatedAt: intaketest.Noon,
		}.Canonical(), '\n'))
		registry.Write(append(feed.Registry{
			DocketNumber: nth(i), OrderNumber: fmt.Sprintf("PO-%d", i), OrderKind: terms.ReliefFromAbuse, HearingAt: &hearing,
			RespondentFirstName: "John", RespondentLastName: "Roe", StateFileNumber: fmt.Sprintf("S%d", i), SourceUpdatedAt: intaketest.Noon,
			RespondentHome: feed.Address{Street: "1 Main St", Town: "Avon", State: "CT", Zip: "06001"},
			ProtectedPersons: []feed.ProtectedPerson{{
				FirstName: "Jane", LastName: "Doe", Home: feed.Address{Street: "2 Elm St", Town: "Berlin"}, Work: feed.Address{Town: "Hartford"},
			}},
		}.Canonical(), '\n'))
	}
	return daybook, registry
}

// Daybook and registry at the same moment, each twice, as two watchers of one
// directory would: each row is applied once and nothing waits for ever.
func TestBothFeedsAtTheSameMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := intaketest.New(t, s)
		const n = 600
		daybook, registry := feeds(n)
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 2 {
			wg.Go(func() {
				<-start
				if _, err := w.Importer.Daybook(t.Context(), bytes.NewReader(daybook.Bytes())); err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				<-start
				if _, err := w.Importer.Registry(t.Context(), bytes.NewReader(registry.Bytes())); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wg.Wait()
		c := s.Client
		for what, got := range map[string]int{
			"cases": c.RegistryCase.Query().CountX(w.System()), "rows": c.RegistryRow.Query().CountX(w.System()),
			"orders": c.ProtectionOrder.Query().CountX(w.System()), "rows, those that wait included,": c.RegistryRow.Query().CountX(w.System()) + c.WaitingRow.Query().CountX(w.System()),
		} {
			if got != n {
				t.Errorf("%d %s, want %d", got, what, n)
			}
		}
		w.Consistent()
	})
}

// §4(b): an import keeps no officer waiting. How long recordings took is told,
// not judged: that depends on the machine.
func TestRecordingDuringAnImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := recordingtest.New(t, s)
		daybook, registry := feeds(1000)
		if _, err := w.Importer.Daybook(t.Context(), daybook); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if _, err := w.Importer.Registry(t.Context(), registry); err != nil {
				t.Error(err)
			}
		}()
		var slowest time.Duration
		recorded := 0
		for running := true; running; recorded++ {
			began := time.Now()
			got, err := w.Recorder.RecordService(t.Context(), w.As("officer1"), w.Service(nth(recorded%1000), intaketest.Noon))
			if err != nil || len(got.Refusals) > 0 && got.Refusals[0].Code != recording.AlreadyServed {
				t.Fatal(got.Refusals, err)
			}
			slowest = max(slowest, time.Since(began))
			select {
			case <-done:
				running = false
			default:
			}
		}
		t.Logf("%d recordings during the import, the slowest took %v", recorded, slowest)
		// Whether the facts came before or after the service: all are told.
		served := s.Client.ServiceActivity.Query().CountX(w.System())
		if got := s.Client.Delivery.Query().CountX(w.System()); got != served*5 {
			t.Errorf("%d deliveries for %d services", got, served)
		}
		w.Consistent()
	})
}

func BenchmarkImport(b *testing.B) {
	for engine, open := range map[string]func(testing.TB) *store.Store{"SQLite": storetest.SQLite, "MariaDB": storetest.MySQL} {
		b.Run(engine, func(b *testing.B) {
			const n = 20_000
			for b.Loop() {
				w := intaketest.New(b, open(b))
				daybook, registry := feeds(n)
				again := bytes.Clone(registry.Bytes())
				timed := func(what string, load func() (intake.Report, error)) {
					began := time.Now()
					if r, err := load(); err != nil || r.Rows() != n {
						b.Fatal(r, err)
					}
					b.ReportMetric(n/time.Since(began).Seconds(), what+"-rows/s")
				}
				timed("daybook", func() (intake.Report, error) { return w.Importer.Daybook(b.Context(), daybook) })
				timed("registry", func() (intake.Report, error) { return w.Importer.Registry(b.Context(), registry) })
				timed("unchanged", func() (intake.Report, error) { return w.Importer.Registry(b.Context(), bytes.NewReader(again)) })
			}
		})
	}
}
