package metrics_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/host/metrics"
	"github.com/shardhost/shardhost/internal/histogram"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// host is a host with something of everything.
type host struct{ notReady string }

func (h host) Ready() (bool, string) { return h.notReady == "", h.notReady }

func (host) Metrics() metrics.Snapshot {
	var h histogram.Histogram
	h.Observe(2 * time.Millisecond)
	h.Observe(time.Minute)
	return metrics.Snapshot{
		Version: "v1.2.3",
		Sessions: []metrics.Session{
			{Shard: 0, State: "ready", Latency: 50 * time.Millisecond, Received: 10, Position: 7, Silent: 1, InCharge: true},
			{Shard: 1, State: "resuming", Received: -1, Position: -1, InCharge: true},
			{Shard: 0, State: "identifying"}, // of the next generation
		},
		Gateway: metrics.Gateway{
			States: []string{"closed", "identifying", "resuming", "ready"}, Shards: 2, Guilds: 5, Events: map[string]uint64{"MESSAGE_CREATE": 9, "OTHER": 1},
			Identifies: 2, Resumes: 3, Reconnects: 1, Commands: 4, Anomalies: map[string]uint64{"gap": 1},
		},
		Budget: metrics.Budget{Used: 2, Limit: 1000, ResetAt: time.Unix(1.9e9, 0)},
		Plugins: []metrics.Plugin{
			{
				Name: "ping", Version: "2", Running: true, Generation: 3, Lanes: 2, Handled: 10, Failed: 1, Restarts: 1, Queued: 4, Waiting: 5, Missed: 6, Delayed: 8, Memory: 1 << 20,
				DeadLetters: 1, Latency: h.Snapshot(),
				Outbox: metrics.Outbox{Waiting: 2, Oldest: time.Now().Add(-time.Hour), Resent: 3, Uncertain: 1, Latency: h.Snapshot()}, Guest: map[string]metrics.Guest{
					"hits": {Kind: "counter", Value: 7, Count: 7}, "size": {Kind: "gauge", Value: 1.5, Count: 3}, "took": {Kind: "histogram", Value: 0.25, Count: 2},
				},
			},
			// The same names with other kinds must not break the page.
			{Name: "host", Latency: h.Snapshot(), Outbox: metrics.Outbox{Latency: h.Snapshot()}, Guest: map[string]metrics.Guest{"hits": {Kind: "gauge", Value: 1, Count: 1}}},
		},
		REST: metrics.REST{
			Repeats: 2, Answers: map[string]uint64{"2xx": 9, "none": 1}, Latency: h.Snapshot(),
			Requests: 12, RateLimited: 1, Buckets: 3, Paused: time.Now().Add(time.Hour), InvalidLimit: 10000, Refused: true,
			Invalid: map[string]int{"": 2, "host": 3, "ping": 1},
		},
		Store:   metrics.Store{Batches: 5, Failures: 9, Commits: h.Snapshot(), Size: 4096},
		Reloads: metrics.Reloads{Done: 1, Refused: 2},
		Tracing: metrics.Tracing{Sent: 5, Lost: 1},
	}
}

func scrape(t *testing.T, o metrics.Options, h host, target string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	metrics.Handler(h, o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

func TestScrape(t *testing.T) {
	status, text := scrape(t, metrics.Options{}, host{}, "/metrics")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	// Every metric of the table is there with its kind, and no other.
	kinds := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (shardhost_\w+) (\w+)$`).FindAllStringSubmatch(text, -1) {
		kinds[m[1]] = m[2]
	}
	for _, d := range metrics.Definitions() {
		if kinds[d.Name] != d.Kind {
			t.Errorf("%s is a %q, the table says %q", d.Name, kinds[d.Name], d.Kind)
		}
		delete(kinds, d.Name)
		if d.Kind == "counter" != strings.HasSuffix(d.Name, "_total") {
			t.Errorf("%s is a %s: counters, and only they, end in _total", d.Name, d.Kind)
		}
		if slices.Contains(d.Labels, "event") && slices.Contains(d.Labels, "shard") {
			t.Errorf("%s has an event and a shard: that is too many series", d.Name)
		}
	}
	if len(kinds) > 0 {
		t.Errorf("not in the table: %v", kinds)
	}
	for _, want := range []string{
		`shardhost_ready 1`,
		`shardhost_gateway_sessions{state="ready"} 1`,
		`shardhost_gateway_sessions{state="closed"} 0`,
		`shardhost_gateway_unfinished_events{shard="0"} 3`,
		`shardhost_gateway_unfinished_events{shard="1"} 0`,
		`shardhost_gateway_heartbeat_latency_seconds{shard="0"} 0.05`,
		`shardhost_gateway_events_total{event="MESSAGE_CREATE"} 9`,
		`shardhost_identify_budget_reset_timestamp_seconds 1.9e+09`,
		`shardhost_plugin_frame_duration_seconds_bucket{plugin="ping",le="0.0025"} 1`,
		`shardhost_plugin_frame_duration_seconds_bucket{plugin="ping",le="+Inf"} 2`,
		`shardhost_plugin_frame_duration_seconds_sum{plugin="ping"} 60.002`,
		`shardhost_plugin_waiting_frames{plugin="ping"} 5`,
		`shardhost_plugin_messages_missed_total{plugin="ping"} 6`,
		`shardhost_plugin_delayed_total{plugin="ping"} 8`,
		`shardhost_store_failures_total 9`,
		`shardhost_guest_counter_total{name="hits",plugin="ping"} 7`,
		`shardhost_guest_gauge{name="hits",plugin="host"} 1`,
		`shardhost_guest_observations_count{name="took",plugin="ping"} 2`,
		`shardhost_rest_invalid_requests{owner="host"} 5`,
		`shardhost_rest_invalid_requests{owner="ping"} 1`,
		`shardhost_store_commit_duration_seconds_count 2`,
		`shardhost_plugin_calls_waiting{plugin="ping"} 2`,
		`shardhost_plugin_calls_oldest_seconds{plugin="ping"} 3600`,
		`shardhost_plugin_calls_oldest_seconds{plugin="host"} 0`,
		`shardhost_plugin_calls_resent_total{plugin="ping"} 3`,
		`shardhost_plugin_call_duration_seconds_count{plugin="ping"} 2`,
		`shardhost_rest_responses_total{class="none"} 1`,
		`shardhost_rest_request_duration_seconds_count 2`,
		`shardhost_tracing_spans_total{result="lost"} 1`,
		`shardhost_reloads_total{result="refused"} 2`,
		`go_goroutines `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}

func TestProbes(t *testing.T) {
	for _, test := range []struct {
		name, target string
		host         host
		options      metrics.Options
		status       int
		want         string
	}{
		{"alive without Discord", "/healthz", host{"no shard was opened yet"}, metrics.Options{}, 200, `"ok"`},
		{"ready", "/readyz", host{}, metrics.Options{}, 200, `{"ready":true}`},
		{"not ready", "/readyz", host{"1 of 2 shards are ready"}, metrics.Options{}, 503, "1 of 2 shards"},
		{"no profiles", "/debug/pprof/", host{}, metrics.Options{}, 404, ""},
		{"profiles", "http://127.0.0.1:9464/debug/pprof/", host{}, metrics.Options{PProf: true}, 200, "goroutine"},
		{"profiles by name", "http://localhost:9464/debug/pprof/heap?debug=1", host{}, metrics.Options{PProf: true}, 200, "heap profile"},
		{"profiles, IPv6", "http://[::1]:9464/debug/pprof/symbol", host{}, metrics.Options{PProf: true}, 200, ""},
		{"profiles for a web page", "http://evil.example:9464/debug/pprof/heap", host{}, metrics.Options{PProf: true}, 403, "127.0.0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, text := scrape(t, test.options, test.host, test.target)
			if status != test.status || !strings.Contains(text, test.want) {
				t.Errorf("%d %.200s", status, text)
			}
		})
	}
}

func TestServer(t *testing.T) {
	s, err := metrics.New(metrics.Options{Listen: "127.0.0.1:0"}, host{})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + s.Addr() + "/healthz")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	if other, err := metrics.New(metrics.Options{Listen: s.Addr()}, host{}); err == nil || !strings.Contains(err.Error(), "metrics: listen") {
		t.Errorf("an address in use: %v", err)
		other.Close()
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

const reference = "../../docs/metrics.md"

func TestReferenceIsFresh(t *testing.T) {
	var b strings.Builder
	b.WriteString("<!-- generated by go test ./host/metrics -run Reference -update; do not edit -->\n# Metrics\n\n" +
		"The block [`metrics`](config.md#metrics) makes the host serve these at `/metrics`, in the format of Prometheus. Beside them stand those of\n" +
		"the process (`process_*`) and of the Go runtime (`go_*`). A Grafana dashboard is in [`deploy/grafana`](../deploy/grafana/shardhost.json),\n" +
		"alert rules are in [`deploy/prometheus`](../deploy/prometheus/alerts.yml).\n\n" +
		"Labels are bounded: shards and plugins by the configuration, events by Discord's table, names that plugins make up by 100 a plugin.\n" +
		"No metric has an event and a shard.\n\n| metric | kind | labels | |\n|---|---|---|---|\n")
	for _, d := range metrics.Definitions() {
		labels := ""
		if d.Labels != nil {
			labels = "`" + strings.Join(d.Labels, "`, `") + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Name, d.Kind, labels, d.Help)
	}
	if *update {
		if err := os.WriteFile(reference, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(reference); err != nil || string(got) != b.String() {
		t.Errorf("docs/metrics.md is stale (%v): run go test ./host/metrics -run Reference -update", err)
	}
}

// TestDeployedNames keeps the dashboard and the alert rules to metrics that
// exist, and to labels that they have.
func TestDeployedNames(t *testing.T) {
	labels := map[string][]string{}
	for _, d := range metrics.Definitions() {
		labels[d.Name] = d.Labels
		if d.Kind == "histogram" {
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				labels[d.Name+suffix] = d.Labels
			}
			delete(labels, d.Name)
		}
	}
	name := regexp.MustCompile(`\b(shardhost_\w+)(?:\{([^}]*)\})?`)
	label := regexp.MustCompile(`(\w+)=~?\\?"`)
	for _, file := range []string{"../../deploy/grafana/shardhost.json", "../../deploy/prometheus/alerts.yml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		used := name.FindAllStringSubmatch(string(text), -1)
		if len(used) < 10 {
			t.Errorf("%s names %d metrics", file, len(used))
		}
		for _, m := range used {
			known, ok := labels[m[1]]
			if !ok {
				t.Errorf("%s: there is no metric %s", file, m[1])
			}
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				if l[1] != "instance" && !slices.Contains(known, l[1]) {
					t.Errorf("%s: %s has no label %s", file, m[1], l[1])
				}
			}
		}
	}
	var dashboard struct {
		Panels []struct {
			ID    int
			Title string
		}
	}
	text, err := os.ReadFile("../../deploy/grafana/shardhost.json")
	if err == nil {
		err = json.Unmarshal(text, &dashboard)
	}
	seen := map[int]bool{}
	for _, p := range dashboard.Panels {
		if seen[p.ID] || p.Title == "" {
			t.Errorf("panel %d %q", p.ID, p.Title)
		}
		seen[p.ID] = true
	}
	if err != nil || len(seen) < 10 {
		t.Errorf("%d panels, %v", len(seen), err)
	}
	rules, err := os.ReadFile("../../deploy/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range strings.Split(string(rules), "- alert: ")[1:] {
		for _, part := range []string{"expr: ", "severity: ", "summary: "} {
			if strings.Count(rule, part) != 1 {
				t.Errorf("the rule %.30q lacks %s", rule, part)
			}
		}
	}
}
