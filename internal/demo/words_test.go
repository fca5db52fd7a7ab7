package demo

import (
	"testing"
	"time"

	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/terms"
)

func TestTheWordsCanBeRead(t *testing.T) {
	words, err := readTexts()
	if err != nil {
		t.Fatal(err)
	}
	share := 0
	for _, g := range words.groups {
		share += g.share
		if len(g.given) < 5 || len(g.family) < 5 {
			t.Errorf("a group of few names: %v", g)
		}
	}
	if share != 100 {
		t.Errorf("the shares of names add up to %d", share)
	}
	for _, what := range []string{"hand", "abode", "attempt", "other"} {
		if len(words.remarks[what]) == 0 {
			t.Errorf("no remark for %s", what)
		}
	}
	tables, err := reference.Load()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newAtlas(tables, words); err != nil {
		t.Error(err)
	}
	// No street bears the name of a place that is there.
	for _, street := range words.streets {
		if where := tables.Locate(street, "CT", ""); where.Unrouted == "" {
			t.Errorf("%q is a place", street)
		}
	}
}

func TestHolidays(t *testing.T) {
	c := calendar{today: "2026-07-04", tomorrow: "2026-07-05"}
	for day, sits := range map[terms.Date]bool{
		"2026-01-01": false, "2026-01-19": false, "2026-01-20": true, "2026-02-12": false, "2026-02-16": false,
		"2026-05-25": false, "2026-06-19": false, "2026-09-07": false, "2026-10-12": false, "2026-11-11": false,
		"2026-11-26": false, "2026-11-27": true, "2026-12-25": false, "2026-11-28": false, "2026-11-29": false,
		"2026-07-04": true, "2026-07-05": true, // the demonstration's own
		"2025-07-04": false,
	} {
		if got := c.sits(day.Start().Add(10 * time.Hour)); got != sits {
			t.Errorf("the courts sit on %s: %t", day, got)
		}
	}
}
