package orderfile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// deliver does what the delivery ledger does with one update: sends it, and
// believes nothing but an inquiry. It answers how often it sent.
func deliver(ctx context.Context, c *Client, u Update, pause time.Duration) (sends int, err error) {
	var first time.Time
	wait := func() error {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for {
		if first.IsZero() {
			first = time.Now()
		}
		switch err := c.Send(ctx, u); {
		case err == nil, errors.Is(err, ErrUnknown):
			sends++
		case errors.Is(err, ErrNotSent):
			if sends == 0 {
				first = time.Time{} // no attempt has an unknown end
			}
			if err := wait(); err != nil {
				return sends, err
			}
			continue
		default:
			return sends, err
		}
		again := false
		for _, file := range []File{StateFile, NationalFile} {
			verdict := NoAnswer
			for verdict == NoAnswer {
				if err := wait(); err != nil {
					return sends, err
				}
				records, err := c.Inquire(ctx, Inquiry{ORI: u.ORI, RecordNumber: u.RecordNumber})
				if err != nil && !errors.Is(err, ErrNoAnswer) && !errors.Is(err, ErrNotSent) {
					return sends, err
				}
				verdict = Reconcile(Known{File: file, AttemptStarted: first, Values: u.Values}, records).Verdict
			}
			switch verdict {
			case ConfirmedByInquiry:
			case SendAgain:
				again = true
			default:
				return sends, fmt.Errorf("%s: %s", file, verdict)
			}
		}
		if !again {
			return sends, nil
		}
	}
}

// exactlyOnce delivers 200 orders, some at a time, and then looks into the
// files: each record was changed exactly once, to what we wanted.
func exactlyOnce(t *testing.T, s *Simulator, d *desk, dir string, pause time.Duration) {
	t.Helper()
	const orders, hands = 200, 12
	work := make(chan Update)
	var all sync.WaitGroup
	var mu sync.Mutex
	sent := 0
	for range hands {
		all.Go(func() {
			for u := range work {
				n, err := deliver(t.Context(), d.client, u, pause)
				if err != nil {
					t.Errorf("%s: %v", u.RecordNumber, err)
				}
				mu.Lock()
				sent += n
				mu.Unlock()
			}
		})
	}
	want := map[string]Update{}
	for i := range orders {
		u := service(fmt.Sprintf("H%09d", i))
		// Fixed, so that a seed draws the same faults again.
		u.ControlNumber = ControlNumber("00000000" + controlLetters[i/32:i/32+1] + controlLetters[i%32:i%32+1])
		want[u.RecordNumber] = u
		work <- u
	}
	close(work)
	all.Wait()
	settled(t, s)
	for _, file := range []File{StateFile, NationalFile} {
		times := map[string]int{}
		for _, c := range changes(t, dir, file) {
			times[c.RecordNumber]++
			if u := want[c.RecordNumber]; c.values() != u.Values.in(file) || c.ControlNumber != u.ControlNumber {
				t.Errorf("%s: %+v", file, c)
			}
		}
		for record := range want {
			if times[record] != 1 {
				t.Errorf("%s: %s was changed %d times", file, record, times[record])
			}
		}
	}
	t.Logf("%d orders, sent %d times", orders, sent)
	if sent == orders {
		t.Error("no fault had any effect: the test proves nothing")
	}
}

func TestEveryRecordIsChangedExactlyOnce(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, dir := newWire(), t.TempDir()
				s := newSimulator(t, SimulatorOptions{
					Listener: w, Dir: dir, PlainNumbers: true, FaultRate: 0.5, Seed: seed,
					Latency: 20 * time.Millisecond, ForwardDelay: 10 * time.Second,
				})
				d := newDesk(t, w.Dial, 30*time.Second)
				exactlyOnce(t, s, d, dir, 15*time.Second)
			})
		})
	}
}

func TestEveryRecordIsChangedExactlyOnceOverLoopback(t *testing.T) {
	dir := t.TempDir()
	s := newSimulator(t, SimulatorOptions{
		Dir: dir, PlainNumbers: true, FaultRate: 0.4, Seed: 1,
		RandomFaults: []Fault{
			{Do: FaultDropBefore}, {Do: FaultDropAfter}, {Do: FaultNack}, {Do: FaultAckNotApplied}, {Do: FaultDuplicate},
			{Do: FaultNoNational}, {Do: FaultDelay, For: 5 * time.Millisecond}, {Do: FaultDelay, For: 150 * time.Millisecond},
		},
	})
	d := newDesk(t, tcp(s.Addr()), 100*time.Millisecond)
	exactlyOnce(t, s, d, dir, time.Millisecond)
}
