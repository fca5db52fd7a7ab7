package lawenforcement

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The measures of the page, in millimetres. A fax machine prints its own line
// over the top of the page and loses the edges.
const (
	mmPerPoint = 25.4 / 72

	pageWidth  = 215.9 // US letter
	pageHeight = 279.4
	margin     = 18.0
	textWidth  = pageWidth - 2*margin

	// rules that survive a fax at 98 lines an inch
	ruleWeight = 0.5
	boxWeight  = 1.0
)

// sheet is the page being drawn: black on white, text and straight lines.
// Errors stay in the document until it is finished.
type sheet struct {
	pdf  *fpdf.Fpdf
	used map[*part]bool
}

// newSheet begins a document whose date is the given instant and not the
// clock's, so that equal notices make equal bytes.
func newSheet(title string, date time.Time) *sheet {
	pdf := fpdf.New("P", "mm", "Letter", "")
	pdf.SetCreationDate(date.UTC())
	pdf.SetModificationDate(date.UTC())
	pdf.SetCatalogSort(true)
	pdf.SetTitle(title, true)
	pdf.SetLang("en-US")
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddPage()
	return &sheet{pdf: pdf, used: make(map[*part]bool)}
}

// text draws printable text from the left edge x on its baseline y.
func (s *sheet) text(f *face, pt, x, y float64, text string) {
	var run []byte
	var width int
	current := -1
	flush := func() {
		if len(run) == 0 {
			return
		}
		p := &f.parts[current]
		if !s.used[p] {
			s.used[p] = true
			s.pdf.AddFontFromBytes(p.family, "", p.definition, p.program)
		}
		s.pdf.SetFont(p.family, "", pt)
		s.pdf.Text(x, y, string(run))
		x += float64(width) * pt * mmPerPoint / 1000
		run, width = run[:0], 0
	}
	for _, r := range text {
		g, ok := f.glyphs[r]
		if !ok { // an empty box on the page would be silent
			s.pdf.SetErrorf("%U cannot be drawn and was not replaced", r)
			return
		}
		if g.part != current {
			flush()
			current = g.part
		}
		run = append(run, g.code)
		width += g.width
	}
	flush()
}

// rule draws a line across the text.
func (s *sheet) rule(y float64) {
	s.pdf.SetLineWidth(ruleWeight)
	s.pdf.Line(margin, y, pageWidth-margin, y)
}

// box draws a heavy frame across the text.
func (s *sheet) box(y, height float64) {
	s.pdf.SetLineWidth(boxWeight)
	s.pdf.Rect(margin, y, textWidth, height, "D")
}

// finish is the whole document.
func (s *sheet) finish() ([]byte, error) {
	var b bytes.Buffer
	if err := s.pdf.Output(&b); err != nil {
		return nil, fmt.Errorf("write the PDF: %w", err)
	}
	return b.Bytes(), nil
}
