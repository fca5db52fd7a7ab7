package demo_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/journalposition"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/demo"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// now is a Wednesday, the day before Thanksgiving, at 9 a.m. in court.
var now = time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)

func prepare(ctx context.Context, s *store.Store) error {
	if _, err := s.Migrate(ctx); err != nil {
		return err
	}
	if err := journal.EnsureHead(ctx, s); err != nil {
		return err
	}
	tables, err := reference.Load()
	if err != nil {
		return err
	}
	_, err = intake.LoadTables(ctx, s, tables)
	return err
}

// world is a year in a file, opened.
type world struct {
	*testing.T
	s   *store.Store
	ctx context.Context
}

func year(t *testing.T, o demo.Options) world {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = now
	}
	path := filepath.Join(t.TempDir(), "sts.db")
	if err := demo.SeedFile(t.Context(), path, o, prepare); err != nil {
		t.Fatal(err)
	}
	return open(t, path)
}

func open(t *testing.T, path string) world {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return world{t, s, access.As(t.Context(), "test")}
}

type counted interface {
	Count(context.Context) (int, error)
}

func (w world) count(q counted) int {
	w.Helper()
	n, err := q.Count(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// between fails the test where there are not from least to most.
func (w world) between(what string, q counted, least, most int) {
	w.Helper()
	if n := w.count(q); n < least || n > most {
		w.Errorf("%s: %d, want %d to %d", what, n, least, most)
	}
}

// A year of the usual size, or a smaller one in short mode: every location has
// cases, the rates are those that were published, every board has work.
func TestTheYearIsPlausible(t *testing.T) {
	cases := 1500
	if testing.Short() {
		cases = 300
	}
	w := year(t, demo.Options{Cases: cases})
	c := w.s.Client
	percent := func(n int) int { return cases * n / 100 }
	w.between("cases", c.RegistryCase.Query(), cases, cases)
	w.between("served: 61 of a hundred", c.RegistryCase.Query().Where(registrycase.ServiceStatusEQ(terms.StatusServed)), percent(54), percent(68))
	w.between("in hand: 36 of a hundred", c.ServiceActivity.Query().Where(serviceactivity.MethodEQ(terms.MethodHand)), percent(30), percent(42))
	w.between("at the abode: 25 of a hundred", c.ServiceActivity.Query().Where(serviceactivity.MethodEQ(terms.MethodAbode)), percent(19), percent(31))
	w.between("late", c.ServiceActivity.Query().Where(serviceactivity.RecordedLate(true)), percent(1), percent(8))
	w.between("with police", c.ServiceActivity.Query().Where(serviceactivity.PoliceAssistanceRequested(true)), percent(13), percent(34))
	for _, court := range mustLoad(t).Courts {
		w.between("cases of "+court.Code, c.RegistryCase.Query().Where(registrycase.CourtCode(court.Code)), 1, percent(30))
	}
	w.between("hearings today", c.RegistryCase.Query().Where(registrycase.HearingAtGTE(terms.DateOf(now).Start()), registrycase.HearingAtLT(terms.DateOf(now).AddDays(1).Start())), 4, 40)
	w.between("without order facts yet", c.RegistryCase.Query().Where(registrycase.OrderKindIsNil()), 2, 12)
	w.between("late of yesterday", c.ServiceActivity.Query().Where(serviceactivity.RecordedLate(true), serviceactivity.RecordedAtGT(now.Add(-24*time.Hour))), 1, 12)
	w.between("services of the last day", c.ServiceActivity.Query().Where(serviceactivity.KindEQ(terms.KindService), serviceactivity.RecordedAtGT(now.Add(-24*time.Hour))), 5, 40)
	w.between("addresses that lead nowhere", c.UnroutedAddress.Query().Where(unroutedaddress.ResolvedAtIsNil()), 2, 90)
	for what, q := range map[string]*struct{ least, most, n int }{
		"refused by the state file":                {1, 6, w.count(c.Delivery.Query().Where(delivery.StateEQ(terms.Failed), delivery.RecipientKindEQ(terms.ToStateFile)))},
		"nobody knows":                             {1, 6, w.count(c.Delivery.Query().Where(delivery.StateEQ(terms.Unknown), delivery.RecipientKindEQ(terms.ToAgency)))},
		"silent national file":                     {1, 6, w.count(c.Delivery.Query().Where(delivery.StateEQ(terms.Sent), delivery.RecipientKindEQ(terms.ToNationalFile)))},
		"waiting for a file number":                {1, 12, w.count(c.Delivery.Query().Where(delivery.WaitingForEQ(terms.WaitsForFileNumber)))},
		"in the middle of something":               {0, 0, w.count(c.Delivery.Query().Where(delivery.StateIn(terms.Pending, terms.Sending, terms.Retrying)))},
		"that would be sent for real within years": {0, 0, w.count(c.Delivery.Query().Where(delivery.NextAtLT(now.AddDate(50, 0, 0))))},
	} {
		if q.n < q.least || q.n > q.most {
			t.Errorf("deliveries %s: %d, want %d to %d", what, q.n, q.least, q.most)
		}
	}
	w.everyKind(cases)
	w.everyBoard()
	w.consistent()
	w.inOrder()
}

// consistent: what is derived is what facts and activities say, and everything
// has its place in the journal.
func (w world) consistent() {
	w.Helper()
	differences, err := casefile.Check(w.ctx, w.s.Client, casefile.DefaultTimely)
	if err != nil || len(differences) > 0 {
		w.Errorf("what is derived differs: %v %v", differences, err)
	}
	w.between("unnumbered records", w.s.Client.JournalPending.Query(), 0, 0)
}

// inOrder: the journal is numbered day by day, so that whoever replays it sees
// the year pass.
func (w world) inOrder() {
	w.Helper()
	records, err := w.s.Client.JournalRecord.Query().All(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	at := map[terms.ID]time.Time{}
	for _, r := range records {
		at[r.ID] = r.RecordedAt
	}
	positions, err := w.s.Client.JournalPosition.Query().Order(journalposition.ByID()).All(w.ctx)
	if err != nil || len(positions) != len(records) {
		w.Fatalf("%d positions of %d records: %v", len(positions), len(records), err)
	}
	var newest time.Time
	for _, p := range positions {
		if back := newest.Sub(at[p.RecordID]); back > 24*time.Hour {
			w.Errorf("position %d goes %s back in time", p.ID, back)
			return
		}
		if at[p.RecordID].After(newest) {
			newest = at[p.RecordID]
		}
	}
}

// A small one, for tests and slow machines: those who sign in have work.
func TestASmallYear(t *testing.T) {
	for name, at := range map[string]time.Time{
		"a weekday morning":  now,
		"a weekend at night": time.Date(2026, 7, 5, 3, 30, 0, 0, time.UTC), // July 4, 11:30 p.m. in court
		"a leap day":         time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC),
		"the clocks go back": time.Date(2026, 11, 1, 6, 15, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := year(t, demo.Options{Cases: 60, Now: at})
			c := w.s.Client
			w.between("cases", c.RegistryCase.Query(), 60, 60)
			w.between("served", c.RegistryCase.Query().Where(registrycase.ServiceStatusEQ(terms.StatusServed)), 25, 50)
			today := terms.DateOf(at)
			for what, day := range map[string]terms.Date{"today": today, "tomorrow": today.AddDays(1)} {
				w.between("hearings "+what, c.RegistryCase.Query().Where(registrycase.HearingAtGTE(day.Start()), registrycase.HearingAtLT(day.AddDays(1).Start())), 3, 30)
			}
			for _, name := range []string{"officer1", "officer2", "officer3"} {
				row, err := c.Account.Query().Where(account.Name(name)).Only(w.ctx)
				if err != nil {
					t.Fatal(err)
				}
				w.between("open papers of "+name+" with a hearing ahead", c.RegistryCase.Query().Where(
					registrycase.HolderOfficerID(*row.OfficerID), registrycase.ServiceStatusNEQ(terms.StatusServed), registrycase.HearingAtGT(at)), 2, 12)
			}
			latest, err := c.ServiceActivity.Query().Order(serviceactivity.ByRecordedAt()).All(w.ctx)
			if err != nil || latest[len(latest)-1].RecordedAt.After(at) {
				t.Errorf("something was recorded after now: %v", err)
			}
			w.consistent()
		})
	}
}

// The accounts that README promises, with their roles; all have signed.
func TestAccounts(t *testing.T) {
	w := year(t, demo.Options{Cases: 40})
	counties := map[string]bool{}
	for name, role := range map[string]terms.Role{
		"officer1": terms.RoleOfficer, "officer2": terms.RoleOfficer, "officer3": terms.RoleOfficer,
		"supervisor1": terms.RoleSupervisor, "registry1": terms.RoleRegistryClerk, "manager1": terms.RoleRegistryManager,
		"court1": terms.RoleCourtStaff, "analyst1": terms.RoleAnalyst,
	} {
		row, err := w.s.Client.Account.Query().Where(account.Name(name)).Only(w.ctx)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(row.Roles, []terms.Role{role}) || row.Status != terms.AccountActive || row.AgreementSignedAt == nil {
			t.Errorf("%s is %v", name, row)
		}
		if role == terms.RoleCourtStaff && !slices.Equal(row.CourtCodes, []string{"HHD", "HHB"}) {
			t.Errorf("%s sees %v", name, row.CourtCodes)
		}
		if role == terms.RoleOfficer {
			officer, err := w.s.Client.Officer.Get(w.ctx, *row.OfficerID)
			if err != nil {
				t.Fatal(err)
			}
			counties[officer.County] = true
		}
	}
	if len(counties) != 3 {
		t.Errorf("the officers are of %v", counties)
	}
}

// told is what a case is about: what the same seed must make again.
type told struct {
	docket              terms.Docket
	first, last, status string
	opened              time.Time
	served              string
}

func (w world) told() (list []told) {
	w.Helper()
	cases, err := w.s.Client.RegistryCase.Query().Order(registrycase.ByDocket()).All(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range cases {
		one := told{docket: c.Docket, first: c.RespondentFirstName, last: c.RespondentLastName, status: string(c.ServiceStatus), opened: c.OpenedAt.UTC()}
		if c.ServedAt != nil {
			one.served = c.ServedAt.UTC().String()
		}
		list = append(list, one)
	}
	return list
}

func TestTheSameSeedMakesTheSameCases(t *testing.T) {
	one, other := year(t, demo.Options{Cases: 60}), year(t, demo.Options{Cases: 60})
	a, b := one.told(), other.told()
	if len(a) != 60 || !slices.Equal(a, b) {
		t.Errorf("the same seed made other cases:\n%v\n%v", a, b)
	}
	if a, b := one.recorded(), other.recorded(); len(a) < 100 || !slices.Equal(a, b) {
		t.Errorf("the same seed recorded otherwise:\n%v\n%v", a, b)
	}
	if c := year(t, demo.Options{Cases: 60, Seed: 7}).told(); slices.Equal(a, c) {
		t.Error("another seed made the same cases")
	}
}

func TestOnlyAnEmptyDatabaseIsFilled(t *testing.T) {
	w := year(t, demo.Options{Cases: 1})
	if _, err := demo.Fill(t.Context(), w.s, demo.Options{Now: now}); !errors.Is(err, demo.ErrFilled) {
		t.Errorf("filled twice: %v", err)
	}
	if filled, err := demo.Filled(t.Context(), w.s); !filled || err != nil {
		t.Errorf("filled: %t %v", filled, err)
	}
	// As a fill that was broken off leaves it.
	if err := w.s.Client.Setting.DeleteOneID("demo").Exec(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Fill(t.Context(), w.s, demo.Options{Now: now}); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("filled what is not empty: %v", err)
	}
	for _, o := range []demo.Options{{}, {Now: now, Cases: -1}, {Now: now, Cases: 1_000_000}} {
		if _, err := demo.Fill(t.Context(), w.s, o); err == nil || errors.Is(err, demo.ErrNotEmpty) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Killed while seeding, it begins anew; what is there it never touches.
func TestSeedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sts.db")
	for _, left := range []string{".seeding", ".seeding-wal", ".seeding-shm", "-wal"} {
		if err := os.WriteFile(path+left, []byte("of a process that was killed"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var told []int
	o := demo.Options{Now: now, Cases: 30, Progress: func(done, of int) { told = append(told, done, of) }}
	if err := demo.SeedFile(t.Context(), path, o, prepare); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil || !slices.Equal(files, []string{path}) {
		t.Errorf("seeding left %v (%v)", files, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v %v", info.Mode(), err)
	}
	if len(told) < 10 || !slices.Equal(told[len(told)-2:], []int{30, 30}) {
		t.Errorf("progress was %v", told)
	}
	open(t, path).consistent()
	if err := demo.SeedFile(t.Context(), path, o, prepare); err == nil {
		t.Error("a file that was there was replaced")
	}
	// What fails leaves nothing under the name.
	broken, failure := filepath.Join(t.TempDir(), "sts.db"), errors.New("no tables")
	if err := demo.SeedFile(t.Context(), broken, o, func(context.Context, *store.Store) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("prepare failed: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	o.Progress = func(done, _ int) {
		if done > 10 {
			end()
		}
	}
	if err := demo.SeedFile(ended, broken, o, prepare); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
	if _, err := os.Stat(broken); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not whole has its name: %v", err)
	}
}

func mustLoad(t *testing.T) reference.Tables {
	t.Helper()
	tables, err := reference.Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// BenchmarkSeedFile makes the year of the usual size. STS_DEMO_KEEP names a file
// under which to keep it, for a look.
func BenchmarkSeedFile(b *testing.B) {
	for b.Loop() {
		path := filepath.Join(b.TempDir(), "sts.db")
		if err := demo.SeedFile(b.Context(), path, demo.Options{Now: now}, prepare); err != nil {
			b.Fatal(err)
		}
		if keep := os.Getenv("STS_DEMO_KEEP"); keep != "" {
			if err := os.Rename(path, keep); err != nil {
				b.Fatal(err)
			}
		}
	}
}
