package metrics

// A Definition is one metric.
type Definition struct {
	Name   string
	Kind   string // counter, gauge, histogram, summary
	Labels []string
	Help   string
}

// Kinds of metrics.
const (
	counter   = "counter"
	gauge     = "gauge"
	histo     = "histogram"
	summation = "summary" // a sum and a count, no quantiles
)

// Definitions are all metrics of a host, in the order of the documentation.
// Those of the process and of the Go runtime come from the Prometheus library.
func Definitions() []Definition {
	plugin := []string{"plugin"}
	return []Definition{
		{"shardhost_build_info", gauge, []string{"version", "go"}, "Always 1; what the host is."},
		{"shardhost_ready", gauge, nil, "1 when every shard is ready, as /readyz says."},
		{"shardhost_reloads_total", counter, []string{"result"}, "Reloads by result: done or refused."},

		{"shardhost_gateway_shards", gauge, nil, "Shards that this process has in charge."},
		{"shardhost_gateway_sessions", gauge, []string{"state"}, "Gateway sessions by state."},
		{"shardhost_gateway_guilds", gauge, nil, "Guilds that the sessions have named."},
		{"shardhost_gateway_heartbeat_latency_seconds", gauge, []string{"shard"}, "Time until the last heartbeat of the shard was acknowledged."},
		{"shardhost_gateway_unfinished_events", gauge, []string{"shard"}, "Sequences between the last one received and the position up to which every plugin has finished."},
		{"shardhost_gateway_silent_events", gauge, []string{"shard"}, "Kinds of events that used to come and have not for long, although others do."},
		{"shardhost_gateway_events_total", counter, []string{"event"}, "Events received, by type; OTHER is what the host does not know."},
		{"shardhost_gateway_identifies_total", counter, nil, "IDENTIFYs sent by this process."},
		{"shardhost_gateway_resumes_total", counter, nil, "RESUMEs sent by this process."},
		{"shardhost_gateway_reconnects_total", counter, nil, "Connections that were lost and made again."},
		{"shardhost_gateway_commands_total", counter, nil, "Gateway commands sent, such as presence updates."},
		{"shardhost_gateway_anomalies_total", counter, []string{"kind"}, "What should not come: duplicate, gap (a sequence that jumped), garbage, oversized, early (before READY), unknown (opcode)."},

		{"shardhost_identify_budget_used", gauge, nil, "IDENTIFYs used in the running period, by every process with this token."},
		{"shardhost_identify_budget_limit", gauge, nil, "IDENTIFYs that the period has; 0 when not known yet."},
		{"shardhost_identify_budget_reset_timestamp_seconds", gauge, nil, "When the period ends; 0 when not known yet."},

		{"shardhost_plugin_info", gauge, []string{"plugin", "version"}, "Always 1; the plugin's version as its manifest says."},
		{"shardhost_plugin_running", gauge, plugin, "1 when the plugin runs, 0 when it rests after failures or is stopped."},
		{"shardhost_plugin_generation", gauge, plugin, "Number of the running generation; every swap counts."},
		{"shardhost_plugin_lanes", gauge, plugin, "Instances that share the work."},
		{"shardhost_plugin_frames_total", counter, plugin, "Frames finished: events, answers, timers."},
		{"shardhost_plugin_failures_total", counter, plugin, "Attempts that trapped, timed out or returned an error."},
		{"shardhost_plugin_dropped_total", counter, plugin, "Frames given up because the mailbox was full."},
		{"shardhost_plugin_delayed_total", counter, plugin, "Events for which a session had to wait because the mailbox was full."},
		{"shardhost_plugin_restarts_total", counter, plugin, "Instances that were made anew after a crash."},
		{"shardhost_plugin_mailbox_frames", gauge, plugin, "Frames that wait in mailboxes."},
		{"shardhost_plugin_waiting_frames", gauge, plugin, "Frames whose handlers wait for answers."},
		{"shardhost_plugin_messages_missed_total", counter, plugin, "Messages of other plugins that had to go because too many waited."},
		{"shardhost_plugin_memory_bytes", gauge, plugin, "Linear memory of all lanes."},
		{"shardhost_plugin_dead_letters", gauge, plugin, "Frames that failed too often and are kept."},
		{"shardhost_plugin_dead_letters_total", counter, plugin, "Frames that failed too often and became dead letters."},
		{"shardhost_plugin_dead_letters_lost_total", counter, plugin, "Dead letters that had to go for want of room."},
		{"shardhost_plugin_frame_duration_seconds", histo, plugin, "Time from the receipt of a frame until its effects were committed."},
		{"shardhost_plugin_calls_waiting", gauge, plugin, "REST calls of the plugin that are committed and not yet answered: under way, or held by rate limits."},
		{"shardhost_plugin_calls_oldest_seconds", gauge, plugin, "How long the oldest of them has waited; 0 without any."},
		{"shardhost_plugin_calls_resent_total", counter, plugin, "Calls sent again after a start, because the host before may have died while it sent them."},
		{"shardhost_plugin_calls_uncertain_total", counter, plugin, "Calls of which nobody knows whether they took effect, and which are not sent again."},
		{"shardhost_plugin_call_duration_seconds", histo, plugin, "Time of a call from the commit to its answer, waiting for rate limits included."},
		{"shardhost_guest_counter_total", counter, []string{"plugin", "name"}, "Counters that plugins report about themselves, at most 100 names a plugin."},
		{"shardhost_guest_gauge", gauge, []string{"plugin", "name"}, "Gauges that plugins report about themselves."},
		{"shardhost_guest_observations", summation, []string{"plugin", "name"}, "Histograms that plugins report about themselves, as sum and count."},

		{"shardhost_rest_requests_total", counter, nil, "Requests sent to Discord's REST API, repeats included."},
		{"shardhost_rest_request_duration_seconds", histo, nil, "Time of one request until Discord has answered it; waiting for rate limits is not in it."},
		{"shardhost_rest_responses_total", counter, []string{"class"}, "Requests by what came of them: 2xx, 3xx, 4xx, 5xx, or none for no answer."},
		{"shardhost_rest_repeats_total", counter, nil, "Requests sent again after a 429, a 5xx or no answer."},
		{"shardhost_rest_rate_limited_total", counter, nil, "Requests answered with 429."},
		{"shardhost_rest_buckets", gauge, nil, "Rate limits that are tracked."},
		{"shardhost_rest_paused_seconds", gauge, nil, "How long the global rate limit still lets nothing pass."},
		{"shardhost_rest_invalid_requests", gauge, []string{"owner"}, "Answers 401, 403 and 429 of the last ten minutes, by the plugin that asked; host is the host itself."},
		{"shardhost_rest_invalid_requests_limit", gauge, nil, "At so many invalid requests in ten minutes Discord bans the address."},
		{"shardhost_rest_token_refused", gauge, nil, "1 when Discord has refused the token: nothing is sent with it any more."},

		{"shardhost_tracing_spans_total", counter, []string{"result"}, "Spans of traces by result: sent, or lost because the collector did not take them."},

		{"shardhost_store_batches_total", counter, nil, "Batches of writes that were to be committed."},
		{"shardhost_store_failures_total", counter, nil, "Batches that the disk did not take: full, read-only or broken. Lanes try theirs again."},
		{"shardhost_store_commit_duration_seconds", histo, nil, "Time of a disk write with fsync, which commits one or more batches."},
		{"shardhost_store_size_bytes", gauge, nil, "Size of the store's file."},
	}
}
