package feed

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

func knownCourt(code string) bool { return code == "HHD" || code == "NNH" }

// collect gives the rows, and the errors' texts.
func collect[T any](rows iter.Seq2[Row[T], error]) (good []Row[T], bad []string) {
	for row, err := range rows {
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		good = append(good, row)
	}
	return good, bad
}

func instant(s string) *time.Time {
	t, err := terms.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return &t
}

const (
	daybookJSON = `{"courtLocation":"HHD","docketNumber":"HHD-FA-26-5012345-S","respondentFirstName":"John","respondentLastName":"Doe","createdAt":"2026-11-02T09:12:00-05:00","sourceUpdatedAt":"2026-11-02T09:12:00.5-05:00"}`

	daybookHeader = "courtLocation,docketNumber,respondentFirstName,respondentLastName,createdAt,sourceUpdatedAt\n"
	daybookCSV    = "hhd,hhd fa26 5012345 s, John ,Doe,2026-11-02T09:12:00-05:00,2026-11-02T14:12:00.500Z\n"

	registryJSON = `{"docketNumber":"HHDFA265012345S","orderNumber":"1","orderKind":"RELIEF_FROM_ABUSE","issuedAt":"2026-11-02T10:00:00-05:00",` +
		`"exParte":true,"hearingAt":"2026-11-14T10:00:00-05:00","courtroom":"3B","expiresOn":"2027-11-02","respondentFirstName":"John","respondentLastName":"Doe",` +
		`"respondentHome":{"street":"1 Main St","town":"Storrs","state":"CT","zip":"06268"},` +
		`"protectedPersons":[{"firstName":"Jane","lastName":"Roe","home":{"town":"Mystic"},"work":{"street":"2 Elm St","town":"Hartford"}},{"firstName":"Ann","lastName":"Roe"}],` +
		`"addressesConfidential":true,"pickedUpAt":"2026-11-02T11:00:00-05:00","outcome":"DISMISSED","outcomeReason":"NOT_SERVED","stateFileNumber":"S1","nationalFileNumber":"H123456789","sourceUpdatedAt":"2026-11-02T10:05:00-05:00"}`

	registryCSV = "docketNumber,orderNumber,orderKind,issuedAt,exParte,hearingAt,courtroom,expiresOn,respondentFirstName,respondentLastName," +
		"respondentHome.street,respondentHome.town,respondentHome.state,respondentHome.zip," +
		"protectedPersons.1.firstName,protectedPersons.1.lastName,protectedPersons.1.home.town,protectedPersons.1.work.street,protectedPersons.1.work.town," +
		"protectedPersons.2.firstName,protectedPersons.2.lastName,protectedPersons.3.firstName,protectedPersons.3.lastName," +
		"addressesConfidential,pickedUpAt,outcome,outcomeReason,stateFileNumber,nationalFileNumber,sourceUpdatedAt\n" +
		"HHDFA265012345S,1,RELIEF_FROM_ABUSE,2026-11-02T10:00:00-05:00,TRUE,2026-11-14T10:00:00-05:00,3B,2027-11-02,John,Doe," +
		"1 Main St,Storrs,CT,06268,Jane,Roe,Mystic,2 Elm St,Hartford,,,Ann,Roe,true,2026-11-02T11:00:00-05:00,DISMISSED,NOT_SERVED,S1,H123456789,2026-11-02T10:05:00-05:00\n"
)

var (
	daybookRow = Daybook{
		CourtLocation: "HHD", DocketNumber: "HHDFA265012345S", RespondentFirstName: "John", RespondentLastName: "Doe",
		CreatedAt: *instant("2026-11-02T14:12:00Z"), SourceUpdatedAt: *instant("2026-11-02T14:12:00.5Z"),
	}
	registryRow = Registry{
		DocketNumber: "HHDFA265012345S", OrderNumber: "1", OrderKind: terms.ReliefFromAbuse,
		IssuedAt: instant("2026-11-02T15:00:00Z"), ExParte: true, HearingAt: instant("2026-11-14T15:00:00Z"), Courtroom: "3B",
		ExpiresOn: "2027-11-02", RespondentFirstName: "John", RespondentLastName: "Doe",
		RespondentHome: Address{"1 Main St", "Storrs", "CT", "06268"},
		ProtectedPersons: []ProtectedPerson{
			{FirstName: "Jane", LastName: "Roe", Home: Address{Town: "Mystic"}, Work: Address{Street: "2 Elm St", Town: "Hartford"}},
			{FirstName: "Ann", LastName: "Roe"},
		},
		AddressesConfidential: true, PickedUpAt: instant("2026-11-02T16:00:00Z"),
		Outcome: terms.OutcomeDismissed, OutcomeReason: terms.OutcomeNotServed,
		StateFileNumber: "S1", NationalFileNumber: "H123456789", SourceUpdatedAt: *instant("2026-11-02T15:05:00Z"),
	}
)

// §3(b): court location, docket number and the respondent's name, in every form
// in which a file may come.
func TestReadDaybook(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		line int
	}{
		"JSON":                {daybookJSON + "\n", 1},
		"JSON, no line end":   {daybookJSON, 1},
		"JSON, CRLF":          {daybookJSON + "\r\n", 1},
		"JSON, BOM, blanks":   {"\uFEFF\n \r\n  " + daybookJSON, 3},
		"JSON, spaces":        {strings.NewReplacer(",", " ,\t", ":\"", " : \"").Replace(daybookJSON), 1},
		"JSON, escapes":       {strings.Replace(daybookJSON, `"Doe"`, `"\u0044\u006Fe"`, 1), 1},
		"CSV":                 {daybookHeader + daybookCSV, 2},
		"CSV, BOM, CRLF":      {"\uFEFF" + strings.ReplaceAll(daybookHeader+daybookCSV, "\n", "\r\n"), 2},
		"CSV, quotes, blanks": {"\n" + daybookHeader + "\n,,,,,\n" + strings.Replace(daybookCSV, "Doe", `"Doe"`, 1) + ",,,,,\n", 5},
	} {
		t.Run(name, func(t *testing.T) {
			good, bad := collect(ReadDaybook(strings.NewReader(c.file), knownCourt))
			want := []Row[Daybook]{{c.line, daybookRow}}
			if d := cmp.Diff(want, good); d != "" || bad != nil {
				t.Errorf("%s%v", d, bad)
			}
		})
	}
}

// §3(d): the facts that the notices need.
func TestReadRegistry(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		line int
	}{"JSON": {registryJSON, 1}, "CSV": {registryCSV, 2}} {
		t.Run(name, func(t *testing.T) {
			good, bad := collect(ReadRegistry(strings.NewReader(c.file)))
			if d := cmp.Diff([]Row[Registry]{{c.line, registryRow}}, good); d != "" || bad != nil {
				t.Errorf("%s%v", d, bad)
			}
		})
	}
}

// A hearing notice alone is served too: no order, no addresses, no persons.
func TestHearingWithoutOrder(t *testing.T) {
	const row = `{"docketNumber":"HHDCV265012345S","orderNumber":"","orderKind":"CIVIL_PROTECTION_ORDER","hearingAt":"2026-11-14T10:00:00-05:00",` +
		`"respondentFirstName":"Zoë 💐","respondentLastName":"Ōe","respondentHome":{},"protectedPersons":[null,{},{"home":null}],"exParte":null,` +
		`"expiresOn":"","sourceUpdatedAt":"2026-11-02T10:05:00-05:00"}`
	good, bad := collect(ReadRegistry(strings.NewReader(row)))
	want := []Row[Registry]{{1, Registry{
		DocketNumber: "HHDCV265012345S", OrderKind: terms.CivilProtectionOrder, HearingAt: instant("2026-11-14T15:00:00Z"),
		RespondentFirstName: "Zoë 💐", RespondentLastName: "Ōe", SourceUpdatedAt: *instant("2026-11-02T15:05:00Z"),
	}}}
	if d := cmp.Diff(want, good); d != "" || bad != nil {
		t.Errorf("%s%v", d, bad)
	}
}

// A bad row is named by line and field, and the good rows around it are kept.
func TestBadRows(t *testing.T) {
	replace := func(row, from, to string) string {
		if !strings.Contains(row, from) {
			panic(from)
		}
		return strings.Replace(row, from, to, 1)
	}
	long := strings.Repeat("é", 101)
	for name, c := range map[string]struct{ row, says string }{
		"unknown field":           {replace(registryJSON, `"exParte"`, `"exparte"`), "exparte: is not a field of this feed"},
		"unknown nested field":    {replace(registryJSON, `"home":{"town"`, `"home":{"city"`), "protectedPersons.1.home.city: is not a field"},
		"nested name unnested":    {replace(registryJSON, `"exParte":true`, `"respondentHome.zip":"06268"`), "holds a field that this feed does not have"},
		"content as a field name": {replace(registryJSON, `"exParte":true`, `"12 Elm St":true`), "line 2: holds a field that"},
		"field twice":             {replace(registryJSON, `"exParte":true`, `"courtroom":null`), "courtroom: stands twice"},
		"object twice":            {replace(registryJSON, `"exParte":true`, `"respondentHome":{}`), "respondentHome: stands twice"},
		"nested field twice":      {replace(registryJSON, `"town":"Mystic"`, `"town":"Mystic","town":"Noank"`), "protectedPersons.1.home.town: stands twice"},
		"not JSON":                {registryJSON[:50], "is not valid JSON (byte 50 of the line)"},
		"two objects":             {registryJSON + registryJSON, "is not valid JSON"},
		"not an object":           {`[` + registryJSON + `]`, "is not a JSON object"},
		"empty object":            {`{}`, "docketNumber: is missing"},
		"number for a string":     {replace(registryJSON, `"06268"`, `06268`), "not valid JSON"},
		"number for a zip":        {replace(registryJSON, `"06268"`, `6268`), "respondentHome.zip: must be a string"},
		"string for a flag":       {replace(registryJSON, `"exParte":true`, `"exParte":"true"`), "exParte: must be true or false"},
		"string for an object":    {replace(registryJSON, `{"town":"Mystic"}`, `"Mystic"`), "protectedPersons.1.home: must be an object"},
		"object for a list":       {replace(registryJSON, `[{"firstName":"Jane"`, `{"firstName":["Jane"]},"x":[{"firstName":"Jane"`), "protectedPersons: must be a list"},
		"string in the list":      {replace(registryJSON, `{"firstName":"Ann","lastName":"Roe"}`, `"Ann"`), "protectedPersons.2: must be an object"},
		"no docket":               {replace(registryJSON, `"HHDFA265012345S"`, `" "`), "docketNumber: is missing"},
		"bad docket":              {replace(registryJSON, `HHDFA265012345S`, `HHDFX265012345S`), "docketNumber: This cannot be a docket number: the case type"},
		"no order kind":           {replace(registryJSON, `"RELIEF_FROM_ABUSE"`, `null`), "orderKind: is missing"},
		"bad order kind":          {replace(registryJSON, `RELIEF_FROM_ABUSE`, `relief_from_abuse`), "orderKind: must be one of [RELIEF_FROM_ABUSE CIVIL_PROTECTION_ORDER]"},
		"no first name":           {replace(registryJSON, `"John"`, `"   "`), "respondentFirstName: is missing"},
		"no last name":            {replace(registryJSON, `"respondentLastName":"Doe",`, ``), "respondentLastName: is missing"},
		"long name":               {replace(registryJSON, `"Doe"`, `"`+long+`"`), "respondentLastName: is longer than 100 characters"},
		"long street":             {replace(registryJSON, `2 Elm St`, long+long), "protectedPersons.1.work.street: is longer than 200 characters"},
		"no offset":               {replace(registryJSON, `10:05:00-05:00"}`, `10:05:00"}`), "sourceUpdatedAt: Give a date and time with an explicit offset"},
		"no sourceUpdatedAt":      {replace(registryJSON, `"sourceUpdatedAt":"2026-11-02T10:05:00-05:00"`, `"sourceUpdatedAt":null`), "sourceUpdatedAt: is missing"},
		"bad day":                 {replace(registryJSON, `2027-11-02`, `2027-02-30`), "expiresOn: Give a day"},
		"no hearing, no order":    {replace(replace(registryJSON, `"orderNumber":"1"`, `"orderNumber":""`), `"2026-11-14T10:00:00-05:00"`, `null`), "hearingAt: is missing"},
		"state file, no order":    {replace(registryJSON, `"orderNumber":"1",`, ``), "stateFileNumber: is a record of an order"},
		"national, no order":      {replace(replace(registryJSON, `"orderNumber":"1",`, ``), `"S1"`, `""`), "nationalFileNumber: is a record of an order"},
		"reason, no outcome":      {replace(registryJSON, `"outcome":"DISMISSED",`, ``), "outcomeReason: says why an order ended"},
		"reason, granted":         {replace(registryJSON, `DISMISSED`, `GRANTED`), "outcomeReason: says why an order ended"},
		"person without a name":   {replace(registryJSON, `"firstName":"Ann",`, ``), "protectedPersons.2.firstName: is missing"},
		"person, one name":        {replace(registryJSON, `"firstName":"Ann","lastName":"Roe"`, `"firstName":"Ann"`), "protectedPersons.2.lastName: is missing"},
		"51 persons":              {replace(registryJSON, `[{"firstName":"Jane"`, `[`+strings.Repeat(`{},`, 50)+`{"firstName":"Jane"`), "protectedPersons: has more than 50 entries"},
		"replacement character":   {replace(registryJSON, `"Doe"`, `"Do\ufffd"`), "respondentLastName: holds a character that cannot be kept"},
		"invalid UTF-8":           {replace(registryJSON, `"Doe"`, "\"Do\xff\""), "respondentLastName: holds half of a surrogate pair, or is not valid UTF-8"},
		"invalid UTF-8 in a key":  {replace(registryJSON, `"exParte"`, "\"exPart\xff\""), "holds a field that this feed does not have"},
		"UTF-8 of a surrogate":    {replace(registryJSON, `"Doe"`, "\"Do\xed\xa0\x80\""), "respondentLastName: holds half of a surrogate pair"},
		"high surrogate alone":    {replace(registryJSON, `"Doe"`, `"Do\ud83d"`), "respondentLastName: holds half of a surrogate pair"},
		"low surrogate alone":     {replace(registryJSON, `"Doe"`, `"Do\udc90e"`), "respondentLastName: holds half of a surrogate pair"},
		"surrogate and a letter":  {replace(registryJSON, `"Doe"`, `"Do\ud83d\u0041"`), "respondentLastName: holds half of a surrogate pair"},
		"control character":       {replace(registryJSON, `"Doe"`, `"Do\u0000e"`), "respondentLastName: holds a character that cannot be kept"},
		"C1 control character":    {replace(registryJSON, `"Doe"`, `"Do\u0085e"`), "respondentLastName: holds a character that cannot be kept"},
		"tab":                     {replace(registryJSON, `"Doe"`, `"D\toe"`), "respondentLastName: holds a character that cannot be kept"},
		"line separator":          {replace(registryJSON, `"Doe"`, `"Do\u2028e"`), "respondentLastName: holds a character that cannot be kept"},
		"right-to-left override":  {replace(registryJSON, `"Doe"`, `"Do\u202ee"`), "respondentLastName: holds a character that cannot be kept"},
		"isolate in a town":       {replace(registryJSON, `Mystic`, "Mys\u2066tic"), "protectedPersons.1.home.town: holds a character that cannot be kept"},
		"line too long":           {replace(registryJSON, `{`, `{`+strings.Repeat(" ", maxLine)), "the line is longer than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			good, bad := collect(ReadRegistry(strings.NewReader(registryJSON + "\n" + c.row + "\n" + registryJSON)))
			if len(good) != 2 || good[0].Line != 1 || good[1].Line != 3 {
				t.Errorf("the good rows were not kept: %v", good)
			}
			if len(bad) != 1 || !strings.HasPrefix(bad[0], "line 2: ") || !strings.Contains(bad[0], c.says) {
				t.Errorf("got %q, want one error on line 2 that says %q", bad, c.says)
			}
		})
	}
}

func TestBadDaybookRows(t *testing.T) {
	for _, c := range []struct{ from, to, says string }{
		{`"HHD"`, `"XXX"`, "courtLocation: is not the code of a court location"},
		{`"HHD"`, `"Hartford"`, "courtLocation: is not the code of a court location"},
		{`"HHD"`, `""`, "courtLocation: is missing"},
		{`"John"`, `""`, "respondentFirstName: is missing"},
		{`"2026-11-02T09:12:00-05:00"`, `null`, "createdAt: is missing"},
		{`"2026-11-02T09:12:00-05:00"`, `"2026-11-02"`, "createdAt: Give a date and time"},
		{`"courtLocation"`, `"orderKind":"","courtLocation"`, "orderKind: is not a field of this feed"},
	} {
		good, bad := collect(ReadDaybook(strings.NewReader(strings.Replace(daybookJSON, c.from, c.to, 1)), knownCourt))
		if len(good) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0], "line 1: "+c.says) {
			t.Errorf("%s: %q, want %q", c.to, bad, c.says)
		}
	}
}

// A wrong row of CSV costs that row alone, also where a quote is never closed.
func TestBadCSV(t *testing.T) {
	for _, c := range []struct{ row, says string }{
		{"HHD,HHDFA265012345S,John,Doe,2026-11-02T14:12:00Z", "has 5 columns where the header has 6"},
		{"HHD,HHDFA265012345S,Doe, John,J,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z", "has 7 columns where the header has 6"},
		{`HHD,HHDFA265012345S,"John,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z`, "column 3 begins with a quote that is not closed on this line"},
		{`HHD,HHDFA265012345S,Jo"hn,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z`, "column 3 holds a quote but does not begin with one"},
		{`HHD,HHDFA265012345S,"Jo"hn,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z`, "column 3 goes on after its closing quote"},
		{"HHD,HHDFA265012345S,Jo\x00hn,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z", "respondentFirstName: holds a character that cannot be kept"},
		{"HHD,HHDFA265012345S,Jo\xffhn,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z", "respondentFirstName: holds a character that cannot be kept"},
		{"HHD,,John,Doe,2026-11-02T14:12:00Z,2026-11-02T14:12:00Z", "docketNumber: is missing"},
		{daybookJSON, "column 1 holds a quote"},
	} {
		good, bad := collect(ReadDaybook(strings.NewReader(daybookHeader+daybookCSV+c.row+"\n"+daybookCSV), knownCourt))
		if len(good) != 2 || len(bad) != 1 || !strings.HasPrefix(bad[0], "line 3: ") || !strings.Contains(bad[0], c.says) {
			t.Errorf("%q: %d rows, %q", c.row, len(good), bad)
		}
	}
}

// A wrong header ends the reading, and is not quoted if it may be a row.
func TestBadHeader(t *testing.T) {
	for _, c := range []struct{ header, says string }{
		{daybookCSV, "line 1: the file does not begin with a JSON object, nor with a CSV header that names docketNumber"},
		{"[" + daybookJSON + "]", "line 1: the file does not begin with a JSON object"},
		{"docketNumber,respondentLastName\n", "line 1: courtLocation: the header has no such column"},
		{strings.Replace(daybookHeader, "\n", ",colour\n", 1), "line 1: colour: is not a column of this feed; no row was read"},
		{strings.Replace(daybookHeader, "\n", ",12 Elm St\n", 1), "line 1: column 7: is not a column of this feed"},
		{strings.Replace(daybookHeader, "\n", ",createdAt\n", 1), "line 1: createdAt: the header names this column twice"},
		{strings.Replace(daybookHeader, "\n", ",\"createdAt\n", 1), "line 1: the file does not begin"},
	} {
		good, bad := collect(ReadDaybook(strings.NewReader(c.header+daybookCSV), knownCourt))
		if len(good) != 0 || len(bad) != 1 || !strings.HasPrefix(bad[0], c.says) {
			t.Errorf("%q: %d rows, %q", c.header, len(good), bad)
		}
	}
	header, row, _ := strings.Cut(registryCSV, "\n")
	for _, name := range []string{
		"protectedPersons", "protectedPersons.1", "protectedPersons.1.home", "protectedPersons.01.firstName",
		"protectedPersons.51.firstName", "protectedPersons.-1.firstName", "protectedPersons.#.firstName", "respondentHome",
	} {
		good, bad := collect(ReadRegistry(strings.NewReader(header + "," + name + "\n" + row)))
		if len(good) != 0 || len(bad) != 1 || !strings.Contains(bad[0], "is not a column of this feed") {
			t.Errorf("%q: %d rows, %q", name, len(good), bad)
		}
	}
}

func TestNothingToRead(t *testing.T) {
	for _, file := range []string{"", "\n\n", "\uFEFF", daybookHeader, "\uFEFF" + daybookHeader + "\r\n"} {
		if good, bad := collect(ReadDaybook(strings.NewReader(file), knownCourt)); good != nil || bad != nil {
			t.Errorf("%q: %v %v", file, good, bad)
		}
	}
}

// No error repeats what stands in a row: it may be a protected person's
// address (C.G.S. §51-5c).
func TestErrorsNeverRepeatContent(t *testing.T) {
	const canary = "Kanarienvogel"
	var files []string
	for _, value := range []string{canary + "\u0007", canary + "\u202e", strings.Repeat(canary, 20), canary, canary + " x", "\xff" + canary} {
		header, _, _ := strings.Cut(registryCSV, "\n")
		columns := strings.Count(header, ",") + 1
		for i := range columns {
			row := make([]string, columns)
			row[i] = value
			files = append(files, header+"\n"+strings.Join(row, ","), strings.Join(row, ","), value+","+header)
		}
		for from := range strings.SplitSeq(registryJSON, ",") {
			files = append(files,
				strings.Replace(registryJSON, from, fmt.Sprintf(`%s{%q`, from, value), 1),
				strings.Replace(registryJSON, from, fmt.Sprintf(`"%s x":%q,%s`, value, value, from), 1))
			if key, old, ok := strings.Cut(from, ":"); ok {
				files = append(files, strings.Replace(registryJSON, from, key+`:"`+value+`"`+old[len(strings.TrimRight(old, "]}")):], 1))
			}
		}
	}
	errs := 0
	for _, file := range files {
		_, bad := collect(ReadRegistry(strings.NewReader(file)))
		for _, text := range bad {
			errs++
			// A field that is shaped like a name is repeated, by design.
			if strings.Contains(text, canary) && !strings.Contains(text, canary+": is not a column of this feed") {
				t.Errorf("%q repeats the row", text)
			}
		}
	}
	if errs < 200 {
		t.Errorf("only %d errors were looked at", errs)
	}
}

// Whatever comes, one line is held at a time.
func TestMemoryIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	endless := io.LimitReader(zeros{}, 64<<20)
	file := io.MultiReader(strings.NewReader(daybookHeader+daybookCSV+`"`), endless, strings.NewReader("\n"+daybookCSV))
	good, bad := collect(ReadDaybook(file, knownCourt))
	runtime.ReadMemStats(&after)
	if len(good) != 2 || len(bad) != 1 || bad[0] != "line 3: the line is longer than 1 MiB" {
		t.Errorf("%v %q", good, bad)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes were allocated for a line of 64 MiB", used)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

func TestReadErrorEndsTheReading(t *testing.T) {
	broken := errors.New("broken pipe")
	r := io.MultiReader(strings.NewReader(daybookJSON+"\n"+daybookJSON[:20]), iotest.ErrReader(broken))
	var last error
	rows := 0
	for _, err := range ReadDaybook(r, knownCourt) {
		rows++
		last = err
	}
	var bad *RowError
	if rows != 2 || !errors.Is(last, broken) || errors.As(last, &bad) {
		t.Errorf("%d rows, last error %v", rows, last)
	}
}

// Half-read files and tiny reads change nothing; leaving early is allowed.
func TestSmallReadsAndLeavingEarly(t *testing.T) {
	file := strings.Repeat(daybookJSON+"\n{\n", 3)
	good, bad := collect(ReadDaybook(iotest.OneByteReader(strings.NewReader(file)), knownCourt))
	if len(good) != 3 || len(bad) != 3 {
		t.Errorf("%v %v", good, bad)
	}
	for _, stopAt := range []int{1, 2} {
		for row := range ReadDaybook(strings.NewReader(file), knownCourt) {
			if row.Line == stopAt {
				break
			}
		}
	}
}

// Fifty protected persons are read, numbered from 0 or from 1; one more is not.
func TestFiftyPersons(t *testing.T) {
	header, row, _ := strings.Cut("docketNumber,orderNumber,orderKind,respondentFirstName,respondentLastName,sourceUpdatedAt\n"+
		"HHDFA265012345S,1,RELIEF_FROM_ABUSE,John,Doe,2026-11-02T10:05:00-05:00", "\n")
	for _, c := range []struct{ from, to, want int }{{0, 49, 50}, {1, 50, 50}, {0, 50, 0}} {
		h, r := header, row
		for i := c.from; i <= c.to; i++ {
			h += fmt.Sprintf(",protectedPersons.%d.lastName,protectedPersons.%d.firstName", i, i)
			r += fmt.Sprintf(",Roe %d,Jane", i)
		}
		good, bad := collect(ReadRegistry(strings.NewReader(h + "\n" + r)))
		switch {
		case c.want == 0 && (len(bad) != 1 || bad[0] != "line 2: protectedPersons: has more than 50 entries"):
			t.Errorf("%v: %v %q", c, good, bad)
		case c.want > 0 && (len(good) != 1 || len(good[0].Facts.ProtectedPersons) != c.want):
			t.Errorf("%v: %v %q", c, good, bad)
		}
	}
}
