package recording

import (
	"slices"
	"strings"

	"github.com/service-tracking/sts/internal/terms"
)

// sameName compares two people's names as people write and say them: without
// accents, case, hyphens and apostrophes, with or without a space where one can
// be (O'Brien, OBrien, De La Cruz, Delacruz), and in either order (Cruz, José).
// A middle name more is another name.
func sameName(first, last, otherFirst, otherLast string) bool {
	a, b := strings.Fields(terms.Fold(first+" "+last)), strings.Fields(terms.Fold(otherFirst+" "+otherLast))
	if len(a) == 0 || len(b) == 0 { // nothing but signs
		return first == otherFirst && last == otherLast
	}
	one := strings.Join(a, "")
	if one == strings.Join(b, "") || one == squeezed(otherLast)+squeezed(otherFirst) {
		return true
	}
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func squeezed(name string) string { return strings.ReplaceAll(terms.Fold(name), " ", "") }
