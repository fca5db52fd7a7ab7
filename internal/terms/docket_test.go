package terms_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/terms"
)

var dockets = rapid.StringMatching(`[A-Z]{3}(FA|CV)[0-9]{9}[A-Z]`)

// §4(c): the docket number is taken as people type it, and shown in one form.
func TestDocketNumbersAreTakenAsPeopleTypeThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		canonical := dockets.Draw(t, "docket")
		typed := ""
		for _, r := range canonical {
			if rapid.Bool().Draw(t, "lower") {
				r = rapid.SampledFrom([]rune(strings.ToLower(string(r)))).Draw(t, "letter")
			}
			typed += rapid.SampledFrom([]string{"", "", "", "-", " ", "\u2011", ".", "\u00a0"}).Draw(t, "between") + string(r)
		}
		got, err := terms.ParseDocket(typed)
		if err != nil || string(got) != canonical {
			t.Fatalf("%q: %q, %v; want %q", typed, got, err, canonical)
		}
		if again, err := terms.ParseDocket(got.Display()); err != nil || again != got {
			t.Fatalf("shown as %q, read back as %q, %v", got.Display(), again, err)
		}
		var out bytes.Buffer
		got.MarshalGQL(&out)
		var read terms.Docket
		if err := read.UnmarshalGQL(strings.Trim(out.String(), `"`)); err != nil || read != got {
			t.Fatalf("over GraphQL: %s, %v", out.String(), err)
		}
		if got.Court() != canonical[:3] {
			t.Fatalf("court %q", got.Court())
		}
	})
}

// §4(c): what cannot be a docket number says which part is wrong, and does not
// repeat what was typed.
func TestWhatCannotBeADocketNumberSaysWhichPartIsWrong(t *testing.T) {
	for typed, part := range map[string]string{
		"":                           "court location (three letters, such as HHD) is missing",
		"HHHD-FA-26-5012345-S":       "case type",
		"H1D-FA-26-5012345-S":        "court location",
		"HHD-FX-26-5012345-S":        "case type",
		"HHD-26-5012345-S":           "case type",
		"HHD-FA-2O-5012345-S":        "year",
		"HHD-FA-26-501234-S":         "number (seven digits) is wrong",
		"HHD-FA-26-50123":            "number (seven digits) is missing or too short",
		"HHD-FA-26-5012345":          "suffix (one letter, nearly always S) is missing",
		"HHD-FA-26-5012345-7":        "suffix",
		"HHD-FA-26-5012345-S-1":      "after the suffix",
		"HHD_FA_26_5012345_S":        "letters A to Z",
		"ＨHD-FA-26-5012345-S":        "letters A to Z",
		strings.Repeat("HHD-FA", 20): "too long",
	} {
		d, err := terms.ParseDocket(typed)
		var bad *terms.InputError
		if !errors.As(err, &bad) || bad.Code != terms.BadDocketNumber || d != "" {
			t.Errorf("%q: %q, %v", typed, d, err)
			continue
		}
		if !strings.Contains(bad.Message, part) {
			t.Errorf("%q: %q does not say %q", typed, bad.Message, part)
		}
	}
	var d terms.Docket
	if err := d.UnmarshalGQL(5012345); err == nil {
		t.Error("a number is taken for a docket number")
	}
	if shown := terms.Docket("short").Display(); shown != "short" {
		t.Errorf("a broken one is shown as %q", shown)
	}
}
