package graph

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/service-tracking/sts/internal/access"
	"github.com/service-tracking/sts/internal/journal"
	"github.com/service-tracking/sts/internal/terms"
)

const (
	// loadKept is how long what was loaded for an event serves others who ask
	// for the same: an event reaches all who watch in a quarter of a second.
	loadKept = 2 * time.Second
	// loadLife bounds one loading.
	loadLife = 10 * time.Second
	// loadsKept is how many are kept at most.
	loadsKept = 4096
)

// loadKey is what decides the answer: the event, who sees alike, and what is
// asked.
type loadKey struct {
	position journal.Position
	scope    string
	asked    [sha256.Size]byte
}

// loads loads each event's data once for all streams that would get the same,
// so that ten thousand supervisors are one question to the database.
type loads struct {
	clock func() time.Time
	turns atomic.Int64 // see concernAt

	mu    sync.Mutex
	known map[loadKey]*load
	queue []loadKey // in the order of loading
}

type load struct {
	done  chan struct{}
	begun time.Time
	value any
	err   error
}

func newLoads(clock func() time.Time) *loads {
	return &loads{clock: clock, known: map[loadKey]*load{}}
}

// loaded answers what f loads, or what another stream's f loaded a moment ago.
// f runs without the caller's end: others wait for it too.
func loaded[T any](ctx context.Context, l *loads, key loadKey, f func(context.Context) (T, error)) (T, error) {
	one, mine := l.enter(key)
	if mine {
		l.run(ctx, key, one, func(ctx context.Context) (any, error) { return f(ctx) })
	}
	var none T
	select {
	case <-one.done:
	case <-ctx.Done():
		return none, fmt.Errorf("waiting for the data of an event: %w", ctx.Err())
	}
	value, _ := one.value.(T)
	return value, one.err
}

func (l *loads) enter(key loadKey) (one *load, mine bool) {
	now := l.clock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if one := l.known[key]; one != nil && now.Sub(one.begun) < loadKept {
		return one, false
	}
	for len(l.queue) > 0 {
		oldest := l.known[l.queue[0]]
		if oldest != nil && now.Sub(oldest.begun) < loadKept && len(l.queue) < loadsKept {
			break
		}
		delete(l.known, l.queue[0])
		l.queue = l.queue[1:]
	}
	one = &load{done: make(chan struct{}), begun: now}
	l.known[key] = one
	l.queue = append(l.queue, key)
	return one, true
}

func (l *loads) run(ctx context.Context, key loadKey, one *load, f func(context.Context) (any, error)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), loadLife)
	defer cancel()
	finished := false
	defer func() {
		if !finished { // f panicked: those who wait must not wait for ever
			one.err = fmt.Errorf("loading the data of an event failed")
		}
		if one.err != nil {
			l.mu.Lock()
			if l.known[key] == one {
				delete(l.known, key)
			}
			l.mu.Unlock()
		}
		close(one.done)
	}()
	one.value, one.err = f(ctx)
	finished = true
}

// scopeOf names those who see alike: registry staff, supervisors, and court
// staff of the same locations. An officer sees his own cases and texts, and a
// person of several roles what each of them shows: they see alone. Whoever is in
// a class with others may not record, so no text is open to him as its author
// ([access.Viewer.SeesText]), though he may have been an officer before.
func scopeOf(v *access.Viewer) string {
	registry := []terms.Role{terms.RoleRegistryClerk, terms.RoleRegistryManager}
	switch {
	case only(v, registry...):
		return "registry"
	case only(v, terms.RoleSupervisor):
		return "supervisor"
	case only(v, terms.RoleCourtStaff):
		courts := slices.Sorted(slices.Values(v.Courts))
		return "court " + strings.Join(courts, " ")
	}
	return "account " + string(v.Account)
}

func only(v *access.Viewer, roles ...terms.Role) bool {
	if len(v.Roles) == 0 || v.MayRecord() || v.Officer != "" || v.IsSystem() || !v.Agreed {
		return false
	}
	for _, r := range v.Roles {
		if !slices.Contains(roles, r) {
			return false
		}
	}
	return true
}
