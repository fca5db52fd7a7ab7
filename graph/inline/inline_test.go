package inline_test

import (
	"bytes"
	"context"
	"strconv"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/service-tracking/sts/graph/inline"
)

func written(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

// both runs gqlgen's own function and ours, which must answer alike.
func both(t *testing.T, ctx context.Context, length int, marshal func(context.Context, int) graphql.Marshaler) (string, gqlerror.List) {
	t.Helper()
	begin := func() context.Context {
		return graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.DefaultRecover)
	}
	theirs, ours := begin(), begin()
	want := written(graphql.MarshalSliceConcurrently(theirs, length, 1, false, marshal))
	got := written(inline.MarshalSlice(ours, length, 1, false, marshal))
	if got != want {
		t.Errorf("wrote %s, gqlgen writes %s", got, want)
	}
	if (len(graphql.GetErrors(ours)) > 0) != (len(graphql.GetErrors(theirs)) > 0) {
		t.Errorf("errors %v, gqlgen has %v", graphql.GetErrors(ours), graphql.GetErrors(theirs))
	}
	return got, graphql.GetErrors(ours)
}

func number(_ context.Context, i int) graphql.Marshaler { return graphql.MarshalInt(i) }

func TestElementsAreWrittenInOrder(t *testing.T) {
	for length, want := range []string{"[]", "[0]", "[0,1]", "[0,1,2]"} {
		if got, errs := both(t, t.Context(), length, number); got != want || errs != nil {
			t.Errorf("%d elements: %s %v", length, got, errs)
		}
	}
}

func TestAPanicIsThatElementsError(t *testing.T) {
	got, errs := both(t, t.Context(), 3, func(ctx context.Context, i int) graphql.Marshaler {
		if i == 1 {
			panic("ouch")
		}
		return number(ctx, i)
	})
	if got != "[0,null,2]" || len(errs) != 1 || errs[0].Path.String() != "["+strconv.Itoa(1)+"]" {
		t.Errorf("%s %v", got, errs)
	}
}

func TestWhatIsTooLateIsAnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, errs := both(t, ctx, 2, number); got != "[null,null]" || len(errs) == 0 {
		t.Errorf("%s %v", got, errs)
	}
}
