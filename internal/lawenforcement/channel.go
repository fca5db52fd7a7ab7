package lawenforcement

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// Notices writes the notice of a delivery from what the database knows: the
// page for people and the same facts for machines (§3(d)). Every channel to an
// agency sends what it renders.
type Notices struct {
	Client    *ent.Client
	Reference *casefile.Reference
	Routing   *Routing
	Page      *Page
	Registry  Contact
}

// Render makes the notice. It reads as the viewer in the context, which must
// be one of the system's: a notice names what C.G.S. §51-5c closes to others.
func (n *Notices) Render(ctx context.Context, d *ent.Delivery) (delivery.Content, error) {
	notice, err := n.notice(ctx, d)
	if err != nil {
		return delivery.Content{}, fmt.Errorf("gathering the notice of %s: %w", d.ID, err)
	}
	var c delivery.Content
	if c.Document, err = n.Page.Render(notice); err != nil {
		return c, fmt.Errorf("rendering the notice of %s: %w", d.ID, err)
	}
	if c.Facts, err = notice.JSON(); err != nil {
		return c, fmt.Errorf("encoding the notice of %s: %w", d.ID, err)
	}
	return c, nil
}

func (n *Notices) notice(ctx context.Context, d *ent.Delivery) (Notice, error) {
	if d.AgencyID == nil || d.ActivityID == nil {
		return Notice{}, fmt.Errorf("it tells no agency of an activity")
	}
	agency := n.Reference.Agency(*d.AgencyID)
	if agency == nil {
		return Notice{}, fmt.Errorf("agency %s is not known", *d.AgencyID)
	}
	activity, err := n.Client.ServiceActivity.Get(ctx, *d.ActivityID)
	if err != nil {
		return Notice{}, fmt.Errorf("reading the activity: %w", err)
	}
	c, err := n.Client.RegistryCase.Get(ctx, d.CaseID)
	if err != nil {
		return Notice{}, fmt.Errorf("reading the case: %w", err)
	}
	facts, err := casefile.ReadFacts(ctx, n.Client, d.CaseID)
	if err != nil {
		return Notice{}, err
	}
	routing, err := n.Routing.OfCase(ctx, n.Client, d.CaseID)
	if err != nil {
		return Notice{}, err
	}
	notice := Notice{
		Delivery: d.ID, Agency: Agency{Name: agency.Name, ORI: agency.Ori}, Reasons: d.Reasons, Chosen: len(d.Reasons) == 0,
		Docket: c.Docket, Court: Court{Code: c.CourtCode}, Respondents: respondents(c, facts),
		RecordedAt: activity.RecordedAt,
		Addresses:  addresses(d, facts, routing), Registry: n.Registry,
	}
	if court := n.Reference.Court(c.CourtCode); court != nil {
		notice.Court.Name = court.Name
	}
	if c.OrderKind != nil {
		notice.OrderKind = *c.OrderKind
	}
	if activity.Kind == terms.KindService {
		n.served(&notice, activity)
	}
	if err := n.replaced(ctx, d, activity, &notice); err != nil {
		return Notice{}, err
	}
	return notice, nil
}

// served tells of the service.
func (n *Notices) served(notice *Notice, service *ent.ServiceActivity) {
	notice.ExecutedAt = service.OccurredAt
	if officer := n.Reference.Officer(service.OfficerID); officer != nil {
		notice.Officer = casefile.OfficerName(officer)
	}
	if service.Method != nil {
		notice.Method = *service.Method
	}
	if service.PoliceAssistanceRequested != nil {
		notice.PoliceAssistance = *service.PoliceAssistanceRequested
	}
}

// respondents are the names under which police may know the respondent: the
// registry's, and the daybook's where it is spelled otherwise.
func respondents(c *ent.RegistryCase, facts *casefile.Facts) []string {
	daybook := strings.TrimSpace(c.RespondentFirstName + " " + c.RespondentLastName)
	if facts.Respondent == nil {
		return []string{daybook}
	}
	names := []string{strings.TrimSpace(facts.Respondent.FirstName + " " + facts.Respondent.LastName)}
	if terms.Fold(daybook) != terms.Fold(names[0]) {
		names = append(names, daybook)
	}
	return names
}

// addresses are those that lie in the agency's area, and no others. Where the
// registry says that addresses are confidential, of a protected person's only
// the town is told.
func addresses(d *ent.Delivery, facts *casefile.Facts, routing *CaseRouting) []Address {
	hidden := map[terms.ID]bool{}
	for _, row := range facts.Rows {
		hidden[row.ID] = row.AddressesConfidential
	}
	persons := map[terms.ID]string{}
	for _, p := range facts.ProtectedPersons {
		persons[p.ID] = strings.TrimSpace(p.FirstName + " " + p.LastName)
	}
	var list []Address
	for _, a := range facts.Protected(d.CreatedAt) {
		if !slices.Contains(routing.Route(a).Agencies, *d.AgencyID) {
			continue
		}
		shown := Address{Reason: a.Reason, Street: a.Street, Town: a.Town, State: a.State, Zip: a.Zip}
		if a.ProtectedPersonID != nil {
			shown.Person = persons[*a.ProtectedPersonID]
			if hidden[a.RowID] {
				shown.Street, shown.Zip = "", ""
			}
		}
		if !slices.Contains(list, shown) {
			list = append(list, shown)
		}
	}
	return list
}

// ByContact routes notices by the agency's channels, in its order, and the rest
// as ever. An agency without any is visible: its notices cannot go.
func ByContact(r *casefile.Reference) delivery.Route {
	return func(ctx context.Context, d *ent.Delivery) ([]terms.ChannelKind, error) {
		if d.RecipientKind != terms.ToAgency || d.AgencyID == nil {
			return delivery.PlainRoute(ctx, d)
		}
		var kinds []terms.ChannelKind
		for _, c := range r.Channels(*d.AgencyID) {
			if !slices.Contains(kinds, c.Kind) {
				kinds = append(kinds, c.Kind)
			}
		}
		return kinds, nil
	}
}

// SpoolChannel puts what is rendered into the spool directory, once by
// construction.
type SpoolChannel struct {
	Renderer
	Spool *Spool
}

// Renderer makes what a channel sends: [Notices], or reminders.
type Renderer interface {
	Render(ctx context.Context, d *ent.Delivery) (delivery.Content, error)
}

// Kind is SPOOL.
func (SpoolChannel) Kind() terms.ChannelKind { return terms.ChannelSpool }

// Send writes the files. That the name is linked confirms the delivery.
func (s SpoolChannel) Send(_ context.Context, p delivery.Parcel) delivery.Result {
	if err := s.Spool.Write(string(p.Delivery.ID), p.Content.Document, p.Content.Facts); err != nil {
		// The name may be linked all the same: only looking tells.
		return delivery.Result{Outcome: delivery.Unknown, Detail: err.Error()}
	}
	return delivery.Result{Outcome: delivery.Confirmed, Detail: "filed in the spool"}
}

// Reconcile looks whether the name is there.
func (s SpoolChannel) Reconcile(_ context.Context, p delivery.Parcel) delivery.Result {
	there, err := s.Spool.Exists(string(p.Delivery.ID))
	switch {
	case err != nil:
		return delivery.Result{Outcome: delivery.Unknown, Detail: err.Error()}
	case there:
		return delivery.Result{Outcome: delivery.Confirmed, Detail: "found in the spool"}
	}
	return delivery.Result{Outcome: delivery.NeverArrived, Detail: "not in the spool"}
}
