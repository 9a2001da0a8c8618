package metrics

import (
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/shardhost/shardhost/internal/histogram"
)

// A collector turns snapshots into metrics.
type collector struct {
	source Source
	descs  map[string]desc
}

type desc struct {
	*prometheus.Desc
	kind string
}

func newCollector(s Source) *collector {
	c := &collector{source: s, descs: map[string]desc{}}
	for _, d := range Definitions() {
		c.descs[d.Name] = desc{prometheus.NewDesc(d.Name, d.Help, d.Labels, nil), d.Kind}
	}
	return c
}

// Describe implements prometheus.Collector.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		ch <- d.Desc
	}
}

// Collect implements prometheus.Collector.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := c.source.Metrics()
	w := writer{c.descs, ch}
	ready, _ := c.source.Ready()
	w.value("shardhost_build_info", 1, s.Version, runtime.Version())
	w.value("shardhost_ready", number(ready))
	w.value("shardhost_reloads_total", float64(s.Reloads.Done), "done")
	w.value("shardhost_reloads_total", float64(s.Reloads.Refused), "refused")
	w.gateway(&s)
	for i := range s.Plugins {
		w.plugin(&s.Plugins[i])
	}
	w.rest(&s.REST)
	w.value("shardhost_tracing_spans_total", float64(s.Tracing.Sent), "sent")
	w.value("shardhost_tracing_spans_total", float64(s.Tracing.Lost), "lost")
	w.value("shardhost_store_batches_total", float64(s.Store.Batches))
	w.value("shardhost_store_failures_total", float64(s.Store.Failures))
	w.histogram("shardhost_store_commit_duration_seconds", s.Store.Commits)
	w.value("shardhost_store_size_bytes", float64(s.Store.Size))
}

// A writer writes metrics by their names in Definitions.
type writer struct {
	descs map[string]desc
	ch    chan<- prometheus.Metric
}

func (w writer) value(name string, v float64, labels ...string) {
	d := w.descs[name]
	kind := prometheus.GaugeValue
	if d.kind == counter {
		kind = prometheus.CounterValue
	}
	w.ch <- prometheus.MustNewConstMetric(d.Desc, kind, v, labels...)
}

func (w writer) histogram(name string, s histogram.Snapshot, labels ...string) {
	buckets := make(map[float64]uint64, len(s.Bounds))
	total := uint64(0)
	for i, bound := range s.Bounds {
		total += s.Counts[i]
		buckets[bound.Seconds()] = total
	}
	w.ch <- prometheus.MustNewConstHistogram(w.descs[name].Desc, s.Count(), s.Sum.Seconds(), buckets, labels...)
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (w writer) gateway(s *Snapshot) {
	g := &s.Gateway
	states := make(map[string]int, len(g.States))
	for _, name := range g.States {
		states[name] = 0
	}
	seen := map[int]bool{} // while two generations are there, a shard's series is that in charge
	for _, session := range s.Sessions {
		states[session.State]++
		if !session.InCharge || seen[session.Shard] {
			continue
		}
		seen[session.Shard] = true
		shard := strconv.Itoa(session.Shard)
		w.value("shardhost_gateway_heartbeat_latency_seconds", session.Latency.Seconds(), shard)
		w.value("shardhost_gateway_unfinished_events", float64(max(0, session.Received-session.Position)), shard)
		w.value("shardhost_gateway_silent_events", float64(session.Silent), shard)
	}
	for state, n := range states {
		w.value("shardhost_gateway_sessions", float64(n), state)
	}
	for event, n := range g.Events {
		w.value("shardhost_gateway_events_total", float64(n), event)
	}
	for kind, n := range g.Anomalies {
		w.value("shardhost_gateway_anomalies_total", float64(n), kind)
	}
	w.value("shardhost_gateway_shards", float64(g.Shards))
	w.value("shardhost_gateway_guilds", float64(g.Guilds))
	w.value("shardhost_gateway_identifies_total", float64(g.Identifies))
	w.value("shardhost_gateway_resumes_total", float64(g.Resumes))
	w.value("shardhost_gateway_reconnects_total", float64(g.Reconnects))
	w.value("shardhost_gateway_commands_total", float64(g.Commands))
	w.value("shardhost_identify_budget_used", float64(s.Budget.Used))
	w.value("shardhost_identify_budget_limit", float64(s.Budget.Limit))
	reset := 0.0
	if !s.Budget.ResetAt.IsZero() {
		reset = float64(s.Budget.ResetAt.UnixMilli()) / 1000
	}
	w.value("shardhost_identify_budget_reset_timestamp_seconds", reset)
}

func (w writer) plugin(p *Plugin) {
	w.value("shardhost_plugin_info", 1, p.Name, p.Version)
	w.value("shardhost_plugin_running", number(p.Running), p.Name)
	w.value("shardhost_plugin_generation", float64(p.Generation), p.Name)
	w.value("shardhost_plugin_lanes", float64(p.Lanes), p.Name)
	w.value("shardhost_plugin_frames_total", float64(p.Handled), p.Name)
	w.value("shardhost_plugin_failures_total", float64(p.Failed), p.Name)
	w.value("shardhost_plugin_dropped_total", float64(p.Dropped), p.Name)
	w.value("shardhost_plugin_dead_letters_total", float64(p.Buried), p.Name)
	w.value("shardhost_plugin_delayed_total", float64(p.Delayed), p.Name)
	w.value("shardhost_plugin_restarts_total", float64(p.Restarts), p.Name)
	w.value("shardhost_plugin_mailbox_frames", float64(p.Queued), p.Name)
	w.value("shardhost_plugin_waiting_frames", float64(p.Waiting), p.Name)
	w.value("shardhost_plugin_messages_missed_total", float64(p.Missed), p.Name)
	w.value("shardhost_plugin_memory_bytes", float64(p.Memory), p.Name)
	w.value("shardhost_plugin_dead_letters", float64(p.DeadLetters), p.Name)
	w.value("shardhost_plugin_dead_letters_lost_total", float64(p.DeadLettersLost), p.Name)
	w.histogram("shardhost_plugin_frame_duration_seconds", p.Latency, p.Name)
	w.outbox(p.Name, &p.Outbox)
	for name, m := range p.Guest {
		switch m.Kind {
		case "counter":
			w.value("shardhost_guest_counter_total", m.Value, p.Name, name)
		case "gauge":
			w.value("shardhost_guest_gauge", m.Value, p.Name, name)
		default:
			w.ch <- prometheus.MustNewConstSummary(w.descs["shardhost_guest_observations"].Desc, m.Count, m.Value, nil, p.Name, name)
		}
	}
}

func (w writer) outbox(plugin string, o *Outbox) {
	age := 0.0
	if !o.Oldest.IsZero() {
		age = max(0, time.Since(o.Oldest).Seconds())
	}
	w.value("shardhost_plugin_calls_waiting", float64(o.Waiting), plugin)
	w.value("shardhost_plugin_calls_oldest_seconds", age, plugin)
	w.value("shardhost_plugin_calls_resent_total", float64(o.Resent), plugin)
	w.value("shardhost_plugin_calls_uncertain_total", float64(o.Uncertain), plugin)
	w.histogram("shardhost_plugin_call_duration_seconds", o.Latency, plugin)
}

func (w writer) rest(r *REST) {
	for class, n := range r.Answers {
		w.value("shardhost_rest_responses_total", float64(n), class)
	}
	w.histogram("shardhost_rest_request_duration_seconds", r.Latency)
	w.value("shardhost_rest_repeats_total", float64(r.Repeats))
	w.value("shardhost_rest_requests_total", float64(r.Requests))
	w.value("shardhost_rest_rate_limited_total", float64(r.RateLimited))
	w.value("shardhost_rest_buckets", float64(r.Buckets))
	w.value("shardhost_rest_paused_seconds", max(0, time.Until(r.Paused).Seconds()))
	for owner, n := range r.Invalid {
		if owner == "" {
			owner = "host" // plugins may be called so too: then the two are one series
			if p, both := r.Invalid[owner]; both {
				n += p
			}
		} else if _, both := r.Invalid[""]; both && owner == "host" {
			continue
		}
		w.value("shardhost_rest_invalid_requests", float64(n), owner)
	}
	w.value("shardhost_rest_invalid_requests_limit", float64(r.InvalidLimit))
	w.value("shardhost_rest_token_refused", number(r.Refused))
}
