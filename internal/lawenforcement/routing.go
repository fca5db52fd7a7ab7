package lawenforcement

import (
	"slices"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/terms"
)

// Routing finds the agencies in whose area an address lies (§3(d)). Names of
// towns and postal places are understood by package reference; which agency
// covers them is the database's word, so that the registry section can change it.
type Routing struct {
	places    reference.Tables
	reference *casefile.Reference
}

// NewRouting makes a routing over the tables.
func NewRouting(places reference.Tables, r *casefile.Reference) *Routing {
	return &Routing{places, r}
}

// Route is where one address leads.
type Route struct {
	// Agencies are the agencies to tell, each once. Empty if and only if
	// Unrouted says why.
	Agencies []terms.ID
	Unrouted terms.UnroutedReason
	// Suggestion is the town that an unknown one may be a misspelling of. It is
	// for a person: nothing is sent on it.
	Suggestion string
}

// Route answers where the address leads.
func (r *Routing) Route(a *ent.Address) Route {
	where := r.places.Locate(a.Town, a.State, a.Zip)
	if where.Unrouted != "" {
		return Route{Unrouted: where.Unrouted, Suggestion: where.Suggestion}
	}
	var route Route
	for _, town := range where.Towns {
		for _, c := range r.reference.Coverage(town.Number) {
			if (c.Place == "" || c.Place == where.Place) && !slices.Contains(route.Agencies, c.AgencyID) {
				route.Agencies = append(route.Agencies, c.AgencyID)
			}
		}
	}
	if len(route.Agencies) == 0 {
		route.Unrouted = terms.UnroutedNoAgency
	}
	return route
}
