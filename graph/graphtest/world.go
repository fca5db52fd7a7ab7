// Package graphtest gives tests of the API a small world over a real database:
// accounts of every role, reference tables, and cases with everything that can
// hang on one. What must not be seen by everyone holds a canary: a word that
// must never reach a role that may not read it.
package graphtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Now is what the clock says: the morning of November 25, 2026, in Hartford.
var Now = time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)

// Secret is in all that only registry staff may read; Text, with the account's
// name behind it, in free text, which its author may read too; Seen, with the
// docket number behind it, in what everyone may read who may see the case.
const (
	Secret = "CANARY-SECRET-"
	Text   = "CANARY-TEXT-"
	Seen   = "CANARY-CASE-"
)

// World is a seeded database and the accounts that ask it.
type World struct {
	Store     *store.Store
	Reference *casefile.Reference
	Reader    *read.Reader
	LookUps   *LookUps
	Reports   *report.Reporter
	// Viewers are the accounts by name: officer1 …, supervisor1, registry1,
	// manager1, court1 (HHD), analyst1.
	Viewers map[string]*access.Viewer
	// Officers are officer1 …, by name; Agency is the agency that is told.
	Officers map[string]terms.ID
	Agency   terms.ID

	serial int
}

// LookUps writes each look-up at once: what casefile.LookUps does in groups.
type LookUps struct{ store *store.Store }

// Open leaves the trace.
func (l *LookUps) Open(ctx context.Context, v *access.Viewer, docket terms.Docket) error {
	if !v.Is(terms.RoleOfficer) {
		return nil
	}
	id, err := casefile.Find(ctx, l.store.Client, docket)
	if err != nil || id == "" {
		return err
	}
	return l.store.Tx(system(), func(ctx context.Context, tx *ent.Tx) error {
		return casefile.LookedUp(tx, v.Account, id, v.At).Exec(ctx)
	})
}

func system() context.Context { return access.As(context.Background(), "test") }

// New seeds the accounts and the reference tables.
func New(t testing.TB, s *store.Store) *World {
	t.Helper()
	w := &World{Store: s, Viewers: map[string]*access.Viewer{}, Officers: map[string]terms.ID{}, LookUps: &LookUps{s}}
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		for code, name := range map[string]string{"HHD": "Hartford", "NNH": "New Haven"} {
			if err := tx.Court.Create().SetCode(code).SetName(name).SetJudicialDistrict(name).SetSitsAt(name).Exec(ctx); err != nil {
				return err
			}
		}
		for i := 1; i <= 3; i++ {
			o, err := tx.Officer.Create().SetFirstName("Olive").SetLastName(fmt.Sprintf("Marshal%d", i)).SetNameKey(fmt.Sprintf("marshal%d olive", i)).
				SetKind(terms.StateMarshal).SetCounty("Hartford").Save(ctx)
			if err != nil {
				return err
			}
			w.Officers[fmt.Sprintf("officer%d", i)] = o.ID
		}
		return w.agency(ctx, tx)
	})
	w.accounts(t)
	reference, err := casefile.LoadReference(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	w.Reference = reference
	now := func() time.Time { return Now }
	w.Reader = read.New(s, reference, w.LookUps, casefile.DefaultTimely, deadline.Rules{}, now)
	w.Reports = &report.Reporter{Store: s, Reference: reference, Clock: now}
	return w
}

func (w *World) tx(t testing.TB, fn func(context.Context, *ent.Tx) error) {
	t.Helper()
	if err := w.Store.Tx(system(), fn); err != nil {
		t.Fatal(err)
	}
}

func (w *World) agency(ctx context.Context, tx *ent.Tx) error {
	if err := tx.Town.Create().SetNumber(64).SetName("Hartford").SetCounty("Hartford").SetJudicialDistrict("Hartford").SetTroop("H").Exec(ctx); err != nil {
		return err
	}
	for i, name := range []string{"Hartford Police Department", "Avon Police Department", "Berlin Police Department"} {
		a, err := tx.LawEnforcementAgency.Create().SetOri(fmt.Sprintf("CT006410%d", i)).SetName(name).SetKind(terms.MunicipalPolice).Save(ctx)
		if err != nil {
			return err
		}
		if i > 0 {
			continue
		}
		w.Agency = a.ID
		if err := tx.AgencyCoverage.Create().SetAgencyID(a.ID).SetTownNumber(64).Exec(ctx); err != nil {
			return err
		}
		if err := tx.AgencyChannel.Create().SetAgencyID(a.ID).SetRank(1).SetKind(terms.ChannelFax).SetAddress(Secret + "fax").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) accounts(t testing.TB) {
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		for name, role := range map[string]terms.Role{
			"officer1": terms.RoleOfficer, "officer2": terms.RoleOfficer, "officer3": terms.RoleOfficer,
			"supervisor1": terms.RoleSupervisor, "registry1": terms.RoleRegistryClerk, "manager1": terms.RoleRegistryManager,
			"court1": terms.RoleCourtStaff, "analyst1": terms.RoleAnalyst,
		} {
			v := &access.Viewer{AccountName: name, DisplayName: strings.ToUpper(name[:1]) + name[1:], Roles: []terms.Role{role}, Officer: w.Officers[name], Agreed: true, At: Now}
			c := tx.Account.Create().SetName(name).SetDisplayName(v.DisplayName).SetStatus(terms.AccountActive).SetRoles(v.Roles).SetCreatedAt(Now).SetAgreementSignedAt(Now)
			if v.Officer != "" {
				c.SetOfficerID(v.Officer)
			}
			if role == terms.RoleCourtStaff {
				v.Courts = []string{"HHD"}
				c.SetCourtCodes(v.Courts)
			}
			row, err := c.Save(ctx)
			if err != nil {
				return err
			}
			v.Account = row.ID
			w.Viewers[name] = v
		}
		return nil
	})
}

// As answers a context in which the account asks.
func (w *World) As(name string) context.Context {
	if name == "" {
		return context.Background()
	}
	return access.With(context.Background(), w.Viewers[name])
}
