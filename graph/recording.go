package graph

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"

	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

// recorded is what the payloads of all recording mutations are made of; see
// [model.Recorded].
type recorded[A, E any] interface {
	~struct {
		Activity A
		Case     *model.RegistryCase
		Errors   []E
	}
}

// record is every recording mutation: the input is what package recording takes,
// and the payload shows, as the viewer sees it, what was recorded or why it was
// not. as is the activity as the payload's type.
func record[P recorded[A, E], A, E, In any](
	ctx context.Context, r *Resolver, in In,
	do func(context.Context, *access.Viewer, In) (recording.Recorded, error), as func(*model.Activity) A,
) (*P, error) {
	v := access.From(ctx)
	if v == nil {
		return nil, access.ErrUnauthenticated
	}
	refusals, err := r.checkInput(ctx)
	if err != nil {
		return nil, err
	}
	done := recording.Recorded{Refusals: refusals}
	if len(refusals) == 0 {
		if done, err = do(ctx, v, in); err != nil {
			return nil, err
		}
	}
	shown := answer{r, graphql.GetFieldContext(ctx).Field.Definition.Type.Name(), read.Selected(ctx)}
	var payload struct {
		Activity A
		Case     *model.RegistryCase
		Errors   []E
	}
	if payload.Errors, err = userErrors[E](ctx, shown, done.Refusals); err != nil {
		return nil, err
	}
	if len(done.Refusals) == 0 {
		activity, err := shown.activity(ctx, done.Activity.ID)
		if err != nil {
			return nil, err
		}
		if activity != nil {
			payload.Activity = as(activity)
		}
		if payload.Case, err = shown.kase(ctx, done.Case.ID); err != nil {
			return nil, err
		}
	}
	p := P(payload)
	return &p, nil
}

// answer is a payload being read: its type, and what is asked of it.
type answer struct {
	*Resolver
	payload string
	asked   read.Selection
}

func (a answer) activity(ctx context.Context, id terms.ID) (*model.Activity, error) {
	s, asked := a.asked.Of("activity", a.payload)
	if !asked {
		return nil, nil
	}
	return a.Read.Activity(ctx, id, s)
}

func (a answer) kase(ctx context.Context, id terms.ID) (*model.RegistryCase, error) {
	s, asked := a.asked.Of("case", a.payload)
	if !asked {
		return nil, nil
	}
	return a.Read.Case(ctx, id, s)
}

// inError is what is asked of a field of an error of the type.
func (a answer) inError(field, typ string) (read.Selection, bool) {
	errors, _ := a.asked.Of("errors", a.payload)
	return errors.Of(field, typ, "UserError", a.schema.Types[a.payload].Fields.ForName("errors").Type.Name())
}

// userErrors are refusals as the types of the SDL: one for each code.
func userErrors[E any](ctx context.Context, a answer, refusals []recording.Refusal) ([]E, error) {
	errors := make([]E, 0, len(refusals))
	for _, refusal := range refusals {
		one, err := a.userError(ctx, refusal)
		if err != nil {
			return nil, err
		}
		e, ok := one.(E)
		if !ok {
			return nil, fmt.Errorf("the refusal %s has no type in the SDL", refusal.Code)
		}
		errors = append(errors, e)
	}
	return errors, nil
}

// userError is a refusal as the type of its code. Two of them show what is
// stored, as far as the viewer may see it.
func (a answer) userError(ctx context.Context, of recording.Refusal) (any, error) {
	is := model.Refused{Code: model.UserErrorCode(of.Code), Message: of.Message, Path: of.Path}
	switch of.Code {
	case recording.NotHolder:
		e := model.NotHolder{Refused: is}
		s, asked := a.inError("holder", "NotHolder")
		if !asked {
			return e, nil
		}
		holder, err := a.Read.Officer(ctx, of.Holder, s)
		e.Holder = holder
		return e, err
	case recording.AlreadyCorrected:
		e := model.AlreadyCorrected{Refused: is}
		s, asked := a.inError("newest", "AlreadyCorrected")
		if !asked {
			return e, nil
		}
		newest, err := a.Read.Activity(ctx, of.Newest, s)
		if newest != nil {
			e.Newest = newest.Typed()
		}
		return e, err
	}
	return a.plainError(is, of), nil
}

// plainError is a refusal that shows nothing stored; nil if it has no type.
func (a answer) plainError(is model.Refused, of recording.Refusal) any {
	switch of.Code {
	case recording.CaseNotFound:
		return model.CaseNotFound{Refused: is, RegistrySection: &a.Section}
	case recording.AlreadyServed:
		return model.AlreadyServed{Refused: is, ServedAt: terms.Value(of.ServedAt)}
	case recording.InTheFuture:
		return model.InTheFuture{Refused: is}
	case recording.BeforeCaseExisted:
		return model.BeforeCaseExisted{Refused: is}
	case recording.RespondentMismatch:
		return model.RespondentMismatch{Refused: is}
	case recording.OfficerNotListed:
		return model.OfficerNotListed{Refused: is}
	case recording.KeyReused:
		return model.KeyReused{Refused: is}
	case recording.DetailRequired:
		return model.DetailRequired{Refused: is}
	case recording.ReasonRequired:
		return model.ReasonRequired{Refused: is}
	case recording.TooLong:
		return model.TooLong{Refused: is}
	case recording.BadText:
		return model.BadText{Refused: is}
	case recording.OfficerNotFound:
		return model.OfficerNotFound{Refused: is}
	case recording.WrongOfficer:
		return model.WrongOfficer{Refused: is}
	case recording.SameOfficer:
		return model.SameOfficer{Refused: is}
	case recording.NotReceiver:
		return model.NotReceiver{Refused: is}
	case recording.NotYours:
		return model.NotYours{Refused: is}
	case recording.ExactlyOne:
		return model.ExactlyOne{Refused: is}
	}
	return nil
}
