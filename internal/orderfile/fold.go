package orderfile

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters folds what Unicode does not decompose. A letter is replaced, never
// dropped: a dropped letter makes another person's name. Single letters become
// the single letter that American records use (Ø is O, not OE).
var letters = map[rune]string{
	'ß': "SS", 'ẞ': "SS", 'Æ': "AE", 'Œ': "OE", 'Þ': "TH", 'Ĳ': "IJ",
	'Ø': "O", 'Ł': "L", 'Đ': "D", 'Ð': "D", 'Ɖ': "D", 'Ɗ': "D", 'Ħ': "H",
	'Ŧ': "T", 'Ŋ': "N", 'Ɲ': "N", 'ĸ': "K", 'Ƙ': "K", 'Ɓ': "B", 'Ɛ': "E",
	'Ə': "E", 'Ɔ': "O", 'Ƒ': "F", 'Ɠ': "G", 'Ɣ': "G", 'Ɨ': "I", 'Ƥ': "P",
	'Ƭ': "T", 'Ʋ': "V", 'Ƴ': "Y", 'Ƶ': "Z", 'Ȼ': "C", 'Ⱥ': "A", 'Ʉ': "U",
	'Ɏ': "Y", 'Ɍ': "R", 'Ɇ': "E", 'Ƀ': "B", 'Ǥ': "G", 'Ɵ': "O", 'Ʒ': "Z",
	// What people type, or a word processor makes, for ' and -.
	'\u2018': "'", '\u2019': "'", '\u201b': "'", '\u02bb': "'", '\u02bc': "'",
	'\u02b9': "'", '\u2032': "'", '`': "'", '\u00b4': "'",
	'\u2010': "-", '\u2011': "-", '\u2012': "-", '\u2013': "-", '\u2014': "-",
	'\u2015': "-", '\u2212': "-",
}

// Fold brings text into the characters that a value may have: A-Z, 0-9,
// space, comma, hyphen, apostrophe. Accents go (Ñ is N), other Latin letters
// are replaced by table (Ł is L, ß is SS), and every other sign becomes a
// space, the period and the slash above all: they would end the value and
// begin another field. Runs of spaces become one.
//
// A letter or digit that cannot be folded is an error: a name with holes would
// be written to somebody's record.
func Fold(s string) (string, error) {
	var b strings.Builder
	space := false
	put := func(r rune) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	// NFKD can make a period or a slash of one letter (U+FF0E, U+2100), so
	// what is allowed is decided afterwards, letter by letter.
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToUpper(r)
		switch replacement, ok := letters[r]; {
		case ok:
			for _, c := range replacement {
				put(c)
			}
		case allowed(r) && r != ' ':
			put(r)
		case unicode.Is(unicode.M, r): // the accent of the letter before it
		case unicode.IsLetter(r), unicode.IsNumber(r), r == unicode.ReplacementChar:
			return "", fmt.Errorf("the character %q (%U) has no counterpart in A-Z", r, r)
		default:
			space = true
		}
	}
	return b.String(), nil
}

func allowed(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == ' ' || r == ',' || r == '-' || r == '\''
}

// OrderName writes a name as the order files do: LAST, FIRST. A comma inside
// either part becomes a space, because the comma is what divides them.
func OrderName(last, first string) string {
	last = strings.TrimSpace(strings.ReplaceAll(last, ",", " "))
	first = strings.TrimSpace(strings.ReplaceAll(first, ",", " "))
	if first == "" {
		return last
	}
	return last + ", " + first
}
