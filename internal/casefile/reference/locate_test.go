package reference

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

// Every town is found under each way of writing its name, alone, and its
// address is told to somebody.
func TestEveryTown(t *testing.T) {
	tables := loaded(t)
	for _, town := range tables.Towns {
		for _, name := range []string{
			town.Name, strings.ToUpper(town.Name), strings.ToLower(town.Name), "  " + town.Name + "  ",
			town.Name + ", CT", town.Name + " ct", town.Name + " CT 06103-1234", "Town of " + town.Name,
			strings.ReplaceAll(town.Name, " ", ""), strings.ReplaceAll(town.Name, " ", "  "), town.Name + ".",
		} {
			l := tables.Locate(name, "CT", "")
			if len(l.Towns) != 1 || l.Towns[0] != town || l.Unrouted != "" {
				t.Errorf("%q: %+v", name, l)
			}
			if len(tables.Covering(l)) == 0 {
				t.Errorf("%q: nobody is told", name)
			}
		}
	}
}

// Every place is found in its towns, and all that cover those towns are told.
func TestEveryPlace(t *testing.T) {
	tables := loaded(t)
	for _, p := range tables.Places {
		for _, name := range append([]string{p.Name, strings.ToUpper(p.Name) + " CT"}, p.Also...) {
			l := tables.Locate(name, "Connecticut", "")
			var numbers []int
			for _, town := range l.Towns {
				numbers = append(numbers, town.Number)
			}
			if l.Place != p.Name || !slices.Equal(numbers, p.TownNumbers) {
				t.Errorf("%q: %+v", name, l)
			}
			told := tables.Covering(l)
			for _, c := range tables.Coverage {
				if c.Place == "" && slices.Contains(numbers, c.TownNumber) &&
					!slices.ContainsFunc(told, func(a Agency) bool { return a.ORI == c.ORI }) {
					t.Errorf("%q: %s covers the town and is not told", name, c.ORI)
				}
			}
		}
	}
}

// §3(d): the agencies that cover an address, including the towns that need
// several.
func TestWhoIsTold(t *testing.T) {
	tables := loaded(t)
	for _, c := range []struct {
		town, zip string
		place     string
		told      []string
	}{
		{"Hartford", "", "", []string{"CT0006400"}},
		{"Andover", "", "", []string{"CTCSP1100"}},
		{"Beacon Falls", "", "", []string{"CTCSP1000"}}, // not CT0000500
		{"Jewett City", "", "Jewett City", []string{"CTCSP0600"}},
		{"Groton", "06340", "Groton", []string{"CT0005900", "CT00A5900", "CT00B5900"}},
		{"City of Groton", "", "Groton", []string{"CT0005900", "CT00A5900", "CT00B5900"}},
		{"Groton Long Point", "", "Groton Long Point", []string{"CT00A5900", "CT00B5900"}},
		{"Noank", "06340", "Noank", []string{"CT00A5900"}},
		{"Mystic", "06355", "Mystic", []string{"CT0013700", "CT00A5900"}},
		{"Windham", "", "", []string{"CTCSP1100"}},
		{"Windham", "06226", "Willimantic", []string{"CT0016300", "CTCSP1100"}},
		{"Willimantic", "", "Willimantic", []string{"CT0016300", "CTCSP1100"}},
		{"Mansfield", "", "", []string{"CTCSP0400"}},
		{"Mansfield", "6269-1234", "Storrs", []string{"CT0017000", "CTCSP0400"}},
		{"Mansfield Center", "06268", "Mansfield Center", []string{"CTCSP0400"}},
		{"Storrs", "", "Storrs", []string{"CT0017000", "CTCSP0400"}},
		{"Storrs-Mansfield", "", "Storrs", []string{"CT0017000", "CTCSP0400"}},
		{"Ledyard", "06339", "", []string{"CT0007000"}},
		{"Ledyard", "06338", "Mashantucket", []string{"CT0007000", "CTDI00200"}},
		{"Montville", "", "", []string{"CTCSP0600"}},
		{"Uncasville", "", "Uncasville", []string{"CTCSP0600", "CTDI00300"}},
		{"Mohegan Sun", "", "Mohegan", []string{"CTCSP0600", "CTDI00300"}},
		{"Georgetown", "", "Georgetown", []string{"CT0011700", "CT0011800", "CT0015700", "CT0016100"}},
		{"Niantic", "", "Niantic", []string{"CT0004500"}},
		{"Rockville", "", "Rockville", []string{"CT0014600"}},
		// A ZIP code of another town never overrules the name.
		{"Hartford", "06226", "", []string{"CT0006400"}},
	} {
		l := tables.Locate(c.town, "CT", c.zip)
		var told []string
		for _, a := range tables.Covering(l) {
			told = append(told, a.ORI)
		}
		slices.Sort(told)
		if d := cmp.Diff(c.told, told); d != "" || l.Place != c.place {
			t.Errorf("%s %s lies in %q: %s", c.town, c.zip, l.Place, d)
		}
	}
}

// What people write, and what comes of it.
func TestLocate(t *testing.T) {
	tables := loaded(t)
	const unknown, foreign, none = terms.UnroutedUnknownTown, terms.UnroutedOutOfState, terms.UnroutedNoAddress
	for _, c := range []struct {
		town, state, zip string
		towns            string // joined by commas
		unrouted         terms.UnroutedReason
		suggestion       string
	}{
		{"E. Hartford", "CT", "", "East Hartford", "", ""},
		{"W Hartford", "Ct.", "", "West Hartford", "", ""},
		{"So. Windsor", "C.T.", "", "South Windsor", "", ""},
		{"No. Stonington", "conn", "", "North Stonington", "", ""},
		{"N. Stonington", "conn", "", "North Stonington", "", ""},
		{"N Britain", "", "", "New Britain", "", ""},
		{"Mt. Carmel", "", "", "Hamden", "", ""},
		{"Mansfield Ctr", "", "", "Mansfield", "", ""},
		{"Hàrtfórd", "", "", "Hartford", "", ""},
		{"Hartford, Connecticut 06103", "", "", "Hartford", "", ""},
		{"hadlyme", "", "", "East Haddam,Lyme", "", ""},
		{"N. Haven", "CT", "", "", unknown, "New Haven or North Haven"},
		{"N Canaan", "CT", "", "", unknown, "New Canaan or North Canaan"},

		{"Hartfrod", "CT", "", "", unknown, "Hartford"},
		{"Willimanitc", "CT", "", "", unknown, "Willimantic"},
		{"Glastonberry", "CT", "", "", unknown, "Glastonbury"},
		{"Unoin", "CT", "", "", unknown, ""},
		{"Springfield", "CT", "", "", unknown, ""},
		{"Springfield", "", "", "", unknown, ""},
		{"Springfield", "", "01103", "", foreign, ""},
		{"Springfield", "CT", "01103", "", unknown, ""},
		{strings.Repeat("Hartford", 25), "CT", "", "", unknown, ""},
		{"\xff\xfe", "CT", "", "", none, ""},
		{"💐", "CT", "", "", none, ""},

		{"Springfield", "MA", "", "", foreign, ""},
		{"Manchester", "NH", "03101", "", foreign, ""},
		{"Hartford", "Vermont", "", "", foreign, ""},
		{"", "NY", "", "", foreign, ""},
		{"Manchester", "", "03101", "Manchester", "", ""}, // no state is Connecticut

		{"", "", "", "", none, ""},
		{"  ", "CT", "06103", "", none, ""},
		{"CT", "", "", "", none, ""},
		{"06103", "CT", "", "", none, ""},
	} {
		l := tables.Locate(c.town, c.state, c.zip)
		var names []string
		for _, town := range l.Towns {
			names = append(names, town.Name)
		}
		if got := strings.Join(names, ","); got != c.towns || l.Unrouted != c.unrouted || l.Suggestion != c.suggestion {
			t.Errorf("%q %q %q: towns %q, unrouted %q, suggestion %q", c.town, c.state, c.zip, got, l.Unrouted, l.Suggestion)
		}
	}
}

// A misspelt town never routes: one letter too many, too few or swapped is
// unknown, and the town or one as near is suggested.
func TestMisspeltTownsAreSuggestedNotRouted(t *testing.T) {
	tables := loaded(t)
	suggested := 0
	for _, town := range tables.Towns {
		typo := town.Name[:2] + "x" + town.Name[2:]
		l := tables.Locate(typo, "CT", "")
		if l.Unrouted != terms.UnroutedUnknownTown || len(l.Towns) > 0 || l.Suggestion == "" {
			t.Errorf("%q: %+v", typo, l)
		}
		if l.Suggestion == town.Name {
			suggested++
		}
	}
	if suggested < 160 {
		t.Errorf("only %d of 169 towns were suggested for their own misspelling", suggested)
	}
}

// One place has one key in every spelling; another place, or another way of not
// knowing it, has another.
func TestAPlaceHasOneKey(t *testing.T) {
	tables := loaded(t)
	key := tables.PlaceKey("1 Main St", "Nowhere", "CT", "")
	for _, same := range [][4]string{{"9 Elm St", "town of NOWHERE", "Connecticut", "06001"}, {"", "nowhere", "", ""}, {"", " No-where ", "conn.", ""}} {
		if got := tables.PlaceKey(same[0], same[1], same[2], same[3]); got != key {
			t.Errorf("%q has the key %q, want %q", same, got, key)
		}
	}
	seen := map[string]bool{key: true}
	for _, other := range [][4]string{{"", "Nowhere", "MA", ""}, {"", "Elsewhere", "CT", ""}, {"1 Main St", "", "CT", ""}, {"2 Main St", "", "CT", ""}, {"1 Main St", "", "CT", "06001"}, {"", "", "", ""}} {
		got := tables.PlaceKey(other[0], other[1], other[2], other[3])
		if seen[got] || got == "" {
			t.Errorf("%q has the key %q of another place", other, got)
		}
		seen[got] = true
	}
}

func BenchmarkLocate(b *testing.B) {
	tables, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tables.Covering(tables.Locate("E. Hartford", "CT", "06108"))
	}
}
