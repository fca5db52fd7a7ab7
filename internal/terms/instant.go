package terms

import (
	"io"
	"regexp"
	"time"
	_ "time/tzdata" // the court's zone must be known on a machine without zone files
)

// CourtZone is the zone of Connecticut's courts. It is used for rules about
// days and for what people read, never for what is stored.
var CourtZone = mustZone("America/New_York")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // time/tzdata is linked in
	}
	return zone
}

// Micro brings an instant into the form that is stored: UTC, microseconds.
func Micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// InstantLayout prints an instant as the API does: UTC with microseconds.
const InstantLayout = "2006-01-02T15:04:05.000000Z"

// rfc3339 is stricter than time.Parse: an offset must stand there, a leap
// second or an hour 24 may not.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// ParseInstant reads RFC 3339 with an explicit offset, years 2000 to 2200.
// Everything else is an [InputError] with [BadDateTime].
func ParseInstant(s string) (time.Time, error) {
	if !rfc3339.MatchString(s) {
		return time.Time{}, badInstant("Give a date and time with an explicit offset, such as 2026-11-24T21:40:00-05:00.")
	}
	b := []byte(s)
	b[10] = 'T'
	if b[len(b)-1] == 'z' {
		b[len(b)-1] = 'Z'
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil {
		return time.Time{}, badInstant("There is no such date and time. Leap seconds are not accepted.")
	}
	t = Micro(t)
	if t.Year() < 2000 || t.Year() > 2200 {
		return time.Time{}, badInstant("The year must lie between 2000 and 2200.")
	}
	return t, nil
}

func badInstant(message string) error { return &InputError{BadDateTime, message} }

// Date is a day in the court's zone, as YYYY-MM-DD, so that dates sort as text.
type Date string

// ParseDate reads an ISO day. Everything else is an [InputError] with
// [BadDateTime].
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return "", badInstant("Give a day as YYYY-MM-DD, between the years 2000 and 2200.")
	}
	return Date(s), nil
}

// DateOf is the court day on which t falls.
func DateOf(t time.Time) Date { return Date(t.In(CourtZone).Format(time.DateOnly)) }

// AddDays counts calendar days.
func (d Date) AddDays(n int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return ""
	}
	return Date(t.AddDate(0, 0, n).Format(time.DateOnly))
}

// Start is the instant at which the day begins in the court's zone.
func (d Date) Start() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), CourtZone)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// MarshalGQL writes the day.
func (d Date) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, `"`+string(d)+`"`) // gqlgen's writer is a buffer
}

// UnmarshalGQL reads a day.
func (d *Date) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return badInstant("Give a day as YYYY-MM-DD.")
	}
	parsed, err := ParseDate(s)
	*d = parsed
	return err
}
