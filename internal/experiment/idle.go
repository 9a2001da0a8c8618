package main

import (
	"context"
	"fmt"
	"time"
)

// idle measures the memory that n shards take beyond one, after READY and their
// guilds, for each compression.
func idle(ctx context.Context, b *bench, o options) (report, error) {
	r := report{figures: map[string]any{}}
	for _, compress := range []string{"none", "zlib-stream", "zstd-stream"} {
		one, err := residentWith(ctx, b, o, compress, 1)
		if err != nil {
			return r, err
		}
		many, err := residentWith(ctx, b, o, compress, o.n)
		if err != nil {
			return r, err
		}
		r.figures["rss_kb_per_shard_"+compress] = float64(many-one) / float64(o.n-1)
		r.figures["rss_kb_one_shard_"+compress] = one
	}
	return r, nil
}

func residentWith(ctx context.Context, b *bench, o options, compress string, shards int) (kib int, err error) {
	n := fmt.Sprint(shards)
	s, err := b.sim("--guilds", n, "--shards", n, "--max-concurrency", n, "--seed", fmt.Sprint(o.seed))
	if err != nil {
		return 0, err
	}
	defer s.kill()
	h, err := b.host(ctx, s, fmt.Sprintf("gateway {\n  compress = %q\n  identify_reserve = \"0%%\"\n  shards {\n    count = %d\n  }\n}\n", compress, shards))
	if err != nil {
		return 0, err
	}
	defer h.kill()
	// What the start has left is gone after two collections, which Go does at
	// least every two minutes; the figure is what stays.
	least := 0
	for range o.seconds {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(time.Second):
		}
		if kib, err = h.rss(); err != nil {
			return 0, err
		}
		if least == 0 || kib < least {
			least = kib
		}
	}
	return least, h.stop()
}
