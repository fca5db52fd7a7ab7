package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/service-tracking/sts/internal/casefile/reference"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/terms"
)

// fewer is how many thousand people live in a town that the words do not name.
const fewer = 7

// atlas is where people live.
type atlas struct {
	tables  reference.Tables
	streets []string
	// ends are the sums of the towns' people up to each town.
	ends []int
}

func newAtlas(tables reference.Tables, t *texts) (*atlas, error) {
	a := &atlas{tables: tables, streets: t.streets}
	end, named := 0, 0
	for _, town := range tables.Towns {
		thousands, ok := t.thousands[town.Name]
		if !ok {
			thousands = fewer
		} else {
			named++
		}
		end += thousands
		a.ends = append(a.ends, end)
	}
	if named != len(t.thousands) {
		return nil, fmt.Errorf("%d towns of the demonstration's words do not exist", len(t.thousands)-named)
	}
	return a, nil
}

// town draws one by how many people live there.
func (a *atlas) town(r *rand.Rand) reference.Town {
	i, _ := slices.BinarySearch(a.ends, r.IntN(a.ends[len(a.ends)-1])+1)
	return a.tables.Towns[i]
}

// townOf draws one that fits. There must be one.
func (a *atlas) townOf(r *rand.Rand, fits func(reference.Town) bool) reference.Town {
	for {
		if town := a.town(r); fits(town) {
			return town
		}
	}
}

// Rockville is also where a geographical area of Tolland sits (TSR): some of
// the county's cases are there.
const (
	tolland, rockville = "TTD", "TSR"
	inRockville        = 25 // of a hundred
)

func courtOf(r *rand.Rand, town reference.Town) string {
	if town.Court == tolland && chance(r, inRockville) {
		return rockville
	}
	return town.Court
}

// townOfCourt draws a town whose cases are heard there.
func (a *atlas) townOfCourt(r *rand.Rand, court string) reference.Town {
	if court == rockville {
		court = tolland
	}
	return a.townOf(r, func(t reference.Town) bool { return t.Court == court })
}

// address is one in the town, seldom written with the name of a place in it.
func (a *atlas) address(r *rand.Rand, town reference.Town) feed.Address {
	name := town.Name
	if chance(r, 8) {
		place := pick(r, a.tables.Places)
		if slices.Contains(place.TownNumbers, town.Number) {
			name = place.Name
		}
	}
	return feed.Address{Street: a.street(r), Town: name, State: "CT"}
}

func (a *atlas) street(r *rand.Rand) string {
	street := fmt.Sprintf("%d %s", 1+r.IntN(400), pick(r, a.streets))
	if chance(r, 20) {
		street += fmt.Sprintf(", Apt. %d", 1+r.IntN(40))
	}
	return street
}

// beyond are towns of other states.
var beyond = []feed.Address{
	{Town: "Springfield", State: "MA"}, {Town: "Westerly", State: "RI"}, {Town: "Port Chester", State: "NY"}, {Town: "Newark", State: "NJ"},
}

// lost is an address that leads to no agency, for the reason given.
func (a *atlas) lost(r *rand.Rand, why terms.UnroutedReason) feed.Address {
	switch why {
	case terms.UnroutedOutOfState:
		where := pick(r, beyond)
		where.Street = a.street(r)
		return where
	case terms.UnroutedUnknownTown: // a letter is missing, before the last
		town := a.town(r).Name
		return feed.Address{Street: a.street(r), Town: town[:len(town)-2] + town[len(town)-1:], State: "CT"}
	}
	return feed.Address{}
}

// near is where others in the story live and work: mostly the same town.
func (a *atlas) near(r *rand.Rand, town reference.Town) reference.Town {
	if chance(r, 60) {
		return town
	}
	return a.townOf(r, func(t reference.Town) bool { return t.County == town.County })
}
