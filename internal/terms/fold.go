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
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
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
