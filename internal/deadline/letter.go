package deadline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// letterFormat names the JSON form. Fields may be added under the same name; a
// change of meaning takes a new one.
const letterFormat = "sts-reminder/1"

// Letters writes reminders as they leave the system, by whichever channel: a
// text for people, and the same for machines. They name no person but their
// reader, and no address: a phone lies about (C.G.S. §51-5c).
type Letters struct {
	Client    *ent.Client
	Reference *casefile.Reference
	Clock     func() time.Time
}

// letter is one reminder. Codes are those of the API, instants RFC 3339 in UTC.
type letter struct {
	Format   string        `json:"format"`
	Delivery terms.ID      `json:"delivery"`
	Account  string        `json:"account"`
	Name     string        `json:"name"`
	Rule     terms.DueRule `json:"rule"`
	Docket   terms.Docket  `json:"docketNumber"`
	Court    string        `json:"courtLocation"`
	Hearing  *time.Time    `json:"hearing,omitempty"`
	DueAt    time.Time     `json:"dueAt"`
	Message  string        `json:"message"`
}

// Render makes the letter, or answers [delivery.ErrGone] if what is reminded of
// is not due any more. It reads as the viewer in the context, which must be one
// of the system's.
func (l *Letters) Render(ctx context.Context, d *ent.Delivery) (delivery.Content, error) {
	if d.RecipientKind != terms.ToAccount || d.DueItemID == nil {
		return delivery.Content{}, fmt.Errorf("delivery %s reminds no account of anything", d.ID)
	}
	letter, err := l.letter(ctx, d)
	if err != nil {
		return delivery.Content{}, fmt.Errorf("writing reminder %s: %w", d.ID, err)
	}
	facts, err := letter.json()
	if err != nil {
		return delivery.Content{}, fmt.Errorf("encoding reminder %s: %w", d.ID, err)
	}
	return delivery.Content{Document: letter.text(), Facts: facts}, nil
}

func (l *Letters) letter(ctx context.Context, d *ent.Delivery) (*letter, error) {
	item, err := l.Client.DueItem.Get(ctx, *d.DueItemID)
	if err != nil {
		return nil, fmt.Errorf("reading what became due: %w", err)
	}
	c, err := l.Client.RegistryCase.Get(ctx, d.CaseID)
	if err != nil {
		return nil, fmt.Errorf("reading the case: %w", err)
	}
	var late *ent.Delivery
	if item.Rule == terms.DueDelivery {
		if late, err = l.Client.Delivery.Get(ctx, terms.ID(item.AboutKey)); err != nil {
			return nil, fmt.Errorf("reading the delivery that is late: %w", err)
		}
	}
	var transfers Transfers
	if item.Rule == terms.DueAcknowledgement {
		rows, err := transfersOf(c.ID, l.Client.ServiceActivity.Query()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the transfers of the case: %w", err)
		}
		transfers = TransfersOf(rows)
	}
	if !Holds(item, c, late, transfers, l.Clock()) {
		return nil, delivery.ErrGone
	}
	to, err := l.Client.Account.Get(ctx, terms.ID(d.RecipientKey))
	if err != nil {
		return nil, fmt.Errorf("reading the account: %w", err)
	}
	if !mayRead(to) {
		return nil, delivery.ErrGone // it was closed in the night
	}
	holds := to.OfficerID != nil && c.HolderOfficerID != nil && *c.HolderOfficerID == *to.OfficerID
	if !hasRole(to.Roles, registryRoles...) && !(holds && hasRole(to.Roles, terms.RoleOfficer)) {
		return nil, delivery.ErrGone // the papers are another's now
	}
	court := c.CourtCode
	if row := l.Reference.Court(c.CourtCode); row != nil {
		court = row.Name
	}
	return &letter{
		Format: letterFormat, Delivery: d.ID, Account: to.Name, Name: to.DisplayName, Rule: item.Rule,
		Docket: c.Docket, Court: court, Hearing: item.HearingAt, DueAt: item.DueAt,
		Message: Message(item.Rule, item.HearingAt, ReaderOf(item.Rule, to.Roles, holds)),
	}, nil
}

func (l *letter) json() ([]byte, error) {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false) // it is read by people too
	w.SetIndent("", "  ")
	err := w.Encode(l)
	return b.Bytes(), err
}

func (l *letter) text() []byte {
	var b bytes.Buffer
	line := func(name, value string) { fmt.Fprintf(&b, "%-9s %s\n", name+":", value) }
	line("To", l.Name)
	line("Docket", l.Docket.Display())
	line("Court", l.Court)
	if l.Hearing != nil {
		line("Hearing", printed(*l.Hearing))
	}
	line("Due since", printed(l.DueAt))
	fmt.Fprintf(&b, "\n%s\n\nService Tracking System, reminder %s\n", l.Message, l.Delivery)
	return b.Bytes()
}
