package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/identity"
	"github.com/service-tracking/sts/internal/terms"
)

// marshals are the most state marshals that a county may have (C.G.S. §6-38).
var marshals = []struct {
	county string
	most   int
}{{"Hartford", 72}, {"New Haven", 62}, {"Fairfield", 55}, {"New London", 38}, {"Litchfield", 30}, {"Tolland", 22}, {"Middlesex", 21}, {"Windham", 18}}

// Of 318 places that the law allows, the demonstration fills 120. Now and then
// there is another proper officer, and one without an account.
const (
	places, filled  = 318, 120
	otherEvery      = 20
	accountlessEach = 17
)

// known are the officers with whose accounts people sign in: the first of
// their counties.
var known = []struct {
	account, county string
	person
}{
	{"officer1", "Hartford", person{"José", "Nuñez"}},
	{"officer2", "New Haven", person{"Łukasz", "Żółkiewski"}},
	{"officer3", "Fairfield", person{"Siobhán", "O'Brien-Nguyễn"}},
}

type person struct{ first, last string }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// chance tells whether something happens that does in so many of a hundred.
func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

func (t *texts) somebody(r *rand.Rand) person {
	n := r.IntN(100) // the shares add up to a hundred
	for _, g := range t.groups {
		if n -= g.share; n < 0 {
			return person{pick(r, g.given), pick(r, g.family)}
		}
	}
	return person{}
}

// officers makes the officers, and answers them by county.
func (p *player) officers(ctx context.Context, r *rand.Rand) (map[string][]*ent.Officer, error) {
	taken := map[person]bool{}
	unlike := func() person {
		for {
			if who := p.texts.somebody(r); !taken[who] {
				taken[who] = true
				return who
			}
		}
	}
	var creates []*ent.OfficerCreate
	for _, m := range marshals {
		for n := range (m.most*filled + places/2) / places {
			who := unlike()
			for _, k := range known {
				if n == 0 && k.county == m.county {
					who = k.person
				}
			}
			kind := terms.StateMarshal
			if len(creates)%otherEvery == otherEvery-1 {
				kind = terms.OtherProperOfficer
			}
			creates = append(creates, p.store.Client.Officer.Create().SetFirstName(who.first).SetLastName(who.last).
				SetNameKey(terms.Fold(who.last+" "+who.first)).SetKind(kind).SetCounty(m.county))
		}
	}
	made, err := p.store.Client.Officer.CreateBulk(creates...).Save(access.As(ctx, viewer))
	if err != nil {
		return nil, fmt.Errorf("making officers: %w", err)
	}
	byCounty := map[string][]*ent.Officer{}
	for _, o := range made {
		byCounty[o.County] = append(byCounty[o.County], o)
	}
	p.made.Officers = len(made)
	return byCounty, nil
}

// clerk is the account with which the registry section enters what officers
// report (§7).
const clerk = "registry1"

// staff are the accounts of api.md that are not officers'.
var staff = []identity.NewAccount{
	{Name: "supervisor1", DisplayName: "Sophie Example", Roles: []terms.Role{terms.RoleSupervisor}},
	{Name: clerk, DisplayName: "René Example", Roles: []terms.Role{terms.RoleRegistryClerk}},
	{Name: "manager1", DisplayName: "Mara Example", Roles: []terms.Role{terms.RoleRegistryManager}},
	{Name: "court1", DisplayName: "Cora Example", Roles: []terms.Role{terms.RoleCourtStaff}, Courts: []string{"HHD", "HHB"}},
	{Name: "analyst1", DisplayName: "Alan Example", Roles: []terms.Role{terms.RoleAnalyst}},
}

// makeAccounts makes the accounts that api.md promises, and one for nearly
// every other officer. Everybody has signed the agreement (§9(a)(3)).
func (p *player) makeAccounts(ctx context.Context, byCounty map[string][]*ent.Officer) error {
	signed := p.time()
	create := func(n identity.NewAccount) (*access.Viewer, error) {
		n.AgreementSignedAt = &signed
		row, err := p.accounts.Create(ctx, access.System(viewer), n)
		if err != nil {
			return nil, err
		}
		p.made.Accounts++
		return p.accounts.Viewer(ctx, row.ID)
	}
	n := 0
	for _, m := range marshals {
		for i, o := range byCounty[m.county] {
			n++
			name := fmt.Sprintf("marshal%03d", n)
			for _, k := range known {
				if i == 0 && k.county == m.county {
					name = k.account
				}
			}
			if i > 0 && n%accountlessEach == 0 {
				p.accountless = append(p.accountless, o)
				continue
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
	for _, a := range staff {
		v, err := create(a)
		if err != nil {
			return err
		}
		if a.Name == clerk {
			p.clerk = v
		}
	}
	return nil
}
