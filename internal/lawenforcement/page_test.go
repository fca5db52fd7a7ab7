package lawenforcement

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

// sample is the notice that most tests begin with.
func sample() Notice {
	return Notice{
		Delivery:    "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VB",
		Agency:      Agency{Name: "West Hartford Police Department", ORI: "CT0015500"},
		Reasons:     []terms.NoticeReason{terms.RespondentHome, terms.ProtectedPersonWork},
		Docket:      "HHDFA265012345S",
		Court:       Court{Code: "HHD", Name: "Hartford Judicial District at Hartford"},
		Respondents: []string{"José Nuñez"},
		OrderKind:   terms.ReliefFromAbuse,
		ExecutedAt:  time.Date(2026, 11, 25, 2, 40, 0, 0, time.UTC),
		Method:      terms.MethodHand,
		Officer:     "State Marshal Łukasz Żółkiewski",
		RecordedAt:  time.Date(2026, 11, 25, 2, 47, 12, 0, time.UTC),
		Addresses: []Address{
			{Reason: terms.RespondentHome, Person: "José Nuñez", Street: "12 Elm Street, Apt. 4", Town: "West Hartford", State: "CT", Zip: "06107"},
			{Reason: terms.ProtectedPersonWork, Person: "Nguyễn Thị Hương", Street: "1 Farmington Avenue", Town: "West Hartford", State: "CT", Zip: "06119"},
		},
		Registry: Contact{CallBack: "(860) 555-0142", Contact: "Registry Section, registry@example.gov"},
	}
}

func newTestPage(t testing.TB) *Page {
	t.Helper()
	p, err := NewPage()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func BenchmarkNewPage(b *testing.B) {
	for b.Loop() {
		newTestPage(b)
	}
}

func BenchmarkRender(b *testing.B) {
	p := newTestPage(b)
	plain := sample()
	plain.Officer, plain.Respondents = "State Marshal Ann Smith", []string{"John Brown"}
	plain.Addresses = nil
	for _, c := range []struct {
		name string
		n    Notice
	}{{"ascii names", plain}, {"Polish and Vietnamese names", sample()}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var size int
			for b.Loop() {
				pdf, err := p.Render(c.n)
				if err != nil {
					b.Fatal(err)
				}
				size = len(pdf)
			}
			b.ReportMetric(float64(size), "bytes/page")
		})
	}
}

// §3(d): the basic case information with the date and time of service, as a
// reader of the page finds it.
func TestPageSaysWhatPoliceNeed(t *testing.T) {
	p := newTestPage(t)
	tests := []struct {
		name   string
		change func(*Notice)
		want   string
	}{
		{"served in hand", func(*Notice) {}, `
Connecticut Protection Order Registry: notice of service
RESPONDENT SERVED
Respondent José Nuñez
Served Tue Nov 24 2026, 9:40 PM EST
How In hand: given to the respondent in person
Docket HHD-FA-26-5012345-S
Court HHD: Hartford Judicial District at Hartford
Order Relief from abuse (C.G.S. §46b-15)
To West Hartford Police Department
ORI CT0015500
Why you are told In your area: respondent's home, protected person's work
Addresses - respondent's home: José Nuñez, 12 Elm Street, Apt. 4, West
Hartford, CT 06107
- protected person's work: Nguyễn Thị Hương, 1 Farmington
Avenue, West Hartford, CT 06119
Served by State Marshal Łukasz Żółkiewski
Police assistance Not asked for
Recorded Tue Nov 24 2026, 9:47 PM EST
` + footWords},
		{"a hearing notice alone, at abode, in summer, little known", func(n *Notice) {
			n.OrderKind, n.Method, n.PoliceAssistance = "", terms.MethodAbode, true
			n.ExecutedAt = time.Date(2026, 7, 1, 16, 5, 0, 0, time.UTC)
			n.RecordedAt = time.Date(2026, 7, 1, 16, 6, 0, 0, time.UTC)
			n.Respondents, n.Officer, n.Addresses, n.Agency.ORI = nil, " ", nil, ""
		}, `
Connecticut Protection Order Registry: notice of service
RESPONDENT SERVED
Respondent Name not in the registry
Served Wed Jul 1 2026, 12:05 PM EDT
How At abode: left at the respondent's usual place of abode
Docket HHD-FA-26-5012345-S
Court HHD: Hartford Judicial District at Hartford
Order Not known to the registry at this time
To West Hartford Police Department
ORI none on file
Why you are told In your area: respondent's home, protected person's work
Served by Name not in the registry
Police assistance Asked for by the officer
Recorded Wed Jul 1 2026, 12:06 PM EDT
` + footWords},
		{"a correction says what it replaces", func(n *Notice) {
			n.Correction, n.Replaces = Corrected, "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA"
			n.ReplacesSentAt = time.Date(2026, 11, 25, 1, 47, 30, 0, time.UTC)
			n.Before = "Served Tue Nov 24 2026, 8:40 PM EST, at abode"
			n.Addresses = nil
		}, `
CORRECTION
Replaces notice dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA
Sent Tue Nov 24 2026, 8:47 PM EST
Connecticut Protection Order Registry: notice of service
RESPONDENT SERVED
Respondent José Nuñez
Served Tue Nov 24 2026, 9:40 PM EST
How In hand: given to the respondent in person
Docket HHD-FA-26-5012345-S
Court HHD: Hartford Judicial District at Hartford
Order Relief from abuse (C.G.S. §46b-15)
Told before Served Tue Nov 24 2026, 8:40 PM EST, at abode
To West Hartford Police Department
ORI CT0015500
Why you are told You were sent the earlier notice. In your area then:
respondent's home, protected person's work
Served by State Marshal Łukasz Żółkiewski
Police assistance Not asked for
Corrected Tue Nov 24 2026, 9:47 PM EST
` + footWords},
		{"§3(d): a withdrawal never says served", func(n *Notice) {
			n.Correction, n.Replaces = Withdrawn, "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA"
			n.ReplacesSentAt = time.Date(2026, 11, 25, 1, 47, 30, 0, time.UTC)
			n.Before = "Served Tue Nov 24 2026, 8:40 PM EST, at abode"
			n.ExecutedAt, n.Method, n.Addresses = time.Time{}, "", nil
		}, withdrawnWords("NOT SERVED: SERVICE TAKEN BACK", `
What this means Service was recorded in error. Treat the order as NOT
SERVED. Do not rely on the earlier notice.`)},
		{"a withdrawal while another service stands", func(n *Notice) {
			n.Correction, n.Replaces = Withdrawn, "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA"
			n.ReplacesSentAt = time.Date(2026, 11, 25, 1, 47, 30, 0, time.UTC)
			n.Before = "Served Tue Nov 24 2026, 8:40 PM EST, at abode"
			n.AnotherStands, n.AnotherServedAt = true, n.ExecutedAt
			n.ExecutedAt, n.Method, n.Addresses = time.Time{}, "", nil
		}, withdrawnWords("ANOTHER SERVICE STANDS", `
What this means That service was recorded in error. Another service of
this order stands, of which you have a notice of its
own: served Tue Nov 24 2026, 9:40 PM EST.`)},
		{"a withdrawal while a service stands that this agency was not told of", func(n *Notice) {
			n.Correction, n.Replaces, n.AnotherStands = Withdrawn, "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA", true
			n.ReplacesSentAt = time.Date(2026, 11, 25, 1, 47, 30, 0, time.UTC)
			n.Before = "Served Tue Nov 24 2026, 8:40 PM EST, at abode"
			n.ExecutedAt, n.Method, n.Addresses = time.Time{}, "", nil
		}, withdrawnWords("ANOTHER SERVICE STANDS", `
What this means That service was recorded in error. Another service of
this order is on record. Call the registry before you act
on this order.`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := sample()
			tt.change(&n)
			pdf, err := p.Render(n)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(tt.want), pdfLines(t, pdf)); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
		})
	}
}

func withdrawnWords(headline, meaning string) string {
	return `
WITHDRAWN
Takes back notice dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA
Sent Tue Nov 24 2026, 8:47 PM EST
Connecticut Protection Order Registry: notice of service
` + headline + `
Respondent José Nuñez` + meaning + `
Docket HHD-FA-26-5012345-S
Court HHD: Hartford Judicial District at Hartford
Order Relief from abuse (C.G.S. §46b-15)
Told before Served Tue Nov 24 2026, 8:40 PM EST, at abode
To West Hartford Police Department
ORI CT0015500
Why you are told You were sent the earlier notice. In your area then:
respondent's home, protected person's work
Taken back Tue Nov 24 2026, 9:47 PM EST
` + footWords
}

const footWords = `Questions, or not your agency? Call (860) 555-0142
Registry Section, registry@example.gov
Notice dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VB Page 1 of 1
If you receive this page twice, it is the same notice.
CONFIDENTIAL (C.G.S. §51-5c). For law enforcement use only. If this page reached
you in error, call the number above and destroy it. Do not copy it or pass it on.`

// The worst that a registry could hold: still one page, nothing over the edge,
// nothing over anything else, the deciding facts in the top half.
func TestPageHoldsWhateverItIsGiven(t *testing.T) {
	p := newTestPage(t)
	words := strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 40)
	unbroken := strings.Repeat("Ẩ", 5000)
	emoji := strings.Repeat("\U0001F600", 300)
	for _, long := range []string{words, unbroken, emoji} {
		for kind := range correctionWords {
			n := sample()
			n.Agency = Agency{Name: long, ORI: long}
			n.Reasons = []terms.NoticeReason{terms.RespondentHome, terms.ProtectedPersonHome, terms.ProtectedPersonWork}
			n.Court = Court{Code: "HHD", Name: long}
			n.Respondents = []string{long, long, long}
			n.Officer, n.Registry.Contact = long, long
			n.OrderKind, n.Method = terms.CivilProtectionOrder, terms.MethodAbode
			for range 30 {
				n.Addresses = append(n.Addresses, Address{Reason: terms.ProtectedPersonHome, Person: long, Street: long})
			}
			if n.Correction = kind; kind != FirstNotice {
				n.Replaces, n.Before = "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA", long
				n.ReplacesSentAt = n.RecordedAt
			}
			if kind == Withdrawn {
				n.AnotherStands, n.AnotherServedAt = true, n.ExecutedAt
			}
			name := string(kind) + " " + n.Respondents[0][:8]
			pdf, err := p.Render(n)
			if err != nil {
				t.Errorf("%q: %v", name, err)
				continue
			}
			if !bytes.Contains(pdf, []byte("/Count 1\n")) {
				t.Errorf("%q: not one page", name)
			}
			checkBoxes(t, name, pdfWords(t, pdf))
			if got := strings.Join(strings.Fields(pdfLines(t, pdf)), " "); !strings.Contains(got, "respondent's home, protected person's home, protected person's work") {
				t.Errorf("%q: not every reason is there:\n%s", name, got)
			}
		}
	}
}

// checkBoxes looks at where the words stand.
func checkBoxes(t *testing.T, name string, words []word) {
	t.Helper()
	const edge = 15 / mmPerPoint // points
	for i, a := range words {
		if a.XMin < edge || a.YMin < edge || a.XMax > pageWidth/mmPerPoint-edge || a.YMax > pageHeight/mmPerPoint-edge {
			t.Errorf("%q: %q stands in the margin: %+v", name, a.Text, a)
		}
		if a.Text == "HHD-FA-26-5012345-S" && a.YMax > pageHeight/mmPerPoint/2 {
			t.Errorf("%q: the docket stands in the lower half: %+v", name, a)
		}
		for _, b := range words[:i] {
			// The boxes are those of the type, ascenders and all: 2 points of
			// two lines may meet.
			if a.XMin < b.XMax-1 && b.XMin < a.XMax-1 && a.YMin < b.YMax-2 && b.YMin < a.YMax-2 {
				t.Errorf("%q: %q and %q overlap: %+v %+v", name, a.Text, b.Text, a, b)
			}
		}
	}
}

func TestCutTextSaysSo(t *testing.T) {
	n := sample()
	n.Respondents = []string{strings.Repeat("Wolfeschlegelsteinhausenbergerdorff ", 10)}
	pdf, err := newTestPage(t).Render(n)
	if err != nil {
		t.Fatal(err)
	}
	if got := pdfLines(t, pdf); strings.Count(got, more) != 1 {
		t.Errorf("want one mark %q in:\n%s", more, got)
	}
}

func TestUndrawableCharactersAreShownAndExplained(t *testing.T) {
	n := sample()
	n.Respondents = []string{"Ana \U0001F600 \u202EDoe"}
	pdf, err := newTestPage(t).Render(n)
	if err != nil {
		t.Fatal(err)
	}
	got := pdfLines(t, pdf)
	for _, want := range []string{"Respondent Ana [U+1F600] [U+202E]Doe", "[U+...] stands for a character that this page cannot print"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

// A page is printed once and stored, and a test or an auditor can print it
// again: the same bytes, from any goroutine.
func TestEqualNoticesGiveEqualBytes(t *testing.T) {
	p, other := newTestPage(t), newTestPage(t)
	want, err := p.Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			page := []*Page{p, other}[i%2]
			different := sample()
			different.Officer = strings.Repeat("Ẩ", i)
			if _, err := page.Render(different); err != nil {
				t.Error(err)
			}
			got, err := page.Render(sample())
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("printed again: %d bytes instead of %d, error %v", len(got), len(want), err)
			}
		})
	}
	wg.Wait()
}

// A rune that reaches the paper undrawn would be an empty box, so it is an error.
func TestSheetRefusesWhatItCannotDraw(t *testing.T) {
	p := newTestPage(t)
	s := newSheet("test", time.Unix(0, 0))
	s.text(p.sans, textPoints, margin, margin, "\U0001F600")
	if _, err := s.finish(); err == nil {
		t.Error("an emoji was drawn")
	}
}
