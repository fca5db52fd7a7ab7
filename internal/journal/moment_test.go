package journal_test

import (
	"context"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// A moment older than a transaction's life, with nothing before it unnumbered,
// never changes its answer; a younger one says that it may.
func TestMoments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := context.Background()
		if err := journal.EnsureHead(ctx, s); err != nil {
			t.Fatal(err)
		}
		q := journal.NewSequencer(s, journal.SequencerOptions{})
		nine := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
		record := func(at time.Time) {
			t.Helper()
			err := s.Tx(access.As(ctx, "test"), func(ctx context.Context, tx *ent.Tx) error {
				return journal.Append(ctx, tx, journal.Entry{Kind: terms.TokenIssued, Actor: "test", At: at})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		number := func() {
			t.Helper()
			if _, err := q.Drain(ctx); err != nil {
				t.Fatal(err)
			}
		}
		is := func(what string, at, now time.Time, newest journal.Position, settled bool) {
			t.Helper()
			m, err := journal.MomentAt(ctx, s, at, now)
			if err != nil {
				t.Fatal(err)
			}
			if m.Newest != newest || m.Settled != settled || !m.At.Equal(at) || m.Origin == "" {
				t.Errorf("%s: %+v, want position %d, settled %t", what, m, newest, settled)
			}
		}
		hour, micro := nine.Add(time.Hour), time.Microsecond
		is("an empty journal", nine, hour, 0, true)
		record(nine)
		is("recorded, without a position yet", nine, hour, 0, false)
		is("what is recorded later settles nothing", nine.Add(-micro), hour, 0, true)
		number()
		is("numbered", nine, hour, 1, true)
		is("before it", nine.Add(-micro), hour, 0, true)
		record(nine.Add(2 * time.Second))
		number()
		is("between two", nine.Add(2*time.Second-micro), hour, 1, true)
		is("after both", nine.Add(time.Minute), hour, 2, true)
		is("a transaction's life ago", nine.Add(2*time.Second), nine.Add(2*time.Second+store.TxLife), 2, true)
		is("younger: one that began then may still commit", nine.Add(2*time.Second), nine.Add(2*time.Second+store.TxLife-micro), 2, false)
		// One that was recorded earlier and committed later has a later position.
		record(nine.Add(time.Second))
		is("a late one is pending", nine.Add(time.Second), hour, 1, false)
		is("and unsettles all after it", nine.Add(time.Minute), hour, 2, false)
		number()
		is("numbered too", nine.Add(time.Second), hour, 3, true)
		is("the newest is still the newest", nine.Add(time.Minute), hour, 2, true)
	})
}
