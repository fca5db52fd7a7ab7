package registry

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// Desk is where staff of the registry section decide what the system cannot: a
// delivery that failed (§3(d) to (f)), an address that leads nowhere, how an
// agency is reached, and what has been seen to. Each decision is one
// transaction, keeps who and why, and has its record in the journal. A decision
// made twice answers what the first made.
type Desk struct {
	Store     *store.Store
	Planner   *Planner
	Ledger    *delivery.Ledger
	Reference *casefile.Reference
	Clock     func() time.Time
	// OnCommit is called after each decision is committed: it nudges the
	// sequencer and the dispatcher of this process. It may be nil.
	OnCommit func()
	// Channels are those by which this installation can reach agencies.
	Channels []terms.ChannelKind
}

// deskViewer is the name under which the desk reads and writes, after it has
// asked whether the person may decide.
const deskViewer = "registry desk"

// Code is the stable name of why a decision was refused.
type Code string

// The refusals of the desk. Nothing was changed.
const (
	ReasonRequired          Code = "REASON_REQUIRED"
	TooLong                 Code = "TOO_LONG"
	BadText                 Code = "BAD_TEXT"
	DeliveryNotFound        Code = "DELIVERY_NOT_FOUND"
	NotPossibleNow          Code = "NOT_POSSIBLE_NOW"
	SecondPersonNeeded      Code = "SECOND_PERSON_NEEDED"
	UnroutedAddressNotFound Code = "UNROUTED_ADDRESS_NOT_FOUND"
	AgencyNotFound          Code = "AGENCY_NOT_FOUND"
	BadContact              Code = "BAD_CONTACT"
	ActivityNotFound        Code = "ACTIVITY_NOT_FOUND"
)

// Refusal is an expected outcome that a person can act on.
type Refusal struct {
	Code    Code
	Message string   // what to do, in plain English; it names nobody
	Path    []string // into the GraphQL input
}

func refuse(code Code, message string, path ...string) *Refusal {
	return &Refusal{Code: code, Message: message, Path: append([]string{"input"}, path...)}
}

// refused is a refusal on its way out of a transaction, which it rolls back.
type refused struct{ *Refusal }

func (r refused) Error() string { return "refused: " + string(r.Code) }

// maxReason is the longest reason or note, in characters.
const maxReason = 2000

// reasonIn brings a text to the form that is kept.
func reasonIn(field, text string, required bool) (string, *Refusal) {
	kept, err := terms.CleanText(text, maxReason, true)
	switch {
	case errors.Is(err, terms.ErrTooLong):
		return "", refuse(TooLong, fmt.Sprintf("This text is too long: at most %d characters are kept. Shorten it.", maxReason), field)
	case err != nil:
		return "", refuse(BadText, "This text "+err.Error()+". Type it again without it.", field)
	case required && kept == "":
		return "", refuse(ReasonRequired, "Say why: what you found out, and from whom. It is kept with the decision.", field)
	}
	return kept, nil
}

// onCase decides in one transaction, which begins with the case's lock. A
// refusal rolls it back and is answered; changed tells whether anything was
// written.
func (d *Desk) onCase(ctx context.Context, id terms.ID, decide func(context.Context, *ent.Tx, *casefile.Locked) (changed bool, err error)) (*Refusal, error) {
	var changed bool
	err := d.Store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		c, err := casefile.Lock(ctx, tx, id, d.Clock())
		if err != nil {
			return err
		}
		if changed, err = decide(ctx, tx, c); err != nil || !changed {
			return err
		}
		return c.Stamp(ctx, tx)
	})
	return d.done(changed, err)
}

// done takes a refusal out of the error, and nudges after a change.
func (d *Desk) done(changed bool, err error) (*Refusal, error) {
	var r refused
	if errors.As(err, &r) {
		return r.Refusal, nil
	}
	if err == nil && changed && d.OnCommit != nil {
		d.OnCommit()
	}
	return nil, err
}

// typed is an id and the type of which it should be.
type typed struct {
	id     terms.ID
	prefix terms.Prefix
}

// system is the context in which the desk works, once the person may decide, and
// the ids are of the types that they should be of.
func system(ctx context.Context, v *access.Viewer, ids ...typed) (context.Context, error) {
	if err := v.MayDecide(); err != nil {
		return nil, err
	}
	for _, one := range ids {
		if err := one.id.Must(one.prefix); err != nil {
			return nil, err
		}
	}
	return access.As(ctx, deskViewer), nil
}
