package deadline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	ledger "github.com/service-tracking/sts/internal/delivery"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/store"
	"github.com/service-tracking/sts/internal/terms"
)

// systemViewer is the name under which this room reads and writes, and which
// stands in the journal.
const systemViewer = "deadline"

// Options of a sweeper. Zero values are the defaults named here.
type Options struct {
	Rules
	// LookBack is how far back, and for hearings ahead, the sweep looks for
	// what is due: 60 days. Whoever was down for longer misses what came due
	// before.
	LookBack time.Duration
	// Every is how often [Sweeper.Run] sweeps: 30 s.
	Every time.Duration
	// Page is how many candidates one statement answers: 200.
	Page int
	// Clock; by default time.Now.
	Clock func() time.Time
	// Log; by default slog's.
	Log *slog.Logger
	// OnCommit is called after each commit, to nudge those who work off what
	// was written. It must not block.
	OnCommit func()
}

func (o Options) withDefaults() Options {
	o.AcknowledgeWithin = cmp.Or(o.AcknowledgeWithin, AcknowledgeWithin)
	o.LookBack = cmp.Or(o.LookBack, 60*24*time.Hour)
	o.Every = cmp.Or(o.Every, 30*time.Second)
	o.Page = cmp.Or(o.Page, 200)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.OnCommit == nil {
		o.OnCommit = func() {}
	}
	return o
}

// Sweeper notices what becomes due as time passes. Any number may run on one
// database.
type Sweeper struct {
	store  *store.Store
	ledger *ledger.Ledger
	o      Options

	digests bool // the rows of settings that digests need are there
}

// NewSweeper makes a sweeper; reminders go into the ledger.
func NewSweeper(s *store.Store, l *ledger.Ledger, o Options) *Sweeper {
	return &Sweeper{store: s, ledger: l, o: o.withDefaults()}
}

// Run sweeps at once, and then again and again until ctx ends. What fails is
// logged, and tried again with the next sweep.
func (s *Sweeper) Run(ctx context.Context) error {
	ticker := time.NewTicker(s.o.Every)
	defer ticker.Stop()
	for {
		if _, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.o.Log.ErrorContext(ctx, "the sweep for what became due failed in part, and is made again", "error", err, "in", s.o.Every)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Sweep notices what is due now and was not noticed, and answers how much that
// was. A case that fails keeps no other: the error tells of all that failed. It
// is not to be called by two goroutines at once.
func (s *Sweeper) Sweep(ctx context.Context) (noticed int, err error) {
	ctx = access.As(ctx, systemViewer)
	if err := s.prepareDigests(ctx); err != nil {
		return 0, err
	}
	var errs []error
	for _, q := range s.questions(terms.Micro(s.o.Clock())) {
		n, err := s.work(ctx, q)
		noticed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("looking for what became due by %s: %w", q.rule, err))
		}
	}
	return noticed, errors.Join(errs...)
}

// work asks one question page by page. It goes on behind the last candidate,
// so that one which cannot be noticed holds up no other.
func (s *Sweeper) work(ctx context.Context, q question) (noticed int, err error) {
	var errs []error
	for after := (place{}); ; {
		found, err := q.ask(ctx, after, s.o.Page)
		if err != nil {
			return noticed, errors.Join(append(errs, err)...)
		}
		// In one transaction what is about one case.
		byCase := map[terms.ID][]terms.ID{}
		var order []terms.ID
		for _, c := range found {
			if _, known := byCase[c.kase]; !known {
				order = append(order, c.kase)
			}
			byCase[c.kase] = append(byCase[c.kase], c.id)
		}
		for _, kase := range order {
			n, err := s.notice(ctx, kase, q.late(byCase[kase]))
			noticed += n
			if err != nil {
				errs = append(errs, err)
			}
			if ctx.Err() != nil {
				return noticed, errors.Join(errs...)
			}
		}
		if len(found) < s.o.Page {
			return noticed, errors.Join(errs...)
		}
		after = found[len(found)-1].place
	}
}

// errNothingNew rolls back a transaction that found nothing to notice: somebody
// else did, or it is not due any more.
var errNothingNew = errors.New("nothing became due")

// notice notices, under the case's lock, what is due on it and on those of its
// deliveries.
func (s *Sweeper) notice(ctx context.Context, kase terms.ID, late []terms.ID) (noticed int, err error) {
	err = s.store.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		c, err := casefile.Lock(ctx, tx, kase, s.o.Clock())
		if err != nil {
			return err
		}
		due, err := s.unnoticed(ctx, tx, c, late)
		if err != nil {
			return err
		}
		if noticed = len(due); noticed == 0 {
			return errNothingNew
		}
		return s.write(ctx, tx, c, due)
	})
	if errors.Is(err, errNothingNew) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("noticing what became due on case %s: %w", kase, err)
	}
	s.o.OnCommit()
	return noticed, nil
}

// unnoticed is what is due by now and has no due item.
func (s *Sweeper) unnoticed(ctx context.Context, tx *ent.Tx, c *casefile.Locked, late []terms.ID) ([]Due, error) {
	due := s.o.Due(c.RegistryCase, c.Now)
	if len(late) > 0 {
		rows, err := tx.Delivery.Query().Where(delivery.IDIn(late...), delivery.CaseID(c.ID)).Order(delivery.ByDueBy(), delivery.ByID()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading deliveries: %w", err)
		}
		for _, d := range rows {
			if one, ok := DueDelivery(d, c.Now); ok {
				due = append(due, one)
			}
		}
	}
	if len(due) == 0 {
		return nil, nil
	}
	items, err := tx.DueItem.Query().Where(dueitem.CaseID(c.ID)).Select(dueitem.FieldRule, dueitem.FieldAboutKey).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what was noticed before: %w", err)
	}
	var transfers Transfers
	if slices.ContainsFunc(due, func(d Due) bool { return d.Rule == terms.DueAcknowledgement }) {
		rows, err := transfersOf(c.ID, tx.ServiceActivity.Query()).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the transfers of the case: %w", err)
		}
		transfers = TransfersOf(rows)
	}
	return slices.DeleteFunc(due, func(d Due) bool {
		return slices.ContainsFunc(items, func(i *ent.DueItem) bool { return i.Rule == d.Rule && transfers.same(i.AboutKey, d.About) })
	}), nil
}

// write writes the due items, the journal, and who is reminded.
func (s *Sweeper) write(ctx context.Context, tx *ent.Tx, c *casefile.Locked, due []Due) error {
	creates := make([]*ent.DueItemCreate, len(due))
	for i, d := range due {
		creates[i] = tx.DueItem.Create().SetCaseID(c.ID).SetSequence(c.Sequence).SetRule(d.Rule).SetAboutKey(d.About).
			SetNillableHearingAt(c.HearingAt).SetDueAt(d.Since).SetNoticedAt(c.Now)
	}
	items, err := tx.DueItem.CreateBulk(creates...).Save(ctx)
	if err != nil {
		return fmt.Errorf("writing due items: %w", err)
	}
	entries := make([]journal.Entry, len(items))
	for i, item := range items {
		entries[i] = journal.Entry{
			Kind: terms.BecameOverdue, Case: c.ID, Sequence: c.Sequence, Step: int64(i), About: item.ID,
			Actor: access.From(ctx).DisplayName, At: c.Now,
		}
	}
	if err := journal.Append(ctx, tx, entries...); err != nil {
		return err
	}
	// What the case records next is recorded after this.
	n, err := tx.RegistryCase.Update().Where(registrycase.ID(c.ID)).SetLastRecordedAt(c.Now).Save(ctx)
	if err != nil || n != 1 {
		return fmt.Errorf("writing when the case recorded last (%d rows): %w", n, err)
	}
	return s.remind(ctx, tx, c, items)
}
