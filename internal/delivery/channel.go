package delivery

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/terms"
)

// Channel is a way to reach recipients. Its methods are called by many
// goroutines at once, as a system viewer, and must end when ctx does.
type Channel interface {
	// Kind names the channel; an agency names its channels by it.
	Kind() terms.ChannelKind
	// Render makes what is sent (§3(d)), once for each delivery: every
	// attempt, by whichever channel, sends the stored bytes. After an error it
	// is asked again later, after [ErrGone] never.
	Render(ctx context.Context, d *ent.Delivery) (Content, error)
	// Send hands the parcel over. When it is called, the attempt is committed.
	// An end that it cannot be sure of is Unknown, never NotSent.
	Send(ctx context.Context, p Parcel) Result
	// Reconcile finds out what became of an attempt whose end is unknown,
	// without sending it again. NeverArrived alone has it sent again.
	Reconcile(ctx context.Context, p Parcel) Result
}

// Verifier is a channel whose confirmations prove too little: after a Result
// with VerifyAfter it is asked to inquire. Verified ends it; Refused (somebody
// else wrote) and NeverArrived undo the confirmation; Unknown asks again later.
// It is not asked once a newer update of the same record has been planned.
type Verifier interface {
	Verify(ctx context.Context, p Parcel) Result
}

// Numberer is a channel that needs a control number: the reference by which the
// other side knows the delivery. It is drawn when the first attempt starts and
// is the same for all of them; it must be unique, and drawn anew on each call.
type Numberer interface {
	ControlNumber() string
}

// Content is what is sent.
type Content struct {
	Document []byte // the page or the message
	Facts    []byte // the same for machines
}

// Sum is the SHA-256 that the ledger keeps: of the document, so that anybody
// who holds the page can compare, or of the facts where there is no document.
func (c Content) Sum() []byte {
	b := c.Document
	if len(b) == 0 {
		b = c.Facts
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Parcel is one attempt to hand over one delivery. Of a delivery to the
// national file, Content is that of the update which the state switch forwards.
type Parcel struct {
	Delivery *ent.Delivery
	Content  Content
	// Attempt counts from 1: the attempt that is made, or the last that was.
	Attempt        int
	AttemptStarted time.Time
	// Earlier are the attempts before it, oldest first.
	Earlier []*ent.DeliveryAttempt
}

// Outcome is what the other side made of a parcel.
type Outcome string

// The outcomes.
const (
	// Sent: the other side has it, its answer is awaited until AnswerDue.
	Sent Outcome = "SENT"
	// Confirmed: it arrived.
	Confirmed Outcome = "CONFIRMED"
	// Refused for good: the next channel is tried, and after the last a person
	// must look (FAILED).
	Refused Outcome = "REFUSED"
	// NotSent: it certainly did not arrive; it is tried again. Of Reconcile it
	// is not enough: there NeverArrived says so.
	NotSent Outcome = "NOT_SENT"
	// Unknown: it may have arrived. It is reconciled.
	Unknown Outcome = "UNKNOWN"
	// NeverArrived, of Reconcile and Verify: it is sent again.
	NeverArrived Outcome = "NEVER_ARRIVED"
	// Verified, of Verify: the confirmation is proved. Of Reconcile: it
	// arrived, and that is proved.
	Verified Outcome = "VERIFIED"
	// Overtaken, of Reconcile and Verify: the other side shows what a newer one
	// of ours said. Whether this one ever arrived matters no more.
	Overtaken Outcome = "OVERTAKEN"
)

// Result is an outcome with what follows from it.
type Result struct {
	Outcome Outcome
	// Detail is kept with the attempt as evidence: a job, a queue id, a reply.
	// It is read by the registry section and must name nobody. ≤ 1,000 bytes.
	Detail string
	// At is when the other side says that it happened; zero if it did not. An
	// answer of before the newest attempt is about an earlier one.
	At time.Time
	// AnswerDue, of Sent: after this time without an answer it is UNKNOWN.
	// Zero means the recipient's deadline.
	AnswerDue time.Duration
	// VerifyAfter, of Confirmed and Verified: inquire (again) then. Zero: never.
	VerifyAfter time.Duration
	// RetryAfter is when to try or look again; zero means the back-off.
	RetryAfter time.Duration
	// Tries, of NotSent: after so many attempts it is Refused. Zero: no limit.
	Tries int

	channel terms.ChannelKind // to try next, or that could not render
	elapsed time.Duration     // since the newest attempt began, or it was planned
}

// event is what the outcome means to the state machine, outside of Verify.
func (r Result) event() Event {
	switch r.Outcome {
	case Sent:
		return WasSent
	case Confirmed, Verified:
		return WasConfirmed
	case Refused:
		return WasRefused
	case NotSent:
		return WasNotSent
	case NeverArrived:
		return NeverCame
	case Overtaken:
		return GaveWay
	}
	return WasLost // an outcome that nobody knows is not known
}
