package bench

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// newest is how many of the cases are the newest, of some sixty days: on them
// some things still need a person. moved is how many are brought to today: those
// of a year, as far back as the board looks.
func newest(cases int) int { return min(cases/2, 4_000) }
func moved(cases int) int  { return min(cases/2, 25_000) }

// behind is how far before the day of measuring the last case was opened: its
// activities follow within a few days.
const behind = 5 * 24 * time.Hour

// bringToToday moves the cases of the last year, and all that belongs to them, by whole
// days up to now: a board shows what is near. The same seed makes the same rows
// whenever it is run; which days these rows fall on, the day of measuring says.
func bringToToday(ctx context.Context, db *stdsql.DB, now time.Time) error {
	var cases int
	var text string
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*), DATE_FORMAT(MAX(opened_at), '%Y-%m-%dT%H:%i:%sZ') FROM registry_cases").Scan(&cases, &text); err != nil {
		return fmt.Errorf("reading when the last case was opened: %w", err)
	}
	last, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return err
	}
	days := int(now.Add(-behind).Sub(last) / (24 * time.Hour))
	if days < 1 {
		return nil
	}
	// Ids sort by the time at which the generator made their rows.
	from := makeID(rand.New(zero{}), terms.CasePrefix, opened(cases-moved(cases)))
	for _, t := range []struct {
		table, key string
		columns    []string
	}{
		{"registry_cases", "id", []string{"opened_at", "daybook_updated_at", "last_recorded_at", "hearing_at", "hearing_set_at", "hearing_sort",
			"served_at", "latest_activity_at", "transfer_at"}},
		{"service_activities", "case_id", []string{"occurred_at", "recorded_at"}},
		{"deliveries", "case_id", []string{"due_by", "created_at", "sent_at", "confirmed_at"}},
		{"reviews", "case_id", []string{"reviewed_at"}},
		{"unrouted_addresses", "case_id", []string{"noticed_at", "resolved_at"}},
	} {
		statement := "UPDATE " + t.table + " SET "
		if t.table == "registry_cases" {
			statement += fmt.Sprintf("last_timely_day = DATE_FORMAT(DATE_ADD(last_timely_day, INTERVAL %d DAY), '%%Y-%%m-%%d'), ", days)
		}
		for i, column := range t.columns {
			if i > 0 {
				statement += ", "
			}
			statement += fmt.Sprintf("%s = DATE_ADD(%[1]s, INTERVAL %[2]d DAY)", column, days)
		}
		if _, err := db.ExecContext(ctx, statement+" WHERE "+t.key+" >= ?", from); err != nil {
			return fmt.Errorf("bringing %s to today: %w", t.table, err)
		}
	}
	_, err = db.ExecContext(ctx, "ANALYZE TABLE registry_cases, service_activities, deliveries, unrouted_addresses")
	return err
}

// zero makes the smallest id of a moment.
type zero struct{}

func (zero) Uint64() uint64 { return 0 }
