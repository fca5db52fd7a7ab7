package demo

import (
	"math/rand/v2"
	"time"

	"github.com/service-tracking/sts/internal/terms"
)

// calendar knows on which days the courts sit.
type calendar struct{ today, tomorrow terms.Date }

func calendarOf(now time.Time) calendar {
	today := terms.DateOf(now)
	return calendar{today, today.AddDays(1)}
}

// sits tells whether the courts sit on the court day of t: on weekdays without
// a legal holiday, and in the demonstration today and tomorrow.
func (c calendar) sits(t time.Time) bool {
	if day := terms.DateOf(t); day == c.today || day == c.tomorrow {
		return true
	}
	t = t.In(terms.CourtZone)
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !holiday(t)
}

// holiday tells the legal holidays of C.G.S. §1-4 on which the courts are
// closed. Good Friday, and a holiday moved off a weekend, are left out: an
// invented hearing does no harm there.
func holiday(t time.Time) bool {
	month, day, weekday := t.Month(), t.Day(), t.Weekday()
	nth := (day-1)/7 + 1 // of its weekday in the month
	switch month {
	case time.January:
		return day == 1 || weekday == time.Monday && nth == 3
	case time.February:
		return day == 12 || weekday == time.Monday && nth == 3
	case time.May:
		return weekday == time.Monday && day > 31-7
	case time.June:
		return day == 19
	case time.July:
		return day == 4
	case time.September:
		return weekday == time.Monday && nth == 1
	case time.October:
		return weekday == time.Monday && nth == 2
	case time.November:
		return day == 11 || weekday == time.Thursday && nth == 4
	case time.December:
		return day == 25
	}
	return false
}

// at is a time of day on the court day of t.
func at(t time.Time, hour, minute int) time.Time {
	day := t.In(terms.CourtZone)
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, terms.CourtZone).UTC()
}

func days(t time.Time, n int) time.Time { return t.In(terms.CourtZone).AddDate(0, 0, n).UTC() }

// officeTime is when a clerk opens a case: between 9 a.m. and 4 p.m. of the
// last day, up to that of t, on which the courts sit, and before t.
func (c calendar) officeTime(r *rand.Rand, t time.Time) time.Time {
	day := t
	for {
		opened := at(day, 9+r.IntN(7), r.IntN(60)).Add(time.Duration(r.IntN(60)) * time.Second)
		if c.sits(day) && opened.Before(t) {
			return opened
		}
		day = days(at(day, 12, 0), -1)
	}
}

// hearing is a hearing on the first day, n days after t or later, on which the
// courts sit.
func (c calendar) hearing(r *rand.Rand, t time.Time, n int) time.Time {
	day := days(t, n)
	for !c.sits(day) {
		day = days(day, 1)
	}
	return at(day, 9, 30).Add(time.Duration(15*r.IntN(20)) * time.Minute)
}

// doorHours are when officers stand at doors: mornings before work, evenings,
// seldom in between, never at night.
var doorHours = []int{7, 7, 8, 8, 9, 10, 11, 12, 13, 15, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 21}

// doorstep is a time at a door between the two, evenings and weekends too.
func doorstep(r *rand.Rand, from, to time.Time) time.Time {
	span := max(to.Sub(from), time.Hour)
	for range 10 {
		t := at(from.Add(time.Duration(r.Int64N(int64(span)))), pick(r, doorHours), r.IntN(60))
		if t.After(from) && t.Before(to) {
			return t
		}
	}
	return from.Add(time.Duration(20+r.IntN(100)) * time.Minute).Truncate(time.Minute)
}

// awake is t, or the evening before if t lies in the night.
func awake(t time.Time) time.Time {
	local := t.In(terms.CourtZone)
	if local.Hour() < 7 {
		return at(days(t, -1), 20, local.Minute())
	}
	if local.Hour() > 21 {
		return at(t, 20, local.Minute())
	}
	return t.Truncate(time.Minute)
}
