package journal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Entry is what a room tells the journal.
type Entry struct {
	// ID, if the room needs to know it before (facts name the record that
	// brought them); else one is made.
	ID   terms.ID
	Kind terms.RecordKind
	// Case and Sequence order the records of a case: Sequence is the number
	// that the case's lock gave. Step orders the records of one sequence, such
	// as the changes of a delivery (its version). Case is "" for what is about
	// no case.
	Case     terms.ID
	Sequence int64
	Step     int64
	// About is the activity, delivery, hearing or account that it is about.
	About terms.ID
	// Account is who did it, "" for a worker; Actor is the name to print.
	Account terms.ID
	Actor   string
	// Facts are what the rows themselves do not keep; stored as JSON.
	Facts any
	At    time.Time
}

// Append writes the entries in the caller's transaction, still without a
// position: the sequencer gives one after the commit.
func Append(ctx context.Context, tx *ent.Tx, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	records := make([]*ent.JournalRecordCreate, len(entries))
	pending := make([]*ent.JournalPendingCreate, len(entries))
	for i, e := range entries {
		if e.ID == "" {
			e.ID = terms.NewID(terms.JournalRecordPrefix)
		}
		salt := make([]byte, 16)
		rand.Read(salt) // never fails: crypto/rand aborts the program instead
		r := tx.JournalRecord.Create().SetID(e.ID).SetKind(e.Kind).SetActor(e.Actor).SetRecordedAt(e.At).SetSalt(salt)
		if e.Case != "" {
			r.SetCaseID(e.Case)
		}
		if e.About != "" {
			r.SetAboutID(e.About)
		}
		if e.Account != "" {
			r.SetAccountID(e.Account)
		}
		if e.Facts != nil {
			facts, err := json.Marshal(e.Facts)
			if err != nil {
				return fmt.Errorf("encoding the facts of a %s record: %w", e.Kind, err)
			}
			r.SetFacts(facts)
		}
		records[i] = r
		pending[i] = tx.JournalPending.Create().SetID(e.ID).SetCaseKey(string(e.Case)).SetSequence(e.Sequence).SetStep(e.Step)
	}
	if err := tx.JournalRecord.CreateBulk(records...).Exec(ctx); err != nil {
		return fmt.Errorf("appending to the journal: %w", err)
	}
	if err := tx.JournalPending.CreateBulk(pending...).Exec(ctx); err != nil {
		return fmt.Errorf("queueing journal records: %w", err)
	}
	return nil
}
