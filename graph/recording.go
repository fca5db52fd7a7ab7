package graph

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/recording"
	"github.com/service-tracking/sts/internal/terms"
)

func serviceOf(in model.RecordServiceInput) recording.Service {
	return recording.Service{
		Common: recording.Common{
			IdempotencyKey: string(in.IdempotencyKey), Docket: in.DocketNumber, Confirm: in.Confirm,
			DeviceSubmittedAt: in.DeviceSubmittedAt, DeviceSentAt: in.DeviceSentAt, AsOfficer: terms.Value(in.AsOfficerID),
		},
		ServiceEntry: recording.ServiceEntry{
			Method: in.Method, ExecutedAt: in.ExecutedAt, PoliceAssistanceRequested: in.PoliceAssistanceRequested,
			Note: terms.Value(in.Note),
		},
	}
}

func attemptOf(in model.RecordAttemptInput) recording.Attempt {
	return recording.Attempt{
		Common: recording.Common{
			IdempotencyKey: string(in.IdempotencyKey), Docket: in.DocketNumber, Confirm: in.Confirm,
			DeviceSubmittedAt: in.DeviceSubmittedAt, DeviceSentAt: in.DeviceSentAt, AsOfficer: terms.Value(in.AsOfficerID),
		},
		AttemptEntry: recording.AttemptEntry{
			Reason: in.Reason, Detail: terms.Value(in.Detail), LastAttemptedAt: in.LastAttemptedAt,
			PoliceAssistanceRequested: in.PoliceAssistanceRequested, NoFurtherAttempt: in.NoFurtherAttempt,
			Note: terms.Value(in.Note),
		},
	}
}

func officerID(id *terms.ID) error {
	if id == nil {
		return nil
	}
	return id.Must(terms.OfficerPrefix)
}

// recorded reads what a payload is asked to show of what was recorded, as the
// viewer sees it.
func (r *Resolver) recorded(ctx context.Context, payload string, done recording.Recorded) (activity *model.Activity, kase *model.RegistryCase, err error) {
	all := read.Selected(ctx)
	if s, asked := all.Of("activity", payload); asked {
		if activity, err = r.Read.Activity(ctx, done.Activity.ID, s); err != nil {
			return nil, nil, err
		}
	}
	if s, asked := all.Of("case", payload); asked {
		if kase, err = r.Read.Case(ctx, done.Case.ID, s); err != nil {
			return nil, nil, err
		}
	}
	return activity, kase, nil
}

// userErrors are refusals as the types of the SDL: one for each code.
func userErrors[E any](r *Resolver, refusals []recording.Refusal) ([]E, error) {
	errors := make([]E, 0, len(refusals))
	for _, refusal := range refusals {
		e, ok := r.userError(refusal).(E)
		if !ok {
			return nil, fmt.Errorf("the refusal %s has no type in the SDL", refusal.Code)
		}
		errors = append(errors, e)
	}
	return errors, nil
}

func (r *Resolver) userError(of recording.Refusal) any {
	code, message, path := model.UserErrorCode(of.Code), of.Message, of.Path
	switch of.Code {
	case recording.CaseNotFound:
		return model.CaseNotFound{Code: code, Message: message, Path: path, RegistrySection: &r.Section}
	case recording.InTheFuture:
		return model.InTheFuture{Code: code, Message: message, Path: path}
	case recording.BeforeCaseExisted:
		return model.BeforeCaseExisted{Code: code, Message: message, Path: path}
	case recording.AlreadyServed:
		return model.AlreadyServed{Code: code, Message: message, Path: path, ServedAt: terms.Value(of.ServedAt)}
	case recording.KeyReused:
		return model.KeyReused{Code: code, Message: message, Path: path}
	case recording.DetailRequired:
		return model.DetailRequired{Code: code, Message: message, Path: path}
	case recording.TooLong:
		return model.TooLong{Code: code, Message: message, Path: path}
	case recording.BadText:
		return model.BadText{Code: code, Message: message, Path: path}
	case recording.WrongOfficer:
		return model.WrongOfficer{Code: code, Message: message, Path: path}
	}
	return nil
}
