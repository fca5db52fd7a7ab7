package bench

import (
	"bufio"
	"context"
	stdsql "database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/uuid"

	"github.com/service-tracking/sts/internal/terms"
)

// generatorVersion is part of what the kept data are known by: raise it with
// every change of the rows that are made.
const generatorVersion = "5"

// Size is how much data there is.
type Size struct {
	Cases, ActivitiesPerCase, Officers int
}

// DefaultSize is what the aims are measured on: 200,000 cases with 1,500,000
// activities.
var DefaultSize = Size{Cases: 200_000, ActivitiesPerCase: 7, Officers: 240}

const (
	// interval is what lies between the openings of two cases: Connecticut has
	// some 25,000 a year, so the rows are eight years of them.
	interval = 21 * time.Minute
	// The accounts that ask.
	officerAccount, supervisorAccount, registryAccount = "officer1", "supervisor1", "registry1"
)

// epoch is when the generated years begin, so that the same seed makes the
// same rows on every day.
var epoch = time.Date(2018, 1, 2, 14, 0, 0, 0, time.UTC)

// generator makes rows as the text that LOAD DATA reads: a thousand times
// faster than recording them. Each case comes from the seed and its number
// alone.
type generator struct {
	size     Size
	seed     uint64
	courts   []string
	officers []terms.ID
	account  terms.ID // of the officer who recorded everything
}

func newGenerator(size Size, seed uint64, courts []string) *generator {
	g := &generator{size: size, seed: seed, courts: courts}
	r := g.random(0)
	for range size.Officers {
		g.officers = append(g.officers, makeID(r, terms.OfficerPrefix, epoch))
	}
	g.account = makeID(r, terms.AccountPrefix, epoch)
	return g
}

// random is the source of what belongs to the case with the number, 1 and up.
func (g *generator) random(number int) *rand.Rand {
	return rand.New(rand.NewPCG(g.seed, uint64(number)))
}

// makeID makes ids that sort by time, as the real ones do.
func makeID(r *rand.Rand, p terms.Prefix, at time.Time) terms.ID {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|r.Uint64()&0xffff)
	binary.BigEndian.PutUint64(u[8:], r.Uint64())
	return terms.EncodeID(p, u)
}

// docket is the docket number of the n-th case.
func (g *generator) docket(n int) terms.Docket {
	return terms.Docket(fmt.Sprintf("%sFA%02d5%06dS", g.courts[n%len(g.courts)], opened(n).Year()%100, n))
}

func opened(n int) time.Time { return epoch.Add(time.Duration(n) * interval) }

// load fills the migrated database, whose reference tables are loaded. A table
// is filled by one statement: into an empty table, and with the checks off,
// MariaDB sorts the rows of each index and writes it once.
func (g *generator) load(ctx context.Context, db *stdsql.DB) error {
	for _, t := range []struct {
		name, columns string
		write         func(*rows)
	}{
		{"officers", "id, first_name, last_name, name_key, kind, county, active", g.writeOfficers},
		{"accounts", "id, name, display_name, status, roles, court_codes, officer_id, agreement_signed_at, created_at", g.writeAccounts},
		{"registry_cases", caseColumns, g.writeCases},
		{"service_activities", activityColumns, g.writeActivities},
		{"deliveries", deliveryColumns, g.writeDeliveries},
		{"reviews", reviewColumns, g.writeReviews},
		{"unrouted_addresses", unroutedColumns, g.writeUnrouted},
	} {
		if err := loadTable(ctx, db, t.name, t.columns, t.write); err != nil {
			return fmt.Errorf("loading %s: %w", t.name, err)
		}
	}
	_, err := db.ExecContext(ctx, "ANALYZE TABLE officers, registry_cases, service_activities, deliveries, reviews, unrouted_addresses")
	return err
}

func loadTable(ctx context.Context, db *stdsql.DB, name, columns string, write func(*rows)) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	in, out := io.Pipe()
	mysql.RegisterReaderHandler(name, func() io.Reader { return in })
	defer mysql.DeregisterReaderHandler(name)
	go func() {
		r := &rows{w: bufio.NewWriterSize(out, 1<<20)}
		write(r)
		out.CloseWithError(r.w.Flush())
	}()
	defer in.Close() // lets the writer end if the statement did not read to the end
	for _, statement := range []string{
		"SET SESSION unique_checks=0, foreign_key_checks=0",
		"LOAD DATA LOCAL INFILE 'Reader::" + name + "' INTO TABLE " + name + " CHARACTER SET utf8mb4 (" + columns + ")",
		"SET SESSION unique_checks=1, foreign_key_checks=1",
	} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// rows writes rows for LOAD DATA.
type rows struct{ w *bufio.Writer }

// add writes one row; no value holds a tab, a newline or a backslash. nil is
// NULL. An error stays in the writer until it is flushed.
func (r *rows) add(values ...any) {
	for i, v := range values {
		if i > 0 {
			r.w.WriteByte('\t') //nolint:errcheck // see above
		}
		switch v := v.(type) {
		case nil:
			r.w.WriteString(`\N`) //nolint:errcheck // see above
		case string:
			r.w.WriteString(v) //nolint:errcheck // see above
		case terms.ID:
			r.w.WriteString(string(v)) //nolint:errcheck // see above
		case time.Time:
			r.w.WriteString(v.UTC().Format("2006-01-02 15:04:05.000000")) //nolint:errcheck // see above
		default:
			fmt.Fprint(r.w, v) //nolint:errcheck // see above
		}
	}
	r.w.WriteByte('\n') //nolint:errcheck // see above
}
