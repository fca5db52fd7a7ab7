package registry_test

import (
	"fmt"
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/orderfile"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

var policeOf = map[string]string{"Avon": avon, "Berlin": berlin, "Bristol": "Bristol Police Department"}

// story is one case of a random history.
type story struct {
	*outside
	*rapid.T
	docket terms.Docket
	id     terms.ID
	row    feed.Registry
	tips   []*ent.ServiceActivity // the newest of each chain that is not withdrawn
}

// §3(d), §3(e), §3(f): whatever is recorded, corrected and taken back, wherever
// people move, and whatever becomes of each attempt: once all is settled everyone
// who was told anything knows what stands.
func TestOnceAllIsSettledEveryoneKnowsWhatStands(t *testing.T) {
	x := newOutside(t, storetest.SQLite(t))
	x.run()
	cases := 0
	rapid.Check(t, func(rt *rapid.T) {
		cases++
		s := &story{outside: x, T: rt, docket: terms.Docket(fmt.Sprintf("HHDFA26%07dS", cases))}
		s.begin(rapid.Uint64().Draw(rt, "seed of the faults"))
		for range rapid.IntRange(2, 12).Draw(rt, "length") {
			s.step()
		}
		s.settle()
		s.check()
	})
	x.Consistent()
}

func (s *story) begin(seed uint64) {
	s.id = s.OpenCase(feed.Daybook{DocketNumber: s.docket})
	s.only = s.id
	s.row = feed.Registry{DocketNumber: s.docket, OrderNumber: "PO-" + string(s.docket), StateFileNumber: "S" + string(s.docket)}
	s.move()
	// What becomes of an attempt hangs on the seed, the recipient and the order
	// in the case alone: a history that fails can be played again.
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = false
	s.ends = func(d *ent.Delivery, attempt int) ending {
		h := fnv.New64a()
		key := d.OrderNumber
		if d.AgencyID != nil {
			key = s.Reference.Agency(*d.AgencyID).Name
		}
		fmt.Fprint(h, seed, key, d.Sequence, attempt)
		return []ending{arrives, arrives, arrives, lost, lost, refused, vanishes, doubtful, stuck}[h.Sum64()%9]
	}
}

func (s *story) move() {
	town := func(label string) feed.Address {
		return feed.Address{Town: rapid.SampledFrom([]string{"Avon", "Berlin", "Bristol", "Avonn"}).Draw(s.T, label)}
	}
	s.row.RespondentHome = town("respondent")
	s.row.ProtectedPersons = []feed.ProtectedPerson{person(town("home"), feed.Address{})}
	s.row.SourceUpdatedAt = s.Clock.Now()
	s.Registry(s.row)
}

func (s *story) step() {
	s.Clock.Advance(time.Second)
	instant := at(rapid.SampledFrom([]string{"10:00", "11:00", "12:00"}).Draw(s.T, "instant"))
	served := recordingtest.Served(instant)
	what := rapid.SampledFrom([]string{"serve", "correct", "correct", "correct", "attempt", "withdraw", "move", "rest", "rest", "time", "let go", "mute"}).Draw(s.T, "step")
	if len(s.tips) == 0 || what == "serve" && len(s.tips) < 2 {
		in := s.Service(s.docket, instant)
		in.Confirm = []terms.Confirmation{terms.ConfirmAlreadyServed, terms.ConfirmBeforeCaseExisted}
		s.tips = append(s.tips, s.Serve(in).Activity)
		return
	}
	i := rapid.IntRange(0, len(s.tips)-1).Draw(s.T, "chain")
	switch what {
	case "correct":
		if rapid.Bool().Draw(s.T, "at the abode") {
			served.Service.Method = terms.MethodAbode
		}
		s.tips[i] = s.Replace(s.tips[i], &served)
	case "attempt":
		s.tips[i] = s.Replace(s.tips[i], entry(recordingtest.Attempted(instant)))
	case "withdraw":
		s.Replace(s.tips[i], (*recording.Entry)(nil))
		s.tips = slices.Delete(s.tips, i, i+1)
	case "move":
		s.move()
	case "time":
		s.letGo(vanishes) // a call ends before its lease
		s.Clock.Advance(2 * time.Minute)
		s.rest()
	case "let go":
		s.letGo(rapid.SampledFrom([]ending{arrives, lost, refused, vanishes, doubtful}).Draw(s.T, "ending"))
		s.rest()
	case "mute":
		s.mu.Lock()
		s.mute = !s.mute
		s.mu.Unlock()
	default:
		s.rest()
	}
}

// settle ends all faults and lets time pass until nothing is open.
func (s *story) settle() {
	s.mu.Lock()
	s.mute = false
	s.mu.Unlock()
	s.ending(arrives)
	s.letGo(arrives)
	for range 20 {
		s.rest()
		if !slices.ContainsFunc(s.all(""), func(d *ent.Delivery) bool {
			// Where the state file refused, the national one waits for a person.
			return !delivery.Settled(d.State) && !(d.State == terms.Waiting && d.RecipientKind == terms.ToNationalFile)
		}) {
			return
		}
		s.Clock.Advance(20 * time.Minute)
	}
	s.T.Fatalf("never settled:\n%s", s.evidence())
}

func (s *story) check() {
	all, err := casefile.Activities(s.System(), s.Store.Client, s.id)
	if err != nil {
		s.T.Fatal(err)
	}
	byID := map[terms.ID]*ent.ServiceActivity{}
	for _, a := range all {
		byID[a.ID] = a
	}
	deliveries := s.all("")
	planned := map[terms.ID]*ent.Delivery{}
	newest := map[string]*ent.Delivery{} // by recipient and chain: that was not superseded
	for _, d := range deliveries {
		planned[d.ID] = d
		if n := s.there[d.ID]; n > 1 || n > 0 && d.State == terms.Superseded {
			s.T.Errorf("a delivery to %s arrived %d times, and is %s", d.RecipientKind, n, d.State)
		}
		if d.State != terms.Superseded {
			newest[d.RecipientKey+root(all, byID[*d.ActivityID])] = d
		}
	}
	for name, agency := range policeOf {
		id := s.Agency(agency)
		for _, a := range s.tipsOf(all) {
			s.checkAgency(all, byID, planned, newest, a, id, s.row.RespondentHome.Town == name || s.row.ProtectedPersons[0].Home.Town == name)
		}
	}
	s.checkFile(all, deliveries)
	if s.T.Failed() {
		s.T.Logf("%s", s.evidence())
	}
}

func root(all []*ent.ServiceActivity, a *ent.ServiceActivity) string {
	return string(casefile.Chain(all, a)[0].ID)
}

// tipsOf are the last activities of all chains.
func (s *story) tipsOf(all []*ent.ServiceActivity) (tips []*ent.ServiceActivity) {
	for _, a := range all {
		if !slices.ContainsFunc(all, func(b *ent.ServiceActivity) bool { return b.CorrectsID != nil && *b.CorrectsID == a.ID }) {
			tips = append(tips, a)
		}
	}
	return tips
}

// says is what a page tells, and fact what stands, in the same words.
func says(n lawenforcement.Notice) string {
	if n.Correction == lawenforcement.Withdrawn {
		return "taken back"
	}
	return clock(n.ExecutedAt) + string(n.Method)
}

func fact(a *ent.ServiceActivity) string {
	if a.Kind != terms.KindService {
		return "taken back"
	}
	return clock(a.OccurredAt) + string(*a.Method)
}

// checkAgency: what an agency read of one chain, whose end is a.
func (s *story) checkAgency(all []*ent.ServiceActivity, byID map[terms.ID]*ent.ServiceActivity, planned map[terms.ID]*ent.Delivery, newest map[string]*ent.Delivery, a *ent.ServiceActivity, agency terms.ID, routed bool) {
	var read []lawenforcement.Notice
	for _, n := range s.inbox[agency] {
		if d := planned[n.Delivery]; d != nil && root(all, byID[*d.ActivityID]) == root(all, a) {
			read = append(read, n)
		}
	}
	for i := 1; i < len(read); i++ {
		before, n := planned[read[i-1].Delivery], planned[read[i].Delivery]
		if n.Sequence <= before.Sequence {
			s.T.Errorf("an older notice came after a newer: %v", read)
		}
		if *n.ReplacesID == before.ID && says(read[i]) == says(read[i-1]) {
			s.T.Errorf("told twice of the same: %q", says(read[i]))
		}
	}
	last := newest[string(agency)+root(all, a)]
	switch {
	case last != nil && last.State == terms.Failed: // a person's work
	case len(read) > 0 && says(read[len(read)-1]) != fact(a):
		s.T.Errorf("the agency read %q last; what stands is %q", says(read[len(read)-1]), fact(a))
	case len(read) == 0 && routed && a.Kind == terms.KindService:
		s.T.Errorf("an agency was never told of a service that stands")
	}
}

// checkFile: the record says the earliest service that stands, or none.
func (s *story) checkFile(all []*ent.ServiceActivity, deliveries []*ent.Delivery) {
	var last *ent.Delivery
	for _, d := range deliveries {
		if d.RecipientKind == terms.ToStateFile && d.State != terms.Superseded {
			last = d
		}
	}
	if last != nil && last.State == terms.Failed {
		return // a person's work
	}
	profile := orderfile.DefaultProfile()
	want := profile.NotServed()
	if service := casefile.ServedBy(all, all[len(all)-1].Sequence); service != nil {
		want = profile.Served(service.OccurredAt)
	}
	got, told := s.record[s.row.StateFileNumber]
	if told && got != want || !told && want != profile.NotServed() {
		s.T.Errorf("the record says %v, want %v", got, want)
	}
}
