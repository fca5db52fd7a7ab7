package registry_test

import (
	"context"
	"encoding/json"

	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	entdelivery "github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/deliveryattempt"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// ending is what the world outside does with one attempt.
type ending string

const (
	arrives  ending = "arrives"
	lost     ending = "is certainly not sent"
	refused  ending = "is refused for good"
	vanishes ending = "vanishes, and nobody knows"
	doubtful ending = "arrives, and nobody knows"
	stuck    ending = "is being handed over" // until letGo
)

// outside is the agencies and the state file: it remembers what reached them, in
// order, and does with each attempt what the test says. The ledger, the
// dispatcher, the pages and the updates are the real ones.
type outside struct {
	*recordingtest.World
	notices    *lawenforcement.Notices
	updates    *orderfile.Channel
	dispatcher *delivery.Dispatcher

	mu      sync.Mutex
	ends    func(d *ent.Delivery, attempt int) ending
	mute    bool // who is asked does not know
	inbox   map[terms.ID][]lawenforcement.Notice
	there   map[terms.ID]int // how often a delivery arrived
	record  map[string]orderfile.ServiceValues
	held    int
	release chan ending
	changed chan struct{}
	number  int
	only    terms.ID  // the case that is looked at, if there are several
	sees    time.Time // the dispatcher's time: it moves only when the test rests
}

var page = sync.OnceValues(lawenforcement.NewPage)

func newOutside(t testing.TB, s *store.Store) *outside {
	x := &outside{
		World: recordingtest.New(t, s), ends: func(*ent.Delivery, int) ending { return arrives },
		inbox: map[terms.ID][]lawenforcement.Notice{}, there: map[terms.ID]int{}, record: map[string]orderfile.ServiceValues{},
		release: make(chan ending), changed: make(chan struct{}),
	}
	p, err := page()
	if err != nil {
		t.Fatal(err)
	}
	x.notices = &lawenforcement.Notices{
		Client: s.Client, Reference: x.Reference, Routing: x.Routing, Page: p,
		Registry: lawenforcement.Contact{CallBack: "(860) 555-0142"},
	}
	client := orderfile.NewClient(nil, orderfile.ClientOptions{Profile: orderfile.DefaultProfile()})
	x.updates = orderfile.NewChannel(client, x.Ledger, s.Client, orderfile.ChannelOptions{Profile: orderfile.DefaultProfile(), ORI: "CT018015J", Clock: x.Clock.Now})
	x.dispatcher = delivery.New(s, delivery.Options{
		Channels: []delivery.Channel{post{x, terms.ChannelSpool}, numbered{post{x, terms.ChannelSwitch}}},
		Clock:    x.lagging, OnCommit: x.beat, Poll: 5 * time.Millisecond, Grace: time.Millisecond,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	return x
}

// run has the dispatcher work until the test, or stop, ends it.
func (x *outside) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.dispatcher.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			x.Error(err)
		}
	})
	x.Cleanup(stop)
	return stop
}

// lagging is the dispatcher's clock: what is recorded between two rests is not
// due before the second.
func (x *outside) lagging() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.sees.IsZero() {
		return x.Clock.Now().Add(-time.Second)
	}
	return x.sees
}

func (x *outside) beat() {
	x.mu.Lock()
	defer x.mu.Unlock()
	close(x.changed)
	x.changed = make(chan struct{})
}

// rest waits until nothing is due, and nothing under way but what is stuck.
func (x *outside) rest() {
	x.Helper()
	x.Clock.Advance(time.Millisecond) // a case's time runs ahead by microseconds
	x.mu.Lock()
	x.sees = x.Clock.Now()
	x.mu.Unlock()
	x.dispatcher.Nudge()
	x.await("the dispatcher rests", func() bool {
		all := x.Store.Client.Delivery.Query
		sending := all().Where(entdelivery.StateEQ(terms.Sending)).CountX(x.System())
		due := all().Where(entdelivery.StateNEQ(terms.Sending), entdelivery.NextAtLTE(x.Clock.Now())).CountX(x.System())
		x.mu.Lock()
		defer x.mu.Unlock()
		return due == 0 && sending == x.held
	})
}

func (x *outside) await(what string, condition func() bool) {
	x.Helper()
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for {
		x.mu.Lock()
		changed := x.changed
		x.mu.Unlock()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-deadline.C:
			x.Fatalf("waited in vain until %s:\n%s", what, x.evidence())
		}
	}
}

// ending says what becomes of the attempts from now on.
func (x *outside) ending(e ending) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.ends = func(*ent.Delivery, int) ending { return e }
}

// letGo lets what is being handed over end.
func (x *outside) letGo(e ending) {
	x.Helper()
	x.mu.Lock()
	n := x.held
	x.held = 0
	x.mu.Unlock()
	for range n {
		x.release <- e
	}
}

// post is a channel to the outside.
type post struct {
	*outside
	kind terms.ChannelKind
}

func (p post) Kind() terms.ChannelKind { return p.kind }

func (p post) Render(ctx context.Context, d *ent.Delivery) (delivery.Content, error) {
	if p.kind == terms.ChannelSwitch {
		return p.updates.Render(ctx, d)
	}
	return p.notices.Render(ctx, d)
}

func (p post) Send(_ context.Context, parcel delivery.Parcel) delivery.Result {
	p.mu.Lock()
	e := p.ends(parcel.Delivery, parcel.Attempt)
	if e == stuck {
		p.held++
	}
	p.mu.Unlock()
	if e == stuck {
		p.beat()
		e = <-p.release
	}
	if e == arrives || e == doubtful {
		if err := p.arrive(parcel); err != nil {
			p.Error(err)
		}
	}
	switch e {
	case arrives:
		return delivery.Result{Outcome: delivery.Confirmed, Detail: string(e)}
	case lost:
		return delivery.Result{Outcome: delivery.NotSent, Detail: string(e)}
	case refused:
		return delivery.Result{Outcome: delivery.Refused, Detail: string(e)}
	}
	return delivery.Result{Outcome: delivery.Unknown, Detail: string(e)}
}

func (p post) arrive(parcel delivery.Parcel) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := parcel.Delivery
	p.there[d.ID]++
	if p.kind == terms.ChannelSwitch {
		var u orderfile.Update
		err := json.Unmarshal(parcel.Content.Facts, &u)
		p.record[u.RecordNumber] = u.Values
		return err
	}
	n, err := lawenforcement.ParseNotice(parcel.Content.Facts)
	p.inbox[*d.AgencyID] = append(p.inbox[*d.AgencyID], n)
	return err
}

func (p post) Reconcile(_ context.Context, parcel delivery.Parcel) delivery.Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case parcel.Delivery.RecipientKind == terms.ToNationalFile:
		return delivery.Result{Outcome: delivery.Confirmed, Detail: "asked: the switch has forwarded it"}
	case p.mute:
		return delivery.Result{Outcome: delivery.Unknown, Detail: "nobody answers", RetryAfter: time.Minute}
	case p.there[parcel.Delivery.ID] > 0:
		return delivery.Result{Outcome: delivery.Confirmed, Detail: "asked: it is there"}
	}
	return delivery.Result{Outcome: delivery.NeverArrived, Detail: "asked: it is not there"}
}

// numbered is a post to the switch.
type numbered struct{ post }

func (n numbered) ControlNumber() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.number++
	return fmt.Sprintf("REF%07d", n.number)
}

// at is a time of the court's day on which the world begins.
func at(clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-24 "+clock, terms.CourtZone)
	if err != nil {
		panic(err)
	}
	return t
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "none"
	}
	return t.In(terms.CourtZone).Format("15:04")
}

// all are the deliveries of the case, in the order in which they were
// planned; of one agency, or of all if it is "".
func (x *outside) all(agency string) []*ent.Delivery {
	x.Helper()
	query := x.Store.Client.Delivery.Query().Order(entdelivery.BySequence(), entdelivery.ByID())
	if x.only != "" {
		query.Where(entdelivery.CaseID(x.only))
	}
	if agency != "" {
		query.Where(entdelivery.AgencyID(x.Agency(agency)))
	}
	return query.AllX(x.System())
}

// story is what became of the notices to an agency: what each tells, its state,
// and which one it replaces.
func (x *outside) story(agency string) (lines []string) {
	x.Helper()
	list := x.all(agency)
	for _, d := range list {
		a := x.Store.Client.ServiceActivity.GetX(x.System(), *d.ActivityID)
		line := "taken back"
		if a.Kind == terms.KindService {
			line = "served " + clock(a.OccurredAt)
		}
		if agency == "" {
			line = string(d.RecipientKind) + " " + line
		}
		line += " " + string(d.State)
		if i := slices.IndexFunc(list, func(old *ent.Delivery) bool { return d.ReplacesID != nil && old.ID == *d.ReplacesID }); i >= 0 {
			line += fmt.Sprintf(", replaces %d", i+1)
		}
		lines = append(lines, line)
	}
	return lines
}

// read is what an agency has received, as its pages say it.
func (x *outside) read(agency string) (lines []string) {
	x.Helper()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, n := range x.inbox[x.Agency(agency)] {
		line := "served " + clock(n.ExecutedAt)
		switch n.Correction {
		case lawenforcement.Corrected:
			line = "CORRECTION: " + line
		case lawenforcement.Withdrawn:
			line = "WITHDRAWN"
		}
		lines = append(lines, line)
	}
	return lines
}

// evidence is every delivery with its attempts.
func (x *outside) evidence() string {
	var b strings.Builder
	for i, d := range x.all("") {
		fmt.Fprintf(&b, "%s %s\n", x.story("")[i], d.RecipientKey)
		for _, a := range x.Store.Client.DeliveryAttempt.Query().Where(deliveryattempt.DeliveryID(d.ID)).Order(deliveryattempt.ByNumber()).AllX(x.System()) {
			fmt.Fprintf(&b, "  %d %s: %s\n", a.Number, a.Outcome, a.Detail)
		}
	}
	return b.String()
}
