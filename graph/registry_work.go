package graph

import (
	"context"
	"fmt"

	"github.com/service-tracking/sts/graph/model"
	"github.com/service-tracking/sts/graph/read"
	"github.com/service-tracking/sts/internal/registry"
	"github.com/service-tracking/sts/internal/terms"
)

// ways are the channels of an input.
func ways(channels []*model.AgencyChannelInput) []registry.Way {
	all := make([]registry.Way, len(channels))
	for i, c := range channels {
		all[i] = registry.Way{Kind: c.Kind, Address: terms.Value(c.Address)}
	}
	return all
}

// refusals are the errors of a payload: one refusal as the type of its code, or
// none.
func refusals[E any](r *registry.Refusal) ([]E, error) {
	if r == nil {
		return []E{}, nil
	}
	e, ok := refusalType(r).(E)
	if !ok {
		return nil, fmt.Errorf("the refusal %s has no type in the SDL", r.Code)
	}
	return []E{e}, nil
}

func refusalType(r *registry.Refusal) any {
	refused := model.Refused{Code: model.UserErrorCode(r.Code), Message: r.Message, Path: r.Path}
	switch r.Code {
	case registry.ReasonRequired:
		return model.ReasonRequired{Refused: refused}
	case registry.TooLong:
		return model.TooLong{Refused: refused}
	case registry.BadText:
		return model.BadText{Refused: refused}
	case registry.DeliveryNotFound:
		return model.DeliveryNotFound{Refused: refused}
	case registry.NotPossibleNow:
		return model.NotPossibleNow{Refused: refused}
	case registry.SecondPersonNeeded:
		return model.SecondPersonNeeded{Refused: refused}
	case registry.UnroutedAddressNotFound:
		return model.UnroutedAddressNotFound{Refused: refused}
	case registry.AgencyNotFound:
		return model.AgencyNotFound{Refused: refused}
	case registry.BadContact:
		return model.BadContact{Refused: refused}
	case registry.ActivityNotFound:
		return model.ActivityNotFound{Refused: refused}
	}
	return nil
}

// shown reads a result of a payload as far as it is asked for.
func shown[T any](ctx context.Context, field, payload string, id terms.ID, load func(context.Context, terms.ID, read.Selection) (T, error)) (T, error) {
	s, asked := read.Selected(ctx).Of(field, payload)
	if !asked {
		var none T
		return none, nil
	}
	return load(ctx, id, s)
}
