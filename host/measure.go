package host

import (
	"maps"
	"slices"
	"sync"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/metrics"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/store"
)

// A tally is what gateways have counted.
type tally struct {
	identifies, resumes, reconnects, commands uint64
	duplicates, gaps, garbage                 uint64
	oversized, early, unknown                 uint64
	events                                    []uint64 // by number; the last one is for all others
}

// plus adds what came between two tallies of one gateway.
func (t *tally) plus(now, before *tally) {
	t.identifies += now.identifies - before.identifies
	t.resumes += now.resumes - before.resumes
	t.reconnects += now.reconnects - before.reconnects
	t.commands += now.commands - before.commands
	t.duplicates += now.duplicates - before.duplicates
	t.gaps += now.gaps - before.gaps
	t.garbage += now.garbage - before.garbage
	t.oversized += now.oversized - before.oversized
	t.early += now.early - before.early
	t.unknown += now.unknown - before.unknown
	events := slices.Clone(now.events) // t may be a copy that shares its own
	for i, n := range t.events {
		events[i] += n
	}
	for i, n := range before.events {
		events[i] -= n
	}
	t.events = events
}

// A ledger adds up what gateways have counted, those included that are closed:
// a counter never falls because shards were replaced.
type ledger struct {
	mu     sync.Mutex
	open   map[*bound]*tally // with what each had counted when it was opened
	closed tally
}

// enter begins to count a gateway.
func (l *ledger) enter(b *bound) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open = map[*bound]*tally{}
	}
	if l.open[b] == nil {
		t := b.tally()
		if !slices.ContainsFunc(t.events, func(n uint64) bool { return n > 0 }) {
			t.events = nil // a thousand gateways that have counted nothing yet
		}
		l.open[b] = &t
	}
}

// leave keeps what a gateway has counted.
func (l *ledger) leave(b *bound) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before := l.open[b]; before != nil {
		now := b.tally()
		l.closed.plus(&now, before)
		delete(l.open, b)
	}
}

// total is what all have counted.
func (l *ledger) total() tally {
	l.mu.Lock()
	sum, open := l.closed, maps.Clone(l.open)
	l.mu.Unlock()
	for b, before := range open {
		now := b.tally()
		sum.plus(&now, before)
	}
	return sum
}

// tally is what the gateway and its sink have counted.
func (b *bound) tally() tally {
	st := b.Gateway.Status()
	t := tally{
		identifies: st.Identifies, resumes: st.Resumes, reconnects: st.Reconnects, commands: st.Commands,
		duplicates: st.Duplicates, gaps: st.Gaps, garbage: st.Garbage,
		oversized: st.Oversized, early: st.Early, unknown: st.Unknown,
	}
	for i := range b.sink.events {
		t.events = append(t.events, b.sink.events[i].Load())
	}
	return t
}

// Metrics is what the host has counted.
func (h *Host) Metrics() metrics.Snapshot {
	s := metrics.Snapshot{
		Version: h.opts.Version,
		Gateway: h.gatewayMetrics(),
		Reloads: metrics.Reloads{Done: h.reloads.Load(), Refused: h.refused.Load()},
	}
	if m := h.shards(); m != nil {
		s.Gateway.Shards = m.NumShards()
		for _, st := range m.Status() {
			s.Sessions = append(s.Sessions, metrics.Session{
				Shard: st.Shard, State: st.State.String(), Latency: st.Latency, Received: st.Sequence, Position: st.Position,
				Silent: len(st.Silent), InCharge: st.InCharge,
			})
		}
	}
	for _, b := range h.bounds() {
		s.Gateway.Guilds += max(b.sink.guildCount(), 0)
	}
	i := h.identifies()
	s.Budget = metrics.Budget{Used: i.Used, Limit: i.Limit, ResetAt: i.ResetAt}
	for _, p := range h.snapshot() {
		s.Plugins = append(s.Plugins, pluginMetrics(p.Status()))
	}
	r := h.rest.Stats()
	s.REST = metrics.REST{
		Requests: r.Requests, RateLimited: r.RateLimited, Buckets: r.Buckets, Paused: r.Paused,
		Repeats: r.Repeats, Latency: r.Latency,
		Answers: map[string]uint64{"none": r.Answers[0], "2xx": r.Answers[2], "3xx": r.Answers[3], "4xx": r.Answers[4], "5xx": r.Answers[5]},
		Invalid: r.Invalid, InvalidLimit: r.InvalidMax, Refused: r.Refused,
	}
	spans := h.tracer.Stats()
	s.Tracing = metrics.Tracing{Sent: spans.Sent, Lost: spans.Lost}
	if f, ok := h.store.(*store.File); ok {
		st := f.Stats()
		s.Store = metrics.Store{Batches: st.Batches, Failures: st.Failures, Commits: st.Commits, Size: st.Size}
	}
	return s
}

func (h *Host) gatewayMetrics() metrics.Gateway {
	t := h.ledger.total()
	g := metrics.Gateway{
		Events:     map[string]uint64{},
		Identifies: t.identifies, Resumes: t.resumes, Reconnects: t.reconnects, Commands: t.commands,
		Anomalies: map[string]uint64{
			"duplicate": t.duplicates, "gap": t.gaps, "garbage": t.garbage,
			"oversized": t.oversized, "early": t.early, "unknown": t.unknown,
		},
	}
	for i, n := range t.events {
		switch {
		case i == len(t.events)-1:
			g.Events["OTHER"] = n
		case n > 0:
			g.Events[discord.EventType(i).Name()] = n
		}
	}
	for s := gateway.StateClosed; s <= gateway.StateFailed; s++ {
		g.States = append(g.States, s.String())
	}
	return g
}

func pluginMetrics(st plugin.Status) metrics.Plugin {
	p := metrics.Plugin{
		Name: st.Name, Version: st.Version, Running: st.State == plugin.Running, Generation: st.Generation, Lanes: st.Lanes,
		Handled: st.Handled, Failed: st.Failed, Dropped: st.Dropped, Buried: st.Buried, Delayed: st.Delayed, Restarts: st.Restarts,
		Queued: st.Queued, Waiting: st.Waiting, Missed: st.Missed, Memory: st.Memory,
		DeadLetters: st.DeadLetters, DeadLettersLost: st.DeadLettersLost, Latency: st.Latency,
		Outbox: metrics.Outbox(st.Calls), Guest: map[string]metrics.Guest{},
	}
	for name, m := range st.Metrics {
		p.Guest[name] = metrics.Guest{Kind: m.Kind, Value: m.Value, Count: m.Count}
	}
	return p
}

// openMetrics serves the metrics where the configuration says so.
func (h *Host) openMetrics() error {
	c := h.config().Metrics
	if c.Listen == "" {
		return nil
	}
	server, err := metrics.New(metrics.Options{Listen: c.Listen, PProf: c.PProf, Logger: h.log.Named("metrics")}, h)
	if err != nil {
		return err
	}
	h.metrics = server
	h.wg.Go(func() {
		if err := server.Serve(); err != nil {
			h.log.Error("metrics server ended", "error", err)
		}
	})
	return nil
}

// MetricsAddr is where metrics are served, as host:port; "": nowhere.
func (h *Host) MetricsAddr() string {
	if h.metrics == nil {
		return ""
	}
	return h.metrics.Addr()
}
