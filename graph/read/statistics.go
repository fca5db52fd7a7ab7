package read

import (
	"context"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/report"
	"github.com/service-tracking/sts/internal/terms"
)

// AnnualData answers the items that are asked for, and the cases behind them to
// those who may see every case: at most four statements an item.
func (r *Reader) AnnualData(ctx context.Context, reporter *report.Reporter, year int, basis terms.AnnualBasis) (*model.AnnualData, error) {
	w, sets, err := r.begin(ctx, access.AskStatistics)
	if err != nil {
		return nil, err
	}
	fields, places := w.fields(sets, []string{"AnnualData"}), new(model.AnnualData)
	var items []report.Item
	for _, f := range fields {
		if item := report.Item(f.name); places.Place(item) != nil {
			items = append(items, item)
		}
	}
	annual, err := reporter.Annual(ctx, w.viewer, year, basis, items...)
	if err != nil {
		return nil, err
	}
	data := &model.AnnualData{Annual: annual}
	for _, item := range items {
		asked, _ := fields.get(string(item))
		figure := &model.AnnualFigure{Figure: annual.Figures[item]}
		if figure.Cases, err = w.casesBehind(ctx, annual.Figures[item], asked); err != nil {
			return nil, err
		}
		*data.Place(item) = figure
	}
	return data, nil
}

func (w *walk) casesBehind(ctx context.Context, f *report.Figure, figure asked) (*model.RegistryCaseConnection, error) {
	cases, wanted := w.fields(figure.sets(), []string{"AnnualFigure"}).get("cases")
	if !wanted || f.Cases == nil {
		return nil, nil
	}
	p, err := cases.page(w)
	if err != nil {
		return nil, err
	}
	l := list[ent.RegistryCase, *model.RegistryCase, *model.RegistryCase]{
		kind: &w.cases, order: caseOrderOf(byHearing), node: same[*model.RegistryCase], mods: []mod{f.Cases},
	}
	found, err := page[model.RegistryCaseEdge](ctx, w, l, "cases", p, cases.sets())
	return (*model.RegistryCaseConnection)(found), err
}
