package terms_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/terms"
)

// §4(f), §5(f): a date and time has an explicit offset, so that nobody guesses.
func TestInstants(t *testing.T) {
	for given, want := range map[string]string{
		"2026-11-24T21:40:00-05:00":       "2026-11-25T02:40:00.000000Z",
		"2026-11-24t21:40:00.5z":          "2026-11-24T21:40:00.500000Z",
		"2026-11-24T21:40:00.123456789Z":  "2026-11-24T21:40:00.123456Z", // microseconds, cut off
		"2026-11-24T21:40:00+14:00":       "2026-11-24T07:40:00.000000Z",
		"2000-01-01T00:00:00Z":            "2000-01-01T00:00:00.000000Z",
		"2200-12-31T23:59:59.999999Z":     "2200-12-31T23:59:59.999999Z",
		"2024-02-29T12:00:00Z":            "2024-02-29T12:00:00.000000Z",
		"1999-12-31T23:59:59Z":            "", // the year, in UTC
		"2200-12-31T23:00:00-05:00":       "",
		"2201-01-01T00:00:00Z":            "",
		"2026-12-31T23:59:60Z":            "", // a leap second
		"2026-11-24T24:00:00Z":            "",
		"2026-11-24T21:40:00":             "", // no offset
		"2026-11-24T21:40Z":               "",
		"2026-11-24 21:40:00Z":            "",
		"2026-11-24":                      "",
		"2026-02-29T12:00:00Z":            "",
		"2026-11-24T21:40:00+24:00":       "",
		"2026-11-24T21:40:00+05:60":       "",
		"2026-11-24T21:40:00.0000000001Z": "",
		"2026-11-24T21:40:00.Z":           "",
		"2026-11-24T21:40:00,5Z":          "",
		"":                                "",
		" 2026-11-24T21:40:00Z":           "",
		"٢٠٢٦-11-24T21:40:00Z":            "",
		"2026-11-24T21:40:00Z\n":          "",
		"tomorrow":                        "",
		"10000-01-01T00:00:00Z":           "",
	} {
		got, err := terms.ParseInstant(given)
		var bad *terms.InputError
		switch {
		case want == "" && (!errors.As(err, &bad) || bad.Code != terms.BadDateTime):
			t.Errorf("%q: %v, %v; want BAD_DATE_TIME", given, got, err)
		case want != "" && (err != nil || got.Format(terms.InstantLayout) != want):
			t.Errorf("%q: %v, %v; want %s", given, got, err, want)
		}
	}
}

func TestInstantsReadBackAsTheyWerePrinted(t *testing.T) {
	from, to := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano(), time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	rapid.Check(t, func(t *rapid.T) {
		at := terms.Micro(time.Unix(0, rapid.Int64Range(from, to-1).Draw(t, "instant")))
		got, err := terms.ParseInstant(at.Format(terms.InstantLayout))
		if err != nil || !got.Equal(at) || got.Location() != time.UTC {
			t.Fatalf("%v: %v, %v", at, got, err)
		}
	})
}

// §5(c): days are the court's days, whatever the clocks do.
func TestCourtDays(t *testing.T) {
	for instant, want := range map[string]terms.Date{
		"2026-11-25T04:59:59.999999Z": "2026-11-24", // winter: midnight is 05:00Z
		"2026-11-25T05:00:00Z":        "2026-11-25",
		"2026-07-01T03:59:59Z":        "2026-06-30", // summer: 04:00Z
		"2026-07-01T04:00:00Z":        "2026-07-01",
		"2026-03-08T06:59:59Z":        "2026-03-08", // the hour that is missing
		"2026-11-01T05:30:00Z":        "2026-11-01", // the hour that comes twice
		"2026-11-01T06:30:00Z":        "2026-11-01",
	} {
		at, err := terms.ParseInstant(instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := terms.DateOf(at); got != want {
			t.Errorf("%s falls on %s, want %s", instant, got, want)
		}
	}
	for _, day := range []struct {
		from terms.Date
		days int
		want terms.Date
	}{
		{"2024-03-03", -3, "2024-02-29"}, {"2026-03-03", -3, "2026-02-28"}, {"2027-01-02", -5, "2026-12-28"},
		{"2026-03-10", -3, "2026-03-07"}, {"2026-11-03", -3, "2026-10-31"}, {"2026-11-30", 1, "2026-12-01"}, {"", 1, ""},
	} {
		if got := day.from.AddDays(day.days); got != day.want {
			t.Errorf("%s%+d = %s, want %s", day.from, day.days, got, day.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		from := terms.Date("2020-01-01").AddDays(rapid.IntRange(0, 3650).Draw(t, "day"))
		if terms.DateOf(from.Start()) != from || terms.DateOf(from.Start().Add(-time.Microsecond)) != from.AddDays(-1) {
			t.Fatalf("%s does not begin at %v", from, from.Start())
		}
		if hours := from.AddDays(1).Start().Sub(from.Start()); hours < 23*time.Hour || hours > 25*time.Hour {
			t.Fatalf("%s has %v", from, hours)
		}
		if read, err := terms.ParseDate(string(from)); err != nil || read != from {
			t.Fatalf("%s: %s, %v", from, read, err)
		}
	})
	for _, bad := range []string{"", "2026-1-2", "2026-02-29", "1999-12-31", "2201-01-01", "24.11.2026", "2026-11-24T00:00:00Z"} {
		if d, err := terms.ParseDate(bad); err == nil {
			t.Errorf("%q is taken for the day %s", bad, d)
		}
	}
	if !terms.Date("").Start().IsZero() {
		t.Error("no day begins at no time")
	}
}
