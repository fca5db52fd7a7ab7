package deadline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/deadline"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/intake/intaketest"
	"github.com/service-tracking/sts/internal/recording/recordingtest"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

const docket = intaketest.Docket

// world is the world of recordings with a sweeper.
type world struct {
	*recordingtest.World
	sweeper *deadline.Sweeper
}

func newWorld(t testing.TB, s *store.Store) *world {
	w := &world{World: recordingtest.New(t, s)}
	w.sweeper = w.another(deadline.Options{})
	return w
}

// another is one more sweeper on the same database.
func (w *world) another(o deadline.Options) *deadline.Sweeper {
	o.Clock = w.Clock.Now
	return deadline.NewSweeper(w.Store, w.Ledger, o)
}

// hears brings the case and a hearing of a restraining order.
func (w *world) hears(docket terms.Docket, at time.Time) {
	w.Helper()
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	w.continued(docket, at)
}

func (w *world) continued(docket terms.Docket, at time.Time) {
	w.Helper()
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-" + string(docket), StateFileNumber: "S1", HearingAt: &at, Courtroom: "4B", RespondentHome: feed.Address{Town: "Avon"}})
}

// holds gives the papers to the officer (§6(a)).
func (w *world) holds(docket terms.Docket, officer string) {
	w.Helper()
	w.Receive(officer, docket, w.Clock.Now())
}

func (w *world) change(docket terms.Docket, how func(*ent.RegistryCaseUpdate)) {
	w.Helper()
	u := w.Store.Client.RegistryCase.Update().Where(registrycase.DocketEQ(docket))
	how(u)
	if n, err := u.Save(w.System()); n != 1 || err != nil {
		w.Fatal(n, err)
	}
}

// sweep moves the clock there and sweeps, and answers how much it noticed.
func (w *world) sweep(at time.Time) int {
	w.Helper()
	w.Clock.Set(at)
	n, err := w.sweeper.Sweep(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// noticed are the rules noticed on the case, in the order in which they were.
func (w *world) noticed(docket terms.Docket) (list []terms.DueRule) {
	w.Helper()
	for _, item := range w.Store.Client.DueItem.Query().Where(dueitem.CaseID(w.Case(docket).ID)).Order(dueitem.BySequence(), dueitem.ByID()).AllX(w.System()) {
		list = append(list, item.Rule)
	}
	return list
}

// reminded are all reminders, as "account RULE", in the order in which they
// were planned, of one moment sorted.
func (w *world) reminded() []string {
	w.Helper()
	name := map[terms.ID]string{}
	for _, a := range w.Store.Client.Account.Query().Select(account.FieldName).AllX(w.System()) {
		name[a.ID] = a.Name
	}
	list := []string{}
	for _, d := range w.reminders() {
		item := w.Store.Client.DueItem.GetX(w.System(), *d.DueItemID)
		list = append(list, fmt.Sprintf("%s %s %s", item.NoticedAt.In(terms.CourtZone).Format("01-02"), name[terms.ID(d.RecipientKey)], item.Rule))
	}
	slices.Sort(list)
	return list
}

// sent says that what the account was reminded of has been sent.
func (w *world) sent(account string) {
	w.Helper()
	w.Store.Client.Delivery.Update().Where(delivery.RecipientKey(string(w.As(account).Account))).SetState(terms.Confirmed).ExecX(w.System())
}

func (w *world) reminders() []*ent.Delivery {
	w.Helper()
	return w.Store.Client.Delivery.Query().Where(delivery.RecipientKindEQ(terms.ToAccount)).Order(delivery.ByCreatedAt(), delivery.ByID()).AllX(w.System())
}

func (w *world) expect(what string, got, want []string) {
	w.Helper()
	if !slices.Equal(got, want) {
		w.Errorf("%s: reminded are\n%q, want\n%q", what, got, want)
	}
}
