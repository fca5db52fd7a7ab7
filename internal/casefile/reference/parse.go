package reference

import (
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/service-tracking/sts/internal/terms"
)

//go:embed *.csv
var files embed.FS

// parse reads the five files from dir. References between them are for check.
func parse(dir fs.FS) (Tables, error) {
	var t Tables
	return t, errors.Join(
		read(dir, "courts.csv", "code,name,judicial_district,sits_at", func(c []string) error {
			t.Courts = append(t.Courts, Court{Code: c[0], Name: c[1], JudicialDistrict: c[2], SitsAt: c[3]})
			return nil
		}),
		read(dir, "towns.csv", "number,name,county,judicial_district,court,ga,troop", func(c []string) error {
			number, err := strconv.Atoi(c[0])
			ga, err2 := strconv.Atoi(c[5])
			t.Towns = append(t.Towns, Town{
				Number: number, Name: c[1], County: c[2], JudicialDistrict: c[3], Court: c[4], GA: ga, Troop: c[6],
			})
			return errors.Join(err, err2)
		}),
		read(dir, "agencies.csv", "ori,name,kind,troop", func(c []string) error {
			t.Agencies = append(t.Agencies, Agency{ORI: c[0], Name: c[1], Kind: terms.AgencyKind(c[2]), Troop: c[3]})
			return nil
		}),
		read(dir, "coverage.csv", "town_number,ori,place", func(c []string) error {
			number, err := strconv.Atoi(c[0])
			t.Coverage = append(t.Coverage, Coverage{TownNumber: number, ORI: c[1], Place: c[2]})
			return err
		}),
		read(dir, "places.csv", "name,town_number,also,zips", func(c []string) error {
			number, err := strconv.Atoi(c[1])
			if err != nil {
				return err
			}
			return t.addPlace(Place{
				Name: c[0], TownNumbers: []int{number}, Also: split(c[2], ";"), Zips: strings.Fields(c[3]),
			})
		}),
	)
}

// addPlace adds one row of places.csv: a further town of a place already there,
// or a new place.
func (t *Tables) addPlace(p Place) error {
	i := slices.IndexFunc(t.Places, func(q Place) bool { return q.Name == p.Name })
	if i < 0 {
		t.Places = append(t.Places, p)
		return nil
	}
	if len(p.Also)+len(p.Zips) > 0 {
		return fmt.Errorf("%s: other names and ZIP codes belong in its first row", p.Name)
	}
	if slices.Contains(t.Places[i].TownNumbers, p.TownNumbers[0]) {
		return fmt.Errorf("%s stands twice in town %d", p.Name, p.TownNumbers[0])
	}
	t.Places[i].TownNumbers = append(t.Places[i].TownNumbers, p.TownNumbers[0])
	return nil
}

// read hands each row of a CSV file with exactly this header to add. Lines
// that begin with # are comments.
func read(dir fs.FS, name, header string, add func(columns []string) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return err // names the file
	}
	defer f.Close() //nolint:errcheck // only read
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(rows) == 0 || strings.Join(rows[0], ",") != header {
		return fmt.Errorf("%s: the header must be %s", name, header)
	}
	for _, row := range rows[1:] {
		if err := add(row); err != nil {
			return fmt.Errorf("%s: row %q: %w", name, row, err)
		}
	}
	return nil
}

// split cuts s at sep, without blanks around the parts and without empty ones.
func split(s, sep string) []string {
	var parts []string
	for _, part := range strings.Split(s, sep) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
