package terms

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// unfoldable are the Latin letters that Unicode does not take apart.
var unfoldable = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ß", "ss", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h", "ŧ", "t")

// Fold brings a name into the form by which it is searched and compared:
// without accents and case, with single spaces. José = jose.
func Fold(name string) string {
	var b strings.Builder
	space := false
	// Lower case after taking apart as well: № becomes No only then.
	for _, r := range strings.ToLower(norm.NFKD.String(strings.ToLower(name))) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mc, r): // vowels of Indic scripts are marks
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		default:
			space = true
		}
	}
	return unfoldable.Replace(b.String())
}
