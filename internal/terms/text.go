package terms

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrTooLong and ErrBadText say why a text cannot be kept.
var (
	ErrTooLong = errors.New("is too long")
	ErrBadText = errors.New("holds a character that cannot be kept: a control character, a mark that turns the direction of writing, or half of a character")
)

// CleanText brings text to the form that is kept: composed, without spaces at
// its ends. Emoji and every script are welcome. Text of more than most
// characters is ErrTooLong; control characters, marks that turn the direction
// of writing and what is not UTF-8 are ErrBadText. Where lines is true, line
// breaks and tabs may stand in it.
func CleanText(s string, most int, lines bool) (string, error) {
	if len(s) > 4*most+utf8.UTFMax {
		return "", ErrTooLong
	}
	if !utf8.ValidString(s) {
		return "", ErrBadText
	}
	if lines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	s = norm.NFC.String(strings.TrimSpace(s))
	for _, r := range s {
		switch {
		case lines && (r == '\n' || r == '\t'):
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r):
			return "", ErrBadText
		}
	}
	if utf8.RuneCountInString(s) > most {
		return "", ErrTooLong
	}
	return s, nil
}
