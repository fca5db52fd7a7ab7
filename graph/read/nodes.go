package read

import (
	"context"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/terms"
)

// nodeKinds are the types that can be asked for by id.
var nodeKinds = []terms.Prefix{
	terms.CasePrefix, terms.ActivityPrefix, terms.OfficerPrefix, terms.DeliveryPrefix, terms.AgencyPrefix, terms.AccountPrefix,
}

// Nodes answers the objects with the ids, in their order: one statement for
// each type among them, and nil in the place of what does not exist or may not
// be seen.
func (r *Reader) Nodes(ctx context.Context, ids []terms.ID) ([]model.Node, error) {
	s := Selected(ctx)
	w, err := r.walk(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(ids) > maxPage {
		return nil, badPage("nodes: at most 100 ids can be asked for at once.")
	}
	byKind := map[terms.Prefix][]terms.ID{}
	for _, id := range idsOf(ids, same) {
		byKind[id.Prefix()] = append(byKind[id.Prefix()], id)
	}
	found := make(map[terms.ID]model.Node, len(ids))
	for _, kind := range nodeKinds {
		if err := w.nodes(ctx, s.sets, kind, byKind[kind], found); err != nil {
			return nil, err
		}
		delete(byKind, kind)
	}
	if len(byKind) > 0 {
		return nil, &terms.InputError{Code: terms.BadID, Message: "There is nothing that can be asked for by an id that begins like this one."}
	}
	answer := make([]model.Node, len(ids))
	for i, id := range ids {
		answer[i] = found[id]
	}
	return answer, nil
}

func (w *walk) nodes(ctx context.Context, sets []ast.SelectionSet, kind terms.Prefix, ids []terms.ID, found map[terms.ID]model.Node) error {
	if len(ids) == 0 {
		return nil
	}
	switch kind {
	case terms.CasePrefix:
		rows, err := w.cases.byID(ctx, w, sets, ids)
		put(found, rows)
		return err
	case terms.DeliveryPrefix:
		rows, err := w.deliveries.byID(ctx, w, sets, ids)
		put(found, rows)
		return err
	case terms.AccountPrefix:
		rows, err := w.accounts.byID(ctx, w, sets, ids)
		put(found, rows)
		return err
	case terms.OfficerPrefix:
		rows, err := w.officersByID(ctx, sets, ids)
		put(found, rows)
		return err
	case terms.AgencyPrefix:
		rows, err := w.agenciesByID(ctx, sets, ids)
		put(found, rows)
		return err
	}
	activities, err := w.activities.byID(ctx, w, sets, ids)
	for id, a := range activities {
		found[id] = a.Typed()
	}
	return err
}

// Viewer answers who is asking.
func (r *Reader) Viewer(ctx context.Context) (*model.Viewer, error) {
	s := Selected(ctx)
	w, err := r.walk(ctx, s)
	if err != nil {
		return nil, err
	}
	v := w.viewer
	answer := &model.Viewer{Roles: v.Roles, AgreementState: agreement(v), Permissions: permissions(v)}
	for _, a := range w.fields(s.sets, nil) {
		switch a.name {
		case "account":
			found, err := w.accounts.byID(ctx, w, a.sets(), []terms.ID{v.Account})
			if err != nil {
				return nil, err
			}
			if answer.Account = found[v.Account]; answer.Account == nil {
				return nil, access.ErrUnauthenticated // it is gone
			}
		case "officer":
			if v.Officer == "" {
				continue
			}
			found, err := w.officersByID(ctx, a.sets(), []terms.ID{v.Officer})
			if err != nil {
				return nil, err
			}
			answer.Officer = found[v.Officer]
		case "reminders":
			if answer.Reminders, err = w.reminders(ctx, a); err != nil {
				return nil, err
			}
		}
	}
	return answer, nil
}

func permissions(v *access.Viewer) model.ViewerPermissions {
	may := func(q access.Question) bool { return v.May(q) == nil }
	return model.ViewerPermissions{
		ViewerCanLookUpCases: may(access.AskCase), ViewerCanListCases: may(access.AskCases),
		ViewerCanRecord: v.MayRecord(), ViewerCanEnterManually: v.MayEnter(), ViewerCanListActivities: may(access.AskActivities),
		ViewerCanListDeliveries: may(access.AskDeliveries), ViewerCanSeeConfidential: v.Sees(access.ProtectedPersons),
		ViewerCanSeeBoard: may(access.AskBoard), ViewerCanSeeCalendars: may(access.AskCalendar), ViewerCanSeeStatistics: may(access.AskStatistics),
	}
}

// put puts what a table answered among the nodes.
func put[R model.Node](found map[terms.ID]model.Node, rows map[terms.ID]R) {
	for id, row := range rows {
		found[id] = row
	}
}

func agreement(v *access.Viewer) model.AgreementState {
	if v.Agreed {
		return model.AgreementSigned
	}
	return model.AgreementUnsigned
}
