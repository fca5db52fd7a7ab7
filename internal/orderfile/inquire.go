package orderfile

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	entdelivery "github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/ent/deliverycontent"
	"github.com/service-tracking/sts/ent/switchanswer"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/terms"
)

// clockSkew is how far the files' clocks may be behind ours.
const clockSkew = 2 * time.Second

// Reconcile asks the files what they hold. An update that the switch has
// stored is not sent again because the record is unchanged: the switch may
// hold it still.
func (c *Channel) Reconcile(ctx context.Context, p delivery.Parcel) delivery.Result {
	r, verdict := c.inquire(ctx, p)
	if verdict != SendAgain {
		return r
	}
	if left := c.o.Quiet - c.o.Clock().Sub(c.begun); left > 0 {
		r.Detail += "; not sent again: the switch may have kept answers for us"
		r.RetryAfter = left
		return r
	}
	why, err := c.held(ctx, p)
	if err != nil {
		why = err.Error()
	}
	if r.Outcome = delivery.NeverArrived; why != "" {
		r.Outcome = delivery.Unknown
		r.Detail += "; not sent again: " + why
	}
	return r
}

// Verify proves an acknowledgement: no word of the switch is proof until an
// inquiry agrees. What the file itself acknowledged is held nowhere: if the
// record is unchanged, it is sent again. The national file is never sent
// anything, so there it is asked again (§3(f)).
func (c *Channel) Verify(ctx context.Context, p delivery.Parcel) delivery.Result {
	r, verdict := c.inquire(ctx, p)
	if verdict == SendAgain && p.Delivery.RecipientKind == terms.ToStateFile {
		r.Outcome = delivery.NeverArrived
	}
	return r
}

func (c *Channel) inquire(ctx context.Context, p delivery.Parcel) (delivery.Result, Verdict) {
	unknown := func(err error) (delivery.Result, Verdict) {
		return delivery.Result{Outcome: delivery.Unknown, Detail: err.Error()}, NoAnswer
	}
	u, err := update(p)
	if err != nil {
		return unknown(err)
	}
	known := Known{File: StateFile, AttemptStarted: firstUnknown(p), Values: u.Values, Skew: clockSkew}
	if p.Delivery.RecipientKind == terms.ToNationalFile {
		known.File = NationalFile
	}
	if known.LastSequence, err = c.lastSequence(ctx, p, known.AttemptStarted); err != nil {
		return unknown(err)
	}
	records, err := c.client.Inquire(ctx, Inquiry{ControlNumber: NewControlNumber(), ORI: u.ORI, RecordNumber: u.RecordNumber, Files: []File{known.File}})
	if err != nil && !errors.Is(err, ErrNoAnswer) {
		return unknown(err)
	}
	found := Reconcile(known, records)
	r := delivery.Result{Outcome: delivery.Unknown, Detail: "inquiry: " + string(found.Verdict)}
	if found.Record != nil {
		r.Detail += " SEQ/" + found.Record.Sequence
	}
	switch found.Verdict {
	case ConfirmedByInquiry:
		r.Outcome = delivery.Verified
	case SomebodyElseWrote:
		ours, err := c.newerSays(ctx, p.Delivery, found.Record)
		if err != nil {
			return unknown(err)
		}
		if r.Outcome = delivery.Refused; ours {
			r.Outcome = delivery.Overtaken
			r.Detail += "; a newer update of ours wrote that"
		}
	case NotInFile:
		r.Outcome = delivery.Refused
	}
	return r, found.Verdict
}

// newerSays tells whether the record says what a newer update of ours was sent to
// say: a correction of this service, or its withdrawal. Then nobody else wrote.
// That can be with the national file: its updates do not wait for each other.
// What certainly never left us wrote nothing, whatever it would have said.
func (c *Channel) newerSays(ctx context.Context, d *ent.Delivery, r *Record) (bool, error) {
	attempts, err := c.db.DeliveryAttempt.Query().Where(deliveryattempt.OutcomeNEQ(terms.AttemptNotSent), deliveryattempt.HasDeliveryWith(
		entdelivery.CaseID(d.CaseID), entdelivery.RecipientKindEQ(terms.ToStateFile), entdelivery.RecipientKey(d.RecipientKey),
		entdelivery.SequenceGT(d.Sequence),
	)).Select(deliveryattempt.FieldDeliveryID).All(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for updates sent after %s: %w", d.ID, err)
	}
	newer := make([]terms.ID, len(attempts))
	for i, a := range attempts {
		newer[i] = a.DeliveryID
	}
	contents, err := c.db.DeliveryContent.Query().Where(deliverycontent.IDIn(newer...)).All(ctx)
	if err != nil {
		return false, fmt.Errorf("reading what updates after %s say: %w", d.ID, err)
	}
	for _, content := range contents {
		u, err := update(delivery.Parcel{Delivery: d, Content: delivery.Content{Facts: content.Facts}})
		if err != nil {
			return false, err
		}
		if u.Values.in(r.File) == r.Values.in(r.File) {
			return true, nil
		}
	}
	return false, nil
}

// firstUnknown is when the first attempt began whose end is not known.
func firstUnknown(p delivery.Parcel) time.Time {
	for _, a := range p.Earlier {
		if a.Outcome == terms.AttemptUnknown || a.Outcome == terms.AttemptOpen {
			return a.StartedAt
		}
	}
	return p.AttemptStarted
}

// acknowledged finds the SEQ of acknowledgements in the evidence of an attempt.
var acknowledged = regexp.MustCompile(`(?:STATE|NATNL) ACK SEQ/([0-9A-Z]+)`)

// lastSequence is the SEQ that the file acknowledged last, of those attempts at
// the same record that began before the time given. "" if none is known.
func (c *Channel) lastSequence(ctx context.Context, p delivery.Parcel, before time.Time) (string, error) {
	for _, a := range slices.Backward(p.Earlier) {
		if seq := sequenceIn(a); seq != "" && a.StartedAt.Before(before) {
			return seq, nil
		}
	}
	d := p.Delivery
	earlier, err := c.db.DeliveryAttempt.Query().Where(deliveryattempt.HasDeliveryWith(
		entdelivery.CaseID(d.CaseID), entdelivery.RecipientKindEQ(d.RecipientKind), entdelivery.RecipientKey(d.RecipientKey),
		entdelivery.SequenceLT(d.Sequence),
	)).Order(deliveryattempt.ByStartedAt(), deliveryattempt.ByNumber()).All(ctx)
	if err != nil {
		return "", fmt.Errorf("looking for what the file acknowledged before %s: %w", d.ID, err)
	}
	for _, a := range slices.Backward(earlier) {
		if seq := sequenceIn(a); seq != "" {
			return seq, nil
		}
	}
	return "", nil
}

func sequenceIn(a *ent.DeliveryAttempt) string {
	all := acknowledged.FindAllStringSubmatch(a.Detail, -1)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1][1]
}

// held tells why the switch may still bring an update that the record does not
// show, "" if it cannot. Earlier attempts do not count: a rejection, S04 or a
// person ended each of them before the next began.
func (c *Channel) held(ctx context.Context, p delivery.Parcel) (why string, err error) {
	if p.Delivery.RecipientKind == terms.ToNationalFile {
		if p.Delivery.State == terms.Retrying { // a person says so
			return "", nil
		}
		return "the state switch forwards", nil
	}
	newest, gone, err := c.service(ctx, p.AttemptStarted)
	stored := p.Delivery.SentAt != nil && !p.Delivery.SentAt.Before(p.AttemptStarted)
	switch {
	case err != nil:
		return "", err
	case newest == WillForward:
		return "the switch said that it will forward", nil
	case newest == WontForward:
		return "the file is out of service", nil
	case stored && !(gone && newest == InService):
		return "the switch has stored it", nil
	}
	return "", nil
}

// statusesRead bounds how far back the statuses are read.
const statusesRead = 200

// service is what the switch said last of the state file's service, and
// whether it has thrown away (S04) what it had stored since the time given, or
// was doing so then.
func (c *Channel) service(ctx context.Context, since time.Time) (newest Code, gone bool, err error) {
	rows, err := c.db.SwitchAnswer.Query().Where(switchanswer.Kind(string(StatusTold))).
		Order(ent.Desc(switchanswer.FieldReceivedAt, switchanswer.FieldID)).Limit(statusesRead).All(ctx)
	if err != nil {
		return "", false, fmt.Errorf("reading what the switch said of its service: %w", err)
	}
	for _, row := range rows {
		a, err := c.o.Profile.ParseAnswer([]byte(row.Raw))
		if err != nil || a.File != StateFile {
			continue
		}
		if newest == "" {
			newest = a.Code
		}
		gone = gone || a.Code == WontForward
		at := row.ReceivedAt
		if !a.At.IsZero() {
			at = a.At
		}
		if at.Before(since) {
			break
		}
	}
	return newest, gone, nil
}
