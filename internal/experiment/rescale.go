package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/shard"
)

const (
	rescaleGuilds = 64
	rescaleSettle = time.Second

	// unservedLimit is far above what a busy machine brings about: only an event
	// that waits for something it need not wait for takes so long.
	unservedLimit = 2000 // ms
)

// rescale changes the number of shards from 4 to 8 and back, n times, under
// load, and compares what the sinks took with the books.
func rescale(ctx context.Context, _ *bench, o options) (r report, err error) {
	server, err := discordtest.Start(discordtest.Options{
		Seed: o.seed, Guilds: rescaleGuilds, Shards: 4, MaxConcurrency: 16, HeartbeatInterval: 5 * time.Second,
		BookLimit: 1 << 23, NoRateLimits: true,
	})
	if err != nil {
		return r, err
	}
	defer server.Close()
	var all recorder
	m, _, err := openManager(ctx, server, &all, gateway.CompressNone, gateway.Backoff{}, nil)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()

	loading, stop := context.WithCancel(ctx)
	var load sync.WaitGroup
	load.Go(func() {
		_, _ = server.Load(loading, discordtest.Load{Rate: o.rate, Seconds: 24 * 3600, Seed: o.seed}) // ends with the context
	})
	windows, err := rescaleRounds(ctx, m, o.n)
	stop()
	load.Wait()
	if err == nil {
		err = server.WaitForAcks(ctx)
	}
	if err != nil {
		return r, err
	}
	audit := server.Audit(all.taken, happened)
	worst, delays := unserved(server, &all, windows)
	stats := server.Stats()
	r = report{figures: map[string]any{
		"events": audit.Events, "lost": audit.Lost + audit.Forgone + audit.Unknown, "doubled": audit.Doubled, "reordered": audit.Reordered,
		"identifies": stats.Identifies, "identifies_needed": 4 + o.n*(8+4), "violations": len(server.Violations()),
		"unserved_ms": worst, "delay_ms_p50": quantile(delays, 0.5), "delay_ms_p99": quantile(delays, 0.99), "delay_ms_max": quantile(delays, 1),
		"rate": o.rate,
	}}
	r.expect(audit.Sound() && audit.Forgone == 0, "the books and what was taken differ: %+v", audit)
	r.expect(stats.Identifies == 4+o.n*(8+4), "%d IDENTIFYs for the shards of %d rescales", stats.Identifies, 2*o.n)
	r.expect(len(server.Violations()) == 0, "violations: %+v", server.Violations())
	r.expect(worst <= unservedLimit, "a guild waited %.0f ms for an event during a rescale, at most %d are tolerable", worst, unservedLimit)
	return r, nil
}

// happened leaves out of the books what every session is told anew.
func happened(s discordtest.Sent) bool { return s.Type != "READY" && s.Type != "GUILD_CREATE" }

// openManager opens a manager whose sinks record.
func openManager(ctx context.Context, server *discordtest.Server, all *recorder, compress string, backoff gateway.Backoff, governor gateway.IdentifyGovernor) (*shard.Manager, func() []*shardSink, error) {
	data := gateway.DefaultIdentifyData(server.Token)
	data.AddIntents(discord.IntentsValid)
	var mu sync.Mutex
	var sinks []*shardSink
	m, err := shard.New(ctx, shard.Options{Identify: data, BaseURL: server.REST, Governor: governor}, func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
		sink := newShardSink(all, uint64(id.Shard.ShardID()))
		mu.Lock()
		sinks = append(sinks, sink)
		mu.Unlock()
		if governor == nil {
			sink.prompt = true
		}
		g := gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{Sink: sink, Compress: compress, Backoff: backoff}))
		g.OnShardingRequired(m.Rescale)
		return g, nil
	})
	if err != nil {
		return nil, nil, err
	}
	return m, func() []*shardSink {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(sinks)
	}, m.Open(ctx)
}

// A span of time, in unix nanoseconds.
type span struct{ from, to int64 }

// rescaleRounds returns when rescales were under way, the time after each
// included in which the old generation closes.
func rescaleRounds(ctx context.Context, m *shard.Manager, rounds int) (windows []span, err error) {
	if err := pause(ctx, rescaleSettle); err != nil {
		return nil, err
	}
	for range rounds {
		for _, count := range []int{8, 4} {
			began := time.Now()
			if err := m.RescaleTo(ctx, count); err != nil {
				return nil, fmt.Errorf("rescale to %d: %w", count, err)
			}
			fmt.Fprintf(os.Stderr, "%d shards after %.1f s\n", count, time.Since(began).Seconds())
			if err := pause(ctx, rescaleSettle); err != nil {
				return nil, err
			}
			windows = append(windows, span{began.UnixNano(), time.Now().UnixNano()})
		}
	}
	return windows, nil
}

// unserved returns how long the guild that fared worst had to wait for an event
// during a rescale, and the delays of all events, sorted; both in milliseconds.
// A delay lasts from the event to when a sink took it.
func unserved(server *discordtest.Server, all *recorder, windows []span) (worst float64, delays []float64) {
	sent, _ := server.Books()
	taken := make(map[discordtest.Delivery]int64, len(all.taken))
	for i, d := range all.taken {
		taken[d] = all.at[i]
	}
	for _, s := range sent {
		at, ok := taken[discordtest.Delivery{Session: s.Session, Seq: s.Seq}]
		if !ok || !happened(s) || s.Guild == 0 {
			continue
		}
		began := s.Time.UnixNano()
		ms := float64(at-began) / 1e6
		delays = append(delays, ms)
		if slices.ContainsFunc(windows, func(w span) bool { return w.from <= began && began <= w.to }) {
			worst = max(worst, ms)
		}
	}
	slices.Sort(delays)
	return worst, delays
}
