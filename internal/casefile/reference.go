package casefile

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencychannel"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Reference holds the small tables which everyone signed in may read whole:
// courts, officers, towns, agencies and who covers what. It is loaded at start
// and again on [Reference.Reload], which sts serve calls every minute: so long
// may a change by another process take. Readers see one consistent state.
type Reference struct {
	store *store.Store
	now   atomic.Pointer[referenceTables]
}

type referenceTables struct {
	courts   map[string]*ent.Court
	officers map[terms.ID]*ent.Officer
	agencies map[terms.ID]*ent.LawEnforcementAgency
	byTown   map[int][]*ent.AgencyCoverage
	towns    map[int]*ent.Town
	covers   map[terms.ID][]*ent.Town
	channels map[terms.ID][]*ent.AgencyChannel
}

// LoadReference reads the tables.
func LoadReference(ctx context.Context, s *store.Store) (*Reference, error) {
	r := &Reference{store: s}
	return r, r.Reload(ctx)
}

// Reload reads the tables again.
func (r *Reference) Reload(ctx context.Context) error {
	ctx = access.As(ctx, "reference")
	t := &referenceTables{
		courts: map[string]*ent.Court{}, officers: map[terms.ID]*ent.Officer{}, agencies: map[terms.ID]*ent.LawEnforcementAgency{},
		byTown: map[int][]*ent.AgencyCoverage{}, towns: map[int]*ent.Town{}, covers: map[terms.ID][]*ent.Town{}, channels: map[terms.ID][]*ent.AgencyChannel{},
	}
	courts, err := r.store.Client.Court.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("loading courts: %w", err)
	}
	for _, c := range courts {
		t.courts[c.Code] = c
	}
	officers, err := r.store.Client.Officer.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("loading officers: %w", err)
	}
	for _, o := range officers {
		t.officers[o.ID] = o
	}
	agencies, err := r.store.Client.LawEnforcementAgency.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("loading agencies: %w", err)
	}
	for _, a := range agencies {
		t.agencies[a.ID] = a
	}
	towns, err := r.store.Client.Town.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("loading towns: %w", err)
	}
	for _, town := range towns {
		t.towns[town.Number] = town
	}
	coverages, err := r.store.Client.AgencyCoverage.Query().All(ctx)
	if err != nil {
		return fmt.Errorf("loading coverage: %w", err)
	}
	for _, c := range coverages {
		t.byTown[c.TownNumber] = append(t.byTown[c.TownNumber], c)
		if town := t.towns[c.TownNumber]; town != nil && !slices.Contains(t.covers[c.AgencyID], town) {
			t.covers[c.AgencyID] = append(t.covers[c.AgencyID], town)
		}
	}
	for _, towns := range t.covers {
		slices.SortFunc(towns, func(a, b *ent.Town) int { return strings.Compare(a.Name, b.Name) })
	}
	channels, err := r.store.Client.AgencyChannel.Query().Order(agencychannel.ByAgencyID(), agencychannel.ByRank()).All(ctx)
	if err != nil {
		return fmt.Errorf("loading agencies' channels: %w", err)
	}
	for _, c := range channels {
		t.channels[c.AgencyID] = append(t.channels[c.AgencyID], c)
	}
	r.now.Store(t)
	return nil
}

// Court answers the court location with the code, nil if there is none.
func (r *Reference) Court(code string) *ent.Court { return r.now.Load().courts[code] }

// Officer answers the officer, nil if there is none.
func (r *Reference) Officer(id terms.ID) *ent.Officer { return r.now.Load().officers[id] }

// Officers are all officers, active or not, in no order.
func (r *Reference) Officers() iter.Seq[*ent.Officer] { return maps.Values(r.now.Load().officers) }

// Agency answers the agency, nil if there is none.
func (r *Reference) Agency(id terms.ID) *ent.LawEnforcementAgency { return r.now.Load().agencies[id] }

// Town answers the town with the number, nil if there is none.
func (r *Reference) Town(number int) *ent.Town { return r.now.Load().towns[number] }

// Covers answers the towns that the agency covers, by name.
func (r *Reference) Covers(agency terms.ID) []*ent.Town { return r.now.Load().covers[agency] }

// Coverage answers which agencies cover the town or a place in it.
func (r *Reference) Coverage(town int) []*ent.AgencyCoverage { return r.now.Load().byTown[town] }

// Channels answers the ways to reach the agency, the first to be tried first.
func (r *Reference) Channels(agency terms.ID) []*ent.AgencyChannel {
	return r.now.Load().channels[agency]
}

// OfficerName is the name as it is printed: first name, last name.
func OfficerName(o *ent.Officer) string { return strings.TrimSpace(o.FirstName + " " + o.LastName) }
