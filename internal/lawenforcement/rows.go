package lawenforcement

import (
	"errors"
	"strings"
)

// row is one row of the table of facts: a label on the left, the value in lines
// on the right.
type row struct {
	label string
	face  *face
	pt    float64
	lines []string // every line that may be shown
	keep  int      // how many of them are shown
	least int      // how many must be shown whatever else is on the page
	cut   bool     // there was more than lines can hold
	odd   bool     // a character was spelled out
}

// newRow breaks the items, each beginning on a line of its own, into at most
// limit lines. Empty items are left out.
func newRow(label string, f *face, pt float64, limit, least int, items ...string) *row {
	r := &row{label: label, face: f, pt: pt}
	for _, item := range items {
		text := f.printable(item)
		r.odd = r.odd || strings.Contains(text, "[U+")
		lines := f.wrap(text, pt, valueWidth, limit-len(r.lines)+1)
		r.lines = append(r.lines, lines...)
		if len(r.lines) > limit {
			r.lines, r.cut = r.lines[:limit], true
			break
		}
	}
	r.keep = len(r.lines)
	r.least = min(least, r.keep)
	return r
}

// shown is the lines to draw; where some are missing the last one says so.
func (r *row) shown() []string {
	lines := r.lines[:r.keep:r.keep]
	if r.keep > 0 && (r.cut || r.keep < len(r.lines)) {
		last := r.face.withMore(lines[r.keep-1], r.pt, valueWidth)
		lines = append(lines[:r.keep-1:r.keep-1], last)
	}
	return lines
}

func (r *row) height() float64 { return float64(max(r.keep, 1))*lineHeight(r.pt) + rowGap }

// fit shortens rows until all stand within the room, in millimetres. The row
// that can spare most lines gives first, so that one endless address never
// costs the docket.
func fit(groups [][]*row, room float64) error {
	height := groupGap * float64(len(groups)-1)
	for _, group := range groups {
		for _, r := range group {
			height += r.height()
		}
	}
	for height > room {
		var longest *row
		for _, group := range groups {
			for _, r := range group {
				if r.keep > r.least && (longest == nil || r.keep-r.least > longest.keep-longest.least) {
					longest = r
				}
			}
		}
		if longest == nil {
			return errors.New("the facts do not fit on one page")
		}
		longest.keep--
		height -= lineHeight(longest.pt)
	}
	return nil
}

func replacedIn(groups [][]*row) bool {
	for _, group := range groups {
		for _, r := range group {
			if r.odd {
				return true
			}
		}
	}
	return false
}

// groups is the table of facts. The first group is what an officer acts on and
// stands in the top half of the page; then why this agency is told; then how
// the registry knows.
func (p *Page) groups(n *Notice) [][]*row {
	text := func(label string, limit int, items ...string) *row {
		return newRow(label, p.sans, textPoints, limit, 1, items...)
	}
	fact := func(label string, f *face, limit int, items ...string) *row {
		return newRow(label, f, factPoints, limit, 1, items...)
	}

	respondents := n.Respondents
	if strings.TrimSpace(strings.Join(respondents, "")) == "" {
		respondents = []string{"Name not in the registry"}
	}
	deciding := []*row{fact("Respondent", p.bold, 4, respondents...)}
	if n.Correction == Withdrawn {
		deciding = append(deciding, newRow("What this means", p.bold, textPoints, 4, 4, n.meaning()))
	} else {
		deciding = append(deciding,
			fact("Served", p.mono, 1, onPage(n.ExecutedAt)),
			text("How", 2, methodWords[n.Method]))
	}
	deciding = append(deciding,
		fact("Docket", p.mono, 1, n.Docket.Display()),
		text("Court", 2, joinFilled(": ", n.Court.Code, n.Court.Name)),
		text("Order", 2, orderWords[n.OrderKind]))
	if strings.TrimSpace(n.Before) != "" {
		deciding = append(deciding, text("Told before", 4, n.Before))
	}

	ori := n.Agency.ORI
	if strings.TrimSpace(ori) == "" {
		ori = "none on file"
	}
	told := []*row{
		newRow("To", p.bold, textPoints, 2, 1, n.Agency.Name),
		newRow("ORI", p.mono, textPoints, 1, 1, ori),
		newRow("Why you are told", p.sans, textPoints, 3, 3, n.reasons()), // every reason, whatever else must go
	}
	if addresses := n.addressLines(); len(addresses) > 0 {
		told = append(told, text("Addresses", 10, addresses...))
	}

	var known []*row
	if n.Correction != Withdrawn {
		asked := "Not asked for"
		if n.PoliceAssistance {
			asked = "Asked for by the officer"
		}
		known = append(known, text("Served by", 2, n.officer()), text("Police assistance", 1, asked))
	}
	recorded := "Recorded"
	switch n.Correction {
	case Corrected:
		recorded = "Corrected"
	case Withdrawn:
		recorded = "Taken back"
	}
	known = append(known, newRow(recorded, p.mono, textPoints, 1, 1, onPage(n.RecordedAt)))
	return [][]*row{deciding, told, known}
}

// meaning says what a withdrawal asks of whoever reads it at night.
func (n *Notice) meaning() string {
	switch {
	case !n.AnotherStands:
		return "Service was recorded in error. Treat the order as NOT SERVED. Do not rely on the earlier notice."
	case n.AnotherServedAt.IsZero():
		return "That service was recorded in error. Another service of this order is on record. Call the registry before you act on this order."
	}
	return "That service was recorded in error. Another service of this order stands, of which you have a notice of its own: served " + onPage(n.AnotherServedAt) + "."
}

// reasons says which addresses lie in the agency's area, each once. Who is told
// anew is told because of the earlier notice, wherever the addresses are now.
func (n *Notice) reasons() string {
	if len(n.Reasons) == 0 {
		return "No address is on file. The registry section chose your agency."
	}
	var words []string
	seen := make(map[string]bool)
	for _, r := range n.Reasons {
		if w := reasonWords[r]; !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	switch {
	case n.Correction == FirstNotice:
	case len(n.Addresses) == 0: // they may have moved away
		return "You were sent the earlier notice. In your area then: " + strings.Join(words, ", ")
	default:
		return "You were sent the earlier notice. In your area: " + strings.Join(words, ", ")
	}
	return "In your area: " + strings.Join(words, ", ")
}

func (n *Notice) addressLines() []string {
	lines := make([]string, len(n.Addresses))
	for i, a := range n.Addresses {
		lines[i] = a.line()
	}
	return lines
}

func (n *Notice) officer() string {
	if strings.TrimSpace(n.Officer) == "" {
		return "Name not in the registry"
	}
	return n.Officer
}
