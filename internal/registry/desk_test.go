package registry_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/deliverydecision"
	"github.com/service-tracking/sts/ent/journalrecord"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// office is a world with a desk, and one served case whose deliveries a test
// brings into the state that it needs.
type office struct {
	*recordingtest.World
	desk    *registry.Desk
	service *ent.ServiceActivity
	serial  int
}

func newOffice(t testing.TB, s *store.Store) *office {
	o := &office{World: recordingtest.New(t, s)}
	o.desk = &registry.Desk{
		Store: s, Planner: o.Planner, Ledger: o.Ledger, Reference: o.Reference, Clock: o.Clock.Now,
		Channels: []terms.ChannelKind{terms.ChannelSpool},
	}
	return o
}

// served opens a case and records a service on it.
func (o *office) served(row feed.Registry) {
	o.Helper()
	o.OpenCase(feed.Daybook{DocketNumber: docket})
	row.DocketNumber = docket
	o.Registry(row)
	o.service = o.Serve(o.Service(docket, intaketest.Noon)).Activity
}

// put makes a delivery in the state. An update of the national file gets its
// state file's update, confirmed.
func (o *office) put(to terms.RecipientKind, state terms.DeliveryState) *ent.Delivery {
	o.Helper()
	o.serial++
	key := fmt.Sprintf("PO-%d", o.serial)
	if to == terms.ToNationalFile {
		o.insert(terms.ToStateFile, key, o.service, terms.Confirmed)
	}
	if to == terms.ToAgency {
		key = string(terms.NewID(terms.AgencyPrefix))
	}
	return o.insert(to, key, o.service, state)
}

func (o *office) insert(to terms.RecipientKind, key string, a *ent.ServiceActivity, state terms.DeliveryState, replaces ...terms.ID) *ent.Delivery {
	o.Helper()
	next := o.Clock.Now()
	switch {
	case state == terms.Failed, state == terms.Waiting:
		next = delivery.Parked
	case delivery.Settled(state):
		next = delivery.Never
	}
	c := o.Store.Client.Delivery.Create().SetCaseID(a.CaseID).SetActivityID(a.ID).SetSequence(a.Sequence).
		SetRecipientKind(to).SetRecipientKey(key).SetState(state).SetNextAt(next).
		SetDueBy(o.Clock.Now().Add(5 * time.Minute)).SetCreatedAt(o.Clock.Now())
	for _, id := range replaces {
		c.SetReplacesID(id)
	}
	switch to {
	case terms.ToAgency:
		c.SetAgencyID(terms.ID(key)).SetChannel(terms.ChannelSpool)
	default:
		c.SetOrderNumber(key).SetChannel(terms.ChannelSwitch)
	}
	if state == terms.Confirmed {
		c.SetConfirmedAt(o.Clock.Now())
	}
	if state == terms.Waiting {
		c.SetWaitingFor(terms.WaitsForFileNumber)
	}
	d, err := c.Save(o.System())
	o.check(err)
	return d
}

func (o *office) check(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) now(d *ent.Delivery) *ent.Delivery {
	o.Helper()
	row, err := o.Store.Client.Delivery.Get(o.System(), d.ID)
	o.check(err)
	return row
}

func (o *office) decisions(d *ent.Delivery) (kinds []terms.DecisionKind) {
	o.Helper()
	rows, err := o.Store.Client.DeliveryDecision.Query().Where(deliverydecision.DeliveryID(d.ID)).
		Order(ent.Asc(deliverydecision.FieldDecidedAt)).All(o.System())
	o.check(err)
	for _, r := range rows {
		kinds = append(kinds, r.Kind)
	}
	return kinds
}

func (o *office) records(about terms.ID, kind terms.RecordKind) []*ent.JournalRecord {
	o.Helper()
	rows, err := o.Store.Client.JournalRecord.Query().Where(journalrecord.AboutID(about), journalrecord.KindEQ(kind)).
		Order(ent.Asc(journalrecord.FieldRecordedAt)).All(o.System())
	o.check(err)
	return rows
}

type decide func(*registry.Desk, context.Context, *access.Viewer, registry.Decision) (registry.Decided, error)

var (
	retry   decide = (*registry.Desk).RetryDelivery
	confirm decide = (*registry.Desk).ConfirmDelivery
	abandon decide = (*registry.Desk).AbandonDelivery
)

// does decides, and answers the code of the refusal, "" if there is none. Time
// passes between decisions.
func (o *office) does(what decide, who string, d *ent.Delivery) registry.Code {
	o.Helper()
	o.Clock.Advance(time.Minute)
	return o.at(what, who, d, "I telephoned them")
}

func (o *office) at(what decide, who string, d *ent.Delivery, reason string) registry.Code {
	o.Helper()
	done, err := what(o.desk, context.Background(), o.As(who), registry.Decision{Delivery: d.ID, Reason: reason})
	o.check(err)
	if r := done.Refusal; r != nil {
		if r.Message == "" || done.Delivery != nil {
			o.Errorf("a refusal without words, or with a result: %+v", done)
		}
		return r.Code
	}
	if now := o.now(d); now.State != done.Delivery.State || now.Version != done.Delivery.Version {
		o.Errorf("answered is %s, stored %s", done.Delivery.State, now.State)
	}
	return ""
}

func (o *office) is(d *ent.Delivery, state terms.DeliveryState) {
	o.Helper()
	if now := o.now(d); now.State != state {
		o.Errorf("the delivery is %s, want %s", now.State, state)
	}
}

var everyState = []terms.DeliveryState{
	terms.Waiting, terms.Pending, terms.Sending, terms.Sent, terms.Confirmed, terms.Retrying, terms.Unknown, terms.Failed, terms.Abandoned, terms.Superseded,
}

// settle is the other side's answer, a minute later.
func (o *office) settle(d *ent.Delivery, outcome delivery.Outcome) {
	o.Helper()
	o.Clock.Advance(time.Minute)
	_, err := o.Ledger.Settle(context.Background(), delivery.Ref{Delivery: d.ID}, delivery.Result{Outcome: outcome, Detail: "R04"})
	o.check(err)
}
