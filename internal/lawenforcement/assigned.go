package lawenforcement

import (
	"context"
	"fmt"
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencyassignment"
	"github.com/service-tracking/sts/internal/terms"
)

// CaseRouting is the routing of one case: beside the tables it knows what the
// registry section assigned there. An assigned agency counts as covering the
// place, so it is told the addresses that lie there, and no others.
type CaseRouting struct {
	routing  *Routing
	assigned []*ent.AgencyAssignment
}

// OfCase reads what was assigned in the case. It needs a viewer that may see it.
func (r *Routing) OfCase(ctx context.Context, c *ent.Client, id terms.ID) (*CaseRouting, error) {
	assigned, err := c.AgencyAssignment.Query().Where(agencyassignment.CaseID(id)).Order(agencyassignment.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what agencies were assigned: %w", err)
	}
	return &CaseRouting{r, assigned}, nil
}

// Place is whose address it is, and the place that it names: what an agency is
// assigned to. The zero value is that of a case without any address.
type Place struct {
	Reason terms.NoticeReason
	Key    string
}

// PlaceOf is the same for every later version of an address that names the same
// place, in whichever spelling.
func (r *Routing) PlaceOf(a *ent.Address) Place {
	return Place{a.Reason, r.places.PlaceKey(a.Street, a.Town, a.State, a.Zip)}
}

// Route answers where the address leads. What the tables know comes first; where
// the registry section assigned an agency, it leads nowhere no more.
func (c *CaseRouting) Route(a *ent.Address) Route {
	return c.with(c.routing.Route(a), c.routing.PlaceOf(a))
}

// WithoutAddress answers who is told of a case of which no address is known.
func (c *CaseRouting) WithoutAddress() Route {
	return c.with(Route{Unrouted: terms.UnroutedNoAddress}, Place{})
}

func (c *CaseRouting) with(route Route, place Place) Route {
	for _, a := range c.assigned {
		if a.Reason == string(place.Reason) && a.PlaceKey == place.Key && !slices.Contains(route.Agencies, a.AgencyID) {
			route.Agencies = append(slices.Clip(route.Agencies), a.AgencyID)
		}
	}
	if len(route.Agencies) > 0 {
		route.Unrouted, route.Suggestion = "", ""
	}
	return route
}
