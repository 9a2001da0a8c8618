package host_test

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// page gets a page of the host's metrics server.
func (b *bot) page(path string) (int, string) {
	b.t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + b.MetricsAddr() + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// sample is the value of one series, -1 if it is not there.
func sample(t *testing.T, page, series string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (\S+)$`).FindStringSubmatch(page)
	if m == nil {
		return -1
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestMetricsOfAHost(t *testing.T) {
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, readsContent+"metrics {\n  listen = \"127.0.0.1:0\"\n}\n"+example(t, "counter"))
	b.start()
	channel := channelOf(s, 0)
	b.ask(channel, "!count")
	b.ask(channel, "!count")
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{Force: []string{"counter"}}); err != nil {
		t.Fatal(err)
	}
	b.configure("discord {")
	if _, err := b.Reload(t.Context(), admin.ReloadRequest{}); err == nil {
		t.Error("a broken configuration is taken")
	}
	var page string
	eventually(t, func() bool {
		_, page = b.page("/metrics")
		return sample(t, page, `shardhost_plugin_frames_total{plugin="counter"}`) >= 2 &&
			sample(t, page, `shardhost_plugin_calls_waiting{plugin="counter"}`) == 0
	})
	for series, want := range map[string]float64{
		`shardhost_ready`:                                                          1,
		`shardhost_gateway_shards`:                                                 2,
		`shardhost_gateway_sessions{state="ready"}`:                                2,
		`shardhost_gateway_guilds`:                                                 20,
		`shardhost_gateway_events_total{event="READY"}`:                            2,
		`shardhost_gateway_identifies_total`:                                       2,
		`shardhost_gateway_resumes_total`:                                          0,
		`shardhost_plugin_generation{plugin="counter"}`:                            2,
		`shardhost_plugin_running{plugin="counter"}`:                               1,
		`shardhost_plugin_calls_waiting{plugin="counter"}`:                         0,
		`shardhost_plugin_call_duration_seconds_count{plugin="counter"}`:           2,
		`shardhost_reloads_total{result="done"}`:                                   1,
		`shardhost_reloads_total{result="refused"}`:                                1,
		`shardhost_rest_token_refused`:                                             0,
		`shardhost_plugin_frame_duration_seconds_bucket{plugin="counter",le="10"}`: sample(t, page, `shardhost_plugin_frame_duration_seconds_count{plugin="counter"}`),
	} {
		if got := sample(t, page, series); got != want {
			t.Errorf("%s is %v, want %v", series, got, want)
		}
	}
	for _, series := range []string{
		`shardhost_gateway_events_total{event="MESSAGE_CREATE"}`, `shardhost_plugin_memory_bytes{plugin="counter"}`, `shardhost_rest_requests_total`,
		`shardhost_rest_responses_total{class="2xx"}`, `shardhost_rest_request_duration_seconds_count`,
		`shardhost_store_batches_total`, `shardhost_store_size_bytes`, `shardhost_store_commit_duration_seconds_count`, `shardhost_identify_budget_limit`,
		`shardhost_plugin_frame_duration_seconds_count{plugin="counter"}`,
	} {
		if got := sample(t, page, series); got <= 0 {
			t.Errorf("%s is %v", series, got)
		}
	}
	if strings.Contains(page, s.Token) {
		t.Error("the token is in the metrics")
	}
	if status, _ := b.page("/readyz"); status != http.StatusOK {
		t.Errorf("readyz answers %d", status)
	}
	if status, _ := b.page("/debug/pprof/"); status != http.StatusNotFound {
		t.Errorf("profiles answer %d without being switched on", status)
	}
	b.stop()
	// A counter never falls: what closed shards have counted stays.
	if got := b.Metrics().Gateway; got.Identifies != 2 || got.Events["READY"] != 2 {
		t.Errorf("after the end: %+v", got)
	}
}
