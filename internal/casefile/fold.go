package casefile

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/terms"
)

// Timely says how many calendar days before the hearing service must be
// executed, by kind of order: three under C.G.S. §46b-15 (Public Act 16-34),
// five under §46b-16a (§5(c) names both; the statute's text for the second was
// not at hand, so it is configuration).
type Timely map[terms.OrderKind]int

// DefaultTimely are the days that §5(c) names.
var DefaultTimely = Timely{terms.ReliefFromAbuse: 3, terms.CivilProtectionOrder: 5}

// LastDay is the last court day on which service is timely.
func (t Timely) LastDay(kind terms.OrderKind, hearing time.Time) terms.Date {
	return terms.DateOf(hearing).AddDays(-t[kind])
}

// NoHearing sorts cases without a hearing behind all others.
var NoHearing = time.Date(2200, 12, 31, 0, 0, 0, 0, time.UTC)

// maxKey keeps the folded name within its column: folding can lengthen it.
const maxKey = 300

// RespondentKey is what lists sort by and search for: last name, first name.
func RespondentKey(first, last string) string {
	key := []rune(terms.Fold(last + " " + first))
	return string(key[:min(len(key), maxKey)])
}

// Folds are what lists filter and sort by, derived from facts and activities.
type Folds struct {
	OrderKind        *terms.OrderKind
	HearingAt        *time.Time
	HearingCourtroom string
	HearingSetAt     *time.Time
	HearingSort      time.Time
	LastTimelyDay    *terms.Date
	ServiceStatus    terms.ServiceStatus
	ServedAt         *time.Time
	ServedInTime     *bool
	ReportMade       bool
	Holder           *terms.ID
	Transfer         *TransferInDoubt
	LatestActivity   *terms.ID
	LatestActivityAt time.Time
	// RespondentDisputed: somebody must say whether an entry is on the right
	// case. See [Doubted].
	RespondentDisputed bool

	// unheard is the transfer by which the holder has the papers, as long as he
	// has recorded nothing since: an acknowledgement settles it.
	unheard *ent.ServiceActivity
	// older is the transfer in doubt where that one is settled.
	older *TransferInDoubt
}

// Compute derives the folds. It is pure: Check compares it with what is stored.
// Of acknowledgements and reviews, which are rows of their own, it knows nothing:
// see [Folds.readAcknowledgement] and [Folds.readDoubt].
func Compute(c *ent.RegistryCase, facts *Facts, all []*ent.ServiceActivity, timely Timely) Folds {
	f := Folds{HearingSort: NoHearing, ServiceStatus: terms.StatusNoEntry, LatestActivityAt: c.OpenedAt}
	if len(facts.Rows) > 0 {
		kind := facts.Rows[0].OrderKind
		f.OrderKind = &kind
	}
	if h := facts.Hearing(); h != nil {
		at := h.ScheduledFor
		f.HearingAt, f.HearingSort, f.HearingCourtroom = &at, at, h.Courtroom
		f.HearingSetAt = facts.HearingSetAt()
		if f.OrderKind != nil {
			day := timely.LastDay(*f.OrderKind, at)
			f.LastTimelyDay = &day
		}
	}
	if len(all) > 0 {
		last := all[len(all)-1]
		f.LatestActivity, f.LatestActivityAt = &last.ID, last.RecordedAt
	}
	var service *ent.ServiceActivity
	var papers custody
	for _, a := range Standing(all) {
		switch a.Kind {
		case terms.KindService:
			if service == nil || a.OccurredAt.Before(service.OccurredAt) {
				service = a
			}
		case terms.KindAttempt:
			f.attempt(a)
		}
		papers.follow(a)
	}
	papers.fold(&f)
	if service != nil {
		at := service.OccurredAt
		f.ServiceStatus, f.ServedAt = terms.StatusServed, &at
		if hearing := facts.hearingAtService(at, judgedAt(service, all)); hearing != nil && f.OrderKind != nil {
			inTime := terms.DateOf(at) <= timely.LastDay(*f.OrderKind, hearing.ScheduledFor)
			f.ServedInTime = &inTime
		}
	}
	return f
}

// attempt counts an attempt made since the current hearing was set. When it
// was made decides, not when it was recorded: correcting the words of an old
// attempt makes no new one. §5(b) is met by one that says no further is
// planned, or on or after the last timely day.
func (f *Folds) attempt(a *ent.ServiceActivity) {
	if f.HearingSetAt != nil && a.OccurredAt.Before(*f.HearingSetAt) {
		return
	}
	f.ServiceStatus = terms.StatusAttempted
	if a.NoFurtherAttempt || f.LastTimelyDay != nil && terms.DateOf(a.OccurredAt) >= *f.LastTimelyDay {
		f.ReportMade = true
	}
}

// Fold writes the folds and the time of the last record under the case's lock,
// into the row and into l.
func (l *Locked) Fold(ctx context.Context, tx *ent.Tx, facts *Facts, all []*ent.ServiceActivity, timely Timely) error {
	f := Compute(l.RegistryCase, facts, all, timely)
	if err := f.readAcknowledgement(ctx, tx.Client()); err != nil {
		return err
	}
	if err := f.readDoubt(ctx, tx.Client(), l.RegistryCase, facts, all); err != nil {
		return err
	}
	doubt := terms.Value(f.Transfer)
	u := tx.RegistryCase.Update().Where(registrycase.ID(l.ID)).
		SetLastRecordedAt(l.Now).
		SetHearingCourtroom(f.HearingCourtroom).SetHearingSort(f.HearingSort).
		SetServiceStatus(f.ServiceStatus).SetReportMade(f.ReportMade).
		SetRespondentDisputed(f.RespondentDisputed).SetLatestActivityAt(f.LatestActivityAt)
	m := u.Mutation()
	set(f.OrderKind, m.SetOrderKind, m.ClearOrderKind)
	set(f.HearingAt, m.SetHearingAt, m.ClearHearingAt)
	set(f.HearingSetAt, m.SetHearingSetAt, m.ClearHearingSetAt)
	set(f.LastTimelyDay, m.SetLastTimelyDay, m.ClearLastTimelyDay)
	set(f.ServedAt, m.SetServedAt, m.ClearServedAt)
	set(f.ServedInTime, m.SetServedInTime, m.ClearServedInTime)
	set(f.Holder, m.SetHolderOfficerID, m.ClearHolderOfficerID)
	setIf(f.Transfer != nil, doubt.ID, m.SetTransferID, m.ClearTransferID)
	setIf(f.Transfer != nil, doubt.Work, m.SetTransferWork, m.ClearTransferWork)
	setIf(f.Transfer != nil, doubt.At, m.SetTransferAt, m.ClearTransferAt)
	set(f.LatestActivity, m.SetLatestActivityID, m.ClearLatestActivityID)
	if n, err := u.Save(ctx); err != nil || n != 1 {
		return fmt.Errorf("writing the folds of case %s (%d rows): %w", l.ID, n, err)
	}
	c := l.RegistryCase
	c.LastRecordedAt = l.Now
	c.OrderKind, c.HearingAt, c.HearingCourtroom = f.OrderKind, f.HearingAt, f.HearingCourtroom
	c.HearingSetAt, c.HearingSort, c.LastTimelyDay = f.HearingSetAt, f.HearingSort, f.LastTimelyDay
	c.ServiceStatus, c.ServedAt, c.ServedInTime, c.ReportMade = f.ServiceStatus, f.ServedAt, f.ServedInTime, f.ReportMade
	c.TransferID, c.TransferWork, c.TransferAt = nil, nil, nil
	if f.Transfer != nil {
		c.TransferID, c.TransferWork, c.TransferAt = &doubt.ID, &doubt.Work, &doubt.At
	}
	c.RespondentDisputed = f.RespondentDisputed
	c.HolderOfficerID, c.LatestActivityID, c.LatestActivityAt = f.Holder, f.LatestActivity, f.LatestActivityAt
	return nil
}

func set[T any](value *T, set func(T), clear func()) {
	setIf(value != nil, terms.Value(value), set, clear)
}

func setIf[T any](is bool, value T, set func(T), clear func()) {
	if is {
		set(value)
	} else {
		clear()
	}
}
