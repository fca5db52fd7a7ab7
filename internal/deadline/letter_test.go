package deadline_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/internal/deadline"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/intake/feed"
	"github.com/service-tracking/sts/internal/lawenforcement"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

func (w *world) letters() *deadline.Letters {
	return &deadline.Letters{Client: w.Store.Client, Reference: w.Reference, Clock: w.Clock.Now}
}

// of is the reminder to the account, the last one.
func (w *world) of(account string) *ent.Delivery {
	w.Helper()
	return w.Store.Client.Delivery.Query().Where(delivery.RecipientKey(string(w.As(account).Account))).
		Order(ent.Desc(delivery.FieldCreatedAt)).FirstX(w.System())
}

// §5(b), C.G.S. §51-5c: a letter says what to do, on which case, and names
// neither a protected person nor an address.
func TestALetterSaysWhatToDo(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.OpenCase(feed.Daybook{DocketNumber: docket})
	at := local(t, "2026-12-08 09:30:00")
	secret := feed.Address{Street: "12 Canary St", Town: "Avon", State: "CT", Zip: "06001"}
	w.Registry(feed.Registry{DocketNumber: docket, OrderNumber: "PO-1", HearingAt: &at, RespondentHome: secret,
		ProtectedPersons: []feed.ProtectedPerson{{FirstName: "Canary", LastName: "Person", Home: secret}}})
	w.holds(docket, "officer1")
	w.sweep(local(t, "2026-12-07 08:00:00"))
	c, err := w.letters().Render(w.System(), w.of("officer1"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(c.Document)
	for _, word := range []string{
		"To:       Maria Ortiz\n", "Docket:   HHD-FA-26-5012345-S\n", "Tuesday, December 8, 2026, 9:30 AM", "record the service now", "(§5(b))",
		"Due since: Monday, December 7, 2026, 12:00 AM\n", string(w.of("officer1").ID),
	} {
		if !strings.Contains(text, word) {
			t.Errorf("the letter lacks %q:\n%s", word, text)
		}
	}
	var facts map[string]any
	if err := json.Unmarshal(c.Facts, &facts); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"format": "sts-reminder/1", "account": "officer1", "rule": "HEARING_NEAR", "docketNumber": string(docket),
		"hearing": "2026-12-08T14:30:00Z", "dueAt": "2026-12-07T05:00:00Z", "delivery": string(w.of("officer1").ID),
	} {
		if facts[key] != want {
			t.Errorf("%s is %v, want %v", key, facts[key], want)
		}
	}
	if all := text + string(c.Facts); strings.Contains(all, "Canary") || strings.Contains(all, "Avon") || strings.Contains(all, "06001") || strings.Contains(all, "Roe") {
		t.Errorf("the letter names somebody:\n%s", all)
	}
	if _, err := w.letters().Render(w.System(), &ent.Delivery{RecipientKind: terms.ToAgency}); err == nil || errors.Is(err, ledger.ErrGone) {
		t.Errorf("a letter to police: %v", err)
	}
}

// Each rule says something of its own to each reader.
func TestMessages(t *testing.T) {
	seen := map[string]bool{}
	at := local(t, "2026-12-08 09:30:00")
	for _, rule := range []terms.DueRule{past, near, over, unacked, terms.DueDelivery} {
		for _, reader := range []deadline.Reader{deadline.Officer, deadline.Registry} {
			text := deadline.Message(rule, &at, reader)
			if len(text) < 60 || seen[text] || strings.ContainsAny(text, "{}%") || !strings.Contains(text, "§") {
				t.Errorf("%s to %d: %q", rule, reader, text)
			}
			if board := strings.Contains(text, "service board"); board != (reader == deadline.Registry) {
				t.Errorf("%s to %d: %q", rule, reader, text)
			}
			seen[text] = true
		}
	}
	if text := deadline.Message(near, nil, deadline.Officer); !strings.Contains(text, "a day not known") {
		t.Error(text)
	}
}

// §5(b), §5(c), §6(b), §3(d): what is settled before it was sent is not sent.
func TestWhatIsSettledIsGone(t *testing.T) {
	hearing := "2026-12-08 10:00:00"
	for name, x := range map[string]struct {
		before string // the sweep that reminds
		to     string
		settle func(*world)
		gone   bool
	}{
		"nothing happened": {"2026-12-07 00:00:00", "officer1", func(*world) {}, false},
		"served":           {"2026-12-07 00:00:00", "officer1", func(w *world) { w.Serve(w.Service(docket, w.Clock.Now())) }, true},
		"reported": {"2026-12-07 00:00:00", "officer1", func(w *world) {
			w.Try(w.Attempt(docket, w.Clock.Now()))
		}, true},
		"continued":             {"2026-12-07 00:00:00", "officer1", func(w *world) { w.continued(docket, local(w, "2026-12-22 10:00:00")) }, true},
		"moved by an hour":      {"2026-12-07 00:00:00", "officer1", func(w *world) { w.continued(docket, local(w, "2026-12-08 11:00:00")) }, true},
		"the same hearing anew": {"2026-12-07 00:00:00", "officer1", func(w *world) { w.continued(docket, local(w, hearing)) }, false},
		"the papers went on": {"2026-12-07 00:00:00", "officer1", func(w *world) {
			w.change(docket, func(u *ent.RegistryCaseUpdate) { u.SetHolderOfficerID(w.Officer("officer2")) })
		}, true},
		"nobody holds them now": {"2026-12-07 00:00:00", "officer1", func(w *world) {
			w.change(docket, func(u *ent.RegistryCaseUpdate) { u.ClearHolderOfficerID() })
		}, true},
		"his account is closed": {"2026-12-07 00:00:00", "officer1", func(w *world) {
			w.Store.Client.Account.UpdateOneID(w.As("officer1").Account).SetStatus(terms.AccountClosed).ExecX(w.System())
		}, true},
		"an account of the section is closed": {"2026-12-09 00:00:00", "registry1", func(w *world) {
			w.Store.Client.Account.UpdateOneID(w.As("registry1").Account).SetStatus(terms.AccountClosed).ExecX(w.System())
		}, true},
		"the agreement is to be signed anew": {"2026-12-07 00:00:00", "officer1", func(w *world) {
			w.Store.Client.Account.UpdateOneID(w.As("officer1").Account).ClearAgreementSignedAt().ExecX(w.System())
		}, true},
		"nearer, and past the day":          {"2026-12-06 00:00:00", "officer1", func(w *world) { w.Clock.Set(local(w, "2026-12-08 12:00:00")) }, false},
		"past the day, and the day is over": {"2026-12-06 00:00:00", "officer1", func(w *world) { w.Clock.Set(local(w, "2026-12-09 00:00:00")) }, true},
		"the registry section, still open":  {"2026-12-09 00:00:00", "registry1", func(*world) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, storetest.SQLite(t))
			w.hears(docket, local(t, hearing))
			w.holds(docket, "officer1")
			w.sweep(local(t, x.before))
			d := w.of(x.to)
			x.settle(w)
			if _, err := w.letters().Render(w.System(), d); errors.Is(err, ledger.ErrGone) != x.gone || !x.gone && err != nil {
				t.Errorf("rendered: %v, want gone: %t", err, x.gone)
			}
		})
	}
	w := newWorld(t, storetest.SQLite(t))
	w.hears(docket, local(t, hearing))
	served := w.Serve(w.Service(docket, w.Clock.Now())).Activity
	w.sweep(w.Clock.Now().Add(time.Hour))
	if _, err := w.letters().Render(w.System(), w.of("registry1")); err != nil {
		t.Errorf("of a late delivery: %v", err)
	}
	w.Store.Client.Delivery.Update().Where(delivery.ActivityID(served.ID)).SetState(terms.Confirmed).SetNextAt(ledger.Never).ExecX(w.System())
	if _, err := w.letters().Render(w.System(), w.of("registry1")); !errors.Is(err, ledger.ErrGone) {
		t.Errorf("of one that has arrived: %v", err)
	}
}

// §5(b): a reminder goes the whole way: noticed at night, in the spool in the
// morning, once; and superseded where §5(b) was met in between.
func TestAReminderReachesTheSpool(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		other := terms.Docket("HHDFA260000002S")
		for _, d := range []terms.Docket{docket, other} {
			w.hears(d, local(t, "2026-12-08 10:00:00"))
		}
		w.holds(docket, "officer1")
		w.holds(other, "officer2")
		dir := filepath.Join(t.TempDir(), "reminders")
		spool, err := lawenforcement.OpenTextSpool(dir)
		if err != nil {
			t.Fatal(err)
		}
		happened := make(chan struct{}, 100)
		dispatcher := ledger.New(s, ledger.Options{
			Clock: w.Clock.Now, Channels: []ledger.Channel{lawenforcement.SpoolChannel{Renderer: w.letters(), Spool: spool}},
			OnCommit: func() { happened <- struct{}{} },
		})
		w.sweep(local(t, "2026-12-07 00:00:10"))
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- dispatcher.Run(ctx) }()
		kept, gone := w.of("officer1").ID, w.of("officer2").ID
		if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
			t.Errorf("rung at night: %v %v", files, err)
		}
		w.Try(w.Attempt(other, w.Clock.Now())) // after the last timely day: §5(b) is met
		w.Clock.Set(local(t, "2026-12-07 06:00:00"))
		dispatcher.Nudge()
		state := func(id terms.ID) terms.DeliveryState { return s.Client.Delivery.GetX(w.System(), id).State }
		for state(kept) != terms.Confirmed || state(gone) != terms.Superseded {
			select {
			case <-happened:
			case <-time.After(time.Minute):
				t.Fatalf("the one is %s, the other %s", state(kept), state(gone))
			}
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		for name, want := range map[terms.ID]bool{kept: true, gone: false} {
			for _, ending := range []string{".txt", ".json"} {
				if _, err := os.Stat(filepath.Join(dir, string(name)+ending)); (err == nil) != want {
					t.Errorf("%s%s: %v", name, ending, err)
				}
			}
		}
		if d := s.Client.Delivery.GetX(w.System(), kept); *d.Channel != terms.ChannelSpool || d.ConfirmedAt == nil {
			t.Errorf("filed is %v", d)
		}
	})
}
