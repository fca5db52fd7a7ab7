package intake_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/agencychannel"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/intake"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// The reference tables are brought into the database once; what the registry
// section changed there stays.
func TestLoadTables(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := access.As(t.Context(), "test")
		tables, err := reference.Load()
		if err != nil {
			t.Fatal(err)
		}
		// Processes that start together load them once.
		var wg sync.WaitGroup
		loaded := make([]bool, 4)
		for i := range loaded {
			wg.Go(func() {
				var err error
				if loaded[i], err = intake.LoadTables(t.Context(), s, tables); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := len(slices.DeleteFunc(loaded, func(did bool) bool { return !did })); n != 1 {
			t.Errorf("%d processes loaded them", n)
		}
		counts := func() [5]int {
			return [5]int{
				s.Client.Court.Query().CountX(ctx), s.Client.Town.Query().CountX(ctx), s.Client.LawEnforcementAgency.Query().CountX(ctx),
				s.Client.AgencyCoverage.Query().CountX(ctx), s.Client.AgencyChannel.Query().CountX(ctx),
			}
		}
		want := [5]int{len(tables.Courts), 169, len(tables.Agencies), len(tables.Coverage), len(tables.Agencies)}
		if got := counts(); got != want {
			t.Errorf("loaded are %v, want %v", got, want)
		}
		began := time.Now()
		if changed, err := intake.LoadTables(t.Context(), s, tables); changed || err != nil {
			t.Errorf("again: %v, %v", changed, err)
		}
		if took := time.Since(began); took > 300*time.Millisecond { // 30 ms on a quiet machine
			t.Errorf("looking at unchanged tables took %v", took)
		}

		// The registry section gives one agency a fax, and assigns another town to it.
		agency := s.Client.LawEnforcementAgency.Query().Order().FirstX(ctx)
		s.Client.AgencyChannel.Update().Where(agencychannel.AgencyID(agency.ID)).SetKind(terms.ChannelFax).SetAddress("860-555-0100").ExecX(ctx)
		s.Client.AgencyCoverage.Create().SetAgencyID(agency.ID).SetTownNumber(1).SetPlace("Elsewhere").SaveX(ctx)
		bare := s.Client.LawEnforcementAgency.Query().Offset(1).FirstX(ctx)
		s.Client.AgencyChannel.Delete().Where(agencychannel.AgencyID(bare.ID)).ExecX(ctx)

		// A new program brings another name, and an agency more.
		newer := tables
		newer.Courts, newer.Towns, newer.Agencies = slices.Clone(tables.Courts), slices.Clone(tables.Towns), slices.Clone(tables.Agencies)
		newer.Courts[0].SitsAt, newer.Towns[0].Troop, newer.Agencies[0].Name = "Elsewhere", "Z", "Renamed Police"
		newer.Agencies = append(newer.Agencies, reference.Agency{ORI: "CT9999999", Name: "New Police", Kind: terms.CampusPolice})
		newer.Coverage = append(slices.Clone(tables.Coverage), reference.Coverage{TownNumber: 2, ORI: "CT9999999"})
		if changed, err := intake.LoadTables(t.Context(), s, newer); !changed || err != nil {
			t.Errorf("newer tables: %v, %v", changed, err)
		}
		want[2]++
		want[3] += 2
		want[4]++
		if got := counts(); got != want {
			t.Errorf("then there are %v, want %v", got, want)
		}
		channel := s.Client.AgencyChannel.Query().Where(agencychannel.AgencyID(agency.ID)).OnlyX(ctx)
		if channel.Kind != terms.ChannelFax || channel.Address != "860-555-0100" {
			t.Errorf("the registry section's channel became %v", channel)
		}
		for _, name := range []string{"Renamed Police", "New Police"} {
			found := false
			for _, a := range s.Client.LawEnforcementAgency.Query().AllX(ctx) {
				found = found || a.Name == name
			}
			if !found {
				t.Errorf("there is no %s", name)
			}
		}
		if c := s.Client.Town.Query().AllX(ctx); !slices.ContainsFunc(c, func(town *ent.Town) bool { return town.Troop == "Z" }) {
			t.Error("the town's troop has not changed")
		}
	})
}
