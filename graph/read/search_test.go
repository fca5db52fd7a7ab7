package read_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/graphtest"
	"github.com/service-tracking/sts/internal/terms"
)

// person seeds a case of the respondent.
func (d *desk) person(first, last string) graphtest.Row {
	d.t.Helper()
	row := d.Add(d.t, graphtest.Case{LastName: last})
	d.Store.Client.RegistryCase.UpdateOneID(row.ID).SetRespondentFirstName(first).SetRespondentLastName(last).
		SetRespondentKey(terms.Fold(last + " " + first)).ExecX(system())
	return row
}

// found answers the ids of the cases that the filter leaves.
func (d *desk) found(role string, filter map[string]any) []string {
	d.t.Helper()
	a := graphtest.MustAsk(d.As(role), d.t, serve(d.World), `query($f: RegistryCaseFilter) { registryCases(filter: $f, first: 50) { totalCount nodes { id } } }`, map[string]any{"f": filter})
	var ids []string
	for i := range a.At(d.t, "registryCases", "nodes").([]any) {
		ids = append(ids, a.At(d.t, "registryCases", "nodes", i, "id").(string))
	}
	if a.At(d.t, "registryCases", "totalCount") != float64(len(ids)) {
		d.t.Errorf("%v finds %d and counts %v", filter, len(ids), a.At(d.t, "registryCases", "totalCount"))
	}
	slices.Sort(ids)
	return ids
}

func TestRespondentsAreFoundAsPeopleTypeThem(t *testing.T) {
	onEach(t, func(d *desk) {
		people := map[string]string{} // by id
		for _, name := range []string{"José|Nuñez", "Jose Maria|Nunez Lopez", "Ana|de la Cruz", "Anabel|Cruz", "Mary|O'Brien", "Mark|OBrien", "Otto|Brien",
			"Jean-Luc|Smith-Jones", "Łukasz|Żółkiewski", "Thanh|Nguyễn", "Al|Li", "Zoë|D’Angelo", "100%|Sure_thing", "Nan|Jose", "*|Star*[a]"} {
			first, last, _ := strings.Cut(name, "|")
			people[string(d.person(first, last).ID)] = last
		}
		for typed, want := range map[string]string{
			"nun":                "Nuñez, Nunez Lopez",
			"NUÑEZ, JOSÉ":        "Nuñez",
			"José Nuñez":         "Nuñez, Nunez Lopez",
			"jose nun":           "Nuñez, Nunez Lopez",
			"Nun\u0303ez":        "Nuñez, Nunez Lopez", // n and a combining tilde
			"Jose\u0301 Nunez":   "Nuñez, Nunez Lopez",
			"jose maria nunez":   "Nunez Lopez",
			"maria nunez":        "Nunez Lopez",
			"jose":               "Jose",
			"jose, nunez":        "", // a comma says which is the last name
			"de la cruz":         "de la Cruz",
			"de la Cruz, Ana":    "de la Cruz",
			"ana de la cruz":     "de la Cruz",
			"ana cruz":           "Cruz", // Anabel; de la Cruz is not Cruz
			"an de la":           "de la Cruz",
			"O'Brien":            "O'Brien, OBrien, Brien", // O. Brien too: Otto
			"OBrien":             "O'Brien, OBrien",
			"o brien":            "O'Brien, OBrien, Brien",
			"O’Brien, Mary":      "O'Brien",
			"Mary O'Brien":       "O'Brien",
			"mary obrien":        "O'Brien",
			"mark o brien":       "OBrien",
			"Brien":              "Brien",
			"dangelo":            "D’Angelo",
			"Zoe D'Angelo":       "D’Angelo",
			"smith jones":        "Smith-Jones",
			"Jean-Luc Smith":     "Smith-Jones",
			"jean luc smith-jon": "Smith-Jones",
			"zolkiewski":         "Żółkiewski",
			"lukasz zol":         "Żółkiewski",
			"nguyen":             "Nguyễn",
			"  li  ":             "Li",
			"%":                  "", // wild cards stand for themselves, and no name begins so
			"_":                  "",
			"*":                  "",
			"Sure_t":             "Sure_thing",
			"Sure%":              "Sure_thing",
			"Star*[a]":           "Star*[a]",
			"S*g":                "",
			"nobody":             "",
			"Jose \x00Nunez":     "Nuñez, Nunez Lopez",
		} {
			var got []string
			for _, id := range d.found("supervisor1", map[string]any{"respondentNameBeginsWith": typed}) {
				got = append(got, people[id])
			}
			var wanted []string
			if want != "" {
				wanted = strings.Split(want, ", ")
			}
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				d.t.Errorf("%q finds %q, want %q", typed, got, wanted)
			}
		}
		if got := d.found("supervisor1", map[string]any{"respondentNameBeginsWith": " "}); len(got) != len(people) {
			d.t.Errorf("nothing typed finds %d of %d", len(got), len(people))
		}
		if got := d.found("officer1", map[string]any{"respondentNameBeginsWith": "nun"}); len(got) != 0 {
			d.t.Errorf("an officer finds cases that he does not hold: %v", got)
		}
	})
}

func TestOfficersAreFoundByFirstAndLastName(t *testing.T) {
	onEach(t, func(d *desk) {
		for _, name := range []string{"José|Rivera", "Rivera|Olson", "Sean|O'Neil"} {
			first, last, _ := strings.Cut(name, "|")
			d.Store.Client.Officer.Create().SetFirstName(first).SetLastName(last).SetNameKey(terms.Fold(last + " " + first)).SetKind(terms.StateMarshal).SetCounty("Tolland").ExecX(system())
		}
		for typed, want := range map[string]string{
			"jose": "Rivera", "rivera": "Olson Rivera", "José Riv": "Rivera", "rivera, j": "Rivera", "olson": "Olson", "rivera ol": "Olson",
			"oneil": "O'Neil", "sean oneil": "O'Neil", "olive": "Marshal1 Marshal2 Marshal3", "live": "", "%": "", "olive marshal2": "Marshal2",
		} {
			a := graphtest.MustAsk(d.As("officer1"), d.t, serve(d.World), `query($n: String!) { officers(filter: {nameBeginsWith: $n}, first: 9) { totalCount nodes { name { last } } } }`, map[string]any{"n": typed})
			var got []string
			for i := range a.At(d.t, "officers", "nodes").([]any) {
				got = append(got, fmt.Sprint(a.At(d.t, "officers", "nodes", i, "name", "last")))
			}
			if strings.Join(got, " ") != want {
				d.t.Errorf("%q finds %v, want %s", typed, got, want)
			}
		}
	})
}

func TestCasesAreFoundByTheNameOfWhoHoldsThePapers(t *testing.T) {
	onEach(t, func(d *desk) {
		one, other := d.Add(d.t, graphtest.Case{Holder: "officer1"}), d.Add(d.t, graphtest.Case{Holder: "officer2"})
		d.Add(d.t, graphtest.Case{})
		for typed, want := range map[string][]string{
			"Marshal1": {string(one.ID)}, "olive marshal2": {string(other.ID)}, "olive": {string(one.ID), string(other.ID)}, "marshal3": nil, "%": nil,
		} {
			slices.Sort(want)
			if got := d.found("registry1", map[string]any{"processHolderNameBeginsWith": typed}); !slices.Equal(got, want) {
				d.t.Errorf("%q finds %v, want %v", typed, got, want)
			}
		}
		if got := d.found("officer1", map[string]any{"processHolderNameBeginsWith": "olive"}); !slices.Equal(got, []string{string(one.ID)}) {
			d.t.Errorf("officer1 finds %v", got)
		}
		long := strings.Repeat("a", 401)
		for _, field := range []string{"processHolderNameBeginsWith", "respondentNameBeginsWith"} {
			if got := graphtest.Ask(d.As("registry1"), d.t, serve(d.World), `query($n: String!) { registryCases(filter: {`+field+`: $n}, first: 1) { totalCount } }`, map[string]any{"n": long}).Code(); got != "VALIDATION_FAILED" {
				d.t.Errorf("%s of %d letters: %q", field, len(long), got)
			}
		}
	})
}

func TestDocketNumbersAreFoundByAnyPart(t *testing.T) {
	onEach(t, func(d *desk) {
		add := func(docket terms.Docket) string {
			row := d.Add(d.t, graphtest.Case{Court: docket.Court(), Holder: "officer1"})
			id := terms.NewID(terms.CasePrefix) // a docket number never changes: the case is made anew
			c := d.Store.Client.RegistryCase.GetX(system(), row.ID)
			d.Store.Client.RegistryCase.Create().SetID(id).SetDocket(docket).SetCourtCode(docket.Court()).SetOpenedAt(c.OpenedAt).SetLastRecordedAt(c.LastRecordedAt).
				SetRespondentFirstName("A").SetRespondentLastName("B").SetRespondentKey("b a").SetHearingSort(c.HearingSort).SetServiceStatus(c.ServiceStatus).
				SetHolderOfficerID(d.Officers["officer2"]).SetLatestActivityAt(c.LatestActivityAt).ExecX(system())
			return string(id)
		}
		// Add numbers its own cases 0000001 and on in the year 26.
		one, two, three := add("HHDFA235076142S"), add("NNHCV235076143S"), add("HHDFA245076142T")
		sorted := func(ids ...string) []string { slices.Sort(ids); return ids }
		for typed, want := range map[string][]string{
			"23-5076142":          {one},
			"235076142":           {one},
			"23 507614":           sorted(one, two),
			"fa-23":               {one},
			"A235":                {one},
			"hhd-fa-24":           {three},
			"HHD-FA-23-5076142-S": {one},
			"CV-23":               {two},
			"5076142":             sorted(one, three),
			"142-s":               {one},
			"42T":                 {three},
			"076":                 sorted(one, two, three),
			"HDF24":               nil,
			"FA235076142S":        {one},
			"FAHHD":               nil,
			"123456789":           nil,
			"1234567890":          nil,
			"AAAAAAA1":            nil,
		} {
			for _, role := range []string{"supervisor1", "officer2"} {
				if got := d.found(role, map[string]any{"docketFragment": typed}); !slices.Equal(got, want) {
					d.t.Errorf("%s typing %q finds %v, want %v", role, typed, got, want)
				}
			}
		}
		for _, typed := range []string{"%23", "_23", "2*3", "23", "-- 2 --", ""} {
			if got := graphtest.Ask(d.As("supervisor1"), d.t, serve(d.World), `query($d: String!) { registryCases(filter: {docketFragment: $d}, first: 1) { totalCount } }`, map[string]any{"d": typed}).Code(); got != "VALIDATION_FAILED" {
				d.t.Errorf("%q is answered %q", typed, got)
			}
		}
	})
}

// Where a part of a docket number stands in more cases than can be named, the
// list is whole all the same.
func TestAPartOfManyDocketNumbers(t *testing.T) {
	onEach(t, func(d *desk) {
		const many = 1005
		now := graphtest.Now
		for from := 0; from < many; from += 201 {
			creates := d.Store.Client.RegistryCase.MapCreateBulk(make([]int, 201), func(c *ent.RegistryCaseCreate, i int) {
				c.SetDocket(terms.Docket(fmt.Sprintf("HHDFA26%07dS", 7000000+from+i))).SetCourtCode("HHD").SetOpenedAt(now).SetLastRecordedAt(now).
					SetRespondentFirstName("A").SetRespondentLastName("B").SetRespondentKey("b a").SetHearingSort(now).SetServiceStatus(terms.StatusNoEntry).SetLatestActivityAt(now)
			})
			creates.ExecX(system())
		}
		for typed, want := range map[string]float64{"7001": 5, "A267": many, "HHDFA267": many, "267001": 5} {
			a := graphtest.MustAsk(d.As("supervisor1"), d.t, serve(d.World), `query($d: String!) { registryCases(filter: {docketFragment: $d}, first: 2) { totalCount nodes { docketNumber } } }`, map[string]any{"d": typed})
			if got := a.At(d.t, "registryCases", "totalCount"); got != want {
				d.t.Errorf("%q finds %v, want %v", typed, got, want)
			}
		}
	})
}
