package lawenforcement

import (
	"fmt"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"golang.org/x/image/font/gofont/gomonobold"
)

// Page prints notices. It is made once for the process and safe for use by many
// goroutines.
type Page struct {
	sans, bold, mono *face
}

// NewPage makes the typefaces ready, which takes some tens of milliseconds.
//
// DejaVu Sans has every Latin letter that a name in Connecticut may need, Go
// Mono tells 0 from O and 1 from l through the noise of a telephone line.
func NewPage() (*Page, error) {
	var p Page
	for _, f := range []struct {
		face **face
		name string
		ttf  []byte
		stem int
	}{
		{&p.sans, "DejaVuSans", dejavusans.TTF, 87},
		{&p.bold, "DejaVuSans-Bold", dejavusansbold.TTF, 165},
		{&p.mono, "GoMono-Bold", gomonobold.TTF, 165},
	} {
		made, err := newFace(f.name, f.ttf, f.stem)
		if err != nil {
			return nil, fmt.Errorf("make the notice page ready: %w", err)
		}
		*f.face = made
	}
	return &p, nil
}

// Sizes of type in points. 12 is safe on a bad line, below 10 strokes and
// accents are lost; nothing is set smaller.
const (
	headlinePoints = 20
	factPoints     = 14 // the facts an officer acts on
	textPoints     = 12
	footPoints     = 10.5
)

const (
	labelWidth  = 46.0 // the left column, for labels
	valueWidth  = textWidth - labelWidth
	leading     = 1.3 // line height by type size
	groupGap    = 5.0 // between two groups of rows, with a rule in it
	rowGap      = 1.0
	headHeight  = 22.0
	boxHeight   = 20.0
	boxInset    = 4.0
	ascentShare = 0.8 // of the type size, from the top of a line to its baseline
)

func lineHeight(pt float64) float64 { return pt * mmPerPoint * leading }

// Render prints a notice as one letter page. Equal notices give equal bytes. It
// fails only for a notice that police could not act on, never for the length of
// a name or the letters in it: what is too long is cut with a mark, what cannot
// be drawn is spelled out.
func (p *Page) Render(n Notice) ([]byte, error) {
	if err := n.check(); err != nil {
		return nil, fmt.Errorf("print notice %s: %w", n.Delivery, err)
	}
	s := newSheet("Notice of service "+string(n.Delivery), n.RecordedAt)
	groups := p.groups(&n)
	end := p.foot(s, &n, replacedIn(groups))
	y := p.head(s, &n)
	if err := fit(groups, end-y); err != nil {
		return nil, fmt.Errorf("print notice %s: %w", n.Delivery, err)
	}
	for i, group := range groups {
		if i > 0 {
			s.rule(y + groupGap/2 - rowGap/2)
			y += groupGap
		}
		for _, r := range group {
			y = p.row(s, r, y)
		}
	}
	pdf, err := s.finish()
	if err != nil {
		return nil, fmt.Errorf("print notice %s: %w", n.Delivery, err)
	}
	return pdf, nil
}

// head draws what the page is, and answers where the facts begin. A correction
// says so in a frame before anything else.
func (p *Page) head(s *sheet, n *Notice) (y float64) {
	y = margin
	if n.Correction != FirstNotice {
		height := boxHeight
		if !n.ReplacesSentAt.IsZero() {
			height += lineHeight(textPoints)
			s.text(p.bold, textPoints, margin+boxInset, y+16+lineHeight(textPoints), "Sent "+onPage(n.ReplacesSentAt))
		}
		s.box(y, height)
		s.text(p.bold, headlinePoints, margin+boxInset, y+9, correctionWords[n.Correction])
		words := "Replaces notice "
		if n.Correction == Withdrawn {
			words = "Takes back notice "
		}
		s.text(p.bold, textPoints, margin+boxInset, y+16, words)
		s.text(p.mono, textPoints, margin+boxInset+p.bold.width(words, textPoints), y+16, string(n.Replaces))
		y += height + 3
	}
	s.text(p.bold, textPoints, margin, y+lineHeight(textPoints)*ascentShare, "Connecticut Protection Order Registry: notice of service")
	headline := "RESPONDENT SERVED"
	if n.Correction == Withdrawn {
		headline = "NOT SERVED: SERVICE TAKEN BACK"
	}
	if n.AnotherStands {
		headline = "ANOTHER SERVICE STANDS"
	}
	s.text(p.bold, headlinePoints, margin, y+16, headline)
	s.rule(y + 20)
	return y + headHeight
}

// row draws one row and answers where the next begins.
func (p *Page) row(s *sheet, r *row, y float64) float64 {
	baseline := y + lineHeight(r.pt)*ascentShare
	s.text(p.bold, textPoints, margin, baseline, r.label)
	for _, line := range r.shown() {
		s.text(r.face, r.pt, margin+labelWidth, baseline, line)
		baseline += lineHeight(r.pt)
	}
	return y + r.height()
}

// foot draws what stands at the bottom of every page and answers where it
// begins. It has a fixed height, whatever the notice says.
func (p *Page) foot(s *sheet, n *Notice, replaced bool) (top float64) {
	note := ""
	if replaced {
		note = "[U+...] stands for a character that this page cannot print. The registry has it."
	}
	callBack := p.bold.printable(n.Registry.CallBack)
	lines := []struct {
		face *face
		pt   float64
		text string
	}{
		{p.bold, textPoints, oneLine(p.bold, "Questions, or not your agency? Call "+callBack, textPoints, textWidth)},
		{p.sans, textPoints, oneLine(p.sans, p.sans.printable(n.Registry.Contact), textPoints, textWidth)},
		{p.mono, textPoints, string(n.Delivery)},
		{p.bold, textPoints, "If you receive this page twice, it is the same notice."},
		{p.sans, footPoints, note},
		{p.bold, footPoints, "CONFIDENTIAL (C.G.S. §51-5c). For law enforcement use only. If this page reached"},
		{p.bold, footPoints, "you in error, call the number above and destroy it. Do not copy it or pass it on."},
	}
	const deliveryLine = 2
	top = pageHeight - margin
	for _, l := range lines {
		top -= lineHeight(l.pt)
	}
	s.rule(top - 1)
	y := top + 1
	for i, l := range lines {
		baseline := y + lineHeight(l.pt)*ascentShare
		x := margin
		if i == deliveryLine {
			const label, page = "Notice ", "Page 1 of 1"
			s.text(p.bold, textPoints, x, baseline, label)
			s.text(p.bold, textPoints, pageWidth-margin-p.bold.width(page, textPoints), baseline, page)
			x += p.bold.width(label, textPoints)
		}
		s.text(l.face, l.pt, x, baseline, l.text)
		y += lineHeight(l.pt)
	}
	return top - groupGap/2
}

// oneLine is printable text as one line, with a mark if not all of it fits.
func oneLine(f *face, text string, pt, width float64) string {
	if f.width(text, pt) <= width {
		return text
	}
	return f.withMore(f.wrap(text, pt, width, 1)[0], pt, width)
}
