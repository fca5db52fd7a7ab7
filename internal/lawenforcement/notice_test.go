package lawenforcement

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

// A page that police could not act on is refused, with everything that is
// missing; what they can do without is not asked for.
func TestNoticeCheck(t *testing.T) {
	const earlier = terms.ID("dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA")
	tests := []struct {
		name   string
		change func(*Notice)
		want   string // a part of the error, empty for none
	}{
		{"complete", func(n *Notice) {}, ""},
		{"names, order, ORI and addresses unknown", func(n *Notice) {
			n.Respondents, n.Officer, n.OrderKind, n.Agency.ORI, n.Addresses, n.Court = nil, "", "", "", nil, Court{}
		}, ""},
		{"withdrawn without a time of service", func(n *Notice) {
			n.Correction, n.Replaces, n.ExecutedAt, n.Method = Withdrawn, earlier, time.Time{}, ""
		}, ""},
		{"corrected", func(n *Notice) { n.Correction, n.Replaces = Corrected, earlier }, ""},
		{"no delivery", func(n *Notice) { n.Delivery = "" }, "the delivery has no id"},
		{"another id", func(n *Notice) { n.Delivery = "act_01JQ8ZK4T2E9XWR7M3H5N6P0VA" }, "the delivery has no id"},
		{"no agency", func(n *Notice) { n.Agency.Name = " " }, "the agency has no name"},
		{"no reason", func(n *Notice) { n.Reasons = nil }, "no reason to tell"},
		{"unknown reason", func(n *Notice) { n.Reasons[0] = "X" }, `reason "X" is not known`},
		{"unknown reason of an address", func(n *Notice) { n.Addresses[0].Reason = "X" }, `unknown reason "X"`},
		{"docket as people type it", func(n *Notice) { n.Docket = "hhd-fa-26-5012345-s" }, "docket number is not"},
		{"unknown order", func(n *Notice) { n.OrderKind = "X" }, `order kind "X"`},
		{"no time of service", func(n *Notice) { n.ExecutedAt = time.Time{} }, "no time of service"},
		{"no time of recording", func(n *Notice) { n.RecordedAt = time.Time{} }, "no time of recording"},
		{"no method", func(n *Notice) { n.Method = "" }, `service method ""`},
		{"unknown correction", func(n *Notice) { n.Correction, n.Replaces = "X", earlier }, `correction kind "X"`},
		{"a correction of nothing", func(n *Notice) { n.Correction = Corrected }, "names the notice it replaces"},
		{"a first notice that replaces", func(n *Notice) { n.Replaces = earlier }, "names the notice it replaces"},
		{"served, and another stands", func(n *Notice) { n.AnotherStands = true }, "says that another stands"},
		{"nobody to call", func(n *Notice) { n.Registry.CallBack = "" }, "no number to call back"},
		{"two things at once", func(n *Notice) { n.Reasons, n.Method = nil, "" }, "no reason to tell this agency\nservice method"},
	}
	p := newTestPage(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := sample()
			tt.change(&n)
			_, err := p.Render(n)
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want %q", err, tt.want)
			case err != nil && (strings.Contains(err.Error(), "Nuñez") || strings.Contains(err.Error(), "Elm")):
				t.Errorf("the error names people: %v", err)
			}
		})
	}
}

const sampleJSON = `{
  "format": "sts-notice/1",
  "delivery": "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VB",
  "agency": {
    "name": "West Hartford Police Department",
    "ori": "CT0015500"
  },
  "reasons": [
    "RESPONDENT_HOME",
    "PROTECTED_PERSON_WORK"
  ],
  "docket": "HHDFA265012345S",
  "court": {
    "code": "HHD",
    "name": "Hartford Judicial District at Hartford"
  },
  "respondents": [
    "José Nuñez"
  ],
  "orderKind": "RELIEF_FROM_ABUSE",
  "executedAt": "2026-11-25T02:40:00Z",
  "method": "HAND",
  "officer": "State Marshal Łukasz Żółkiewski",
  "policeAssistance": false,
  "recordedAt": "2026-11-25T02:47:12Z",
  "addresses": [
    {
      "reason": "RESPONDENT_HOME",
      "person": "José Nuñez",
      "street": "12 Elm Street, Apt. 4",
      "town": "West Hartford",
      "state": "CT",
      "zip": "06107"
    },
    {
      "reason": "PROTECTED_PERSON_WORK",
      "person": "Nguyễn Thị Hương",
      "street": "1 Farmington Avenue",
      "town": "West Hartford",
      "state": "CT",
      "zip": "06119"
    }
  ],
  "correction": "CORRECTED",
  "replaces": "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA",
  "replacesSentAt": "2026-11-25T01:47:30Z",
  "before": "Served <earlier>",
  "registry": {
    "callBack": "(860) 555-0142",
    "contact": "Registry Section, registry@example.gov"
  }
}
`

// The field names are a promise to whoever reads the spool.
func TestNoticeJSON(t *testing.T) {
	n := sample()
	n.Correction, n.Replaces, n.Before = Corrected, "dlv_01JQ8ZK4T2E9XWR7M3H5N6P0VA", "Served <earlier>"
	n.ReplacesSentAt = time.Date(2026, 11, 25, 1, 47, 30, 0, time.UTC)
	elsewhere := n
	elsewhere.ExecutedAt = n.ExecutedAt.In(terms.CourtZone) // the same instant in another zone
	for _, n := range []Notice{n, elsewhere} {
		got, err := n.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sampleJSON, string(got)); diff != "" {
			t.Errorf("JSON (-want +got):\n%s", diff)
		}
	}
	back, err := ParseNotice([]byte(sampleJSON))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestNoticeJSONLeavesOutWhatIsNotKnown(t *testing.T) {
	n := sample()
	n.ExecutedAt, n.Method = time.Time{}, ""
	b, err := n.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(b, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"executedAt", "method", "correction", "replaces", "replacesSentAt", "before", "anotherStands", "anotherServedAt"} {
		if v, ok := fields[name]; ok {
			t.Errorf("%s is there: %v", name, v)
		}
	}
}

func TestParseNoticeRefuses(t *testing.T) {
	for _, in := range []string{"", "{}", `{"format":"sts-notice/2"}`} {
		if _, err := ParseNotice([]byte(in)); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}
