package live_test

import (
	"context"
	"errors"
	"testing"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/live"
	"github.com/service-tracking/sts/internal/store/storetest"
	"github.com/service-tracking/sts/internal/terms"
)

// One account cannot take the room of all.
func TestAnAccountThatHasEnoughIsToldSo(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t), live.Options{LimitPerAccount: 2})
	w.runHub()
	as := func(id terms.ID) context.Context { return access.With(t.Context(), &access.Viewer{Account: id}) }
	subscribe := func(id terms.ID) (*live.Subscription, error) {
		sub, err := w.hub.Subscribe(as(id), nil)
		if err == nil {
			t.Cleanup(sub.Close)
		}
		return sub, err
	}
	var first *live.Subscription
	for range 2 {
		sub, err := subscribe("acc_a")
		if err != nil {
			t.Fatal(err)
		}
		first = sub
	}
	for range 2 {
		_, err := subscribe("acc_a")
		var ended *live.Ended
		if !errors.Is(err, live.ErrTooMany) || !errors.As(err, &ended) || ended.ErrorCode() != terms.RateLimited {
			t.Errorf("the third: %v", err)
		}
	}
	if _, err := subscribe("acc_b"); err != nil {
		t.Errorf("another account: %v", err)
	}
	for range 3 {
		w.subscribe(nil) // a worker
	}
	// A subscription that cannot begin leaves its place.
	first.Close()
	first.Close()
	nonsense := "nonsense"
	for range 3 {
		if _, err := w.hub.Subscribe(as("acc_a"), &nonsense); err == nil || errors.Is(err, live.ErrTooMany) {
			t.Errorf("after nonsense: %v", err)
		}
	}
	if _, err := subscribe("acc_a"); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
	if _, err := subscribe("acc_a"); !errors.Is(err, live.ErrTooMany) {
		t.Errorf("and no more than that: %v", err)
	}
}
