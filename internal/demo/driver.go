package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// driver plays a day.
type driver struct {
	o        DriveOptions
	r        *rand.Rand
	texts    *texts
	atlas    *atlas
	calendar calendar
	begun    time.Time

	counties map[string]string           // of courts
	officers map[string][]*access.Viewer // with accounts, by county
	viewers  map[terms.ID]*access.Viewer // the same by officer
	silent   map[string][]*ent.Officer   // without accounts, by county
	clerk    *access.Viewer

	cases   []*openCase
	numbers int // the highest number of a docket here
	tick    int
	acts    int
	sequels []sequel
	made    Driven
}

// openCase is a case that is not served, as it stood when it was last read.
type openCase struct {
	docket terms.Docket
	county string
	row    *ent.RegistryCase
	// order is the registry's row of a case of this day; nil of an earlier one,
	// whose facts are read.
	order *feed.Registry
}

// mostCases is how many open cases a day is played on.
const mostCases = 5000

// drivenFrom is the first number of dockets that driving makes: above those of
// the year.
const drivenFrom = 9_000_000

func newDriver(ctx context.Context, o DriveOptions) (*driver, error) {
	d := &driver{
		o: o, r: rand.New(rand.NewPCG(o.Seed, drivenFrom)), begun: o.Clock(), numbers: drivenFrom,
		counties: map[string]string{}, officers: map[string][]*access.Viewer{}, viewers: map[terms.ID]*access.Viewer{},
		silent: map[string][]*ent.Officer{},
	}
	d.calendar = calendarOf(d.begun)
	var err error
	if d.texts, err = readTexts(); err != nil {
		return nil, err
	}
	tables, err := reference.Load()
	if err != nil {
		return nil, err
	}
	if d.atlas, err = newAtlas(tables, d.texts); err != nil {
		return nil, err
	}
	for _, t := range tables.Towns {
		d.counties[t.Court] = t.County
	}
	d.counties[rockville] = d.counties[tolland]
	if err := d.readPeople(ctx); err != nil {
		return nil, err
	}
	return d, d.readCases(ctx)
}

// readPeople reads who can record: the officers with an account, by their names,
// so that the order is always the same.
func (d *driver) readPeople(ctx context.Context) error {
	system := access.As(ctx, viewer)
	client := d.o.Store.Client
	rows, err := client.Account.Query().Where(account.StatusEQ(terms.AccountActive), account.AgreementSignedAtNotNil()).
		Order(account.ByName()).All(system)
	if err != nil {
		return fmt.Errorf("reading accounts: %w", err)
	}
	for _, row := range rows {
		if row.Name != clerk && row.OfficerID == nil {
			continue
		}
		v, err := d.o.Accounts.Viewer(ctx, row.ID)
		if err != nil {
			return err
		}
		if row.Name == clerk {
			d.clerk = v
		} else {
			d.viewers[v.Officer] = v
		}
	}
	if d.clerk == nil || len(d.viewers) == 0 {
		return fmt.Errorf("the accounts of the demonstration are not there: %s, and officers", clerk)
	}
	officers, err := client.Officer.Query().Where(officer.Active(true)).Order(officer.ByNameKey(), officer.ByID()).All(system)
	if err != nil {
		return fmt.Errorf("reading officers: %w", err)
	}
	for _, o := range officers {
		if v := d.viewers[o.ID]; v != nil {
			d.officers[o.County] = append(d.officers[o.County], v)
		} else {
			d.silent[o.County] = append(d.silent[o.County], o)
		}
	}
	return nil
}

// readCases reads what is open: neither served nor heard.
func (d *driver) readCases(ctx context.Context) error {
	client := d.o.Store.Client
	rows, err := client.RegistryCase.Query().Where(
		registrycase.ServiceStatusIn(terms.StatusNoEntry, terms.StatusAttempted), registrycase.HearingSortGT(d.begun),
	).Order(registrycase.ByHearingSort(), registrycase.ByDocket()).Limit(mostCases).All(access.As(ctx, viewer))
	if err != nil {
		return fmt.Errorf("reading open cases: %w", err)
	}
	for _, row := range rows {
		d.add(row)
	}
	dockets, err := client.RegistryCase.Query().Where(registrycase.OpenedAtGT(d.begun.AddDate(-1, 0, 0))).
		Select(registrycase.FieldDocket).Strings(access.As(ctx, viewer))
	if err != nil {
		return fmt.Errorf("reading docket numbers: %w", err)
	}
	for _, docket := range dockets {
		n, err := strconv.Atoi(docket[len(docket)-8 : len(docket)-1])
		if err != nil {
			return fmt.Errorf("reading the number of %s: %w", docket, err)
		}
		d.numbers = max(d.numbers, n)
	}
	return nil
}

// add takes a case up.
func (d *driver) add(row *ent.RegistryCase) *openCase {
	c := &openCase{docket: row.Docket, county: d.counties[row.CourtCode]}
	d.keep(c, row)
	return c
}

// keep keeps how a case stands now, as long as it is open and somebody can serve
// there.
func (d *driver) keep(c *openCase, row *ent.RegistryCase) {
	c.row = row
	if row.ServiceStatus == terms.StatusServed {
		d.cases = slices.DeleteFunc(d.cases, func(o *openCase) bool { return o == c })
	} else if len(d.officers[c.county]) > 0 && !slices.Contains(d.cases, c) { // new, or its service was withdrawn
		d.cases = append(d.cases, c)
	}
}

func (d *driver) refresh(ctx context.Context, c *openCase) error {
	row, err := d.read(ctx, c.docket)
	if err != nil {
		return err
	}
	d.keep(c, row)
	return nil
}

func (d *driver) read(ctx context.Context, docket terms.Docket) (*ent.RegistryCase, error) {
	row, err := d.o.Store.Client.RegistryCase.Query().Where(registrycase.Docket(docket)).Only(access.As(ctx, viewer))
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", docket.Display(), err)
	}
	return row, nil
}

// find picks an open case that fits, and still does when it is read again; nil if
// none was found. People and other processes are at work too.
func (d *driver) find(ctx context.Context, fits func(*openCase) bool) (*openCase, error) {
	for range 3 {
		if len(d.cases) == 0 {
			return nil, nil
		}
		start := d.r.IntN(len(d.cases))
		i := slices.IndexFunc(slices.Concat(d.cases[start:], d.cases[:start]), fits)
		if i < 0 {
			return nil, nil
		}
		c := d.cases[(start+i)%len(d.cases)]
		if err := d.refresh(ctx, c); err != nil {
			return nil, err
		}
		if c.row.ServiceStatus != terms.StatusServed && fits(c) {
			return c, nil
		}
	}
	return nil, nil
}

// holder is who has the papers and can record; where nobody is known to have
// them, somebody of the county. Nil if the holder has no account.
func (d *driver) holder(c *openCase) *access.Viewer {
	if c.row.HolderOfficerID == nil {
		return pick(d.r, d.officers[c.county])
	}
	return d.viewers[*c.row.HolderOfficerID]
}

func (d *driver) canVisit(c *openCase) bool {
	return c.row.HolderOfficerID == nil || d.viewers[*c.row.HolderOfficerID] != nil
}
