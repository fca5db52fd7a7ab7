package read

import (
	"context"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// begin starts the answer to a root field that asks the question, with the
// selection of that field.
func (r *Reader) begin(ctx context.Context, q access.Question) (*walk, []ast.SelectionSet, error) {
	if err := access.From(ctx).May(q); err != nil {
		return nil, nil, err
	}
	s := Selected(ctx)
	w, err := r.walk(ctx, s)
	return w, s.sets, err
}

// page answers a list without parents.
func page[Ed edge[N], E, R, N any](ctx context.Context, w *walk, l list[E, R, N], field string, p Page, sets []ast.SelectionSet) (*model.Connection[N, Ed], error) {
	pages, err := connect[Ed](ctx, w, l, field, p, sets, []terms.ID{""})
	return pages[""], err
}

// RegistryCase answers the case with exactly this docket number. An officer's
// look-up leaves its trace first (C.G.S. §51-5c), which opens the case to him.
func (r *Reader) RegistryCase(ctx context.Context, docket terms.Docket) (*model.RegistryCase, error) {
	w, sets, err := r.begin(ctx, access.AskCase)
	if err != nil {
		return nil, err
	}
	if err := r.lookUps.Open(ctx, w.viewer, docket); err != nil {
		return nil, fmt.Errorf("leaving the trace of a look-up: %w", err)
	}
	rows, err := w.cases.all(ctx, w, sets, nil, where(registrycase.FieldDocket, docket))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// RegistryCases answers the cases that the viewer may list.
func (r *Reader) RegistryCases(ctx context.Context, filter *model.RegistryCaseFilter, by *model.RegistryCaseOrder, p Page) (*model.RegistryCaseConnection, error) {
	w, sets, err := r.begin(ctx, access.AskCases)
	if err != nil {
		return nil, err
	}
	mods, err := w.caseFilter(ctx, filter)
	if err != nil {
		return nil, err
	}
	if by == nil {
		by = &byHearing
	}
	l := list[ent.RegistryCase, *model.RegistryCase, *model.RegistryCase]{
		kind: &w.cases, order: caseOrderOf(*by), node: same[*model.RegistryCase], mods: w.listed(registrycase.Table, mods),
	}
	found, err := page[model.RegistryCaseEdge](ctx, w, l, "registryCases", p, sets)
	return (*model.RegistryCaseConnection)(found), err
}

// byHearing is the order of cases unless another is asked for.
var byHearing = model.RegistryCaseOrder{Field: model.RegistryCaseOrderFieldHearingDate, Direction: model.OrderDirectionAsc}

// caseOrderOf is the order that is asked for.
func caseOrderOf(by model.RegistryCaseOrder) *order[*model.RegistryCase] {
	o := &order[*model.RegistryCase]{desc: by.Direction == model.OrderDirectionDesc}
	switch by.Field {
	case model.RegistryCaseOrderFieldRespondentName:
		o.column, o.is = registrycase.FieldRespondentKey, text
		o.key = func(c *model.RegistryCase) string { return c.RespondentKey }
	case model.RegistryCaseOrderFieldLatestActivity:
		o.column, o.is = registrycase.FieldLatestActivityAt, instant
		o.key = func(c *model.RegistryCase) string { return printInstant(c.LatestActivityAt) }
	case model.RegistryCaseOrderFieldDocketNumber:
		o.column, o.is = registrycase.FieldDocket, text
		o.key = func(c *model.RegistryCase) string { return string(c.Docket) }
	default:
		o.column, o.is = registrycase.FieldHearingSort, instant
		o.key = func(c *model.RegistryCase) string { return printInstant(c.HearingSort) }
	}
	o.tag = fmt.Sprintf("cases.%s.%t", o.column, o.desc)
	return o
}

// ServiceActivities answers the activities that the viewer may list.
func (r *Reader) ServiceActivities(ctx context.Context, filter *model.ServiceActivityFilter, p Page) (*model.ServiceActivityConnection, error) {
	w, sets, err := r.begin(ctx, access.AskActivities)
	if err != nil {
		return nil, err
	}
	mods, err := activityFilter(filter)
	if err != nil {
		return nil, err
	}
	l := list[ent.ServiceActivity, *model.Activity, model.ServiceActivity]{
		kind: &w.activities, order: newestRecorded, node: (*model.Activity).Typed, mods: w.listed(serviceactivity.Table, mods),
	}
	found, err := page[model.ServiceActivityEdge](ctx, w, l, "serviceActivities", p, sets)
	return (*model.ServiceActivityConnection)(found), err
}

// Deliveries answers the deliveries that the viewer may list. Which agencies
// were told is for the registry section, so it alone may filter by them.
func (r *Reader) Deliveries(ctx context.Context, filter *model.DeliveryFilter, p Page) (*model.DeliveryConnection, error) {
	question := access.AskDeliveries
	if filter != nil && filter.AgencyID != nil {
		question = access.AskDeliveriesByAgency
	}
	w, sets, err := r.begin(ctx, question)
	if err != nil {
		return nil, err
	}
	l := deliveryList(w)
	if l.mods, err = w.deliveryFilter(filter); err != nil {
		return nil, err
	}
	found, err := page[model.DeliveryEdge](ctx, w, l, "deliveries", p, sets)
	return (*model.DeliveryConnection)(found), err
}

// Officers answers the list of officers.
func (r *Reader) Officers(ctx context.Context, filter *model.OfficerFilter, p Page) (*model.OfficerConnection, error) {
	w, sets, err := r.begin(ctx, access.AskOfficers)
	if err != nil {
		return nil, err
	}
	mods, err := w.officerFilter(filter)
	if err != nil {
		return nil, err
	}
	l := list[ent.Officer, *model.Officer, *model.Officer]{
		kind: &w.officers, order: byOfficerName, node: same[*model.Officer], mods: mods,
	}
	found, err := page[model.OfficerEdge](ctx, w, l, "officers", p, sets)
	return (*model.OfficerConnection)(found), err
}

// Agencies answers the list of law enforcement agencies.
func (r *Reader) Agencies(ctx context.Context, filter *model.LawEnforcementAgencyFilter, p Page) (*model.LawEnforcementAgencyConnection, error) {
	w, sets, err := r.begin(ctx, access.AskAgencies)
	if err != nil {
		return nil, err
	}
	mods, err := agencyFilter(filter)
	if err != nil {
		return nil, err
	}
	l := list[ent.LawEnforcementAgency, *model.LawEnforcementAgency, *model.LawEnforcementAgency]{
		kind: &w.agencies, order: byAgencyName, node: same[*model.LawEnforcementAgency], mods: mods,
	}
	found, err := page[model.LawEnforcementAgencyEdge](ctx, w, l, "lawEnforcementAgencies", p, sets)
	return (*model.LawEnforcementAgencyConnection)(found), err
}
