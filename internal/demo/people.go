package demo

import (
	"context"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

//go:embed names/first.txt
var firstText string

//go:embed names/last.txt
var lastText string

//go:embed names/street.txt
var streetText string

var firstNames, lastNames, streets = strings.Fields(firstText), strings.Fields(lastText), strings.Fields(streetText)

// marshals are the officers of each county: a third of the most that C.G.S.
// §6-38 allows.
var marshals = []struct {
	county string
	count  int
}{{"Hartford", 24}, {"New Haven", 21}, {"Fairfield", 18}, {"New London", 13}, {"Litchfield", 10}, {"Tolland", 7}, {"Middlesex", 7}, {"Windham", 6}}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

type person struct{ first, last string }

func somebody(r *rand.Rand) person { return person{pick(r, firstNames), pick(r, lastNames)} }

// officers makes the officers, and answers them by county.
func (p *player) officers(ctx context.Context) (map[string][]*ent.Officer, error) {
	byCounty := map[string][]*ent.Officer{}
	var creates []*ent.OfficerCreate
	for _, m := range marshals {
		for range m.count {
			who := somebody(p.random)
			kind := terms.StateMarshal
			if p.random.IntN(25) == 0 {
				kind = terms.OtherProperOfficer
			}
			creates = append(creates, p.store.Client.Officer.Create().SetFirstName(who.first).SetLastName(who.last).
				SetNameKey(terms.Fold(who.last+" "+who.first)).SetKind(kind).SetCounty(m.county))
		}
	}
	made, err := p.store.Client.Officer.CreateBulk(creates...).Save(access.As(ctx, "demo"))
	if err != nil {
		return nil, fmt.Errorf("making officers: %w", err)
	}
	for _, o := range made {
		byCounty[o.County] = append(byCounty[o.County], o)
	}
	p.made.Officers = len(made)
	return byCounty, nil
}

// accounts makes the accounts that api.md promises, and one for each other
// officer who records.
func (p *player) accounts(ctx context.Context, byCounty map[string][]*ent.Officer) error {
	started := p.now.AddDate(-1, 0, -30)
	create := func(n identity.NewAccount) (*access.Viewer, error) {
		n.AgreementSignedAt = &started
		row, err := p.accountsOf.Create(ctx, access.System("demo"), n)
		if err != nil {
			return nil, err
		}
		return p.accountsOf.Viewer(ctx, row.ID)
	}
	named := map[terms.ID]string{
		byCounty["Hartford"][0].ID: "officer1", byCounty["New Haven"][0].ID: "officer2", byCounty["Fairfield"][0].ID: "officer3",
	}
	n := 0
	for _, m := range marshals {
		for _, o := range byCounty[m.county] {
			n++
			name := named[o.ID]
			if name == "" {
				name = fmt.Sprintf("marshal%03d", n)
			}
			v, err := create(identity.NewAccount{
				Name: name, DisplayName: o.FirstName + " " + o.LastName, Roles: []terms.Role{terms.RoleOfficer}, Officer: o.ID,
			})
			if err != nil {
				return err
			}
			p.viewers[m.county] = append(p.viewers[m.county], v)
		}
	}
	for _, a := range []identity.NewAccount{
		{Name: "supervisor1", DisplayName: "Sophie Supervisor", Roles: []terms.Role{terms.RoleSupervisor}},
		{Name: "registry1", DisplayName: "Rene Registry", Roles: []terms.Role{terms.RoleRegistryClerk}},
		{Name: "manager1", DisplayName: "Mara Manager", Roles: []terms.Role{terms.RoleRegistryManager}},
		{Name: "court1", DisplayName: "Cora Court", Roles: []terms.Role{terms.RoleCourtStaff}, Courts: []string{"HHD", "HHB"}},
		{Name: "analyst1", DisplayName: "Alan Analyst", Roles: []terms.Role{terms.RoleAnalyst}},
	} {
		if _, err := create(a); err != nil {
			return err
		}
	}
	return nil
}
