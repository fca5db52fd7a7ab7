package lawenforcement

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is one typeface made ready once, so that a page costs a fraction of a
// millisecond. Given a whole TrueType file, fpdf parses it, cuts it down and
// compresses it again for each page (4 ms a face, more than half of it to
// digest a table of 65,536 widths). A face instead is cut beforehand into 8-bit
// parts of at most 224 characters, compressed, which fpdf only copies; a page
// carries just the parts that its text needs. A face never changes after it is
// made.
type face struct {
	parts  []part
	glyphs map[rune]glyph
}

// part is an 8-bit font, in the form that fpdf.AddFontFromBytes takes.
type part struct {
	family     string
	definition []byte // JSON
	program    []byte // TrueType, compressed
}

// glyph is where a character stands: the part, its code in it, and how far it
// moves the pen in thousandths of the type size.
type glyph struct {
	part  int
	code  byte
	width int
}

// repertoire is what a page can print, in the order in which it is cut into
// parts: what every page needs, what many names need, what few need. Left out
// are scripts that need shaping or run from right to left, combining marks and
// whatever has no ink of its own: they would print wrongly without any error.
var repertoire = [][2]rune{
	{' ', '~'}, {'\u00A7', '\u00A7'}, // ASCII, the section sign
	{'\u00A1', '\u00AC'}, {'\u00AE', '\u00FF'}, // Latin-1 without the soft hyphen
	{'\u2010', '\u2027'}, {'\u2030', '\u203A'}, // dashes, quotation marks
	{'\u20AC', '\u20AC'}, {'\u2116', '\u2116'}, {'\u2122', '\u2122'}, // euro, numero, trade mark
	{'\u0100', '\u02AF'},                       // Latin Extended-A and -B, African letters
	{'\u02B9', '\u02BD'},                       // okina and other apostrophes in names
	{'\u1E00', '\u1EFF'},                       // Latin Extended Additional, with Vietnamese
	{'\u0370', '\u03FF'},                       // Greek
	{'\u0400', '\u0482'}, {'\u048A', '\u052F'}, // Cyrillic
}

// latin1End is where code and character cease to be the same; partSize is how
// many codes a part has from ' ' on.
const (
	latin1End = 0x100
	partSize  = 256 - ' '
)

// newFace cuts a face. The name is what the PDF calls it; the stem is the usual
// width of its upright strokes in thousandths of the type size.
func newFace(name string, ttf []byte, stem int) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read typeface %s: %w", name, err)
	}
	f := &face{glyphs: make(map[rune]glyph)}
	groups, err := f.assign(parsed)
	if err != nil {
		return nil, fmt.Errorf("typeface %s: %w", name, err)
	}
	var all strings.Builder
	for _, group := range groups {
		all.WriteString(string(group))
	}
	small := fpdf.UTF8CutFont(withoutNames(ttf), all.String())
	for i, group := range groups {
		p, err := f.makePart(fmt.Sprintf("%s-%d", strings.ToLower(name), i), name, parsed, small, group, stem)
		if err != nil {
			return nil, fmt.Errorf("typeface %s: %w", name, err)
		}
		f.parts = append(f.parts, p)
	}
	return f, nil
}

// assign gives each character that the typeface can draw its place.
func (f *face) assign(parsed *sfnt.Font) (groups [][]rune, err error) {
	var buf sfnt.Buffer
	// ASCII with the section sign, and the rest of Latin-1, are parts of their
	// own whose codes are the characters themselves, the most robust encoding.
	groups = make([][]rune, 2)
	for _, span := range repertoire {
		for r := span[0]; r <= span[1]; r++ {
			index, err := parsed.GlyphIndex(&buf, r)
			if err != nil {
				return nil, fmt.Errorf("look for %U: %w", r, err)
			}
			if index == 0 {
				continue
			}
			advance, err := parsed.GlyphAdvance(&buf, index, fixed.I(1000), font.HintingNone)
			if err != nil {
				return nil, fmt.Errorf("measure %U: %w", r, err)
			}
			g := glyph{code: byte(r), width: advance.Round()}
			switch {
			case r <= '~' || r == '§':
			case r < latin1End:
				g.part = 1
			default:
				if len(groups) == 2 || len(groups[len(groups)-1]) == partSize {
					groups = append(groups, nil)
				}
				g.part = len(groups) - 1
				g.code = byte(' ' + len(groups[g.part]))
			}
			groups[g.part] = append(groups[g.part], r)
			f.glyphs[r] = g
		}
	}
	return groups, nil
}

// definition is what fpdf reads of an 8-bit font; its names are fpdf's.
type definition struct {
	Tp, Name, Diff, File string
	Desc                 fpdf.FontDescType
	Cw                   [256]int
	OriginalSize         int
}

// makePart makes the part that holds the given characters.
func (f *face) makePart(family, name string, parsed *sfnt.Font, ttf []byte, runes []rune, stem int) (part, error) {
	desc, err := describe(parsed, stem)
	if err != nil {
		return part{}, err
	}
	program := fpdf.UTF8CutFont(bytes.Clone(ttf), string(runes)) // it writes into what it is given
	d := definition{
		Tp:           "TrueType",
		Name:         name + "-" + family[strings.LastIndexByte(family, '-')+1:],
		File:         family + ".z", // fpdf takes .z to mean compressed
		Desc:         desc,
		OriginalSize: len(program),
	}
	var diff strings.Builder
	for _, r := range runes {
		g := f.glyphs[r]
		d.Cw[g.code] = g.width
		if r >= latin1End {
			// Poppler, MuPDF and both interpreters of Ghostscript 10, which
			// draws our faxes, find the glyph by this name.
			fmt.Fprintf(&diff, "/uni%04X", r)
		}
	}
	if diff.Len() > 0 {
		d.Diff = "32 " + diff.String()
	}
	p := part{family: family}
	if p.definition, err = json.Marshal(d); err != nil {
		return part{}, fmt.Errorf("define part %s: %w", family, err)
	}
	var z bytes.Buffer
	w, err := zlib.NewWriterLevel(&z, zlib.BestCompression)
	if err != nil {
		return part{}, fmt.Errorf("compress part %s: %w", family, err)
	}
	if _, err := w.Write(program); err != nil {
		return part{}, fmt.Errorf("compress part %s: %w", family, err)
	}
	if err := w.Close(); err != nil {
		return part{}, fmt.Errorf("compress part %s: %w", family, err)
	}
	p.program = z.Bytes()
	return p, nil
}

// describe is the PDF font descriptor, in thousandths of the type size.
func describe(parsed *sfnt.Font, stem int) (fpdf.FontDescType, error) {
	var buf sfnt.Buffer
	m, err := parsed.Metrics(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return fpdf.FontDescType{}, fmt.Errorf("measure: %w", err)
	}
	b, err := parsed.Bounds(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return fpdf.FontDescType{}, fmt.Errorf("measure: %w", err)
	}
	d := fpdf.FontDescType{
		Ascent:    m.Ascent.Ceil(),
		Descent:   -m.Descent.Ceil(),
		CapHeight: m.CapHeight.Ceil(),
		Flags:     1 << 5, // not symbolic: codes have names
		StemV:     stem,
	}
	// sfnt counts y downwards, PDF upwards.
	d.FontBBox.Xmin, d.FontBBox.Xmax = b.Min.X.Floor(), b.Max.X.Ceil()
	d.FontBBox.Ymin, d.FontBBox.Ymax = -b.Max.Y.Ceil(), -b.Min.Y.Floor()
	return d, nil
}

// withoutNames is a copy of a TrueType file whose table of names is hidden
// under another tag from fpdf, which would copy its 16 KB into every part.
func withoutNames(ttf []byte) []byte {
	c := bytes.Clone(ttf)
	const header, entry = 12, 16
	tables := int(c[4])<<8 | int(c[5])
	for i := range tables {
		tag := c[header+i*entry:][:4]
		if string(tag) == "name" {
			copy(tag, "----")
		}
	}
	return c
}
