package demo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/demo"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// day is a marshals' day in a year, with a clock that goes on by half a minute
// with each thing that happens.
type day struct {
	world
	o     demo.DriveOptions
	now   time.Time
	lines bytes.Buffer
	told  []demo.Told
}

func (w world) day(seed uint64) *day {
	w.Helper()
	loaded, err := casefile.LoadReference(w.Context(), w.s)
	if err != nil {
		w.Fatal(err)
	}
	d := &day{world: w, now: now.Add(time.Minute)}
	clock := func() time.Time { return d.now }
	planner := &registry.Planner{
		Routing: lawenforcement.NewRouting(mustLoad(w.T), loaded),
		Ledger:  delivery.NewLedger(w.s, delivery.Options{Clock: clock}),
	}
	d.o = demo.DriveOptions{
		Store: w.s, Reference: loaded, Accounts: identity.NewAccounts(w.s, clock), Clock: clock, Seed: seed,
		Recorder: &recording.Recorder{Store: w.s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: clock},
		Importer: &intake.Importer{Store: w.s, Reference: loaded, Planner: planner, Timely: casefile.DefaultTimely, Clock: clock},
		Tell: func(told demo.Told) {
			told.Write(&d.lines)
			d.told = append(d.told, told)
		},
	}
	return d
}

// drive has so many things happen.
func (d *day) drive(things int) demo.Driven {
	d.Helper()
	ticks := make(chan time.Time)
	d.o.Tick = ticks
	go func() {
		defer close(ticks)
		for range things {
			ticks <- time.Time{}
		}
	}()
	was := d.o.Tell
	defer func() { d.o.Tell = was }()
	d.o.Tell = func(told demo.Told) {
		was(told)
		d.now = d.now.Add(30 * time.Second)
	}
	made, err := demo.Drive(d.Context(), d.o)
	if err != nil {
		d.Fatalf("%v, after\n%s", err, &d.lines)
	}
	return made
}

// Every kind of thing happens, in about the proportions of the year; the folds
// are right, and the same seed plays the same day.
func TestADayOfMarshalsRecording(t *testing.T) {
	const things = 900
	path := filepath.Join(t.TempDir(), "sts.db")
	if err := demo.SeedFile(t.Context(), path, demo.Options{Cases: 120, Now: now}, prepare); err != nil {
		t.Fatal(err)
	}
	twin := filepath.Join(t.TempDir(), "sts.db")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(twin, file, 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, path).day(4)
	first := map[terms.ActivityKind]int{}
	for _, kind := range []terms.ActivityKind{terms.KindService, terms.KindAttempt} {
		first[kind] = d.count(d.s.Client.ServiceActivity.Query().Where(serviceactivity.KindEQ(kind)))
	}
	made := d.drive(things)
	if len(d.told) != things {
		t.Errorf("%d things were told of %d", len(d.told), things)
	}
	for what, n := range map[string]struct{ n, least, most int }{
		// Of 900 things about 185 new cases, as many rows of facts, 61 % services.
		"new cases":              {made.Cases, 140, 240},
		"rows of facts":          {made.Rows, made.Cases - 10, made.Cases + 40},
		"receipts":               {made.Receipts, 120, 230},
		"services":               {made.Services, 75, 160},
		"attempts":               {made.Attempts, 110, 230},
		"transfers":              {made.Transfers, 8, 40},
		"acknowledgements":       {made.Acknowledgements, 4, made.Transfers},
		"other information":      {made.OtherInformation, 3, 25},
		"continuances":           {made.Continuances, 4, 30},
		"corrections":            {made.Corrections, 2, 25},
		"withdrawals":            {made.Withdrawals, 1, 12},
		"manual entries":         {made.ManualEntries, 2, 25},
		"services recorded late": {made.Late, 1, made.Services / 5},
		"refused":                {made.Refused, 0, 10},
	} {
		if n.n < n.least || n.n > n.most {
			t.Errorf("%s: %d, want %d to %d", what, n.n, n.least, n.most)
		}
	}
	// What is counted is there.
	began := serviceactivity.RecordedAtGT(now)
	d.between("services of the day", d.s.Client.ServiceActivity.Query().Where(began, serviceactivity.KindEQ(terms.KindService), serviceactivity.CorrectsIDIsNil()), made.Services, made.Services)
	d.between("withdrawals of the day", d.s.Client.ServiceActivity.Query().Where(began, serviceactivity.KindEQ(terms.KindWithdrawal)), made.Withdrawals, made.Withdrawals)
	d.between("manual entries of the day", d.s.Client.ServiceActivity.Query().Where(began, serviceactivity.ReportedAtNotNil()), made.ManualEntries, made.ManualEntries)
	d.numbered()
	d.consistent()
	d.namesNobody()

	again := open(t, twin).day(4)
	again.drive(things / 4)
	if !strings.HasPrefix(d.lines.String(), again.lines.String()) || again.lines.Len() == 0 {
		t.Errorf("the same seed played another day:\n%s", &again.lines)
	}
	// Another day on the same year: its dockets and keys are new ones.
	next := open(t, twin).day(5)
	next.now = again.now
	if made := next.drive(60); made.Refused > 3 {
		t.Errorf("a second day was refused %d times:\n%s", made.Refused, &next.lines)
	}
}

// numbered numbers the journal, as the process that serves does.
func (d *day) numbered() {
	d.Helper()
	if _, err := journal.NewSequencer(d.s, journal.SequencerOptions{Clock: d.o.Clock}).Drain(d.Context()); err != nil {
		d.Fatal(err)
	}
}

// namesNobody: a line names the docket and who recorded, never the respondent
// (C.G.S. §51-5c).
func (d *day) namesNobody() {
	d.Helper()
	cases, err := d.s.Client.RegistryCase.Query().All(d.ctx)
	if err != nil {
		d.Fatal(err)
	}
	var officers []string
	for o := range d.o.Reference.Officers() {
		officers = append(officers, casefile.OfficerName(o), "")
	}
	lines := strings.NewReplacer(officers...).Replace(d.lines.String())
	for _, c := range cases {
		if name := c.RespondentFirstName + " " + c.RespondentLastName; strings.Contains(lines, name) {
			d.Errorf("%s is named", name)
		}
	}
}

// A person is faster: what is refused is told, and the day goes on. Here the
// case is served while the driver finds out that it had the wrong docket.
func TestAPersonIsFaster(t *testing.T) {
	d := year(t, demo.Options{Cases: 40}).day(3)
	tell := d.o.Tell
	refused := 0
	d.o.Tell = func(told demo.Told) {
		tell(told)
		if told.Refused != "" {
			refused++
			if told.Refused != recording.AlreadyServed {
				t.Errorf("%+v", told)
			}
		}
		if strings.HasPrefix(told.What, "withdrawn") {
			d.serveAll()
		}
	}
	made := d.drive(700)
	if made.Withdrawals == 0 || refused == 0 || made.Refused != refused || len(d.told) != 700 {
		t.Errorf("%+v, %d refused of %d", made, refused, len(d.told))
	}
	d.numbered()
	d.consistent()
}

// serveAll has one officer serve every open case.
func (d *day) serveAll() {
	d.Helper()
	row, err := d.s.Client.Account.Query().Where(account.Name("officer1")).Only(d.ctx)
	if err != nil {
		d.Fatal(err)
	}
	officer, err := d.o.Accounts.Viewer(d.Context(), row.ID)
	if err != nil {
		d.Fatal(err)
	}
	open, err := d.s.Client.RegistryCase.Query().Where(registrycase.ServiceStatusNEQ(terms.StatusServed)).All(d.ctx)
	if err != nil {
		d.Fatal(err)
	}
	for _, c := range open {
		done, err := d.o.Recorder.RecordService(d.Context(), officer, recording.Service{
			Common: recording.Common{
				IdempotencyKey: string("faster-" + c.ID), Docket: c.Docket, Confirm: []terms.Confirmation{terms.ConfirmBeforeCaseExisted},
			},
			ServiceEntry: recording.ServiceEntry{Method: terms.MethodHand, ExecutedAt: d.now},
		})
		if err != nil || len(done.Refusals) > 0 {
			d.Fatal(err, done.Refusals)
		}
	}
}

// Nothing is played on real cases.
func TestDrivingRefusesARealDatabase(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(t.TempDir(), "sts.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ticks := make(chan time.Time, 1)
	ticks <- now
	if _, err := demo.Drive(t.Context(), demo.DriveOptions{Store: s, Tick: ticks}); !errors.Is(err, demo.ErrNoYear) || len(ticks) != 1 {
		t.Errorf("%v", err)
	}
}

// Ctrl-C is how a day ends.
func TestADayEndsWithItsContext(t *testing.T) {
	d := year(t, demo.Options{Cases: 20}).day(1)
	ctx, cancel := context.WithCancel(t.Context())
	ticks := make(chan time.Time)
	d.o.Tick = ticks
	tell := d.o.Tell
	d.o.Tell = func(told demo.Told) {
		tell(told)
		if len(d.told) == 5 {
			cancel()
		}
	}
	go func() {
		for {
			select {
			case ticks <- now:
			case <-ctx.Done():
				return
			}
		}
	}()
	if _, err := demo.Drive(ctx, d.o); err != nil || len(d.told) != 5 {
		t.Errorf("after %d things: %v", len(d.told), err)
	}
	d.numbered()
	d.consistent()
}
