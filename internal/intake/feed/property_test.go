package feed

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/terms"
)

// words draws text that is kept as it is.
func words(least, most int) *rapid.Generator[string] {
	runes := rapid.RuneFrom([]rune(`abcXYZ 019,;"'\/{}[]:.#<>&-éñøŁßДם日한💐👩‍🚒` + "\u00a0\u0301\u2019"))
	return rapid.Custom(func(t *rapid.T) string {
		s, err := terms.CleanText(rapid.StringOfN(runes, least, most, -1).Draw(t, "text"), 2*most, false)
		if err != nil {
			t.Fatal(err)
		}
		if s == "" && least > 0 {
			return "Doe"
		}
		return s
	}).Filter(func(s string) bool { return utf8.RuneCountInString(s) <= most })
}

var (
	instants = rapid.Custom(func(t *rapid.T) time.Time {
		from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		to := time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		return time.UnixMicro(rapid.Int64Range(from, to-1).Draw(t, "instant")).UTC()
	})
	dockets = rapid.Custom(func(t *rapid.T) terms.Docket {
		return terms.Docket(rapid.StringMatching(`[A-Z]{3}(FA|CV)[0-9]{9}[A-Z]`).Draw(t, "docket"))
	})
	addresses = rapid.Custom(func(t *rapid.T) Address {
		if rapid.Bool().Draw(t, "no address") {
			return Address{}
		}
		return Address{
			words(0, maxStreet).Draw(t, "street"), words(0, maxStreet).Draw(t, "town"),
			words(0, maxState).Draw(t, "state"), words(0, maxZip).Draw(t, "zip"),
		}
	})
	persons = rapid.Custom(func(t *rapid.T) ProtectedPerson {
		return ProtectedPerson{
			words(1, maxName).Draw(t, "first"), words(1, maxName).Draw(t, "last"),
			addresses.Draw(t, "home"), addresses.Draw(t, "work"),
		}
	})
	daybooks = rapid.Custom(func(t *rapid.T) Daybook {
		return Daybook{
			rapid.SampledFrom([]string{"HHD", "NNH"}).Draw(t, "court"), dockets.Draw(t, "docket"),
			words(1, maxName).Draw(t, "first"), words(1, maxName).Draw(t, "last"),
			instants.Draw(t, "created"), instants.Draw(t, "updated"),
		}
	})
	registries = rapid.Custom(func(t *rapid.T) Registry {
		maybe := func(label string) *time.Time { return rapid.Ptr(instants, true).Draw(t, label) }
		r := Registry{
			DocketNumber: dockets.Draw(t, "docket"), OrderNumber: words(0, maxNumber).Draw(t, "order"),
			OrderKind: rapid.SampledFrom([]terms.OrderKind{terms.ReliefFromAbuse, terms.CivilProtectionOrder}).Draw(t, "kind"),
			IssuedAt:  maybe("issued"), ExParte: rapid.Bool().Draw(t, "ex parte"),
			HearingAt: maybe("hearing"), Courtroom: words(0, maxChamber).Draw(t, "courtroom"),
			RespondentFirstName: words(1, maxName).Draw(t, "first"), RespondentLastName: words(1, maxName).Draw(t, "last"),
			RespondentHome:        addresses.Draw(t, "home"),
			ProtectedPersons:      rapid.SliceOfN(persons, 0, 4).Draw(t, "persons"),
			AddressesConfidential: rapid.Bool().Draw(t, "confidential"),
			PickedUpAt:            maybe("picked up"), SourceUpdatedAt: instants.Draw(t, "updated"),
		}
		if rapid.Bool().Draw(t, "expires") {
			r.ExpiresOn = terms.DateOf(instants.Draw(t, "expires on").AddDate(0, 0, 1))
			if r.ExpiresOn > "2200-12-31" {
				r.ExpiresOn = ""
			}
		}
		if len(r.ProtectedPersons) == 0 {
			r.ProtectedPersons = nil
		}
		if r.OrderNumber != "" {
			r.StateFileNumber, r.NationalFileNumber = words(0, maxNumber).Draw(t, "state"), words(0, maxNumber).Draw(t, "national")
		} else if r.HearingAt == nil {
			now := instants.Draw(t, "hearing")
			r.HearingAt = &now
		}
		if rapid.Bool().Draw(t, "ended") {
			r.Outcome = rapid.SampledFrom([]terms.OrderOutcome{
				terms.OutcomeDenied, terms.OutcomeWithdrawn, terms.OutcomeDismissed, terms.OutcomeExpired,
			}).Draw(t, "outcome")
			r.OutcomeReason = rapid.SampledFrom([]terms.OutcomeReason{"", terms.OutcomeNotServed, terms.OutcomeOther}).Draw(t, "reason")
		}
		return r
	})
)

// flatten writes a row as columns of CSV, protected persons numbered from base.
func flatten(columns map[string]string, path string, value any, base int) {
	join := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			flatten(columns, join(name), member, base)
		}
	case []any:
		for i, entry := range v {
			flatten(columns, join(fmt.Sprint(i+base)), entry, base)
		}
	default:
		columns[path] = fmt.Sprint(v)
	}
}

// asCSV writes rows as CSV with the header that they need together.
func asCSV[T any](t *rapid.T, rows []T, required []string) []byte {
	base := rapid.IntRange(0, 1).Draw(t, "base")
	header := map[string]string{}
	var flat []map[string]string
	for _, path := range required {
		header[path] = ""
	}
	for _, row := range rows {
		b, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(b, &value); err != nil {
			t.Fatal(err)
		}
		columns := map[string]string{}
		flatten(columns, "", value, base)
		flat = append(flat, columns)
		maps.Copy(header, columns)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = rapid.Bool().Draw(t, "CRLF")
	names := rapid.Permutation(slices.Sorted(maps.Keys(header))).Draw(t, "header")
	records := [][]string{names}
	for _, columns := range flat {
		record := make([]string, len(names))
		for i, name := range names {
			record[i] = columns[name]
		}
		records = append(records, record)
	}
	if err := w.WriteAll(records); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func roundTrip[T any](
	rows *rapid.Generator[T], canonical func(T) []byte, required []string, read func([]byte) iter.Seq2[Row[T], error],
) func(*rapid.T) {
	return func(t *rapid.T) {
		want := rapid.SliceOfN(rows, 1, 5).Draw(t, "rows")
		var lines []byte
		for _, row := range want {
			lines = append(append(lines, canonical(row)...), '\n')
		}
		for form, file := range map[string][]byte{"JSON": lines, "CSV": asCSV(t, want, required)} {
			good, bad := collect(read(file))
			var got []T
			for _, row := range good {
				got = append(got, row.Facts)
			}
			if d := cmp.Diff(want, got); d != "" || bad != nil {
				t.Fatalf("%s:\n%s\n%s\n%v", form, file, d, bad)
			}
		}
	}
}

// Any rows, written as JSON or as CSV, read back as the same rows.
func TestRoundTrip(t *testing.T) {
	t.Run("daybook", rapid.MakeCheck(roundTrip(daybooks, Daybook.Canonical, daybookFields.required,
		func(b []byte) iter.Seq2[Row[Daybook], error] { return ReadDaybook(bytes.NewReader(b), knownCourt) })))
	t.Run("registry", rapid.MakeCheck(roundTrip(registries, Registry.Canonical, registryFields.required,
		func(b []byte) iter.Seq2[Row[Registry], error] { return ReadRegistry(bytes.NewReader(b)) })))
}

// cells reads what encoding/csv writes.
func TestCellsAgainstTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringOf(rapid.RuneFrom([]rune(` ,"ab'é`))), 1, 6).Draw(t, "cells")
		var out bytes.Buffer
		w := csv.NewWriter(&out)
		if err := w.Write(want); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		got, err := cells(nil, strings.TrimSuffix(out.String(), "\n"))
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Fatalf("%q: %s %v", out.String(), d, err)
		}
	})
}

// Whatever bytes come, reading ends, its lines ascend, and each row it accepts
// reads back as itself.
func FuzzRead(f *testing.F) {
	for _, file := range []string{
		daybookJSON, daybookHeader + daybookCSV, registryJSON, registryCSV, `{"docketNumber":"\ud83d\udc90"}`,
		strings.Repeat(`{"protectedPersons":[`, 4), "docketNumber\n\"\"\"", "\uFEFF{}\r\n[]",
	} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		line := 0
		for row, err := range ReadDaybook(bytes.NewReader(file), func(string) bool { return true }) {
			if row.Line <= line {
				t.Fatalf("line %d after line %d", row.Line, line)
			}
			line = row.Line
			if err == nil {
				again, bad := collect(ReadDaybook(bytes.NewReader(row.Facts.Canonical()), func(string) bool { return true }))
				if d := cmp.Diff([]Row[Daybook]{{1, row.Facts}}, again); d != "" {
					t.Fatalf("%s%v", d, bad)
				}
			}
		}
		for row, err := range ReadRegistry(bytes.NewReader(file)) {
			if err == nil {
				again, bad := collect(ReadRegistry(bytes.NewReader(row.Facts.Canonical())))
				if d := cmp.Diff([]Row[Registry]{{1, row.Facts}}, again); d != "" {
					t.Fatalf("%s%v", d, bad)
				}
			}
		}
	})
}
