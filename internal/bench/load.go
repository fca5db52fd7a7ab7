package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"time"
)

// answerWithin is how long one answer may take.
const answerWithin = 10 * time.Second

// client is one kept connection. It knows no more HTTP than both servers
// speak, because its own work disturbs what it measures.
type client struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

func dial(ctx context.Context, address string) (*client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connecting to a server: %w", err)
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

// ask sends a request and appends the body of its answer to b.
func (c *client) ask(t template, parameter string, b []byte) ([]byte, error) {
	if err := c.conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return nil, err
	}
	c.request = t.with(c.request, parameter)
	if _, err := c.conn.Write(c.request); err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("reading an answer: %w", err)
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	said := string(bytes.TrimSpace(status))
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, fmt.Errorf("reading an answer's head: %w", err)
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, fmt.Errorf("reading an answer's length: %w", err)
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("an answer without a length: %s", said)
	}
	start := len(b)
	b = slices.Grow(b, length)[:start+length]
	if _, err := io.ReadFull(c.in, b[start:]); err != nil {
		return nil, fmt.Errorf("reading an answer's body: %w", err)
	}
	if !ok || !bytes.HasPrefix(b[start:], []byte(`{"data":{`)) {
		return nil, fmt.Errorf("not the answer: %s: %.500s", said, b[start:])
	}
	return b, nil
}

// pass is what one stretch of asking came to.
type pass struct {
	took      time.Duration
	latencies []time.Duration // sorted
	used      usage
}

// drive asks one question for the time given, on all connections at once, each
// with parameters of its own from the seed.
func (o Options) drive(ctx context.Context, q question, k *known, s *side, database int, seed uint64, stretch time.Duration) (*pass, error) {
	clients := make([]*client, o.Connections)
	for i := range clients {
		c, err := dial(ctx, s.address)
		if err != nil {
			return nil, err
		}
		defer c.conn.Close() //nolint:errcheck // it has been read to the end
		clients[i] = c
	}
	type result struct {
		latencies []time.Duration
		err       error
	}
	results := make(chan result, len(clients))
	before, err := usageOf(s.pid(), database)
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	for i, c := range clients {
		go func() {
			var r result
			random := rand.New(rand.NewPCG(seed, uint64(i)))
			var body []byte
			for at := time.Now(); at.Sub(begun) < stretch && ctx.Err() == nil; {
				if body, r.err = c.ask(s.ask[q.name], q.parameter(random, k), body[:0]); r.err != nil {
					break
				}
				now := time.Now()
				r.latencies = append(r.latencies, now.Sub(at))
				at = now
			}
			results <- r
		}()
	}
	p := &pass{}
	var errs []error
	for range clients {
		r := <-results
		p.latencies = append(p.latencies, r.latencies...)
		errs = append(errs, r.err)
	}
	p.took = time.Since(begun)
	after, err := usageOf(s.pid(), database)
	if err := errors.Join(append(errs, err, ctx.Err())...); err != nil {
		return nil, fmt.Errorf("asking %s of %s: %w", q.name, s.name, err)
	}
	p.used = after.since(before)
	slices.Sort(p.latencies)
	return p, nil
}

// percentile of sorted values: the smallest that p percent of them do not exceed.
func percentile(sorted []time.Duration, p float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	at := int(float64(len(sorted))*p/100+0.999999) - 1
	return sorted[min(max(at, 0), len(sorted)-1)]
}

// median of values in any order; of an even number, the lower of the two in the
// middle.
func median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
