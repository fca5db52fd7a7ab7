package recording_test

import (
	"flag"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// checks sets how often rapid tries, unless the command line says so.
func checks(t *testing.T, n int) {
	f := flag.Lookup("rapid.checks")
	if was := f.Value.String(); was == f.DefValue {
		if err := flag.Set(f.Name, fmt.Sprint(n)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := flag.Set(f.Name, was); err != nil {
				t.Error(err)
			}
		})
	}
}

// §6(a), §6(b), §7: whatever several officers and the registry section record,
// correct, withdraw and acknowledge, in whatever order: who holds the papers,
// where service stands, what stands and which transfer needs a person are what
// a simple model says.
func TestTheCaseIsWhatASimpleModelSays(t *testing.T) {
	for engine, c := range map[string]struct {
		open func(testing.TB) *store.Store
		runs int
	}{"SQLite": {storetest.SQLite, 40}, "MariaDB": {storetest.MySQL, 10}} {
		t.Run(engine, func(t *testing.T) {
			w := recordingtest.New(t, c.open(t))
			retired := w.Retired("Otto", "Brandt")
			checks(t, c.runs)
			run := 0
			rapid.Check(t, func(t *rapid.T) {
				run++
				p := &play{T: t, w: w, docket: terms.Docket(fmt.Sprintf("HHDFA26%07dS", run)), retired: retired, acknowledged: map[terms.ID]bool{}}
				w.OpenCase(feed.Daybook{DocketNumber: p.docket})
				t.Repeat(map[string]func(*rapid.T){
					"record": p.record, "enter": p.enter, "correct": p.correct, "withdraw": p.withdraw,
					"acknowledge": p.acknowledge, "time": p.time, "": p.same,
				})
			})
			w.Consistent()
		})
	}
}

// play is one run: a case, and what the model has of it.
type play struct {
	*rapid.T
	w       *recordingtest.World
	docket  terms.Docket
	retired terms.ID
	sheet   sheet
	// acknowledged are the transfers that were, whether or not they stand.
	acknowledged map[terms.ID]bool
	done         []terms.ID // all that was recorded, withdrawals included
}

var everyConfirmation = []terms.Confirmation{
	terms.ConfirmAlreadyServed, terms.ConfirmBeforeCaseExisted, terms.ConfirmOfficerNotListed, terms.ConfirmRespondentMismatch,
}

func (p *play) who() string {
	return rapid.SampledFrom([]string{"officer1", "officer2", "officer3"}).Draw(p.T, "who")
}

// entry draws an entry of any kind, and the line that it makes.
func (p *play) entry() (recording.Entry, *line) {
	at := p.w.Clock.Now().Add(-time.Duration(rapid.IntRange(0, 300).Draw(p.T, "minutes")) * time.Minute)
	l := &line{at: at, kind: rapid.SampledFrom([]terms.ActivityKind{
		terms.KindTransfer, terms.KindReceipt, terms.KindService, terms.KindAttempt, terms.KindOtherInformation, terms.KindTransfer,
	}).Draw(p.T, "kind")}
	switch l.kind {
	case terms.KindService:
		return recordingtest.Served(at), l
	case terms.KindAttempt:
		return recordingtest.Attempted(at), l
	case terms.KindReceipt:
		return recordingtest.Received(at), l
	case terms.KindOtherInformation:
		return recordingtest.Noted("something"), l
	}
	e := recordingtest.Transferred("", at)
	switch n := rapid.IntRange(0, 7).Draw(p.T, "to"); n {
	case 0:
		e.Transfer.To.Name, l.unlisted = "Somebody Else", true
	case 1:
		e.Transfer.To.Officer, l.unlisted = p.retired, true
	default:
		e.Transfer.To.Officer = p.w.Officer(p.who())
	}
	l.to = e.Transfer.To.Officer
	return e, l
}

func (p *play) record(*rapid.T) {
	who := p.who()
	e, l := p.entry()
	l.officer = p.w.Officer(who)
	common, v := p.w.By(p.docket, everyConfirmation...), p.w.As(who)
	var r recording.Recorded
	var err error
	switch l.kind {
	case terms.KindService:
		r, err = p.w.Recorder.RecordService(p.Context(), v, recording.Service{Common: common, ServiceEntry: *e.Service})
	case terms.KindAttempt:
		r, err = p.w.Recorder.RecordAttempt(p.Context(), v, recording.Attempt{Common: common, AttemptEntry: *e.Attempt})
	case terms.KindReceipt:
		r, err = p.w.Recorder.RecordReceipt(p.Context(), v, recording.Receipt{Common: common, ReceiptEntry: *e.Receipt})
	case terms.KindTransfer:
		r, err = p.w.Recorder.TransferProcess(p.Context(), v, recording.Transfer{Common: common, TransferEntry: *e.Transfer})
	default:
		r, err = p.w.Recorder.RecordOtherInformation(p.Context(), v, recording.OtherInformation{Common: common, OtherInformationEntry: *e.OtherInformation})
	}
	p.recorded(l, r, err)
}

func (p *play) enter(*rapid.T) {
	who := p.who()
	e, l := p.entry()
	l.officer = p.w.Officer(who)
	in := p.w.Manual(who, p.docket, e)
	in.Confirm = everyConfirmation
	r, err := p.w.Recorder.RecordManualEntry(p.Context(), p.w.As("registry1"), in)
	p.recorded(l, r, err)
}

// recorded: refused are a transfer by who is not the holder, and one to oneself.
func (p *play) recorded(l *line, r recording.Recorded, err error) {
	want := recording.Code("")
	if h := holder(p.sheet.standing()); l.kind == terms.KindTransfer && h != "" && h != l.officer {
		want = recording.NotHolder
	}
	if l.kind == terms.KindTransfer && l.to == l.officer {
		want = recording.SameOfficer
	}
	if p.refused(r, err, want) {
		return
	}
	p.took(l, r)
	l.chain = []terms.ID{l.id}
	p.sheet.lines = append(p.sheet.lines, l)
}

func (p *play) took(l *line, r recording.Recorded) {
	if l.id = r.Activity.ID; l.kind == terms.KindOtherInformation {
		l.at = r.Activity.RecordedAt
	}
	p.done = append(p.done, l.id)
}

// refused tells whether it was refused, as it should be.
func (p *play) refused(r recording.Recorded, err error, want recording.Code) bool {
	if err != nil {
		p.Fatal(err)
	}
	if got := slices.ContainsFunc(r.Refusals, func(r recording.Refusal) bool { return r.Code == want }); got != (want != "") || want == "" && len(r.Refusals) > 0 {
		p.Fatalf("refused: %+v, want %q", r.Refusals, want)
	}
	return want != ""
}

// any draws who does something to which activity.
func (p *play) any(accounts ...string) (*access.Viewer, terms.ID) {
	if len(p.done) == 0 {
		p.Skip("nothing is recorded")
	}
	return p.w.As(rapid.SampledFrom(accounts).Draw(p.T, "account")), rapid.SampledFrom(p.done).Draw(p.T, "activity")
}

// may is what refuses to correct the activity, and the line that it would change.
func (p *play) may(v *access.Viewer, id terms.ID) (*line, recording.Code, terms.ID) {
	l := p.sheet.of(id)
	newest := l.chain[len(l.chain)-1]
	switch {
	case v.Officer != "" && v.Officer != l.officer:
		return l, recording.NotYours, ""
	case l.gone || newest != id:
		return l, recording.AlreadyCorrected, newest
	}
	return l, "", ""
}

func (p *play) correct(*rapid.T) {
	v, id := p.any("officer1", "officer2", "officer3", "registry1", "manager1")
	e, next := p.entry()
	r, err := p.w.Recorder.CorrectActivity(p.Context(), v, recording.Correction{
		Common: p.w.By("", everyConfirmation...), Activity: id, Reason: "wrong", Entry: e,
	})
	l, want, newest := p.may(v, id)
	if want == "" && next.kind == terms.KindTransfer && next.to == l.officer {
		want = recording.SameOfficer
	}
	if p.refused(r, err, want) {
		p.names(r, newest)
		return
	}
	next.officer, next.chain = l.officer, l.chain
	next.seen = l.seen && l.kind == terms.KindTransfer && next.kind == terms.KindTransfer && next.to == l.to
	p.took(next, r)
	next.chain = append(next.chain, next.id)
	p.acknowledged[next.id] = next.seen
	*l = *next
}

func (p *play) names(r recording.Recorded, newest terms.ID) {
	if got := r.Refusals[0].Newest; got != newest {
		p.Fatalf("names %q as the newest, not %q", got, newest)
	}
}

func (p *play) withdraw(*rapid.T) {
	v, id := p.any("officer1", "officer2", "officer3", "registry1")
	r, err := p.w.Recorder.WithdrawActivity(p.Context(), v, recording.Withdrawal{Common: p.w.By(""), Activity: id, Reason: "wrong docket"})
	l, want, newest := p.may(v, id)
	if p.refused(r, err, want) {
		p.names(r, newest)
		return
	}
	l.gone, l.chain = true, append(l.chain, r.Activity.ID)
	p.done = append(p.done, r.Activity.ID)
}

func (p *play) acknowledge(*rapid.T) {
	v, id := p.any("officer1", "officer2", "officer3")
	a := p.w.Store.Client.ServiceActivity.GetX(p.w.System(), id)
	r, err := p.w.Recorder.AcknowledgeTransfer(p.Context(), v, recording.Acknowledgement{Common: p.w.By(""), Transfer: id})
	l, want := p.sheet.of(id), recording.Code("")
	newest := l.chain[len(l.chain)-1]
	switch {
	case a.Kind != terms.KindTransfer || terms.Value(a.ToOfficerID) != v.Officer:
		want, newest = recording.NotReceiver, ""
	case newest != id && !p.acknowledged[id]: // else the first answer is given again
		want = recording.AlreadyCorrected
	}
	if p.refused(r, err, want) {
		p.names(r, newest)
		return
	}
	p.acknowledged[id] = true
	l.seen = l.seen || newest == id
}

func (p *play) time(*rapid.T) {
	p.w.Clock.Advance(time.Duration(rapid.IntRange(1, 600).Draw(p.T, "minutes")) * time.Minute)
}

// same compares the case with the model after each step.
func (p *play) same(*rapid.T) {
	c := p.w.Case(p.docket)
	lines := p.sheet.standing()
	if got, want := terms.Value(c.HolderOfficerID), holder(lines); got != want {
		p.Fatalf("held by %q, not %q", got, want)
	}
	if got, want := work(c), p.sheet.work(); got != want {
		p.Fatalf("work is %q, not %q", got, want)
	}
	status, at := p.sheet.served()
	if c.ServiceStatus != status || !terms.Value(c.ServedAt).Equal(at) {
		p.Fatalf("%s at %v, not %s at %v", c.ServiceStatus, c.ServedAt, status, at)
	}
	all, err := casefile.Activities(p.w.System(), p.w.Store.Client, c.ID)
	if err != nil {
		p.Fatal(err)
	}
	stand := casefile.Standing(all)
	if !slices.EqualFunc(stand, lines, func(a *ent.ServiceActivity, l *line) bool {
		return a.ID == l.id && a.Kind == l.kind && a.OfficerID == l.officer && a.OccurredAt.Equal(terms.Micro(l.at))
	}) {
		p.Fatalf("these stand: %v", stand)
	}
}
