package server

import (
	"context"
	"sync"
	"time"
)

// rememberedFor is how old an answer of [Remembered] may be.
const rememberedFor = time.Second

// Remembered is ask, but asked by one caller at a time, at most once a second,
// and for as long as within allows: the others get the answer that it has, good
// or bad. It is for what strangers may ask as often as they like. A caller that
// leaves does not spoil the answer of the others.
func Remembered[T any](within time.Duration, ask func(context.Context) (T, error)) func(context.Context) (T, error) {
	var (
		mu     sync.Mutex
		at     time.Time
		answer T
		failed error
	)
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if at.IsZero() || time.Since(at) >= rememberedFor {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
			defer cancel()
			answer, failed = ask(ctx)
			at = time.Now()
		}
		return answer, failed
	}
}
