package lawenforcement

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// more stands where text was cut: what is missing can be asked for.
const more = "... (see registry)"

// printable is the text as the face can draw it. White space of any kind
// becomes single spaces, letters followed by combining marks become the letter
// with the mark, and what the face cannot draw (emoji, Chinese, control
// characters, marks that turn the direction of writing) is spelled out, as in
// [U+1F600]: never an empty box, never silence. A name that is shown wrong can
// be asked about; one that is shown short cannot.
func (f *face) printable(s string) string {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if f.draws(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if _, ok := f.glyphs[r]; ok {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "[%U]", r)
		}
	}
	return b.String()
}

func (f *face) draws(s string) bool {
	for _, r := range s {
		if _, ok := f.glyphs[r]; !ok {
			return false
		}
	}
	return true
}

// width is the width of printable text in millimetres.
func (f *face) width(s string, pt float64) float64 {
	sum := 0
	for _, r := range s {
		sum += f.glyphs[r].width
	}
	return float64(sum) * pt * mmPerPoint / 1000
}

// wrap breaks printable text into lines no wider than the given millimetres, at
// spaces where it can, and stops after limit lines however long the text is.
func (f *face) wrap(s string, pt, width float64, limit int) []string {
	room := int(width / (pt * mmPerPoint) * 1000)
	var lines []string
	for s != "" && len(lines) < limit {
		line, rest := f.firstLine(s, room)
		lines = append(lines, line)
		s = rest
	}
	return lines
}

// firstLine is as much of s as fits into room thousandths of the type size, at
// least one character, and the rest without the space between.
func (f *face) firstLine(s string, room int) (line, rest string) {
	used, space := 0, -1
	for i, r := range s {
		if r == ' ' {
			space = i
		}
		used += f.glyphs[r].width
		switch {
		case used <= room || i == 0:
		case space > 0: // the space itself may hang over the edge
			return s[:space], s[space+1:]
		default:
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// withMore is the line with the mark of a cut, shortened until both fit.
func (f *face) withMore(line string, pt, width float64) string {
	runes := []rune(line)
	for len(runes) > 0 && f.width(string(runes)+more, pt) > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,") + more
}
