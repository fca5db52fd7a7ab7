package lawenforcement

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPrintable(t *testing.T) {
	p := newTestPage(t)
	tests := []struct{ name, in, want string }{
		{"Spanish", "José Nuñez", "José Nuñez"},
		{"Polish", "Łukasz Żółkiewski", "Łukasz Żółkiewski"},
		{"Vietnamese", "Nguyễn", "Nguyễn"},
		{"Turkish and Romanian", "Işık Ştefănescu Țepeș", "Işık Ştefănescu Țepeș"},
		{"Greek and Cyrillic", "Παπαδόπουλος Иванов", "Παπαδόπουλος Иванов"},
		{"typographic marks", "O’Brien – “Bud”", "O’Brien – “Bud”"},
		{"letters and combining marks become one", "Nguye\u0302\u0303n", "Nguyễn"},
		{"a mark without a letter of its own", "x\u0323\u0302", "x[U+0323][U+0302]"},
		{"white space of all kinds", " a\t b\u00a0\r\nc\u2028d ", "a b c d"},
		{"emoji", "Ana \U0001F600", "Ana [U+1F600]"},
		{"Chinese", "王", "[U+738B]"},
		{"Arabic and Hebrew need shaping", "אب", "[U+05D0][U+0628]"},
		{"control characters", "a\x00b\x1b", "a[U+0000]b[U+001B]"},
		{"marks that turn the direction", "\u202eeoD\u200f", "[U+202E]eoD[U+200F]"},
		{"what has no width", "a\u200bb\u00adc", "a[U+200B]b[U+00AD]c"},
		{"broken UTF-8", "a\xffb", "a[U+FFFD]b"},
		{"nothing", " \n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, f := range []*face{p.sans, p.bold} {
				if got := f.printable(tt.in); got != tt.want {
					t.Errorf("printable(%q) = %q, want %q", tt.in, got, tt.want)
				}
			}
		})
	}
	// Go Mono has no Vietnamese: the finding behind this check.
	if got := p.mono.printable("Nguyễn"); got != "Nguy[U+1EC5]n" {
		t.Errorf("in Go Mono: %q", got)
	}
}

// Every character that is said to be drawn has ink of its own width and comes
// back from the PDF as itself.
func TestEveryCharacterComesBack(t *testing.T) {
	p := newTestPage(t)
	for name, f := range map[string]*face{"sans": p.sans, "bold": p.bold, "mono": p.mono} {
		t.Run(name, func(t *testing.T) {
			var runes []rune
			for r, g := range f.glyphs {
				if g.width <= 0 {
					t.Errorf("%U has no width", r)
				}
				if r != ' ' {
					runes = append(runes, r)
				}
			}
			slices.Sort(runes)
			if len(runes) < 190 {
				t.Fatalf("only %d characters", len(runes))
			}
			s := newSheet("test", time.Unix(0, 0))
			var want []string
			y := margin
			// Far enough apart that pdftotext does not join them into words.
			for i, r := range runes {
				x := margin + float64(i/60)*7
				s.text(f, 4, x, y+float64(i%60)*4, string(r))
				want = append(want, string(r))
			}
			pdf, err := s.finish()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range pdfWords(t, pdf) {
				got = append(got, w.Text)
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%d characters, of which came back %d: %s", len(want), len(got), firstDifference(want, got))
			}
		})
	}
}

func firstDifference(want, got []string) string {
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			return fmt.Sprintf("want %+q, got %+q", want[i], got[i])
		}
	}
	return "one is shorter"
}

func TestWrap(t *testing.T) {
	f := newTestPage(t).mono // every character is 0.6 of the type size wide
	const pt = 10
	width := 10 * 0.602 * pt * mmPerPoint // ten characters
	tests := []struct {
		name, in string
		limit    int
		want     []string
	}{
		{"short", "abc", 3, []string{"abc"}},
		{"exactly full", "abcdefghij", 3, []string{"abcdefghij"}},
		{"at a space", "abcd efgh ijkl", 3, []string{"abcd efgh", "ijkl"}},
		{"the space hangs over", "abcdefghij klm", 3, []string{"abcdefghij", "klm"}},
		{"a word too long", "abcdefghijklm", 3, []string{"abcdefghij", "klm"}},
		{"limit", "a b c d e f g h i j k l m n", 2, []string{"a b c d e", "f g h i j"}},
		{"nothing", "", 2, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := f.wrap(tt.in, pt, width, tt.limit); !slices.Equal(got, tt.want) {
				t.Errorf("wrap(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	if got := f.wrap(strings.Repeat("x", 5), pt, 0.1, 9); len(got) != 5 {
		t.Errorf("a column narrower than a letter: %q", got)
	}
}

func TestWithMore(t *testing.T) {
	f := newTestPage(t).sans
	const pt, width = textPoints, 60.0
	for _, line := range []string{"", "short", strings.Repeat("long, ", 30)} {
		got := f.withMore(line, pt, width)
		if !strings.HasSuffix(got, more) || f.width(got, pt) > width {
			t.Errorf("withMore(%q) = %q, %.1f mm", line, got, f.width(got, pt))
		}
	}
}
