package journal

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"go.uber.org/goleak"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 25, 17, 0, 0, 123456000, time.UTC)

func entry(caseID terms.ID, sequence, step int64) Entry {
	return Entry{Kind: terms.ActivityRecorded, Case: caseID, Sequence: sequence, Step: step, Actor: "test", At: noon}
}

func commit(t testing.TB, s *store.Store, entries ...Entry) {
	t.Helper()
	err := s.Tx(access.As(t.Context(), "test"), func(ctx context.Context, tx *ent.Tx) error {
		return Append(ctx, tx, entries...)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func drain(t testing.TB, s *store.Store) int {
	t.Helper()
	n, err := NewSequencer(s, SequencerOptions{Batch: 3}).Drain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func read(t testing.TB, s *store.Store) []Item {
	t.Helper()
	items, err := NewReader(s, nil).Read(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return items
}

func TestProcessesThatStartTogetherMakeOneHead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := EnsureHead(t.Context(), s); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		origin, newest, err := NewReader(s, nil).Head(t.Context())
		if err != nil || len(origin) != originLen || newest != 0 {
			t.Errorf("head: %q, %d, %v", origin, newest, err)
		}
		if err := EnsureHead(t.Context(), s); err != nil {
			t.Error(err)
		}
		if again, _, err := NewReader(s, nil).Head(t.Context()); again != origin || err != nil {
			t.Errorf("the origin went from %q to %q: %v", origin, again, err)
		}
	})
}

func TestRecordsAreNumberedByCaseAndSequenceNotById(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		// The correction's id was made before that of what it corrects.
		correction, corrected := entry("rcs_1", 2, 0), entry("rcs_1", 1, 0)
		correction.ID = terms.NewID(terms.JournalRecordPrefix)
		corrected.ID = terms.NewID(terms.JournalRecordPrefix)
		commit(t, s, corrected)
		commit(t, s, entry("rcs_0", 1, 1), entry("rcs_0", 1, 0), correction, entry("", 0, 0))
		if n := drain(t, s); n != 5 {
			t.Fatalf("numbered %d of 5", n)
		}
		if n := drain(t, s); n != 0 {
			t.Fatalf("numbered %d again", n)
		}
		place := map[terms.ID]Position{}
		for i, item := range read(t, s) {
			if item.Position != Position(i+1) {
				t.Errorf("position %d stands at %d", item.Position, i+1)
			}
			place[item.Record.ID] = item.Position
		}
		if len(place) != 5 || place[correction.ID] < place[corrected.ID] {
			t.Errorf("the correction has %d, what it corrects %d", place[correction.ID], place[corrected.ID])
		}
	})
}

func TestASequencerThatStalledBeforeItsUpdateStartsOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := access.As(t.Context(), "sequencer")
		if err := EnsureHead(ctx, s); err != nil {
			t.Fatal(err)
		}
		commit(t, s, entry("rcs_1", 1, 0), entry("rcs_1", 2, 0))
		stalled, err := readBatch(ctx, s, 10)
		if err != nil {
			t.Fatal(err)
		}
		var begun *ent.Tx
		if s.Dialect == dialect.MySQL { // on SQLite a begun transaction keeps the other out
			if begun, err = s.Client.Tx(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if n := drain(t, s); n != 2 {
			t.Fatalf("the other numbered %d of 2", n)
		}
		commit(t, s, entry("rcs_1", 3, 0))
		if begun == nil {
			if begun, err = s.Client.Tx(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := stalled.write(ctx, begun, s.Dialect, noon); !errors.Is(err, errFenced) {
			t.Errorf("the stalled one went on: %v", err)
		}
		if err := begun.Rollback(); err != nil {
			t.Fatal(err)
		}
		if n := drain(t, s); n != 1 {
			t.Errorf("numbered %d of 1", n)
		}
		if got := len(read(t, s)); got != 3 {
			t.Errorf("%d positions for 3 records", got)
		}
	})
}

func TestASequencerThatStallsBeforeItsCommitCommitsOrNothingHappened(t *testing.T) {
	for _, commits := range []bool{true, false} {
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			ctx := access.As(t.Context(), "sequencer")
			if err := EnsureHead(ctx, s); err != nil {
				t.Fatal(err)
			}
			commit(t, s, entry("rcs_1", 1, 0), entry("rcs_1", 2, 0))
			first, err := readBatch(ctx, s, 10)
			if err != nil {
				t.Fatal(err)
			}
			stalled, err := s.Client.Tx(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if err := first.write(ctx, stalled, s.Dialect, noon); err != nil {
				t.Fatal(err)
			}
			second, err := readBatch(ctx, s, 10)
			if err != nil || len(second.records) != 2 {
				t.Fatalf("the other sees %d pending: %v", len(second.records), err)
			}
			result := make(chan error)
			go func() {
				result <- s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
					return second.write(ctx, tx, s.Dialect, noon)
				})
			}()
			end, want := stalled.Rollback, error(nil)
			if commits {
				end, want = stalled.Commit, errFenced
			}
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if err := <-result; !errors.Is(err, want) {
				t.Errorf("commits: %v; the other: %v, want %v", commits, err, want)
			}
			if items, n := read(t, s), drain(t, s); len(items) != 2 || n != 0 {
				t.Errorf("commits: %v; %d positions for 2 records, %d numbered later", commits, len(items), n)
			}
		})
	}
}

// A DELETE that scans the pending table would wait for the open transaction.
func TestASlowRecorderHoldsUpNobody(t *testing.T) {
	s := storetest.MySQL(t)
	ctx := access.As(t.Context(), "test")
	open, err := s.Client.Tx(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := Append(ctx, open, entry("rcs_5", 1, 0)); err != nil {
		t.Fatal(err)
	}
	for i := range int64(20) {
		commit(t, s, entry(terms.ID("rcs_"+string('0'+rune(i%10))), i+10, 0))
	}
	if n := drain(t, s); n != 20 {
		t.Errorf("numbered %d of 20", n)
	}
	if err := open.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := drain(t, s); n != 1 {
		t.Errorf("numbered %d of 1", n)
	}
}

func TestWhatIsRolledBackIsNeverNumbered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		refused := errors.New("refused")
		err := s.Tx(access.As(t.Context(), "test"), func(ctx context.Context, tx *ent.Tx) error {
			return errors.Join(Append(ctx, tx, entry("rcs_1", 1, 0)), refused)
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		commit(t, s, entry("rcs_1", 1, 0))
		reader := NewReader(s, nil)
		if n, err := reader.Unnumbered(t.Context()); n != 1 || err != nil {
			t.Errorf("unnumbered: %d, %v", n, err)
		}
		if n := drain(t, s); n != 1 {
			t.Errorf("numbered %d of 1", n)
		}
		if n, err := reader.Unnumbered(t.Context()); n != 0 || err != nil {
			t.Errorf("unnumbered: %d, %v", n, err)
		}
	})
}

// The encoding is fixed for ever: this value may never change.
func TestLeafIsAsDocumented(t *testing.T) {
	caseID, account := terms.ID("rcs_01J00000000000000000000000"), terms.ID("acc_01J00000000000000000000000")
	leaf := Leaf(&ent.JournalRecord{
		ID: "jrn_01J00000000000000000000000", Kind: terms.ActivityRecorded, CaseID: &caseID, AccountID: &account,
		Actor: "Jo Märshal", Facts: []byte(`{"a":1}`), RecordedAt: noon, Salt: []byte("0123456789abcdef"),
	})
	if got, want := hex.EncodeToString(leaf[:]), goldenLeaf; got != want {
		t.Errorf("leaf = %s, want %s", got, want)
	}
}

func TestLeafIsMadeOfWhatIsStored(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		e := entry("rcs_1", 1, 0)
		e.Account, e.About, e.Actor = "acc_1", "act_1", "José <ñ> 雪"
		e.Facts = map[string]any{"b": 1, "a": "é"}
		e.At = time.Date(2026, 11, 25, 12, 0, 0, 123456789, terms.CourtZone)
		commit(t, s, e, entry("", 0, 0))
		drain(t, s)
		rows, err := s.Client.JournalPosition.Query().All(access.As(t.Context(), "test"))
		if err != nil {
			t.Fatal(err)
		}
		items := read(t, s)
		if len(rows) != 2 || len(items) != 2 {
			t.Fatalf("%d positions, %d items", len(rows), len(items))
		}
		for i, item := range items {
			leaf := Leaf(item.Record)
			if string(rows[i].Leaf) != string(leaf[:]) || rows[i].RecordID != item.Record.ID {
				t.Errorf("position %d: the stored leaf is not that of its record", item.Position)
			}
			changed := *item.Record
			changed.Actor += "x"
			if Leaf(&changed) == leaf {
				t.Error("another actor, the same leaf")
			}
		}
	})
}

func TestRunNumbersWhenNudgedAndOnItsOwnAndOutlivesADatabaseThatIsAway(t *testing.T) {
	s := storetest.SQLite(t)
	// Run makes the head as well.
	q := NewSequencer(s, SequencerOptions{Poll: time.Millisecond})
	numbered := make(chan struct{}, 100)
	q.OnNumbered(func() { numbered <- struct{}{} })
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- q.Run(ctx) }()
	commit(t, s, entry("rcs_1", 1, 0))
	q.Nudge()
	<-numbered
	commit(t, s, entry("rcs_1", 2, 0))
	<-numbered

	for _, statement := range []string{"ALTER TABLE journal_heads RENAME TO away", "ALTER TABLE away RENAME TO journal_heads"} {
		if _, err := s.SQL().ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
		commit(t, s, entry("rcs_1", 3, 0))
		q.Nudge()
	}
	for len(read(t, s)) < 4 {
		<-numbered
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func BenchmarkNumbering(b *testing.B) {
	s := storetest.SQLite(b)
	q := NewSequencer(s, SequencerOptions{})
	for made := 0; made < b.N; {
		n := min(500, b.N-made)
		entries := make([]Entry, n)
		for i := range entries {
			entries[i] = entry(terms.NewID(terms.CasePrefix), int64(i), 0)
			entries[i].Facts = map[string]string{"from": "PENDING", "to": "SENT"}
		}
		commit(b, s, entries...)
		made += n
	}
	b.ResetTimer()
	n, err := q.Drain(b.Context())
	if err != nil || n != b.N {
		b.Fatalf("numbered %d of %d: %v", n, b.N, err)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
