package casefile

import (
	"context"
	"fmt"
	"time"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/ent/registrycase"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// casesPerPage bounds what [Check] holds at once.
const casesPerPage = 200

// Difference is a fold that is stored otherwise than facts and activities say.
type Difference struct {
	Case           terms.ID
	Docket         terms.Docket
	Fold           string // the column
	Stored, Should string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s (%s): %s is %s, should be %s", d.Docket.Display(), d.Case, d.Fold, d.Stored, d.Should)
}

// Check recomputes the folds of every case from its facts and activities, page
// by page, and answers where the stored ones differ. It can run beside writers:
// what seems to differ is read again until nobody wrote in between.
func Check(ctx context.Context, c *ent.Client, timely Timely) ([]Difference, error) {
	ctx = access.As(ctx, "check")
	var all []Difference
	last := terms.ID("")
	for {
		page, err := c.RegistryCase.Query().Where(registrycase.IDGT(last)).Order(registrycase.ByID()).Limit(casesPerPage).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading cases after %q: %w", last, err)
		}
		if len(page) == 0 {
			return all, nil
		}
		last = page[len(page)-1].ID
		found, err := checkPage(ctx, c, page, timely)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
}

func checkPage(ctx context.Context, c *ent.Client, page []*ent.RegistryCase, timely Timely) ([]Difference, error) {
	ids := make([]terms.ID, len(page))
	for i, row := range page {
		ids[i] = row.ID
	}
	facts, err := ReadFactsOf(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	activities, err := Activities(ctx, c, ids...)
	if err != nil {
		return nil, err
	}
	byCase := map[terms.ID][]*ent.ServiceActivity{}
	for _, a := range activities {
		byCase[a.CaseID] = append(byCase[a.CaseID], a)
	}
	folds := make(map[terms.ID]*Folds, len(page))
	var unheard []terms.ID
	for _, row := range page {
		f := Compute(row, facts[row.ID], byCase[row.ID], timely)
		if folds[row.ID] = &f; f.unheard != nil {
			unheard = append(unheard, f.unheard.ID)
		}
	}
	known, err := acknowledged(ctx, c, unheard...)
	if err != nil {
		return nil, err
	}
	var found []Difference
	for _, row := range page {
		f := folds[row.ID]
		if f.unheard != nil && known[f.unheard.ID] {
			f.acknowledged()
		}
		if err := f.readDoubt(ctx, c, row, facts[row.ID], byCase[row.ID]); err != nil {
			return nil, err
		}
		if len(compare(row, *f)) == 0 {
			continue
		}
		sure, err := checkAgain(ctx, c, row.ID, timely)
		if err != nil {
			return nil, err
		}
		found = append(found, sure...)
	}
	return found, nil
}

// checkAgain checks one case while nobody writes: its sequence stands still.
func checkAgain(ctx context.Context, c *ent.Client, id terms.ID, timely Timely) ([]Difference, error) {
	for {
		row, err := c.RegistryCase.Get(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("reading case %s: %w", id, err)
		}
		facts, err := ReadFacts(ctx, c, id)
		if err != nil {
			return nil, err
		}
		all, err := Activities(ctx, c, id)
		if err != nil {
			return nil, err
		}
		f := Compute(row, facts, all, timely)
		if err := f.readAcknowledgement(ctx, c); err != nil {
			return nil, err
		}
		if err := f.readDoubt(ctx, c, row, facts, all); err != nil {
			return nil, err
		}
		after, err := c.RegistryCase.Get(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("reading case %s again: %w", id, err)
		}
		if after.NextSequence == row.NextSequence {
			return compare(row, f), nil
		}
	}
}

// compare names the folds that differ.
func compare(row *ent.RegistryCase, f Folds) []Difference {
	var found []Difference
	differ := func(fold, stored, should string) {
		if stored != should {
			found = append(found, Difference{row.ID, row.Docket, fold, stored, should})
		}
	}
	differ(registrycase.FieldRespondentKey, row.RespondentKey, RespondentKey(row.RespondentFirstName, row.RespondentLastName))
	differ(registrycase.FieldOrderKind, show(row.OrderKind), show(f.OrderKind))
	differ(registrycase.FieldHearingAt, moment(row.HearingAt), moment(f.HearingAt))
	differ(registrycase.FieldHearingCourtroom, row.HearingCourtroom, f.HearingCourtroom)
	differ(registrycase.FieldHearingSetAt, moment(row.HearingSetAt), moment(f.HearingSetAt))
	differ(registrycase.FieldHearingSort, moment(&row.HearingSort), moment(&f.HearingSort))
	differ(registrycase.FieldLastTimelyDay, show(row.LastTimelyDay), show(f.LastTimelyDay))
	differ(registrycase.FieldServiceStatus, string(row.ServiceStatus), string(f.ServiceStatus))
	differ(registrycase.FieldServedAt, moment(row.ServedAt), moment(f.ServedAt))
	differ(registrycase.FieldServedInTime, show(row.ServedInTime), show(f.ServedInTime))
	differ(registrycase.FieldReportMade, show(&row.ReportMade), show(&f.ReportMade))
	differ(registrycase.FieldHolderOfficerID, show(row.HolderOfficerID), show(f.Holder))
	var doubt TransferInDoubt
	if f.Transfer != nil {
		doubt = *f.Transfer
	}
	differ(registrycase.FieldTransferID, string(terms.Value(row.TransferID)), string(doubt.ID))
	differ(registrycase.FieldTransferWork, string(terms.Value(row.TransferWork)), string(doubt.Work))
	differ(registrycase.FieldTransferAt, terms.Value(row.TransferAt).Format(terms.InstantLayout), doubt.At.Format(terms.InstantLayout))
	differ(registrycase.FieldRespondentDisputed, show(&row.RespondentDisputed), show(&f.RespondentDisputed))
	differ(registrycase.FieldLatestActivityID, show(row.LatestActivityID), show(f.LatestActivity))
	differ(registrycase.FieldLatestActivityAt, moment(&row.LatestActivityAt), moment(&f.LatestActivityAt))
	return found
}

const unknown = "not known"

func show[T any](value *T) string {
	if value == nil {
		return unknown
	}
	return fmt.Sprint(*value)
}

func moment(at *time.Time) string {
	if at == nil {
		return unknown
	}
	return at.UTC().Format(terms.InstantLayout)
}
