package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"
)

// exactlyOnce ends the host with SIGKILL at n random moments while a guest
// writes keys, sends messages, sets timers and books answers. In the end every
// effect must have happened once.
func exactlyOnce(ctx context.Context, b *bench, o options) (r report, err error) {
	l, err := newLedgerBench(ctx, b, o, frontOptions{delay: 60 * time.Millisecond})
	if err != nil {
		return r, err
	}
	defer l.close()
	var ms []float64
	books, err := l.underLoad(ctx, func() (err error) {
		ms, err = l.killAtRandom(ctx, o)
		return err
	})
	if err != nil {
		return r, err
	}
	r = report{figures: map[string]any{"kills": o.n, "rate": o.rate}}
	r.compareLedger(books, l.load)
	slices.Sort(ms)
	r.figures["resume_ms_p50"], r.figures["resume_ms_p99"] = quantile(ms, 0.5), quantile(ms, 0.99)
	stats, violations := l.server.Stats(), l.server.Violations()
	r.figures["identifies"], r.figures["identifies_needed"], r.figures["resumes"] = stats.Identifies, ledgerShards, stats.Resumes
	r.figures["violations"] = len(violations)
	r.expect(stats.Identifies == ledgerShards, "%d IDENTIFYs for %d shards", stats.Identifies, ledgerShards)
	r.expect(len(violations) == 0, "violations: %v", violations)
	return r, nil
}

// killAtRandom kills the host n times, every fourth time while it starts.
func (l *ledgerBench) killAtRandom(ctx context.Context, o options) (ms []float64, err error) {
	random := rand.New(rand.NewPCG(o.seed, 0x6f6e6365))
	for i := 1; i <= o.n; i++ {
		if i > 1 && random.IntN(4) == 0 {
			l.host.kill()
			if err := l.start(ctx); err != nil {
				return nil, err
			}
			if err := pause(ctx, time.Duration(random.Int64N(int64(500*time.Millisecond)))); err != nil {
				return nil, err
			}
			continue
		}
		if err := pause(ctx, time.Duration(random.Int64N(int64(killAlive)))); err != nil {
			return nil, err
		}
		took, err := l.restart(ctx)
		if err != nil {
			return nil, err
		}
		ms = append(ms, took)
		if i%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d kills; the last start took %.0f ms\n", i, took)
		}
	}
	return ms, l.host.ready(ctx, l.bench)
}
