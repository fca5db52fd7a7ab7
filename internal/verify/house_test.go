package main

import (
	"context"
	"os"
	"testing"
)

// TestMain lets the checks look at the project from its root, as the command
// does.
func TestMain(m *testing.M) {
	if err := toRoot(context.Background()); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func nothing(t *testing.T, run func(context.Context) ([]string, error)) {
	t.Helper()
	// A verdict that go test has cached holds as long as the files that the
	// test has read: go list reads them in another process.
	if _, err := ownFiles(); err != nil {
		t.Fatal(err)
	}
	problems, err := run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

func TestRoomsKnowOnlyThoseBelow(t *testing.T) { nothing(t, checkImports) }

func TestEveryRoomSaysWhatItIsForAndIsShort(t *testing.T) { nothing(t, checkHouse) }

func TestThePolicyTableTellsTheTruth(t *testing.T) { nothing(t, checkPolicy) }
