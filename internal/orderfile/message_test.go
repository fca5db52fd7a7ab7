package orderfile

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/service-tracking/sts/internal/terms"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Núñez, José":           "NUNEZ, JOSE",
		"Łukasz Żółkiewski":     "LUKASZ ZOLKIEWSKI",
		"Straße, STRAẞE":        "STRASSE, STRASSE",
		"Ørsted Æther Þór Œuf":  "ORSTED AETHER THOR OEUF",
		"Nguyễn Đức":            "NGUYEN DUC",
		"Işık İpek":             "ISIK IPEK",
		"O’Brien-Smith":         "O'BRIEN-SMITH",
		"Kealiʻi":               "KEALI'I",
		"Doe, John Q.":          "DOE, JOHN Q",
		"A/B.C":                 "A B C",
		"a\u2100b":              "AA CB", // ℀ is a/c in one letter
		"full\uff0estop\uff0f1": "FULL STOP 1",
		"ﬁ ½ ①":                 "FI 1 2 1",
		"  many\t\n spaces  ":   "MANY SPACES",
		"e\u0301":               "E",
		"":                      "",
		"(\"quoted\")":          "QUOTED",
	} {
		if got, err := Fold(in); err != nil || got != want {
			t.Errorf("%q became %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"Иванов", "王", "Jo\xffhn", "٣"} {
		if got, err := Fold(in); err == nil {
			t.Errorf("%q became %q: a name with holes", in, got)
		}
	}
}

func TestOrderName(t *testing.T) {
	for _, c := range [][3]string{
		{"Doe", "John Q", "Doe, John Q"},
		{"Doe, Jr", "John", "Doe  Jr, John"},
		{"Doe", "", "Doe"},
		{" Doe ", " John ", "Doe, John"},
	} {
		if got := OrderName(c[0], c[1]); got != c[2] {
			t.Errorf("%q, %q became %q", c[0], c[1], got)
		}
	}
}

// §3(e): the state file learns date and time of service, in court time.
func TestUpdateCarriesDateAndTimeOfService(t *testing.T) {
	full := DefaultProfile()
	noTime := full
	noTime.TimeTag = ""
	at := func(s string) time.Time {
		instant, err := terms.ParseInstant(s)
		if err != nil {
			t.Fatal(err)
		}
		return instant
	}
	late := at("2026-11-25T02:40:00Z") // 9:40 p.m. of the day before, in court time
	for name, c := range map[string]struct {
		profile Profile
		values  ServiceValues
		key     MessageKey
		want    string
	}{
		"served, with the time":    {full, full.Served(late), ModifyOrder, "MPO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/1.SVD/20261124.SVT/2140."},
		"a temporary order":        {full, full.Served(late), ModifyTemporaryOrder, "MTO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/1.SVD/20261124.SVT/2140."},
		"a switch without time":    {noTime, noTime.Served(late), ModifyOrder, "MPO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/1.SVD/20261124."},
		"served in summer":         {full, full.Served(at("2026-07-01T03:59:00Z")), ModifyOrder, "MPO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/1.SVD/20260630.SVT/2359."},
		"not served after all":     {full, full.NotServed(), ModifyOrder, "MPO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/2.SVD/.SVT/."},
		"the hour that comes back": {full, full.Served(at("2026-11-01T06:30:00Z")), ModifyOrder, "MPO.CT018015J.NIC/H123456789.NAM/NUNEZ, JOSE.SVC/1.SVD/20261101.SVT/0130."},
	} {
		u := service("H123456789")
		u.ControlNumber, u.Key, u.Values = "K7Q2M9XW4T", c.key, c.values
		body, err := c.profile.Encode(u)
		if want := "STSCT001.K7Q2M9XW4T.STSDISP." + c.want; err != nil || string(body) != want {
			t.Errorf("%s:\n got %s, %v\nwant %s", name, body, err, want)
		}
	}
}

func TestWhatCannotBeSentNamesItsField(t *testing.T) {
	for tag, spoil := range map[string]func(*Update){
		"REF": func(u *Update) { u.ControlNumber = "short" },
		"MKE": func(u *Update) { u.Key = "XPO" },
		"ORI": func(u *Update) { u.ORI = "CT018" },
		"NIC": func(u *Update) { u.RecordNumber = "H1.SVC/2" },
		"NAM": func(u *Update) { u.Name = "..." },
		"SVC": func(u *Update) { u.Values.Code = "" },
		"SVD": func(u *Update) { u.Values.Date = "20261301" },
		"SVT": func(u *Update) { u.Values.Time = "2560" },
		"":    func(u *Update) { u.Values.Code = "1.SVD/20200101" },
	} {
		u := service("H123456789")
		spoil(&u)
		_, err := DefaultProfile().Encode(u)
		var field *FieldError
		if !errors.As(err, &field) || field.Tag != tag || !errors.Is(err, ErrNotSent) {
			t.Errorf("%q: %v", tag, err)
		}
	}
}

func TestParseMessageIsStrict(t *testing.T) {
	good := "STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.SEQ/0000481516.NIC/H123456789.TIM/20261125T024003Z."
	if _, err := ParseMessage([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"empty":                 "",
		"another header":        strings.Replace(good, "STSCT001", "STSCT002", 1),
		"no period at the end":  strings.TrimSuffix(good, "."),
		"a tag twice":           good + "SEQ/1.",
		"a field without slash": good + "SEQ.",
		"two slashes":           good + "TXT/A/B.",
		"a long tag":            good + "LONGTAG/1.",
		"an empty part":         "STSCT001.K7Q2M9XW4T.STATE.ACK..SEQ/1.",
		"no key":                "STSCT001.K7Q2M9XW4T.STATE.",
		"a control number of 9": "STSCT001.K7Q2M9XW4.STATE.ACK.MPO.",
		"a letter not used":     "STSCT001.K7Q2M9XW4U.STATE.ACK.MPO.",
	} {
		if m, err := ParseMessage([]byte(body)); !errors.Is(err, ErrBadMessage) {
			t.Errorf("%s: read as %+v, %v", name, m, err)
		}
	}
}

func TestParseAnswer(t *testing.T) {
	at := time.Date(2026, 11, 25, 2, 40, 3, 0, time.UTC)
	for body, want := range map[string]Answer{
		"STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.SEQ/0000481516.NIC/H123456789.TIM/20261125T024003Z.": {
			ControlNumber: "K7Q2M9XW4T", Kind: Acknowledged, File: StateFile, RecordNumber: "H123456789", Sequence: "0000481516", At: at,
		},
		"STSCT001.K7Q2M9XW4T.NATNL.ACK.MPO.NIC/H123456789.TIM/20261125T024003Z.": {
			ControlNumber: "K7Q2M9XW4T", Kind: Acknowledged, File: NationalFile, RecordNumber: "H123456789", At: at,
		},
		"STSCT001.K7Q2M9XW4T.STATE.REJ.COD/R02.TXT/NOT ON FILE.": {
			ControlNumber: "K7Q2M9XW4T", Kind: Rejected, File: StateFile, Code: NotOnFile, Text: "NOT ON FILE",
		},
		"STSCT001..STATE.STS.COD/S02.FILE/NATNL.TXT/OUT OF SERVICE, WILL FORWARD.": {
			Kind: StatusTold, File: NationalFile, Code: WillForward, Text: "OUT OF SERVICE, WILL FORWARD",
		},
		"STSCT001.W3RD0N5Z8H.STATE.REC.NIC/H123456789.NAM/DOE, JOHN.SVC/1.SVD/20261124.SVT/2140.SEQ/0000481516.DLU/20261125T024003Z.FILE/STATE.": {
			ControlNumber: "W3RD0N5Z8H", Kind: RecordShown, File: StateFile, RecordNumber: "H123456789", Sequence: "0000481516",
			Record: &Record{
				File: StateFile, OnFile: true, RecordNumber: "H123456789", Name: "DOE, JOHN",
				Values: ServiceValues{"1", "20261124", "2140"}, Sequence: "0000481516", LastUpdated: at,
			},
		},
	} {
		got, err := DefaultProfile().ParseAnswer([]byte(body))
		want.Raw = body
		if want.Record != nil {
			want.Record.Raw = body
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", body, err, diff)
		}
	}
	for _, body := range []string{
		"garbage", "STSCT001.K7Q2M9XW4T.OTHER.ACK.MPO.", "STSCT001.K7Q2M9XW4T.STATE.XYZ.",
		"STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.TIM/YESTERDAY.", "STSCT001.K7Q2M9XW4T.STATE.REC.DLU/NOW.",
	} {
		if a, err := DefaultProfile().ParseAnswer([]byte(body)); err == nil || a.Kind != Unreadable || a.Raw != body {
			t.Errorf("%s: read as %+v, %v", body, a, err)
		}
	}
}

func TestControlNumbersAreWellFormedAndDiffer(t *testing.T) {
	seen := map[ControlNumber]bool{}
	for range 1000 {
		c := NewControlNumber()
		if !c.valid() || seen[c] {
			t.Fatalf("%q is not well formed, or came twice", c)
		}
		seen[c] = true
	}
}

// No name, whatever is in it, may write a field of its own.
func FuzzNoValueForgesAField(f *testing.F) {
	for _, s := range []string{"DOE, JOHN.SVC/2", "a\uff0eSVC\uff0f2.", "\u2100\u2101\u2105\u2106", "x\u2024SVC\u20442", "\x00\n./", "Ñ", "ß"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, name, record, code string) {
		u := service("H123456789")
		u.Name = name
		forged(t, u)
		u.RecordNumber, u.Values.Code = record, code
		forged(t, u)
		if folded, err := Fold(name); err == nil {
			if again, err := Fold(folded); err != nil || again != folded {
				t.Errorf("%q folds to %q and that to %q, %v", name, folded, again, err)
			}
		}
	})
}

func forged(t *testing.T, u Update) {
	body, err := DefaultProfile().Encode(u)
	if err != nil {
		return
	}
	name, err := Fold(u.Name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMessage(body)
	if err != nil {
		t.Fatalf("%q cannot be read: %v", body, err)
	}
	want := Message{
		ControlNumber: u.ControlNumber, From: "STSDISP", Key: "MPO", Subject: u.ORI,
		Fields: Fields{{"NIC", u.RecordNumber}, {"NAM", name}, {"SVC", u.Values.Code}, {"SVD", u.Values.Date}, {"SVT", u.Values.Time}},
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Errorf("another message than was meant:\n%s", diff)
	}
	if _, err := (Frame{FrameMessage, 1, body}).Append(nil, MaxFrame); err != nil {
		t.Errorf("%q fits in no frame: %v", body, err)
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add("STSCT001.K7Q2M9XW4T.STATE.ACK.MPO.SEQ/0000481516.NIC/H123456789.TIM/20261125T024003Z.")
	f.Add("STSCT001..STATE.STS.COD/S02.FILE/NATNL.TXT/OUT OF SERVICE, WILL FORWARD.")
	f.Fuzz(func(t *testing.T, body string) {
		m, err := ParseMessage([]byte(body))
		if err != nil {
			return
		}
		if again, err := m.Encode(); err != nil || string(again) != body {
			t.Errorf("%q was read, and would be written as %q, %v", body, again, err)
		}
	})
}
