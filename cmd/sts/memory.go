package main

import (
	"context"
	"log/slog"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// collectAt lets the heap grow to the limit before it is collected. Where
// answers are built and thrown away that saves a third of the processor over
// the stock setting, and a tenth over GOGC=400 (Q1 and Q3 of sts bench, 2
// processors). What makes it safe is [keepRoom]: GOGC would not, because the
// runtime takes the lower of the two bounds.
func collectAt(limit int64) {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(limit)
}

// keepRoom raises the memory limit while what is alive does not fit well below
// it (10,000 viewers are some 600 MB), and lowers it again afterwards. At its
// limit the runtime would collect without pause, for up to half of the
// processor, and free next to nothing. So the heap may always grow to twice of
// what is alive, as with GOGC=100. The limit in force is go_gc_gomemlimit_bytes
// of /metrics.
func keepRoom(limit int64, every time.Duration, log *slog.Logger) func(context.Context) error {
	return func(ctx context.Context) error {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		raised := false
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
			now := roomFor(limit, inUse())
			debug.SetMemoryLimit(now)
			if (now > limit) != raised {
				raised = !raised
				log.WarnContext(ctx, "the memory limit follows what is in use", "configured", limit, "now", now)
			}
		}
	}
}

// memory is what the last collection left alive, and what the runtime has
// besides the heap's objects: stacks, its own tables, spans not filled.
type memory struct{ live, besides int64 }

// roomFor is the limit that leaves what is alive the room to double.
func roomFor(limit int64, m memory) int64 { return max(limit, m.besides+2*m.live) }

func inUse() memory {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	v := func(i int) int64 { return int64(samples[i].Value.Uint64()) }
	return memory{live: v(0), besides: v(1) - v(2) - v(3) - v(4)}
}
