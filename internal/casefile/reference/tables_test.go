package reference

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

func loaded(t *testing.T) Tables {
	t.Helper()
	tables, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// The totals that our sources state.
func TestTotals(t *testing.T) {
	tables := loaded(t)
	troops, gas := map[string]int{}, map[int]bool{}
	for _, town := range tables.Towns {
		troops[town.Troop]++
		gas[town.GA] = true
	}
	want := map[string]int{
		"A": 16, "B": 13, "C": 10, "D": 13, "E": 14, "F": 17, "G": 14, "H": 25, "I": 19, "K": 14, "L": 14,
	}
	if d := cmp.Diff(want, troops); d != "" {
		t.Errorf("towns by troop: %s", d)
	}
	if len(gas) != 20 {
		t.Errorf("%d geographical areas, not 20", len(gas))
	}
	if len(tables.Courts) != 16 {
		t.Errorf("%d courts, not 16", len(tables.Courts))
	}
	kinds := map[terms.AgencyKind]int{}
	for _, a := range tables.Agencies {
		kinds[a.Kind]++
	}
	// 91 towns with a department, two more in Groton, Willimantic.
	wantKinds := map[terms.AgencyKind]int{
		terms.MunicipalPolice: 94, terms.StatePolice: 12, terms.CampusPolice: 1, terms.TribalPolice: 2,
	}
	if d := cmp.Diff(wantKinds, kinds); d != "" {
		t.Errorf("agencies by kind: %s", d)
	}
}

// A town without a department of its own is policed by the troop in whose area
// it lies; one with a department is not told to the troop as well.
func TestWholeTownIsItsDepartmentsOrItsTroops(t *testing.T) {
	tables := loaded(t)
	byORI := map[string]Agency{}
	for _, a := range tables.Agencies {
		byORI[a.ORI] = a
	}
	municipal := 0
	for _, c := range tables.Coverage {
		a, town := byORI[c.ORI], tables.Towns[c.TownNumber-1]
		switch {
		case c.Place != "":
		case a.Kind == terms.MunicipalPolice:
			municipal++
			if !strings.HasPrefix(a.Name, town.Name+" ") {
				t.Errorf("%s is covered by %s", town.Name, a.Name)
			}
		case a.Troop != town.Troop:
			t.Errorf("%s lies in Troop %s, but %s covers it", town.Name, town.Troop, a.Name)
		}
	}
	if municipal != 91 {
		t.Errorf("%d towns have a department, not 91", municipal)
	}
}

func TestEveryAgencyCoversSomething(t *testing.T) {
	tables := loaded(t)
	// Headquarters have no area; in Troop G's every town has a department.
	idle := []string{"CTCSP0000", "CTCSP0800"}
	for _, a := range tables.Agencies {
		covers := slices.ContainsFunc(tables.Coverage, func(c Coverage) bool { return c.ORI == a.ORI })
		if covers == slices.Contains(idle, a.ORI) {
			t.Errorf("%s (%s): covers something: %t", a.Name, a.ORI, covers)
		}
	}
}

// The ORIs that a derivation from the town number would get wrong.
func TestORIsAreNotDerived(t *testing.T) {
	tables := loaded(t)
	for name, ori := range map[string]string{
		"Hartford Police Department":                   "CT0006400",
		"Ledyard Police Department":                    "CT0007000", // town 72
		"Groton Town Police Department":                "CT00A5900",
		"Groton City Police Department":                "CT0005900",
		"Groton Long Point Police Department":          "CT00B5900",
		"Willimantic Police Department":                "CT0016300",
		"University of Connecticut Police Department":  "CT0017000",
		"Mashantucket Pequot Tribal Police Department": "CTDI00200",
		"Mohegan Tribal Police Department":             "CTDI00300",
		"Connecticut State Police Headquarters":        "CTCSP0000",
		"Connecticut State Police Troop K":             "CTCSP1100",
	} {
		if !slices.ContainsFunc(tables.Agencies, func(a Agency) bool { return a.Name == name && a.ORI == ori }) {
			t.Errorf("%s does not have ORI %s", name, ori)
		}
	}
	for _, dead := range []string{"CT0000500", "CT0005800", "CT0006900", "CT0008600", "CT0011500", "CT0013300", "CT0013400"} {
		if slices.ContainsFunc(tables.Agencies, func(a Agency) bool { return a.ORI == dead }) {
			t.Errorf("%s is on the FBI's list, but no agency reads it", dead)
		}
	}
}

func TestKnownCourt(t *testing.T) {
	tables := loaded(t)
	for code, want := range map[string]bool{"HHD": true, "WWM": true, "QGY": false, "hhd": false, "": false} {
		if tables.KnownCourt(code) != want {
			t.Errorf("KnownCourt(%q) is not %t", code, want)
		}
	}
}

// Each edit of the files that would misroute a notice is refused, and named.
func TestBadEdits(t *testing.T) {
	cases := []struct{ file, from, to, says string }{
		{"towns.csv", "1,Andover,Tolland,TTD,TTD,19,K\n", "", "168 towns"},
		{"towns.csv", "Andover,Tolland,TTD", "Andover,Hampshire,TTD", "county"},
		{"towns.csv", "Andover,Tolland,TTD,TTD", "Andover,Tolland,TTD,XXX", "court"},
		{"towns.csv", "TTD,TTD,19,K\n", "TTD,TTD,24,K\n", "geographical area"},
		{"towns.csv", "TTD,TTD,19,K\n", "TTD,TTD,19,J\n", "troop"},
		{"towns.csv", "1,Andover", "one,Andover", "invalid syntax"},
		{"towns.csv", "1,Andover", "1,Ansonia", "names both"},
		{"towns.csv", "number,name", "no,name", "header"},
		{"agencies.csv", "CT0000200", "CT0000400", "repeated ORI"},
		{"agencies.csv", "CT0000200", "CT200", "ORI"},
		{"agencies.csv", "CT0000200,Ansonia Police Department,MUNICIPAL_POLICE", "CT0000200,Ansonia Police Department,POLICE", "kind"},
		{"coverage.csv", "2,CT0000200,\n", "", "no agency covers all of it"},
		{"coverage.csv", "2,CT0000200,\n", "2,CT0000299,\n", "no such agency"},
		{"coverage.csv", "2,CT0000200,\n", "2,CT0000200,\n2,CT0000200,\n", "twice"},
		{"coverage.csv", "2,CT0000200,\n", "170,CT0000200,\n", "no such town"},
		{"coverage.csv", ",Willimantic", ",Wilimantic", "no such place"},
		{"places.csv", "Willimantic,163", "Willimantic,170", "no town 170"},
		{"places.csv", "Willimantic,163,,06226", "Willimantic,163,,6226", "ZIP"},
		{"places.csv", "Moosup,109,,", "Moosup,109,,06354", "no agency of its own"},
		{"places.csv", "Mystic,137,,", "Mystic,59,,", "twice"},
		{"places.csv", "Mystic,137,,", "Mystic,137,The Mystic,", "first row"},
		{"places.csv", "Moosup,109", "Hartford,109", "names both"},
		{"courts.csv", "HHB,Judicial", "HHD,Judicial", "repeated code"},
	}
	for _, c := range cases {
		t.Run(c.file+" "+c.to, func(t *testing.T) {
			dir := fstest.MapFS{}
			for _, name := range []string{"courts.csv", "towns.csv", "agencies.csv", "coverage.csv", "places.csv"} {
				b, err := fs.ReadFile(files, name)
				if err != nil {
					t.Fatal(err)
				}
				if name == c.file {
					if !strings.Contains(string(b), c.from) {
						t.Fatalf("%s holds no %q", name, c.from)
					}
					b = []byte(strings.Replace(string(b), c.from, c.to, 1))
				}
				dir[name] = &fstest.MapFile{Data: b}
			}
			tables, err := parse(dir)
			if err == nil {
				err = tables.check()
			}
			if err == nil {
				err = tables.buildIndex()
			}
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got error %v, want one that says %q", err, c.says)
			}
		})
	}
}
