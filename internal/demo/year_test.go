package demo_test

import (
	"fmt"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/account"
	"github.com/service-tracking/sts/ent/delivery"
	"github.com/service-tracking/sts/ent/dueitem"
	"github.com/service-tracking/sts/ent/predicate"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/ent/serviceactivity"
	"github.com/service-tracking/sts/ent/unroutedaddress"
	"github.com/service-tracking/sts/internal/terms"
)

// everyKind: all that §4 to §7 let people record is in the year, in the
// proportions that doc.go names.
func (w world) everyKind(cases int) {
	w.Helper()
	percent := func(n int) int { return cases * n / 100 }
	c := w.s.Client
	activities := func(p ...predicate.ServiceActivity) *ent.ServiceActivityQuery {
		return c.ServiceActivity.Query().Where(p...)
	}
	of := serviceactivity.KindEQ
	corrections := serviceactivity.And(serviceactivity.CorrectsIDNotNil(), serviceactivity.KindNEQ(terms.KindWithdrawal))
	w.between("§6(a) receipts", activities(of(terms.KindReceipt)), percent(82), percent(98))
	w.between("§6(b) transfers", activities(of(terms.KindTransfer)), percent(5), percent(15))
	w.between("§6(b) acknowledged", c.TransferAcknowledgement.Query(), percent(3), percent(12))
	w.between("§6(c) other information", activities(of(terms.KindOtherInformation)), percent(4), percent(12))
	w.between("corrections", activities(corrections), percent(2), percent(10))
	w.between("corrected services", activities(corrections, of(terms.KindService)), 2, percent(5))
	w.between("corrected by the registry section", activities(corrections, serviceactivity.RecordedByRole(terms.RoleRegistryClerk)), 1, percent(3))
	w.between("withdrawals: the wrong docket", activities(of(terms.KindWithdrawal)), 1, percent(4))
	w.between("§7 manual entries", activities(serviceactivity.ReportedAtNotNil()), percent(2), percent(10))
	w.between("§7 by telephone", activities(serviceactivity.ReportedViaEQ(terms.ViaTelephone)), 1, percent(8))
	w.between("§7 by e-mail", activities(serviceactivity.ReportedViaEQ(terms.ViaEmail)), 1, percent(8))
	w.between("§7 provisional cases", c.RegistryCase.Query().Where(registrycase.Provisional(true)), 1, 5)
	w.between("clocks that ran out", c.DueItem.Query(), percent(5), percent(40))
	for _, rule := range []terms.DueRule{terms.DuePastTimely, terms.DueHearingNear, terms.DueHearingPassed, terms.DueAcknowledgement, terms.DueDelivery} {
		w.between(string(rule), c.DueItem.Query().Where(dueitem.RuleEQ(rule)), 1, percent(25))
	}
	row, err := c.Account.Query().Where(account.Name("officer1")).Only(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	w.between("reminders to officer1", c.Delivery.Query().Where(delivery.RecipientKindEQ(terms.ToAccount), delivery.RecipientKey(string(row.ID))), 2, 60)
}

// everyBoard: no list of the service board is empty, by the conditions that the
// board's description names.
func (w world) everyBoard() {
	w.Helper()
	c := w.s.Client
	today := terms.DateOf(now)
	cases := func(p ...predicate.RegistryCase) *ent.RegistryCaseQuery {
		return c.RegistryCase.Query().Where(append(p, registrycase.ServiceStatusNEQ(terms.StatusServed))...)
	}
	hearing := func(from, to int) predicate.RegistryCase {
		return registrycase.And(registrycase.ReportMade(false),
			registrycase.HearingSortGTE(today.AddDays(from).Start()), registrycase.HearingSortLT(today.AddDays(to).Start()))
	}
	standing := func(s *sql.Selector) {
		later := sql.Table(serviceactivity.Table).As("later")
		s.Where(sql.NotExists(sql.Select(later.C(serviceactivity.FieldID)).From(later).
			Where(sql.ColumnsEQ(later.C(serviceactivity.FieldCorrectsID), s.C(serviceactivity.FieldID)))))
	}
	for list, q := range map[string]counted{
		"recordedLate": c.ServiceActivity.Query().Where(serviceactivity.RecordedLate(true),
			serviceactivity.RecordedAtGTE(now.AddDate(0, 0, -7)), standing),
		"otherInformation": c.ServiceActivity.Query().Where(serviceactivity.KindEQ(terms.KindOtherInformation),
			serviceactivity.RecordedAtGTE(now.AddDate(0, 0, -7)), standing),
		"pastLastTimelyDay": cases(registrycase.LastTimelyDayLT(today), registrycase.HearingSortGTE(today.Start())),
		"hearingNear":       cases(hearing(0, 2)),
		"hearingPassed":     cases(hearing(-30, 0)),
		"undelivered":       c.Delivery.Query().Where(delivery.StateEQ(terms.Failed)),
		"waiting":           c.Delivery.Query().Where(delivery.StateEQ(terms.Waiting), delivery.WaitingForEQ(terms.WaitsForFileNumber)),
		"unrouted":          c.UnroutedAddress.Query().Where(unroutedaddress.ResolvedAtIsNil()),
		"transfers, unacknowledged for a day": c.RegistryCase.Query().Where(
			registrycase.TransferWorkEQ(terms.TransferUnacknowledged), registrycase.TransferAtLT(now.Add(-24*time.Hour))),
		"transfers to nobody listed": c.RegistryCase.Query().Where(registrycase.TransferWorkEQ(terms.TransferNotListed)),
		"transfers that contradict":  c.RegistryCase.Query().Where(registrycase.TransferWorkEQ(terms.TransferInconsistent)),
	} {
		w.between("the board's "+list, q, 1, 150)
	}
}

// recorded is what people recorded, as the same seed must record it again.
func (w world) recorded() (list []string) {
	w.Helper()
	all, err := w.s.Client.ServiceActivity.Query().All(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	cases, err := w.s.Client.RegistryCase.Query().Order(registrycase.ByDocket()).All(w.ctx)
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range cases {
		for _, a := range all {
			if a.CaseID == c.ID {
				list = append(list, fmt.Sprintln(c.Docket, a.Kind, a.OccurredAt.UTC(), a.RecordedAt.UTC(), a.RecordedByName, terms.Value(a.Reason), terms.Value(a.Method), a.CorrectsID != nil, a.ReportedAt != nil, a.Note, a.Text))
			}
		}
	}
	return list
}
