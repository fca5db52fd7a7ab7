package read

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/lawenforcementagency"
	"github.com/service-tracking/sts/ent/officer"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// byOfficerName is the order of officers.
var byOfficerName = &order[*model.Officer]{
	tag: "officers", column: officer.FieldNameKey, is: text,
	key: func(o *model.Officer) string { return o.NameKey },
}

func officerKind() kind[ent.Officer, *model.Officer] {
	type o = *model.Officer
	columns := func(names ...string) need[o] { return need[o]{columns: names} }
	return kind[ent.Officer, o]{
		source: from(func(c *ent.Client) *ent.OfficerQuery { return c.Officer.Query() }),
		name:   "Officer",
		types:  []string{"Officer", "Node"},
		wrap:   func(e *ent.Officer) o { return &model.Officer{Officer: e} },
		id:     officerID,
		needs: map[string]need[o]{
			"id":     {},
			"name":   columns(officer.FieldFirstName, officer.FieldLastName),
			"kind":   columns(officer.FieldKind),
			"county": columns(officer.FieldCounty),
			"active": columns(officer.FieldActive),
			"papers": {load: officerPapers},
		},
	}
}

func officerID(o *model.Officer) terms.ID { return o.ID }

func officerPapers(ctx context.Context, w *walk, rows []*model.Officer, a asked) error {
	seen := rows[:0:0]
	for _, row := range rows {
		if w.viewer.SeesPapers(row.ID) {
			seen = append(seen, row)
		}
	}
	if len(seen) == 0 {
		_, err := a.page(w)
		return err
	}
	l := list[ent.RegistryCase, *model.RegistryCase, *model.RegistryCase]{
		kind: &w.cases, order: caseOrderOf(model.RegistryCaseOrder{Field: model.RegistryCaseOrderFieldHearingDate, Direction: model.OrderDirectionAsc}),
		node: same[*model.RegistryCase],
		of:   "holder_officer_id", parent: func(c *model.RegistryCase) terms.ID { return terms.Value(c.HolderOfficerID) },
	}
	return hang(ctx, w, l, a, seen, officerID, func(o *model.Officer, page *model.Connection[*model.RegistryCase, model.RegistryCaseEdge]) {
		o.Papers = (*model.RegistryCaseConnection)(page)
	})
}

// officerSlot is a place where an officer hangs.
type officerSlot struct {
	id  terms.ID
	set func(*model.Officer)
}

func officersOf[R any](rows []R, id func(R) *terms.ID, set func(R, *model.Officer)) []officerSlot {
	slots := make([]officerSlot, 0, len(rows))
	for _, row := range rows {
		if at := id(row); at != nil {
			slots = append(slots, officerSlot{*at, func(o *model.Officer) { set(row, o) }})
		}
	}
	return slots
}

// hangOfficers answers officers from memory: everyone signed in may read that
// table whole. Their papers are a statement as ever.
func (w *walk) hangOfficers(ctx context.Context, a asked, slots []officerSlot) error {
	found, err := w.officersByID(ctx, a.sets(), idsOf(slots, func(s officerSlot) terms.ID { return s.id }))
	if err != nil {
		return err
	}
	for _, s := range slots {
		s.set(found[s.id])
	}
	return nil
}

func (w *walk) officersByID(ctx context.Context, sets []ast.SelectionSet, ids []terms.ID) (map[terms.ID]*model.Officer, error) {
	return fromMemory(ctx, w, &w.officers, sets, ids, w.reference.Officer)
}

func (w *walk) agenciesByID(ctx context.Context, sets []ast.SelectionSet, ids []terms.ID) (map[terms.ID]*model.LawEnforcementAgency, error) {
	return fromMemory(ctx, w, &w.agencies, sets, ids, w.reference.Agency)
}

// fromMemory answers rows of a reference table, those that it does not know
// yet from the database. Whoever has not signed the user agreement (§9(a)(3)) is
// told no more from memory than who he is himself.
func fromMemory[E, R any](ctx context.Context, w *walk, k *kind[E, R], sets []ast.SelectionSet, ids []terms.ID, known func(terms.ID) *E) (map[terms.ID]R, error) {
	found := make(map[terms.ID]R, len(ids))
	rows := make([]R, 0, len(ids))
	var missing []terms.ID
	for _, id := range ids {
		e := known(id)
		if e == nil || !w.viewer.SeesReference() && id != w.viewer.Officer {
			missing = append(missing, id)
			continue
		}
		row := k.wrap(e)
		found[id] = row
		rows = append(rows, row)
	}
	f := w.fields(sets, k.types)
	if _, err := k.columns(w, f); err != nil {
		return nil, err
	}
	if err := k.fill(ctx, w, rows, f); err != nil {
		return nil, err
	}
	late, err := k.byID(ctx, w, sets, missing)
	if err != nil {
		return nil, err
	}
	for id, row := range late {
		found[id] = row
	}
	return found, nil
}

func accountKind() kind[ent.Account, *model.Account] {
	type a = *model.Account
	columns := func(names ...string) need[a] { return need[a]{columns: names} }
	return kind[ent.Account, a]{
		source: from(func(c *ent.Client) *ent.AccountQuery { return c.Account.Query() }),
		name:   "Account",
		types:  []string{"Account", "Node"},
		wrap:   func(e *ent.Account) a { return &model.Account{Account: e} },
		id:     func(a a) terms.ID { return a.ID },
		needs: map[string]need[a]{
			"id":          {},
			"displayName": columns(account.FieldDisplayName),
			"status":      columns(account.FieldStatus),
			"roles":       columns(account.FieldRoles),
			"officer": {columns: []string{account.FieldOfficerID}, load: func(ctx context.Context, w *walk, rows []a, f asked) error {
				return w.hangOfficers(ctx, f, officersOf(rows,
					func(a a) *terms.ID { return a.OfficerID },
					func(a a, o *model.Officer) { a.Officer = o }))
			}},
		},
	}
}

// byAgencyName is the order of agencies.
var byAgencyName = &order[*model.LawEnforcementAgency]{
	tag: "agencies", column: lawenforcementagency.FieldName, is: text,
	key: func(a *model.LawEnforcementAgency) string { return a.Name },
}

func agencyKind() kind[ent.LawEnforcementAgency, *model.LawEnforcementAgency] {
	type a = *model.LawEnforcementAgency
	columns := func(names ...string) need[a] { return need[a]{columns: names} }
	return kind[ent.LawEnforcementAgency, a]{
		source: from(func(c *ent.Client) *ent.LawEnforcementAgencyQuery { return c.LawEnforcementAgency.Query() }),
		name:   "LawEnforcementAgency",
		types:  []string{"LawEnforcementAgency", "Node"},
		wrap:   func(e *ent.LawEnforcementAgency) a { return &model.LawEnforcementAgency{LawEnforcementAgency: e} },
		id:     func(a a) terms.ID { return a.ID },
		needs: map[string]need[a]{
			"id":   {},
			"name": columns(lawenforcementagency.FieldName),
			"ori":  columns(lawenforcementagency.FieldOri),
			"kind": columns(lawenforcementagency.FieldKind),
			"towns": {each: func(w *walk, a a) {
				a.Towns = []string{}
				for _, town := range w.reference.Covers(a.ID) {
					a.Towns = append(a.Towns, town.Name)
				}
			}},
			"contactChannels": {
				only: func(v *access.Viewer) bool { return v.Sees(access.Contacts) },
				each: func(w *walk, a a) {
					a.ContactChannels = []model.AgencyChannel{}
					for _, c := range w.reference.Channels(a.ID) {
						a.ContactChannels = append(a.ContactChannels, model.AgencyChannel{AgencyChannel: c})
					}
				},
			},
		},
	}
}
