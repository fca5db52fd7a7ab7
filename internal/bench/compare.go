package bench

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
)

// comparisons are how many answers to each question are held against each
// other before anything is measured.
const comparisons = 100

// compare answers an error unless both sides answer the same bytes.
func (o Options) compare(ctx context.Context, asked []question, k *known, raw, graphql *side) error {
	one, err := dial(ctx, raw.address)
	if err != nil {
		return err
	}
	defer one.conn.Close() //nolint:errcheck // it has been read to the end
	other, err := dial(ctx, graphql.address)
	if err != nil {
		return err
	}
	defer other.conn.Close() //nolint:errcheck // it has been read to the end
	for _, q := range asked {
		random := rand.New(rand.NewPCG(o.Seed, 1))
		length := 0
		for range comparisons {
			parameter := q.parameter(random, k)
			want, err := one.ask(raw.ask[q.name], parameter, nil)
			if err != nil {
				return fmt.Errorf("asking %s (%s) by hand: %w", q.name, parameter, err)
			}
			got, err := other.ask(graphql.ask[q.name], parameter, nil)
			if err != nil {
				return fmt.Errorf("asking %s (%s) of /graphql: %w", q.name, parameter, err)
			}
			if err := different(want, got); err != nil {
				return fmt.Errorf("%s (%s) is answered differently: %w", q.name, parameter, err)
			}
			length += len(got)
		}
		fmt.Fprintf(o.Out, "%-4s %d answers are equal, %d bytes on average\n", q.name, comparisons, length/comparisons)
	}
	return nil
}

// different says where two answers part.
func different(want, got []byte) error {
	if bytes.Equal(want, got) {
		return nil
	}
	at := 0
	for at < len(want) && at < len(got) && want[at] == got[at] {
		at++
	}
	around := func(b []byte) []byte { return b[max(0, min(at-60, len(b))):min(at+120, len(b))] }
	return fmt.Errorf("from byte %d on\nby hand:  … %s …\n/graphql: … %s …", at, around(want), around(got))
}
