// Package metrics offers what a host measures to Prometheus, with the probes of
// a supervisor beside it.
//
//	GET /metrics       the table in docs/metrics.md
//	GET /healthz       200 while the process works, whatever Discord does
//	GET /readyz        200 when every shard is ready, else 503 and the reason
//	GET /debug/pprof/  profiles, where the configuration switches them on
//
// Nothing is counted here, so nothing of it is on the road of an event: when
// somebody asks, a [Source] is asked for a [Snapshot], and that is written down.
// Labels are bounded by what the configuration names (shards, plugins), by
// Discord's table of events, and for what guests report by 100 names a plugin.
// No metric has an event and a shard.
package metrics
