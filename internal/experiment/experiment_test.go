package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain builds the host once for all tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == floorName || os.Args[1] == observedName) { // experiments start themselves
		main()
		return
	}
	dir, err := os.MkdirTemp("", "shardhost-experiment-test-")
	if err == nil {
		err = goBuild(context.Background(), filepath.Join(dir, "shardhost"), nil, "./cmd/host")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Setenv(binaryVariable, filepath.Join(dir, "shardhost"))
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// binaryVariable tells the tests where TestMain has built the host.
const binaryVariable = "SHARDHOST_EXPERIMENT_BINARY"

// Every experiment runs, in small, and what must hold does hold.
func TestExperiments(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for _, tt := range []struct {
		name    string
		o       options
		figures []string
	}{
		{"ping", options{n: 3}, []string{"round_trip_ms_p50", "round_trip_ms_p99", "lost"}},
		{"idle", options{n: 3, seconds: 1}, []string{"rss_kb_per_shard_none", "rss_kb_per_shard_zlib-stream"}},
		{"gateway-faults", options{n: 60, rate: 100}, []string{"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "violations", "faults"}},
		{"kill", options{n: 2, rate: 100}, []string{"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "violations", "resume_ms_p50", "resume_ms_p99"}},
		{"exactly-once", options{n: 3, rate: 300}, []string{
			"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "kv_wrong", "messages", "messages_missing", "messages_doubled",
			"timers_wrong", "violations", "resume_ms_p50", "resume_ms_p99",
		}},
		{"mixed", options{n: 25, rate: 200}, []string{
			"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "kv_wrong", "messages", "messages_missing", "messages_doubled",
			"timers_wrong", "violations", "faults", "kills", "reloads", "traps", "dead_letters",
		}},
		{"disk", options{n: 3, rate: 300}, []string{
			"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "kv_wrong", "messages", "messages_missing", "messages_doubled",
			"timers_wrong", "violations", "said", "resets", "kills",
		}},
		{"commit", options{n: 5000}, []string{"frames_per_second", "frames_per_second_4_lanes", "reply_ms_p50", "reply_ms_p99", "fsync_ms_p50", "commits_without_effects"}},
		{"kv", options{n: 3000}, []string{"get_us_p50", "open_s", "rss_mb", "rss_mb_without_file"}},
		{"flood", options{n: 5}, []string{"undisturbed_ms_p99", "disturbed_ms_p99", "p99_ratio", "invalid_requests", "violations"}},
		{"reloads", options{n: 12, rate: 300}, []string{
			"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "violations",
			"pause_ms_p50_small", "pause_ms_p99_small", "pause_ms_p50_large", "pause_ms_p99_large", "rss_drift",
		}},
		{"rescale", options{n: 1, rate: 200}, []string{"events", "lost", "doubled", "reordered", "identifies", "identifies_needed", "violations", "unserved_ms"}},
		{"hostile", options{n: 1, rate: 100}, []string{"overrun_ms", "p99_ratio", "stw_ms", "heartbeat_late_ms", "refusal_ms", "events", "lost", "violations"}},
		{"soak", options{n: 2, seconds: 5, rate: 100}, []string{
			"rss_mb_early", "rss_mb_late", "rss_drift", "goroutines_before", "goroutines_after", "goroutines_busy", "visits", "frames_seen", "stop_ms",
			"events", "faults", "lost", "doubled", "identifies", "identifies_needed",
		}},
		{"start", options{n: 2, seconds: 1, rate: 100}, []string{"cold_s", "warm_s", "reload_s", "load_ms", "p99_ratio", "lost"}},
		{"thousand-shards", options{n: 10, seconds: 1, rate: 200}, []string{"cpu_ratio_none", "cpu_ratio_zlib", "rss_kb_per_shard_none", "rss_kb_per_shard_zlib", "lost", "violations"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b, err := newBench(os.Getenv(binaryVariable))
			if err != nil {
				t.Fatal(err)
			}
			defer b.close()
			tt.o.seed = 1
			r, err := experiments[tt.name].run(t.Context(), b, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			for _, broken := range r.broken {
				t.Error(broken)
			}
			for _, name := range tt.figures {
				if _, ok := r.figures[name]; !ok {
					t.Errorf("there is no figure %q", name)
				}
			}
			if n, ok := r.figures["events"]; ok && n == 0 {
				t.Error("nothing happened")
			}
		})
	}
}

func TestWhatToRun(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing":           nil,
		"unknown":           {"fly"},
		"too many faults":   {"gateway-faults", "--n", "50001"},
		"too few shards":    {"thousand-shards", "--n", "1"},
		"an unknown option": {"kill", "--gently"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := run(t.Context(), args); err == nil {
				t.Error("no error")
			}
		})
	}
}
