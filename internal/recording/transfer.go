package recording

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/terms"
)

func (e *TransferEntry) kind() terms.ActivityKind { return terms.KindTransfer }

func (e *TransferEntry) clean(o *objections) {
	e.TransferredAt = terms.Micro(e.TransferredAt)
	o.note(&e.Note, maxNote, "note")
	before := len(o.list)
	o.name(&e.To.Name, "to", "officerName")
	if (e.To.Officer == "") == (e.To.Name == "") && len(o.list) == before {
		o.add(ExactlyOne, "Say to whom the papers went: give either an officer of the list or, if he is not on it, his name (§6(b)).", "to")
	}
}

func (e *TransferEntry) happened() (time.Time, string) { return e.TransferredAt, "transferredAt" }

// judge: only the holder transfers, or anybody where no holder is recorded. A
// correction tells of a moment in the past and is not held to that: where it
// contradicts what stands before it, it stands and goes on the board
// (casefile.Compute).
func (e *TransferEntry) judge(ctx context.Context, m *matter) error {
	if err := e.judgeReceiver(ctx, m); err != nil {
		return err
	}
	holder := m.c.HolderOfficerID
	if m.original != nil || holder == nil || *holder == m.officer.ID {
		return nil
	}
	o, err := m.recorder.officer(ctx, m.tx.Client(), *holder)
	if err != nil {
		return err
	}
	who := "Another officer"
	if o != nil {
		who = casefile.OfficerName(o)
	}
	m.add(NotHolder, fmt.Sprintf(
		"%s is recorded as holding the papers, and only the holder can transfer them. If %s has them, record that first, as a receipt (§6(a)).",
		who, casefile.OfficerName(m.officer)), "to").Holder = *holder
	return nil
}

// judgeReceiver: whoever is not on the list of officers, or not active, is kept
// as work for the registry section, once that is confirmed.
//
// A correction that names the same receiver asks nothing again, and changes
// nothing of what the registry section knows of him.
func (e *TransferEntry) judgeReceiver(ctx context.Context, m *matter) error {
	if was := m.original; was != nil && was.Kind == terms.KindTransfer && terms.Value(was.ToOfficerID) == e.To.Officer &&
		(e.To.Officer != "" || was.ToOfficerName == e.To.Name) {
		m.inactive = was.ToOfficerName
		return nil
	}
	if e.To.Officer == "" {
		e.judgeName(m)
		return nil
	}
	to, err := m.recorder.officer(ctx, m.tx.Client(), e.To.Officer)
	switch {
	case err != nil:
		return err
	case to == nil:
		m.add(OfficerNotFound, "There is no such officer. Choose the officer from the list again, or give the name if he is not on it.", "to", "officerId")
	case to.ID == m.officer.ID:
		m.sameOfficer("to", "officerId")
	case !to.Active:
		m.inactive = casefile.OfficerName(to)
		m.warn(terms.ConfirmOfficerNotListed, OfficerNotListed, fmt.Sprintf(
			"%s is no longer active. If the papers went there all the same, confirm OFFICER_NOT_LISTED: the registry section will look at it.", m.inactive), "to", "officerId")
	}
	return nil
}

func (e *TransferEntry) judgeName(m *matter) {
	if casefile.SameName(e.To.Name, m.officer.FirstName, m.officer.LastName) {
		m.sameOfficer("to", "officerName")
		return
	}
	message := "No officer of the list is chosen. Choose the officer from the list; if he is not on it, confirm OFFICER_NOT_LISTED: the registry section will look at it."
	for o := range m.recorder.Reference.Officers() {
		if o.Active && casefile.SameName(e.To.Name, o.FirstName, o.LastName) {
			message = fmt.Sprintf("%s is on the list: choose that officer from the list. If it is another person of this name, confirm OFFICER_NOT_LISTED.", casefile.OfficerName(o))
			break
		}
	}
	m.warn(terms.ConfirmOfficerNotListed, OfficerNotListed, message, "to", "officerName")
}

func (m *matter) sameOfficer(field ...string) {
	m.add(SameOfficer, fmt.Sprintf("%s is the officer who transfers. Choose the officer to whom the papers went; to say that one has received them, record a receipt (§6(a)).",
		casefile.OfficerName(m.officer)), field...)
}

// write: a name says that the receiver was not on the list, or, beside an id,
// not active. Whoever is made active later has been looked at by then.
func (e *TransferEntry) write(a *ent.ServiceActivityCreate, m *matter) {
	a.SetFromOfficerID(m.officer.ID).SetNote(e.Note).SetToOfficerName(e.To.Name)
	if e.To.Officer != "" {
		a.SetToOfficerID(e.To.Officer).SetToOfficerName(m.inactive)
	}
}
