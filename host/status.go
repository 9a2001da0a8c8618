package host

import (
	"fmt"
	"os"
	"slices"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/shard"
)

// Status is what the host is doing at this moment.
func (h *Host) Status() admin.Status {
	s := admin.Status{Version: h.opts.Version, PID: os.Getpid(), Started: h.started, Shards: []admin.Shard{}, Plugins: []admin.Plugin{}}
	if m := h.shards(); m != nil {
		for _, st := range m.Status() {
			s.Shards = append(s.Shards, h.shardStatus(m, st))
		}
	}
	running, cfg := h.snapshot(), h.config()
	for _, spec := range cfg.Plugins {
		i := slices.IndexFunc(running, func(p *plugin.Plugin) bool { return p.Name() == spec.Name })
		if i >= 0 {
			s.Plugins = append(s.Plugins, pluginStatus(running[i].Status()))
		} else if since, disabled := h.isDisabled(spec.Name); disabled {
			s.Plugins = append(s.Plugins, admin.Plugin{Name: spec.Name, State: admin.StateDisabled, Since: since})
		}
	}
	s.Identifies = h.identifies()
	return s
}

// shardStatus is one shard, of the generation in charge or of one that is being
// opened beside it.
func (h *Host) shardStatus(m *shard.Manager, st shard.Status) admin.Shard {
	s := admin.Shard{
		ID: st.Shard, Of: st.Of, State: st.State.String(), Session: st.Session, Sequence: st.Sequence, Position: st.Position,
		LatencyMS: milliseconds(st.Latency), Events: st.Events, Identifies: st.Identifies, Resumes: st.Resumes,
		Generation: st.Generation, InCharge: st.InCharge, Since: st.Since, Silent: st.Silent, Stalled: st.Stalled,
		LastFrame: st.LastFrame, LastError: st.LastError, // which names the remedy
	}
	s.Guilds = -1
	if b, ok := m.Shard(st.Shard).(*bound); ok && st.InCharge {
		s.Guilds = b.sink.guildCount()
	}
	return s
}

func pluginStatus(st plugin.Status) admin.Plugin {
	p := admin.Plugin{
		Name: st.Name, Version: st.Version, SHA256: st.SHA256, Generation: uint64(st.Generation), State: string(st.State),
		Lanes: st.Lanes, Handled: st.Handled, Failed: st.Failed, Dropped: st.Dropped, Buried: st.Buried, Queued: st.Queued, Memory: st.Memory, Since: st.Since,
		DeadLetters: st.DeadLetters, DeadLettersLost: st.DeadLettersLost,
		P50MS: milliseconds(st.Latency.Quantile(0.5)), P99MS: milliseconds(st.Latency.Quantile(0.99)),
	}
	if st.LastError != nil {
		p.LastError = st.LastError.Error()
	}
	if st.Kept != 0 {
		p.Probation = &admin.Probation{Until: st.Probation, Newest: uint64(st.Newest), Failures: st.Failures, Kept: uint64(st.Kept), Canary: st.Canary}
	}
	if st.RolledBack != nil {
		back := rollback(st.Name, *st.RolledBack)
		p.RolledBack = &back
	}
	return p
}

// Ready tells whether every shard is ready.
func (h *Host) Ready() (ok bool, reason string) {
	shards := h.bounds()
	ready := 0
	first := ""
	for _, b := range shards {
		st := b.Gateway.Status()
		if st.State == gateway.StateReady {
			ready++
		} else if first == "" {
			first = fmt.Sprintf("shard %d is %s", st.Shard, st.State)
			if st.LastError != "" {
				first += ": " + st.LastError
			}
		}
	}
	switch {
	case len(shards) == 0:
		return false, "no shard was opened yet"
	case ready < len(shards):
		return false, fmt.Sprintf("%d of %d shards are ready; %s", ready, len(shards), first)
	}
	return true, ""
}

// Configuration is what is in effect, as its files were when they were read.
func (h *Host) Configuration() admin.Configuration {
	var c admin.Configuration
	for _, f := range h.config().Files {
		c.Files = append(c.Files, admin.ConfigFile(f))
	}
	return c
}

// mostBuckets is how many of Discord's limits REST names.
const mostBuckets = 100

// REST tells what the client of Discord's REST API is doing.
func (h *Host) REST() admin.REST {
	st := h.rest.Stats()
	r := admin.REST{
		Requests: st.Requests, RateLimited: st.RateLimited, Repeats: st.Repeats, Failed: st.Answers[0] + st.Answers[5],
		P50: milliseconds(st.Latency.Quantile(0.5)), P99: milliseconds(st.Latency.Quantile(0.99)),
		Buckets: st.Buckets, Paused: st.Paused, Invalid: st.Invalid, InvalidMax: st.InvalidMax,
	}
	for _, p := range h.snapshot() {
		if c := p.Status().Calls; c.Waiting > 0 {
			r.Calls = append(r.Calls, admin.Calls{Plugin: p.Name(), Waiting: c.Waiting, Oldest: c.Oldest})
		}
	}
	for _, b := range h.rest.Tightest(mostBuckets) {
		r.Tightest = append(r.Tightest, admin.Bucket(b))
	}
	return r
}
