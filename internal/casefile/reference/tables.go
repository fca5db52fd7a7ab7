package reference

import (
	"fmt"
	"slices"
	"sync"

	"github.com/service-tracking/sts/internal/terms"
)

// Court is a court location: what a docket number begins with.
type Court struct {
	Code             string // three letters: HHD
	Name             string // of its judicial district or geographical area
	JudicialDistrict string // name, not code
	SitsAt           string
}

// Town is one of the 169.
type Town struct {
	Number           int // 1 to 169
	Name             string
	County           string
	JudicialDistrict string // code of the district's main seat, a [Court] code
	Court            string // code of the location that serves the town, inferred
	GA               int    // geographical area
	Troop            string // letter of the State Police troop whose area it lies in
}

// Agency is a law enforcement agency.
type Agency struct {
	ORI   string // nine letters and digits; looked up, never derived
	Name  string
	Kind  terms.AgencyKind
	Troop string // its letter, for State Police troops
}

// Coverage says that an agency covers a town, or the addresses in it that are
// written with the name or the ZIP code of a place.
type Coverage struct {
	TownNumber int
	ORI        string
	Place      string // [Place] name; "" is the whole town
}

// Place is a name that people write where a town belongs.
type Place struct {
	Name        string
	TownNumbers []int    // more than one if it lies in several
	Also        []string // its other names
	Zips        []string // only if an agency covers the place by name
}

// Tables are the reference tables, checked. They are shared: do not change
// them. Towns stand in the order of their numbers.
type Tables struct {
	Courts   []Court
	Towns    []Town
	Agencies []Agency
	Coverage []Coverage
	Places   []Place

	index    map[string]spot    // by folded name
	zips     map[string]Place   // by ZIP code
	agencies map[string]Agency  // by ORI
	coverage map[int][]Coverage // by town number
}

// Load reads the embedded tables, once. An error means that a file was edited
// badly: a test loads them, so a released program never sees one.
func Load() (Tables, error) { return load() }

var load = sync.OnceValues(func() (Tables, error) {
	t, err := parse(files)
	if err != nil {
		return Tables{}, fmt.Errorf("load reference tables: %w", err)
	}
	if err := t.check(); err != nil {
		return Tables{}, fmt.Errorf("check reference tables: %w", err)
	}
	if err := t.buildIndex(); err != nil {
		return Tables{}, fmt.Errorf("index reference tables: %w", err)
	}
	return t, nil
})

// KnownCourt says whether code, in capitals, is a court location.
func (t Tables) KnownCourt(code string) bool {
	return slices.ContainsFunc(t.Courts, func(c Court) bool { return c.Code == code })
}

// Covering answers the agencies that must be told of an address there, each
// once, by these tables (§3(d)). It is empty only if the location names no
// town.
func (t Tables) Covering(l Location) []Agency {
	var told []Agency
	for _, town := range l.Towns {
		for _, c := range t.coverage[town.Number] {
			a := t.agencies[c.ORI]
			if (c.Place == "" || c.Place == l.Place) && !slices.Contains(told, a) {
				told = append(told, a)
			}
		}
	}
	return told
}
