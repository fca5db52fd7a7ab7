package journal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// From a second implementation, in Python, of what leaf.go says.
const goldenLeaf = "222c280b7af237d0c20f169a2c077258277686d0cd80cf8e57c0973800d857ed"

func isExpired(err error) bool {
	var input *terms.InputError
	return errors.As(err, &input) && input.Code == terms.EventExpired && strings.Contains(input.Message, "Reload")
}

func TestEventIDsSortAndComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		origin := newOrigin()
		position := rapid.Int64Range(0, 999_999_999_999)
		p, q := Position(position.Draw(t, "p")), Position(position.Draw(t, "q"))
		gotOrigin, got, err := ParseEventID(FormatEventID(origin, p))
		if err != nil || gotOrigin != origin || got != p {
			t.Fatalf("%d came back as %q, %d, %v", p, gotOrigin, got, err)
		}
		if (FormatEventID(origin, p) < FormatEventID(origin, q)) != (p < q) {
			t.Fatalf("%d and %d sort differently as ids", p, q)
		}
	})
}

func TestMalformedEventIDs(t *testing.T) {
	good := FormatEventID("abcdefghij", 7)
	if good != "abcdefghij-000000000007" {
		t.Errorf("id = %s", good)
	}
	for _, id := range []string{
		"", "-", "7", "000000000007", "abcdefghij", "abcdefghij-", "abcdefghij-7", "abcdefghij-00000000000007", "abcdefghij-00000000000x",
		"abcdefghij--00000000007", "abcdefghij-+00000000007", "Abcdefghij-000000000007", "abc-000000000007", "rcs_01J00000000000000000000000",
		" " + good, good + " ", good + "-1", "абвгд-000000000007", "abcdefghij-٠٠٠٠٠٠",
	} {
		if _, _, err := ParseEventID(id); !isExpired(err) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestResolve(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		commit(t, s, entry("rcs_1", 1, 0), entry("rcs_1", 2, 0))
		drain(t, s)
		r := NewReader(s, nil)
		origin, newest, err := r.Head(t.Context())
		if err != nil || newest != 2 {
			t.Fatal(newest, err)
		}
		for _, p := range []Position{0, 1, 2} {
			if got, err := r.Resolve(t.Context(), FormatEventID(origin, p)); got != p || err != nil {
				t.Errorf("%d: %d, %v", p, got, err)
			}
		}
		for _, id := range []string{FormatEventID(origin, 3), FormatEventID("zzzzzzzzzz", 1), "x"} {
			if _, err := r.Resolve(t.Context(), id); !isExpired(err) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

func TestReplayReachesBackSevenDaysAndNeverFewerThanAHundredThousandEvents(t *testing.T) {
	s := storetest.SQLite(t)
	// 100,150 events, the first 200 numbered eight days ago, then 20 look-ups.
	sql := func(statement string, args ...any) {
		t.Helper()
		if _, err := s.SQL().ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := EnsureHead(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	const total = 100_170
	counted := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?) "
	sql("INSERT INTO journal_records (id, kind, actor, recorded_at, salt) "+counted+
		"SELECT 'jrn_' || i, CASE WHEN i > 100150 THEN 'CASE_LOOKED_UP' ELSE 'ACTIVITY_RECORDED' END, 'test', ?, x'00' FROM n", total, noon)
	sql("INSERT INTO journal_positions (id, record_id, leaf, numbered_at) "+counted+
		"SELECT i, 'jrn_' || i, x'00', CASE WHEN i > 200 THEN ? ELSE ? END FROM n", total, noon, noon.AddDate(0, 0, -8))
	sql("UPDATE journal_heads SET next = ?", total+1)

	check := func(now time.Time, p Position) error {
		return NewReader(s, func() time.Time { return now }).CheckReplay(t.Context(), p)
	}
	for _, c := range []struct {
		name    string
		now     time.Time
		p       Position
		expired bool
	}{
		{"young", noon.AddDate(0, 0, -2), 40, false},
		{"old, but 100,000 events follow: look-ups do not count", noon, 150, false},
		{"old, and further back", noon, 149, true},
		{"all of it old, but among the last 100,000 records", noon.AddDate(0, 0, 8), 170, false},
		{"all of it old", noon.AddDate(0, 0, 8), 40, true},
		{"the newest", noon, total, false},
		{"beyond the newest", noon, total + 1, true},
	} {
		if err := check(c.now, c.p); isExpired(err) != c.expired || (err != nil && !c.expired) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTheNewestEventsAreFoundAmongOtherRecords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		other := entry("rcs_1", 2, 0)
		other.Kind = terms.TokenIssued
		commit(t, s, entry("rcs_1", 1, 0), other, entry("rcs_1", 3, 0))
		drain(t, s)
		r := NewReader(s, nil)
		var got []Position
		for _, n := range []int{1, 2, 3} {
			p, err := r.before(reading(t.Context()), n)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, p)
		}
		if !slices.Equal(got, []Position{2, 0, 0}) {
			t.Errorf("before = %v", got)
		}
	})
}

func TestAGapInTheJournalIsAnErrorNotASilence(t *testing.T) {
	s := storetest.SQLite(t)
	commit(t, s, entry("rcs_1", 1, 0), entry("rcs_1", 2, 0), entry("rcs_1", 3, 0))
	drain(t, s)
	if _, err := s.SQL().ExecContext(context.Background(), "DELETE FROM journal_positions WHERE id = 2"); err != nil {
		t.Fatal(err)
	}
	if items, err := NewReader(s, nil).Read(t.Context(), 0, 10); err == nil {
		t.Errorf("read %d items over a gap", len(items))
	}
}
