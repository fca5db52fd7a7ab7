package terms_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/service-tracking/sts/internal/terms"
)

func TestCleanText(t *testing.T) {
	for given, want := range map[string]string{
		"  left with the porter \n":       "left with the porter",
		"a\tb\r\nc":                       "a\tb\nc",
		"Jose\u0301":                      "José", // composed
		"👩\u200d🚒 said 日한 thanks":         "👩\u200d🚒 said 日한 thanks",
		"שלום, فارسی":                     "שלום, فارسی",
		"":                                "",
		" \u00a0\u2028 ":                  "",
		strings.Repeat("é", 20):           strings.Repeat("é", 20),
		strings.Repeat("😀", 20):           strings.Repeat("😀", 20),
		strings.Repeat("e\u0301", 20):     strings.Repeat("é", 20),
		strings.Repeat(" ", 30) + "short": "short",
	} {
		if got, err := terms.CleanText(given, 20, true); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", given, got, err, want)
		}
	}
	for given, want := range map[string]error{
		"bell \a":                terms.ErrBadText,
		"nul \x00 inside":        terms.ErrBadText,
		"a\rb":                   terms.ErrBadText,
		"\u202eevil":             terms.ErrBadText,
		"a\u2066b\u2069":         terms.ErrBadText,
		"a\u200fb":               terms.ErrBadText,
		"half \xf0\x9f":          terms.ErrBadText,
		"replaced \ufffd":        terms.ErrBadText,
		"a\u2028b":               terms.ErrBadText,
		"a\u0085b":               terms.ErrBadText,
		strings.Repeat("x", 21):  terms.ErrTooLong,
		strings.Repeat("😀", 21):  terms.ErrTooLong,
		strings.Repeat("x", 1e6): terms.ErrTooLong,
	} {
		if got, err := terms.CleanText(given, 20, true); !errors.Is(err, want) || got != "" {
			t.Errorf("%.30q: %q, %v; want %v", given, got, err, want)
		}
	}
	for _, given := range []string{"a\nb", "a\tb", "a\r\nb"} {
		if _, err := terms.CleanText(given, 20, false); !errors.Is(err, terms.ErrBadText) {
			t.Errorf("%q on one line: %v", given, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.Bool().Draw(t, "lines")
		once, err := terms.CleanText(rapid.String().Draw(t, "text"), 50, lines)
		if err != nil {
			return
		}
		if again, err := terms.CleanText(once, 50, lines); err != nil || again != once {
			t.Fatalf("%q becomes %q, %v", once, again, err)
		}
	})
}

func TestFold(t *testing.T) {
	for given, want := range map[string]string{
		"José": "jose", "  Müller-Łukasz ": "muller lukasz", "O’Brien": "o brien", "O'BRIEN": "o brien",
		"Straße": "strasse", "STRASSE": "strasse", "Ærø": "aero", "Þór": "thor", "İstanbul": "istanbul",
		"Nguyễn  Văn": "nguyen van", "ﬁn": "fin", "№ 5": "no 5", "राम": "राम", "한": "한", "": "", "--": "",
	} {
		if got := terms.Fold(given); got != terms.Fold(want) || got != want && given != "한" {
			t.Errorf("%q folds to %q, want %q", given, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := terms.Fold(rapid.String().Draw(t, "name"))
		if again := terms.Fold(once); again != once {
			t.Fatalf("%q folds on to %q", once, again)
		}
		if once != strings.TrimSpace(once) || strings.Contains(once, "  ") {
			t.Fatalf("spaces in %q", once)
		}
	})
}

func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a, b uuid.UUID
		copy(a[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "a"))
		copy(b[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "b"))
		x, y := terms.EncodeID(terms.CasePrefix, a), terms.EncodeID(terms.CasePrefix, b)
		if strings.Compare(string(x), string(y)) != strings.Compare(string(a[:]), string(b[:])) {
			t.Fatalf("%s and %s sort otherwise than %s and %s", x, y, a, b)
		}
		if read, err := terms.ParseID(string(x)); err != nil || read != x || x.Must(terms.CasePrefix) != nil {
			t.Fatalf("%s: %s, %v", x, read, err)
		}
		var bad *terms.InputError
		if err := x.Must(terms.ActivityPrefix); !errors.As(err, &bad) || bad.Code != terms.BadID {
			t.Fatalf("another type: %v", err)
		}
	})
	good := string(terms.NewID(terms.CasePrefix))
	for _, id := range []string{"", "rcs_", good + "0", good[:29], "RCS" + good[3:], `a"b` + good[3:], good[:29] + "U", good[:29] + "a", "rcs-" + good[4:], "12345"} {
		if got, err := terms.ParseID(id); err == nil {
			t.Errorf("%q is taken for the id %q", id, got)
		}
	}
	before := terms.NewID(terms.CasePrefix)
	for range 1000 {
		next := terms.NewID(terms.CasePrefix)
		if next <= before {
			t.Fatalf("at %v %s follows %s", time.Now(), next, before)
		}
		before = next
	}
	var id terms.ID
	for _, v := range []any{nil, 12, "x"} {
		if err := id.UnmarshalGQL(v); err == nil {
			t.Errorf("%v is taken for an id", v)
		}
	}
}
