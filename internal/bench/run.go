package bench

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

// tokenLife is longer than any measurement.
const tokenLife = 4 * time.Hour

// Run makes the data where they are not there yet, starts both servers, holds
// their answers against each other, and measures.
func Run(ctx context.Context, o Options) (_ *Report, err error) {
	asked, alone, err := o.questions()
	if err != nil {
		return nil, err
	}
	d, err := openData(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	db, err := stdsql.Open("mysql", d.DSN()+database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := bringToToday(ctx, db, time.Now()); err != nil {
		return nil, err
	}
	k, err := readKnown(ctx, db)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "sts-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	raw, graphql, err := o.startSides(ctx, dir, d.url())
	if err != nil {
		return nil, err
	}
	defer graphql.stop()
	defer raw.stop()
	if err := prepareRequests(ctx, db, dir, slices.Concat(asked, alone), k, raw, graphql); err != nil {
		return nil, err
	}
	if err := o.compare(ctx, asked, k, raw, graphql); err != nil {
		return nil, err
	}
	report, err := o.describe(ctx, db)
	if err != nil {
		return nil, err
	}
	if err := warm(ctx, db); err != nil {
		return nil, err
	}
	for _, q := range asked {
		m, err := o.measure(ctx, q, k, raw, graphql, d.PID())
		if err != nil {
			return nil, err
		}
		report.Questions = append(report.Questions, m)
	}
	for _, q := range alone {
		m, err := o.measureAlone(ctx, q, k, graphql, d.PID())
		if err != nil {
			return nil, err
		}
		report.Screens = append(report.Screens, m)
	}
	return report, nil
}

// questions are those to ask both sides, and those to ask the program alone.
func (o Options) questions() (both, alone []question, err error) {
	if len(o.Only) == 0 {
		return questions, screens, nil
	}
	for _, name := range o.Only {
		named := func(q question) bool { return q.name == name }
		if at := slices.IndexFunc(questions, named); at >= 0 {
			both = append(both, questions[at])
		} else if at := slices.IndexFunc(screens, named); at >= 0 {
			alone = append(alone, screens[at])
		} else {
			return nil, nil, fmt.Errorf("there is no question %q", name)
		}
	}
	return both, alone, nil
}

func (o Options) startSides(ctx context.Context, dir, url string) (raw, graphql *side, err error) {
	serve := []string{"serve"}
	if o.Profile != "" {
		serve = []string{"bench", "--serve", "--profile", o.Profile}
	}
	graphql, err = o.startSide(ctx, "graphql", dir, url, serve...)
	if err != nil {
		return nil, nil, err
	}
	raw, err = o.startSide(ctx, "raw", dir, url, "bench", "--raw")
	if err != nil {
		graphql.stop()
		return nil, nil, err
	}
	return raw, graphql, nil
}

// prepareRequests signs the accounts in, by the key in the servers' directory.
func prepareRequests(ctx context.Context, db *stdsql.DB, dir string, asked []question, k *known, raw, graphql *side) error {
	issuer, err := identity.Open(dir, time.Now)
	if err != nil {
		return err
	}
	random := newGenerator(Size{}, 0, nil).random(0)
	for _, q := range asked {
		var account terms.ID
		if err := db.QueryRowContext(ctx, "SELECT id FROM accounts WHERE name = ?", q.account).Scan(&account); err != nil {
			return fmt.Errorf("reading account %s: %w", q.account, err)
		}
		token, err := issuer.Mint(account, time.Now(), tokenLife)
		if err != nil {
			return err
		}
		if graphql.ask[q.name], err = q.graphqlRequest(token, q.parameter(random, k)); err != nil {
			return err
		}
		raw.ask[q.name] = q.rawRequest(token)
	}
	return nil
}

// warm reads the tables once, so that the first pass finds them in memory as
// the last one does.
func warm(ctx context.Context, db *stdsql.DB) error {
	for _, statement := range []string{
		"SELECT COUNT(provisional) FROM registry_cases FORCE INDEX (PRIMARY)",
		"SELECT COUNT(docket) FROM registry_cases FORCE INDEX (docket)",
		"SELECT COUNT(hearing_sort) FROM registry_cases FORCE INDEX (registrycase_hearing_sort_id)",
		"SELECT COUNT(no_further_attempt) FROM service_activities FORCE INDEX (PRIMARY)",
		"SELECT COUNT(sequence) FROM service_activities FORCE INDEX (serviceactivity_case_id_sequence)",
	} {
		if _, err := column(ctx, db, statement); err != nil {
			return fmt.Errorf("reading the tables once: %w", err)
		}
	}
	return nil
}

// measure asks both sides one question, in turn.
func (o Options) measure(ctx context.Context, q question, k *known, raw, graphql *side, database int) (Measured, error) {
	var by [2][]*pass
	sides := [2]*side{raw, graphql}
	const unmeasured = 1
	for n := range o.Passes + unmeasured {
		for i, s := range sides {
			stretch, seed := o.Pass, o.Seed+uint64(n)
			if n < unmeasured {
				stretch /= 4
			}
			p, err := o.drive(ctx, q, k, s, database, seed, stretch)
			if err != nil {
				return Measured{}, err
			}
			if n >= unmeasured {
				by[i] = append(by[i], p)
				fmt.Fprintf(o.Out, "%-4s %-8s %6d answers in %v\n", q.name, s.name, len(p.latencies), p.took.Round(10*time.Millisecond))
			}
		}
	}
	if o.Profile != "" {
		if err := o.profile(ctx, q, k, graphql, database); err != nil {
			return Measured{}, err
		}
	}
	return measured(q, figures(by[0], runtime.NumCPU()), figures(by[1], runtime.NumCPU())), nil
}

// describe says what is measured, and on what.
func (o Options) describe(ctx context.Context, db *stdsql.DB) (*Report, error) {
	r := &Report{
		At: time.Now().UTC().Truncate(time.Second), Machine: machine(), Go: runtime.Version(),
		Connections: o.Connections, Passes: o.Passes, PassSeconds: o.Pass.Seconds(), MemoryMiB: o.MemoryMiB,
	}
	err := db.QueryRowContext(ctx, "SELECT VERSION(), (SELECT COUNT(*) FROM registry_cases), (SELECT COUNT(*) FROM service_activities)").
		Scan(&r.Database, &r.Cases, &r.Activities)
	if err != nil {
		return nil, fmt.Errorf("counting: %w", err)
	}
	return r, nil
}

// machine is its processors and memory.
func machine() string {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return fmt.Sprintf("%d processors", runtime.NumCPU())
	}
	var kib int
	fmt.Sscanf(strings.TrimPrefix(string(text), "MemTotal:"), "%d", &kib) //nolint:errcheck // 0 is said as it is
	return fmt.Sprintf("%d processors, %d GiB", runtime.NumCPU(), (kib+1<<19)>>20)
}
