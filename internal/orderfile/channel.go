package orderfile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// Channel delivers updates to the state file, and observes what the switch
// makes of them in the national one, which we never write (§3(e), §3(f)).
type Channel struct {
	client *Client
	ledger *delivery.Ledger
	db     *ent.Client
	o      ChannelOptions
	begun  time.Time
}

// ChannelOptions are the options of a [Channel].
type ChannelOptions struct {
	Profile Profile
	// ORI is that of the agency on whose behalf the records are kept.
	ORI string
	// AnswerDue is how long the state file may take to acknowledge: 5 min.
	AnswerDue time.Duration
	// Quiet is how long to wait for answers that the switch has kept, after a
	// failure or a start, before an inquiry has an update sent again: 60 s.
	Quiet time.Duration
	// VerifyAfter is when an acknowledgement is proved by an inquiry: 10 min,
	// and never more than an hour.
	VerifyAfter time.Duration
	// Clock; by default time.Now.
	Clock func() time.Time
	Log   *slog.Logger
}

// NewChannel makes the channel and takes the client's answers.
func NewChannel(client *Client, ledger *delivery.Ledger, db *ent.Client, o ChannelOptions) *Channel {
	if o.AnswerDue == 0 {
		o.AnswerDue = 5 * time.Minute
	}
	if o.Quiet == 0 {
		o.Quiet = time.Minute
	}
	if o.VerifyAfter == 0 {
		o.VerifyAfter = 10 * time.Minute
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	c := &Channel{client, ledger, db, o, o.Clock()}
	client.OnAnswer(c.take)
	return c
}

// Kind is SWITCH.
func (c *Channel) Kind() terms.ChannelKind { return terms.ChannelSwitch }

// ControlNumber draws the reference by which the switch knows an update.
func (c *Channel) ControlNumber() string { return string(NewControlNumber()) }

// Render gathers the update from the order's version in force. It says the
// earliest service that stands on the case once the delivery's activity is
// recorded: a correction says the corrected time, what takes the only service
// back clears it. The name is the registry's: the file holds it in that
// spelling.
func (c *Channel) Render(ctx context.Context, d *ent.Delivery) (delivery.Content, error) {
	facts, err := casefile.ReadFacts(ctx, c.db, d.CaseID)
	if err != nil {
		return delivery.Content{}, err
	}
	order := facts.Order(d.OrderNumber)
	if order == nil || order.StateFileNumber == "" || facts.Respondent == nil || d.ActivityID == nil {
		return delivery.Content{}, fmt.Errorf("delivery %s: its order has no record in the state file", d.ID)
	}
	all, err := casefile.Activities(ctx, c.db, d.CaseID)
	if err != nil {
		return delivery.Content{}, fmt.Errorf("gathering the update of %s: %w", d.ID, err)
	}
	values := c.o.Profile.NotServed()
	if service := casefile.ServedBy(all, d.Sequence); service != nil {
		values = c.o.Profile.Served(service.OccurredAt)
	}
	key := ModifyOrder
	if order.ExParte && order.Outcome == nil {
		key = ModifyTemporaryOrder
	}
	update := Update{
		Key: key, ORI: c.o.ORI, RecordNumber: order.StateFileNumber,
		Name:   OrderName(facts.Respondent.LastName, facts.Respondent.FirstName),
		Values: values,
	}
	content, err := json.Marshal(update)
	if err != nil {
		return delivery.Content{}, fmt.Errorf("encoding the update of %s: %w", d.ID, err)
	}
	return delivery.Content{Facts: content}, nil
}

func update(p delivery.Parcel) (Update, error) {
	var u Update
	if len(p.Content.Facts) == 0 { // a person confirmed what was never sent
		return u, fmt.Errorf("the update of %s was never written, so it cannot be asked for", p.Delivery.ID)
	}
	if err := json.Unmarshal(p.Content.Facts, &u); err != nil {
		return u, fmt.Errorf("reading the update of %s: %w", p.Delivery.ID, err)
	}
	if p.Delivery.ControlNumber != nil {
		u.ControlNumber = ControlNumber(*p.Delivery.ControlNumber)
	}
	return u, nil
}

// Send tells the switch. What it stored is SENT: the file's word comes later.
func (c *Channel) Send(ctx context.Context, p delivery.Parcel) delivery.Result {
	u, err := update(p)
	if err != nil {
		return delivery.Result{Outcome: delivery.Refused, Detail: err.Error()}
	}
	err = c.client.Send(ctx, u)
	var refused *Refused
	var field *FieldError
	switch {
	case err == nil:
		return delivery.Result{Outcome: delivery.Sent, Detail: "stored by the switch", AnswerDue: c.o.AnswerDue}
	case errors.As(err, &field):
		return delivery.Result{Outcome: delivery.Refused, Detail: field.Error()}
	case errors.As(err, &refused) && refused.Code.Class() != ClassPassing:
		return delivery.Result{Outcome: delivery.Refused, Detail: refused.Error()}
	case errors.Is(err, ErrNotSent):
		return delivery.Result{Outcome: delivery.NotSent, Detail: err.Error()}
	}
	return delivery.Result{Outcome: delivery.Unknown, Detail: err.Error(), RetryAfter: c.o.Quiet}
}

// What R02 means for an order that may not have been entered yet: six tries,
// ten minutes apart, then a person.
const (
	notOnFilePause = 10 * time.Minute
	notOnFileTries = 6
)

// take settles a delivery by an answer of the switch. Only after it returns
// nil does the switch forget the answer.
func (c *Channel) take(ctx context.Context, a Answer) error {
	recipient := terms.ToStateFile
	if a.File == NationalFile {
		recipient = terms.ToNationalFile
	}
	r := delivery.Result{Detail: evidence(a), At: a.At}
	switch {
	case a.Kind == Acknowledged:
		r.Outcome, r.VerifyAfter = delivery.Confirmed, min(c.o.VerifyAfter, time.Hour)
	case a.Kind == Rejected && a.Code == NoChange:
		r.Outcome = delivery.Unknown // it is so already, says the file: an inquiry tells
	case a.Kind == Rejected && recipient == terms.ToStateFile && a.Code == NotOnFile:
		r.Outcome, r.RetryAfter, r.Tries = delivery.NotSent, notOnFilePause, notOnFileTries
	case a.Kind == Rejected && recipient == terms.ToStateFile && a.Code.Class() == ClassPassing:
		r.Outcome = delivery.NotSent
	case a.Kind == Rejected:
		r.Outcome = delivery.Refused
	case a.Kind == Unreadable:
		return c.keep(ctx, a, "it cannot be read: "+a.Text)
	case a.Kind == StatusTold:
		return c.keep(ctx, a, "a status: "+string(a.Code))
	default:
		return c.keep(ctx, a, "no inquiry of this process waits for it")
	}
	_, err := c.ledger.Settle(ctx, delivery.Ref{ControlNumber: string(a.ControlNumber), Recipient: recipient}, r)
	if errors.Is(err, delivery.ErrNoDelivery) {
		return c.keep(ctx, a, "it matches no delivery")
	}
	if err != nil {
		return fmt.Errorf("settling an answer: %w", err)
	}
	return nil
}

// evidence is what is kept of an answer: nothing that names a person.
func evidence(a Answer) string {
	s := string(a.File) + " " + string(a.Kind)
	if a.Code != "" {
		s += " " + string(a.Code) + " " + a.Code.Text()
	}
	if a.Sequence != "" {
		s += " SEQ/" + a.Sequence
	}
	return s
}
