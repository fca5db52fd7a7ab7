package terms

import (
	"fmt"
	"io"
	"strings"
)

// Docket is a docket number in its canonical form, fifteen letters and digits:
// court location (3 letters), case type (FA or CV), year (2 digits), number
// (7 digits), suffix (1 letter). HHDFA265012345S.
type Docket string

// docketParts gives the parts of a docket number in order. The form is
// LLL-TT-YY-NNNNNNN-S; a name is what an error calls the part.
var docketParts = [...]struct {
	name   string
	length int
	digits bool
}{
	{"court location (three letters, such as HHD)", 3, false},
	{caseType, 2, false},
	{"year (two digits)", 2, true},
	{"number (seven digits)", 7, true},
	{"suffix (one letter, nearly always S)", 1, false},
}

const caseType = "case type (FA or CV)"

const docketLen = 3 + 2 + 2 + 7 + 1

// ParseDocket reads what people type: with hyphens, spaces, dots or none, in
// any case of letters. What cannot be a docket number is an [InputError] with
// [BadDocketNumber] that says which part is wrong.
func ParseDocket(s string) (Docket, error) {
	if len(s) > 64 {
		return "", badDocket("it is too long")
	}
	b := make([]byte, 0, docketLen)
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			b = append(b, byte(r-'a'+'A'))
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			b = append(b, byte(r))
		case r == '-' || r == ' ' || r == '.' || r == '\u2010' || r == '\u2011' || r == '\u2012' || r == '\u2013' || r == '\u00a0':
		default:
			return "", badDocket("it may hold letters A to Z, digits, hyphens and spaces only")
		}
	}
	rest := b
	for _, part := range docketParts {
		if len(rest) < part.length {
			return "", badDocket("the " + part.name + " is missing or too short")
		}
		for _, c := range rest[:part.length] {
			if (c >= '0' && c <= '9') != part.digits {
				return "", badDocket("the " + part.name + " is wrong")
			}
		}
		if t := string(rest[:part.length]); part.name == caseType && t != "FA" && t != "CV" {
			return "", badDocket("the " + part.name + " is wrong")
		}
		rest = rest[part.length:]
	}
	if len(rest) > 0 {
		return "", badDocket("there is something after the suffix")
	}
	return Docket(b), nil
}

func badDocket(what string) error {
	return &InputError{BadDocketNumber, fmt.Sprintf("This cannot be a docket number: %s. It looks like HHD-FA-26-5012345-S.", what)}
}

// Display is the form that people read: HHD-FA-26-5012345-S.
func (d Docket) Display() string {
	if len(d) != docketLen {
		return string(d)
	}
	return strings.Join([]string{string(d[:3]), string(d[3:5]), string(d[5:7]), string(d[7:14]), string(d[14:])}, "-")
}

// Court is the code of the court location.
func (d Docket) Court() string { return string(d[:3]) }

// MarshalGQL writes the display form.
func (d Docket) MarshalGQL(w io.Writer) {
	_, _ = io.WriteString(w, `"`+d.Display()+`"`) // gqlgen's writer is a buffer
}

// UnmarshalGQL reads what people type.
func (d *Docket) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return badDocket("it must be a string")
	}
	parsed, err := ParseDocket(s)
	*d = parsed
	return err
}
