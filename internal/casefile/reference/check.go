package reference

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/service-tracking/sts/internal/terms"
)

const townCount = 169 // C.G.S. §6-1

var (
	courtCode = regexp.MustCompile(`^[A-Z]{3}$`)
	oriShape  = regexp.MustCompile(`^CT[0-9A-Z]{7}$`)
	zipShape  = regexp.MustCompile(`^06\d{3}$`)

	counties = []string{
		"Fairfield", "Hartford", "Litchfield", "Middlesex", "New Haven", "New London", "Tolland", "Windham",
	}
	kinds = []terms.AgencyKind{terms.MunicipalPolice, terms.StatePolice, terms.CampusPolice, terms.TribalPolice}
)

// check says everything that is wrong with the tables, each thing by name.
func (t Tables) check() error {
	return errors.Join(t.checkCourts(), t.checkAgencies(), t.checkTowns(), t.checkPlaces(), t.checkCoverage())
}

func (t Tables) checkCourts() error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range t.Courts {
		if !courtCode.MatchString(c.Code) || seen[c.Code] || c.Name == "" || c.JudicialDistrict == "" || c.SitsAt == "" {
			errs = append(errs, fmt.Errorf("court %q: bad or repeated code, or something is empty", c.Code))
		}
		seen[c.Code] = true
	}
	return errors.Join(errs...)
}

func (t Tables) checkAgencies() error {
	var errs []error
	seen := map[string]bool{}
	for _, a := range t.Agencies {
		if !oriShape.MatchString(a.ORI) || seen[a.ORI] || seen[a.Name] || a.Name == "" {
			errs = append(errs, fmt.Errorf("agency %q: bad or repeated ORI or name", a.ORI))
		}
		if !slices.Contains(kinds, a.Kind) || (a.Troop != "" && a.Kind != terms.StatePolice) {
			errs = append(errs, fmt.Errorf("agency %q: bad kind %q, or a troop that is not of the State Police", a.ORI, a.Kind))
		}
		seen[a.ORI], seen[a.Name] = true, true
	}
	return errors.Join(errs...)
}

func (t Tables) checkTowns() error {
	var errs []error
	if len(t.Towns) != townCount {
		errs = append(errs, fmt.Errorf("there are %d towns, not %d", len(t.Towns), townCount))
	}
	troops := map[string]bool{}
	for _, a := range t.Agencies {
		troops[a.Troop] = true
	}
	for i, town := range t.Towns {
		switch {
		case town.Number != i+1:
			errs = append(errs, fmt.Errorf("town %d stands at place %d", town.Number, i+1))
		case town.Name == "" || !slices.Contains(counties, town.County):
			errs = append(errs, fmt.Errorf("town %d: no name, or no such county %q", town.Number, town.County))
		case !t.KnownCourt(town.JudicialDistrict) || !t.KnownCourt(town.Court):
			errs = append(errs, fmt.Errorf("town %s: no such court %s or %s", town.Name, town.JudicialDistrict, town.Court))
		case town.GA < 1 || town.GA > 23: // 20 of these numbers are in use
			errs = append(errs, fmt.Errorf("town %s: no such geographical area %d", town.Name, town.GA))
		case town.Troop == "" || !troops[town.Troop]:
			errs = append(errs, fmt.Errorf("town %s: no such troop %q", town.Name, town.Troop))
		}
	}
	return errors.Join(errs...)
}

func (t Tables) checkPlaces() error {
	var errs []error
	for _, p := range t.Places {
		for _, n := range p.TownNumbers {
			if n < 1 || n > len(t.Towns) {
				errs = append(errs, fmt.Errorf("place %s: no town %d", p.Name, n))
			}
		}
		for _, zip := range p.Zips {
			if !zipShape.MatchString(zip) {
				errs = append(errs, fmt.Errorf("place %s: bad ZIP code %q", p.Name, zip))
			}
		}
		covered := slices.ContainsFunc(t.Coverage, func(c Coverage) bool { return c.Place == p.Name })
		if len(p.Zips) > 0 && !covered {
			errs = append(errs, fmt.Errorf("place %s: has ZIP codes, but no agency of its own", p.Name))
		}
	}
	return errors.Join(errs...)
}

func (t Tables) checkCoverage() error {
	var errs []error
	seen := map[Coverage]bool{}
	whole := map[int]bool{} // towns all of whose addresses have an agency
	for _, c := range t.Coverage {
		if seen[c] {
			errs = append(errs, fmt.Errorf("coverage %v stands twice", c))
		}
		seen[c] = true
		if c.TownNumber < 1 || c.TownNumber > len(t.Towns) {
			errs = append(errs, fmt.Errorf("coverage %v: no such town", c))
		}
		if !slices.ContainsFunc(t.Agencies, func(a Agency) bool { return a.ORI == c.ORI }) {
			errs = append(errs, fmt.Errorf("coverage %v: no such agency", c))
		}
		if c.Place == "" {
			whole[c.TownNumber] = true
		} else if !slices.ContainsFunc(t.Places, func(p Place) bool {
			return p.Name == c.Place && slices.Contains(p.TownNumbers, c.TownNumber)
		}) {
			errs = append(errs, fmt.Errorf("coverage %v: no such place in that town", c))
		}
	}
	for _, town := range t.Towns {
		if !whole[town.Number] {
			errs = append(errs, fmt.Errorf("town %s: no agency covers all of it", town.Name))
		}
	}
	return errors.Join(errs...)
}
