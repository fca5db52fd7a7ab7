package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// counts of what one import made of its rows.
func imported(kind string, rows, fresh, waiting, bad int) string {
	return fmt.Sprintf("%s: %d rows: %d new, 0 changed, 0 unchanged, 0 older (ignored), %d waiting for the daybook, %d bad", kind, rows, fresh, waiting, bad)
}

// §3(b): whatever stands in one row of the daybook, it is told by its line and
// field without being repeated, and the rows around it are kept.
func TestABadRowOfTheDaybookIsToldAndTheOthersAreKept(t *testing.T) {
	i := install(t)
	n := 0
	docket := func() string { n++; return fmt.Sprintf("HHD-FA-26-65%05d-S", n) }
	with := func(field, value string) string {
		row := strings.TrimSpace(daybookRow(docket()))
		begin := strings.Index(row, `"`+field+`":"`) + len(field) + 3
		end := begin + 1 + strings.Index(row[begin+1:], `"`) + 1
		return row[:begin] + value + row[end:]
	}
	for _, c := range []struct{ name, row, told string }{
		{"a control character", with("respondentFirstName", `"Jos\u0007`+secret+`"`), "respondentFirstName: "},
		{"NUL", with("respondentLastName", `"`+secret+`\u0000"`), "respondentLastName: "},
		{"a mark that turns the direction of writing", with("respondentLastName", `"`+secret+`\u202e"`), "respondentLastName: "},
		{"half of a surrogate pair", with("respondentLastName", `"\ud800`+secret+`"`), "respondentLastName: "},
		{"no UTF-8", with("respondentLastName", "\""+secret+"\xff\""), "respondentLastName: "},
		{"a line break", with("respondentLastName", `"`+secret+`\nx"`), "respondentLastName: "},
		{"a name of 101", with("respondentLastName", `"`+secret+strings.Repeat("x", 101)+`"`), "respondentLastName: "},
		{"a name of nothing", with("respondentLastName", `"  "`), "respondentLastName: is missing"},
		{"a name of null", with("respondentLastName", `null`), "respondentLastName: is missing"},
		{"a name of a number", with("respondentLastName", `42`), "respondentLastName: must be a string"},
		{"a name of an object", with("respondentLastName", `{"x":"`+secret+`"}`), "respondentLastName: must be a string"},
		{"a docket number that is none", with("docketNumber", `"`+secret+`"`), "docketNumber: "},
		{"a docket number in other digits", with("docketNumber", `"HHD-FA-26-５０１２３４５-S"`), "docketNumber: "},
		{"a court that is none", with("courtLocation", `"XYZ"`), "courtLocation: "},
		{"a date without an offset", with("createdAt", `"2026-11-24T21:40:00"`), "createdAt: "},
		{"a date alone", with("createdAt", `"2026-11-24"`), "createdAt: "},
		{"an empty date", with("sourceUpdatedAt", `""`), "sourceUpdatedAt: is missing"},
		{"a leap second", with("createdAt", `"2016-12-31T23:59:60Z"`), "createdAt: "},
		{"the year 1999", with("createdAt", `"1999-12-31T00:00:00Z"`), "createdAt: "},
		{"the year 2201", with("createdAt", `"2201-01-01T00:00:00Z"`), "createdAt: "},
		{"a date of a number", with("createdAt", `1732500000`), "createdAt: must be a string"},
		{"a field unknown", with("createdAt", `"2026-11-01T00:00:00Z","note":"`+secret+`"`), "note: is not a field of this feed"},
		{"a field twice", with("createdAt", `"2026-11-01T00:00:00Z","createdAt":"2026-11-01T00:00:00Z"`), "createdAt: stands twice"},
		{"no JSON", `{"docketNumber":"` + secret, "is not valid JSON"},
		{"a list", `["` + secret + `"]`, "is not a JSON object"},
		{"null", `null`, "is not a JSON object"},
		{"binary garbage", "\x00\x01\x02\xff\xfe" + secret, "is not valid JSON"},
		{"deep", `{"docketNumber":` + strings.Repeat("[", 100_000), "is not valid JSON"},
		{"a line of 2 MB", with("respondentLastName", `"`+strings.Repeat("x", 2<<20)+`"`), "the line is longer than 1 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i.t = t
			out, code := i.sts(daybookRow(docket())+c.row+"\n"+daybookRow(docket()), "import", "daybook", "-")
			if code != 3 || !strings.Contains(out, "line 2: "+c.told) || !strings.Contains(out, imported("daybook", 3, 2, 0, 1)) {
				t.Errorf("status %d: %.500s", code, out)
			}
			if strings.Contains(out, secret) || leaks.MatchString(out) {
				t.Errorf("it repeats what stands there, or tells more: %.500s", out)
			}
		})
	}
	i.t = t
	if out, code := i.sts("", "check"); code != 0 {
		t.Errorf("sts check: %s", out)
	}
}

// §3(d): the same for the registry's facts, where an address is never repeated
// (C.G.S. §51-5c).
func TestABadRowOfTheRegistryIsToldWithoutAnAddress(t *testing.T) {
	i := install(t)
	n := 0
	docket := func() string { n++; return fmt.Sprintf("HHD-FA-26-64%05d-S", n) }
	row := func() string { return strings.TrimSpace(registryRow(docket(), "PO-1", fmt.Sprintf("H64%05d01", n))) }
	for _, c := range []struct{ name, old, new, told string }{
		{"a street with a control character", `"2 Elm Street"`, `"` + secret + `\u0000"`, "protectedPersons.1.home.street: "},
		{"a street of 201", `"2 Elm Street"`, `"` + secret + strings.Repeat("x", 201) + `"`, "protectedPersons.1.home.street: "},
		{"a town of a number", `"Avon"`, `7`, "protectedPersons.1.home.town: must be a string"},
		{"a person without a name", `"Ana"`, `""`, "protectedPersons.1.firstName: is missing"},
		{"a person of text", `[{"firstName":"Ana"`, `["` + secret + `",{"firstName":"Ana"`, "protectedPersons.1: must be an object"},
		{"an order's kind", `"RELIEF_FROM_ABUSE"`, `"` + secret + `"`, "orderKind: "},
		{"an order's kind in small letters", `"RELIEF_FROM_ABUSE"`, `"relief_from_abuse"`, "orderKind: "},
		{"ex parte as text", `"exParte":true`, `"exParte":"yes"`, "exParte: must be true or false"},
		{"a hearing that is no time", `"hearingAt":"`, `"hearingAt":"x`, "hearingAt: "},
		{"a file number too long", `"N0001"`, `"` + secret + strings.Repeat("1", 65) + `"`, "nationalFileNumber: "},
		{"51 persons", `[{"firstName":"Ana"`, `[` + strings.Repeat(`{"firstName":"x","lastName":"y"},`, 51) + `{"firstName":"Ana"`, "protectedPersons: has more than 50 entries"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i.t = t
			bad := strings.Replace(row(), c.old, c.new, 1)
			out, code := i.sts(row()+"\n"+bad+"\n"+row()+"\n", "import", "registry", "-")
			if code != 3 || !strings.Contains(out, "line 2: "+c.told) || !strings.Contains(out, imported("registry", 3, 0, 2, 1)) {
				t.Errorf("status %d: %.500s", code, out)
			}
			if strings.Contains(out, secret) || strings.Contains(out, "Elm") || leaks.MatchString(out) {
				t.Errorf("it repeats what stands there, or tells more: %.500s", out)
			}
		})
	}
}

// A file that is none, or of another kind, is told in words; the exit status
// says whether anything is left to do.
func TestAFileThatIsNoFeed(t *testing.T) {
	i := install(t)
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	unreadable := file("unreadable", daybookRow("HHD-FA-26-6300001-S"))
	header := "courtLocation,docketNumber,respondentFirstName,respondentLastName,createdAt,sourceUpdatedAt\n"
	at := time.Now().Add(-time.Hour).Format(time.RFC3339)
	csv := func(docket string) string { return "HHD," + docket + ",A,B," + at + "," + at + "\n" }
	for _, c := range []struct {
		name   string
		args   []string
		status int
		told   string
	}{
		{"empty", []string{"daybook", file("empty", "")}, 0, "0 rows"},
		{"blank lines", []string{"daybook", file("blank", "\n \n\t\n")}, 0, "0 rows"},
		{"missing", []string{"daybook", filepath.Join(dir, "missing")}, 1, "opening the feed: "},
		{"a directory", []string{"daybook", dir}, 1, "is a directory"},
		{"no name", []string{"daybook"}, 1, "name one file"},
		{"two names", []string{"daybook", "a", "b"}, 1, "name one file"},
		{"no feed", nil, 1, "say which feed"},
		{"another feed", []string{"calendar", "x"}, 1, "say which feed"},
		{"a flag after the file", []string{"daybook", "-", "--data", dir}, 1, "name one file, after the flags"},
		{"a flag unknown", []string{"daybook", "--nothing", "-"}, 2, "not defined"},
		{"binary garbage", []string{"daybook", file("binary", "\x7fELF\x02\x01\x01\x00\xff\xfe\n\x00\x00\x00")}, 3, "the file does not begin with a JSON object"},
		{"a byte order mark and JSON", []string{"daybook", file("bom", "\ufeff"+daybookRow("HHD-FA-26-6300002-S"))}, 0, "1 new"},
		{"UTF-16", []string{"daybook", file("utf16", "\xff\xfe{\x00\"\x00")}, 3, "line 1: "},
		{"one line of 3 MB", []string{"daybook", file("huge", strings.Repeat("x", 3<<20))}, 3, "longer than 1 MiB"},
		{"the other feed", []string{"registry", file("other", daybookRow("HHD-FA-26-6300003-S"))}, 3, "is not a field of this feed"},
		{"CSV without a column", []string{"daybook", file("short.csv", strings.Replace(header, "courtLocation,", "", 1)+csv("HHD-FA-26-6300004-S"))}, 3, "courtLocation: the header has no such column"},
		{"CSV with a column twice", []string{"daybook", file("twice.csv", "docketNumber,"+header)}, 3, "docketNumber: the header names this column twice"},
		{"CSV with a quote never closed", []string{"daybook", file("quote.csv", header+csv("HHD-FA-26-6300005-S")+"HHD,\""+secret+"\n"+csv("HHD-FA-26-6300006-S"))}, 3, "2 new"},
		{"CSV with a row too long", []string{"daybook", file("long.csv", header+strings.TrimSpace(csv("HHD-FA-26-6300007-S"))+",x\n"+csv("HHD-FA-26-6300008-S"))}, 3, "has 7 columns where the header has 6"},
		{"CSV with Windows' line ends", []string{"daybook", file("crlf.csv", strings.ReplaceAll(header+csv("HHD-FA-26-6300009-S"), "\n", "\r\n"))}, 0, "1 new"},
		{"what may not be read", []string{"daybook", unreadable}, 1, "permission denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i.t = t
			if strings.HasPrefix(c.told, "permission") {
				if os.Geteuid() == 0 {
					return // root may read everything
				}
				if err := os.Chmod(unreadable, 0); err != nil {
					t.Fatal(err)
				}
			}
			out, code := i.sts("", append([]string{"import"}, c.args...)...)
			if code != c.status || !strings.Contains(out, c.told) {
				t.Errorf("status %d, want %d: %.500s", code, c.status, out)
			}
			if strings.Contains(out, secret) || strings.Contains(out, "goroutine") {
				t.Errorf("it tells more: %.500s", out)
			}
		})
	}
}
