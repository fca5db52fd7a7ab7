package graphtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/casefile"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

// Case says what to seed. The zero value is a case at Hartford with a hearing
// in ten days, which nobody holds and on which nothing was recorded.
type Case struct {
	Court   string
	Hearing time.Time // casefile.NoHearing: none
	Holder  string    // an officer's name, "" for nobody
	// Author recorded the activities, an officer's name; "" for none.
	Author string
	// Activities is how many: a service, an attempt, a receipt, a transfer to
	// officer3, other information, a withdrawal, and again.
	Activities int
	// Manual adds a receipt that registry1 entered for the author, in the author's
	// words, and registry1's correction of it, in his own.
	Manual     bool
	Status     terms.ServiceStatus
	ReportMade bool
	OpenedAt   time.Time
	LastName   string
}

// Row is what was seeded.
type Row struct {
	ID         terms.ID
	Docket     terms.Docket
	Activities []terms.ID
	Deliveries []terms.ID
}

// Add seeds a case with facts, activities, registry entries, deliveries and
// attempts.
func (w *World) Add(t testing.TB, c Case) Row {
	t.Helper()
	w.serial++
	if c.Court == "" {
		c.Court = "HHD"
	}
	if c.Hearing.IsZero() {
		c.Hearing = Now.AddDate(0, 0, 10)
	}
	if c.Status == "" {
		c.Status = terms.StatusNoEntry
	}
	if c.OpenedAt.IsZero() {
		c.OpenedAt = Now.AddDate(0, 0, -20)
	}
	row := Row{ID: terms.NewID(terms.CasePrefix), Docket: terms.Docket(fmt.Sprintf("%sFA26%07dS", c.Court, w.serial))}
	if c.LastName == "" {
		c.LastName = Seen + string(row.Docket)
	}
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		if err := w.kase(ctx, tx, c, row); err != nil {
			return err
		}
		if err := w.facts(ctx, tx, c, row); err != nil {
			return err
		}
		if err := w.activities(ctx, tx, c, &row); err != nil || !c.Manual {
			return err
		}
		return w.manual(ctx, tx, c, &row)
	})
	return row
}

// Opened tells the journal that the cases were opened, each when it was: without
// a record they were not known at any moment of the past.
func (w *World) Opened(t testing.TB, rows ...Row) {
	t.Helper()
	if err := journal.EnsureHead(system(), w.Store); err != nil {
		t.Fatal(err)
	}
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		for _, row := range rows {
			c, err := tx.RegistryCase.Get(ctx, row.ID)
			if err != nil {
				return err
			}
			if err := journal.Append(ctx, tx, journal.Entry{Kind: terms.CaseOpened, Case: row.ID, About: row.ID, Actor: "test", At: c.OpenedAt}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) kase(ctx context.Context, tx *ent.Tx, c Case, row Row) error {
	create := tx.RegistryCase.Create().SetID(row.ID).SetDocket(row.Docket).SetCourtCode(c.Court).SetOpenedAt(c.OpenedAt).
		SetLastRecordedAt(c.OpenedAt).SetRespondentFirstName("Rob").SetRespondentLastName(c.LastName).
		SetRespondentKey(terms.Fold(c.LastName + " Rob")).SetHearingSort(c.Hearing).SetServiceStatus(c.Status).
		SetReportMade(c.ReportMade).SetLatestActivityAt(c.OpenedAt).SetNextSequence(int64(c.Activities + 3))
	if !c.Hearing.Equal(casefile.NoHearing) {
		create.SetOrderKind(terms.ReliefFromAbuse).SetHearingAt(c.Hearing).SetHearingCourtroom("4B").
			SetLastTimelyDay(terms.DateOf(c.Hearing).AddDays(-3))
	}
	if c.Holder != "" {
		create.SetHolderOfficerID(w.Officers[c.Holder])
	}
	if c.Activities > 0 {
		create.SetLatestActivityAt(w.recordedAt(c, c.Activities-1))
	}
	return create.Exec(ctx)
}

// facts seeds two versions of one order: the older one has a protected person
// who is not protected any more.
func (w *World) facts(ctx context.Context, tx *ent.Tx, c Case, row Row) error {
	for version, name := range []string{"Old", "Protected"} {
		updated := c.OpenedAt.Add(time.Duration(version) * time.Hour)
		r, err := tx.RegistryRow.Create().SetCaseID(row.ID).SetOrderNumber("1").SetSourceUpdatedAt(updated).SetRecordedAt(updated).
			SetSequence(int64(version)).SetRecordID(terms.NewID(terms.JournalRecordPrefix)).SetContentSha256(make([]byte, 32)).
			SetOrderKind(terms.ReliefFromAbuse).Save(ctx)
		if err != nil {
			return err
		}
		err = tx.ProtectionOrder.Create().SetCaseID(row.ID).SetRowID(r.ID).SetNumber("1").SetKind(terms.ReliefFromAbuse).
			SetExParte(true).SetIssuedAt(c.OpenedAt).SetStateFileNumber(Secret + "file").Exec(ctx)
		if err != nil {
			return err
		}
		err = tx.Hearing.Create().SetCaseID(row.ID).SetRowID(r.ID).SetScheduledFor(c.Hearing).SetCourtroom("4B").
			SetSourceUpdatedAt(updated).SetRecordedAt(updated).Exec(ctx)
		if err != nil {
			return err
		}
		err = tx.Respondent.Create().SetCaseID(row.ID).SetRowID(r.ID).SetFirstName("Rob").SetLastName(c.LastName).Exec(ctx)
		if err != nil {
			return err
		}
		p, err := tx.ProtectedPerson.Create().SetCaseID(row.ID).SetRowID(r.ID).SetFirstName("Pat").SetLastName(Secret + name).Save(ctx)
		if err != nil {
			return err
		}
		a, err := tx.Address.Create().SetCaseID(row.ID).SetRowID(r.ID).SetReason(terms.ProtectedPersonHome).SetProtectedPersonID(p.ID).
			SetStreet(Secret + "street").SetTown(Secret + "town").SetState("CT").SetZip("06101").Save(ctx)
		if err != nil {
			return err
		}
		err = tx.UnroutedAddress.Create().SetCaseID(row.ID).SetActivityID(terms.NewID(terms.ActivityPrefix)).SetAddressKey(string(a.ID)).
			SetReason(terms.UnroutedUnknownTown).SetSuggestion(Secret + "suggestion").SetNoticedAt(updated).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *World) recordedAt(c Case, i int) time.Time {
	return c.OpenedAt.Add(time.Duration(i+1) * time.Hour)
}

var kinds = []terms.ActivityKind{
	terms.KindService, terms.KindAttempt, terms.KindReceipt, terms.KindTransfer, terms.KindOtherInformation, terms.KindWithdrawal,
}

func (w *World) activities(ctx context.Context, tx *ent.Tx, c Case, row *Row) error {
	if c.Author == "" {
		return nil
	}
	author := w.Viewers[c.Author]
	text := Text + c.Author
	for i := range c.Activities {
		kind := kinds[i%len(kinds)]
		at := w.recordedAt(c, i)
		a := tx.ServiceActivity.Create().SetCaseID(row.ID).SetSequence(int64(i + 1)).SetKind(kind).SetOfficerID(author.Officer).
			SetOccurredAt(at.Add(-30 * time.Minute)).SetRecordedAt(at).SetAccountID(author.Account).
			SetRecordedByName(author.DisplayName).SetRecordedByRole(terms.RoleOfficer).
			SetIdempotencyKey(strings.ToLower(string(row.Docket)) + fmt.Sprint("-", i)).SetContentSha256(make([]byte, 32)).
			SetPoliceAssistanceRequested(false).SetNote(text)
		switch kind {
		case terms.KindService:
			a.SetMethod(terms.MethodHand).SetRecordedLate(false).SetRecordingDelayMinutes(30)
		case terms.KindAttempt:
			a.SetReason(terms.ReasonOther).SetDetail(text)
		case terms.KindTransfer:
			a.SetFromOfficerID(author.Officer).SetToOfficerID(w.Officers["officer3"])
		case terms.KindOtherInformation:
			a.SetText(text).SetAbout([]terms.InformationAbout{terms.AboutOther}).SetCorrectionReason(text).SetCorrectsID(row.Activities[i-3])
		case terms.KindWithdrawal:
			a.SetWithdrawalReason(text).SetCorrectsID(row.Activities[i-1])
		}
		saved, err := w.entered(ctx, tx, a, author, row)
		if err != nil {
			return err
		}
		err = tx.Review.Create().SetCaseID(row.ID).SetActivityID(saved.ID).SetAccountID(author.Account).
			SetReviewedByName(Secret + "reviewer").SetNote(Secret + "review").SetReviewedAt(at).Exec(ctx)
		if err != nil {
			return err
		}
		if kind == terms.KindTransfer {
			if err := tx.TransferAcknowledgement.Create().SetCaseID(row.ID).SetActivityID(saved.ID).SetAccountID(author.Account).SetAcknowledgedAt(at).Exec(ctx); err != nil {
				return err
			}
		}
		if kind == terms.KindService {
			if err := w.deliveries(ctx, tx, row, saved); err != nil {
				return err
			}
		}
	}
	return nil
}

// entered saves an activity with its registry entry.
func (w *World) entered(ctx context.Context, tx *ent.Tx, a *ent.ServiceActivityCreate, officer *access.Viewer, row *Row) (*ent.ServiceActivity, error) {
	saved, err := a.Save(ctx)
	if err != nil {
		return nil, err
	}
	row.Activities = append(row.Activities, saved.ID)
	return saved, tx.RegistryEntry.Create().SetCaseID(row.ID).SetActivityID(saved.ID).SetOfficerName(officer.DisplayName).SetKind(saved.Kind).
		SetOccurredAt(saved.OccurredAt).SetRecordedAt(saved.RecordedAt).Exec(ctx)
}

func (w *World) manual(ctx context.Context, tx *ent.Tx, c Case, row *Row) error {
	author, clerk := w.Viewers[c.Author], w.Viewers["registry1"]
	for i := range 2 {
		at := w.recordedAt(c, c.Activities+i)
		a := tx.ServiceActivity.Create().SetCaseID(row.ID).SetSequence(int64(c.Activities + i + 1)).SetKind(terms.KindReceipt).SetOfficerID(author.Officer).
			SetOccurredAt(at).SetRecordedAt(at).SetAccountID(clerk.Account).SetRecordedByName(clerk.DisplayName).SetRecordedByRole(terms.RoleRegistryClerk).
			SetIdempotencyKey(strings.ToLower(string(row.Docket)) + fmt.Sprint("-manual-", i)).SetContentSha256(make([]byte, 32))
		if i == 0 {
			a.SetReportedVia(terms.ViaEmail).SetReportedAt(at).SetNote(Text + c.Author)
		} else {
			a.SetCorrectsID(row.Activities[len(row.Activities)-1]).SetCorrectionReason(Text + "registry1").SetNote(Text + "registry1")
		}
		if _, err := w.entered(ctx, tx, a, author, row); err != nil {
			return err
		}
	}
	return nil
}

// Due seeds that a clock ran out on the case, about a transfer or a delivery of
// its, or its hearing.
func (w *World) Due(t testing.TB, row Row, rule terms.DueRule, about terms.ID) terms.ID {
	t.Helper()
	id := terms.NewID(terms.DueItemPrefix)
	w.tx(t, func(ctx context.Context, tx *ent.Tx) error {
		return tx.DueItem.Create().SetID(id).SetCaseID(row.ID).SetSequence(1).SetRule(rule).SetAboutKey(string(about)).
			SetHearingAt(Now.AddDate(0, 0, 10)).SetDueAt(Now.Add(-time.Hour)).SetNoticedAt(Now).Exec(ctx)
	})
	return id
}

// deliveries seeds one to the agency, one to each file.
func (w *World) deliveries(ctx context.Context, tx *ent.Tx, row *Row, a *ent.ServiceActivity) error {
	for i, kind := range []terms.RecipientKind{terms.ToAgency, terms.ToStateFile, terms.ToNationalFile} {
		d := tx.Delivery.Create().SetCaseID(row.ID).SetActivityID(a.ID).SetSequence(a.Sequence).SetRecipientKind(kind).
			SetRecipientKey("1").SetState(terms.Confirmed).SetChannel(terms.ChannelSpool).
			SetControlNumber(Secret + string(a.ID)[10:] + fmt.Sprint(i)).
			SetNextAt(a.RecordedAt).SetDueBy(a.RecordedAt.Add(5 * time.Minute)).SetCreatedAt(a.RecordedAt)
		if kind == terms.ToAgency {
			d.SetAgencyID(w.Agency).SetRecipientKey(string(w.Agency)).SetReasons([]terms.NoticeReason{terms.ProtectedPersonHome})
		} else {
			d.SetOrderNumber("1")
		}
		saved, err := d.Save(ctx)
		if err != nil {
			return err
		}
		row.Deliveries = append(row.Deliveries, saved.ID)
		err = tx.DeliveryDecision.Create().SetCaseID(row.ID).SetDeliveryID(saved.ID).SetKind(terms.DecideRetry).SetAccountID(a.AccountID).
			SetDecidedByName(Secret + "decider").SetReason(Secret + "decision").SetDecidedAt(a.RecordedAt).Exec(ctx)
		if err != nil {
			return err
		}
		for number := 1; number <= 2; number++ {
			err := tx.DeliveryAttempt.Create().SetDeliveryID(saved.ID).SetNumber(number).SetChannel(terms.ChannelSpool).
				SetStartedAt(a.RecordedAt).SetOutcome(terms.AttemptConfirmed).SetDetail(Secret + "attempt").Exec(ctx)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
