package journal

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/service-tracking/sts/ent"
	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/store"
)

const (
	headID  = "head"
	letters = "abcdefghijklmnopqrstuvwxyz"
)

// EnsureHead makes the journal's head, with a random origin, where there is
// none. Any number of processes may call it together; one of them makes it.
func EnsureHead(ctx context.Context, s *store.Store) error {
	ctx = access.As(ctx, "sequencer")
	if _, err := head(ctx, s); !ent.IsNotFound(err) {
		return err
	}
	err := s.Tx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		return tx.JournalHead.Create().SetID(headID).SetNext(1).SetEpoch(0).SetOrigin(newOrigin()).Exec(ctx)
	})
	if err != nil && !store.Duplicate(err) {
		return fmt.Errorf("making the journal's head: %w", err)
	}
	return nil
}

func head(ctx context.Context, s *store.Store) (*ent.JournalHead, error) {
	h, err := s.Client.JournalHead.Get(ctx, headID)
	if err != nil {
		return nil, fmt.Errorf("reading the journal's head: %w", err)
	}
	return h, nil
}

// newOrigin is ten random letters. Modulo leans towards the first letters a
// little, which does no harm: origins need only differ.
func newOrigin() string {
	b := make([]byte, originLen)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	for i := range b {
		b[i] = letters[int(b[i])%len(letters)]
	}
	return string(b)
}
