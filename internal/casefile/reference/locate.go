package reference

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
	"golang.org/x/text/unicode/norm"

	"github.com/service-tracking/sts/internal/terms"
)

// Location is where an address lies, or why that is not known.
type Location struct {
	// Towns holds the town, or each town that an ambiguous place lies in. It is
	// empty if and only if Unrouted says why.
	Towns []Town

	// Place is the name of the place, as [Coverage] knows it; "" if only the
	// town is known.
	Place string

	// Unrouted is OUT_OF_STATE, UNKNOWN_TOWN, or NO_ADDRESS where no town was
	// given.
	Unrouted terms.UnroutedReason

	// Suggestion is the name of a town or place that an unknown one may be a
	// misspelling of, or the names it may be short for ("New Haven or North
	// Haven"); "" if none is near. It is for a person: never route by it.
	Suggestion string
}

// spot is what a name in the index names.
type spot struct {
	name  string // as it is shown
	place string // "" if the name is a town's alone
	towns []int  // none: an abbreviation of several names, which name lists
}

// Locate finds where an address lies from what stands in its town, state and
// ZIP code fields. The town may be written in any case, with or without
// accents, dots and spaces, as "E. Hartford", "Town of Avon" or
// "Hartford, CT 06103".
func (t Tables) Locate(town, state, zip string) Location {
	if !inConnecticut(state) {
		return Location{Unrouted: terms.UnroutedOutOfState}
	}
	key := fold(town)
	if key == "" {
		return Location{Unrouted: terms.UnroutedNoAddress}
	}
	code := zipCode(zip)
	s, ok := t.index[key]
	switch {
	case ok && len(s.towns) == 0:
		return Location{Unrouted: terms.UnroutedUnknownTown, Suggestion: s.name}
	case ok:
	case strings.TrimSpace(state) == "" && code != "" && !strings.HasPrefix(code, "06"):
		return Location{Unrouted: terms.UnroutedOutOfState}
	default:
		return Location{Unrouted: terms.UnroutedUnknownTown, Suggestion: t.nearest(key)}
	}
	l := Location{Place: s.place}
	for _, n := range s.towns {
		l.Towns = append(l.Towns, t.Towns[n-1])
	}
	if p, ok := t.zips[code]; ok && l.Place == "" && slices.Contains(p.TownNumbers, s.towns[0]) {
		l.Place = p.Name
	}
	return l
}

// PlaceKey is by what a place is known that leads nowhere: its town and state,
// or, where no town is given, the rest of the address. Two spellings of one
// place have one key; it is never empty.
func (t Tables) PlaceKey(street, town, state, zip string) string {
	of := terms.Fold(state)
	if inConnecticut(state) {
		of = "ct"
	}
	if name := fold(town); name != "" {
		return name + ", " + of
	}
	return strings.Join([]string{"", of, terms.Fold(street), zipCode(zip)}, ", ")
}

// nearest answers the one name that is close enough to be what was meant. Of
// several equally near ones it takes the first by alphabet.
func (t Tables) nearest(key string) string {
	limit := min(max(1, len(key)/4), 3)
	best, name := limit+1, ""
	for k, s := range t.index {
		if len(s.towns) == 0 || max(len(k)-len(key), len(key)-len(k)) > limit {
			continue
		}
		if d := levenshtein.ComputeDistance(key, k); d < best || d == best && d <= limit && s.name < name {
			best, name = d, s.name
		}
	}
	return name
}

// buildIndex makes the look-ups. It enters every name and its usual
// abbreviations. Two things of one name are an error; an abbreviation of two
// names stands for neither.
func (t *Tables) buildIndex() error {
	t.agencies, t.coverage = map[string]Agency{}, map[int][]Coverage{}
	for _, a := range t.Agencies {
		t.agencies[a.ORI] = a
	}
	for _, c := range t.Coverage {
		t.coverage[c.TownNumber] = append(t.coverage[c.TownNumber], c)
	}
	t.index, t.zips = map[string]spot{}, map[string]Place{}
	for _, town := range t.Towns {
		if err := t.enter(town.Name, spot{name: town.Name, towns: []int{town.Number}}); err != nil {
			return err
		}
	}
	for _, p := range t.Places {
		s := spot{name: p.Name, place: p.Name, towns: p.TownNumbers}
		for _, name := range append([]string{p.Name}, p.Also...) {
			if err := t.enter(name, s); err != nil {
				return err
			}
		}
		for _, zip := range p.Zips {
			if _, taken := t.zips[zip]; taken {
				return fmt.Errorf("ZIP code %s is given to two places", zip)
			}
			t.zips[zip] = p
		}
	}
	for key, meant := range t.abbreviated() {
		if _, taken := t.index[key]; taken {
			continue
		}
		if len(meant) == 1 {
			t.index[key] = meant[0]
			continue
		}
		var names []string
		for _, s := range meant {
			names = append(names, s.name)
		}
		slices.Sort(names)
		t.index[key] = spot{name: strings.Join(names, " or ")}
	}
	return nil
}

// abbreviated answers what each abbreviation can stand for.
func (t *Tables) abbreviated() map[string][]spot {
	all := map[string][]spot{}
	for _, s := range t.index {
		for _, name := range abbreviations(s.name) {
			key := fold(name)
			if !slices.ContainsFunc(all[key], func(o spot) bool { return o.name == s.name }) {
				all[key] = append(all[key], s)
			}
		}
	}
	return all
}

// enter adds a name. A place may bear the name of the very town it lies in.
func (t *Tables) enter(name string, s spot) error {
	key := fold(name)
	if old, taken := t.index[key]; taken && (old.place != "" || !slices.Equal(old.towns, s.towns)) {
		return fmt.Errorf("%q names both %s and %s", name, old.name, s.name)
	}
	t.index[key] = s
	return nil
}

// abbreviations answers how a name that begins with a direction or with New is
// also written.
func abbreviations(name string) []string {
	first, rest, _ := strings.Cut(name, " ")
	var all []string
	for _, a := range map[string][]string{
		"East": {"E"}, "West": {"W"}, "North": {"N", "No"}, "South": {"S", "So"}, "New": {"N"},
	}[first] {
		all = append(all, a+" "+rest)
	}
	return all
}

// fold brings a town's name to the form in which names are compared: lower
// case letters and digits only, without "Town of" before it or the state and a
// ZIP code after it.
func fold(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		case unicode.Is(unicode.Mn, r) || r == '\'' || r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for len(words) > 0 && afterTown(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) > 2 && words[1] == "of" && slices.Contains([]string{"town", "city", "borough", "village"}, words[0]) {
		words = words[2:]
	}
	for i, w := range words {
		words[i] = cmp.Or(map[string]string{"mt": "mount", "ctr": "center", "st": "saint"}[w], w)
	}
	return strings.Join(words, "")
}

// afterTown says whether a word is what people write behind a town's name.
func afterTown(word string) bool {
	return inConnecticut(word) || strings.Trim(word, "0123456789") == ""
}

// inConnecticut says whether a state field means Connecticut; an empty one does.
func inConnecticut(state string) bool {
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, state)
	return slices.Contains([]string{"", "ct", "conn", "connecticut"}, letters)
}

// zipCode answers the five digits of a ZIP code, "" if there are none. Where a
// spreadsheet has cut Connecticut's leading zero off, it is put back.
func zipCode(zip string) string {
	five, _, _ := strings.Cut(strings.TrimSpace(zip), "-")
	if len(five) == 4 && five[0] == '6' {
		five = "0" + five
	}
	if len(five) != 5 || strings.Trim(five, "0123456789") != "" {
		return ""
	}
	return five
}
