package host

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/redact"
)

// messages takes what waits, and returns the messages.
func messages(t *testing.T, s admin.LogSource) string {
	t.Helper()
	var all []string
	for s.Waiting() > 0 {
		doc, _, err := s.Next(context.Background())
		var line struct {
			Message string `json:"@message"`
			Level   string `json:"@level"`
		}
		if err != nil || json.Unmarshal(doc, &line) != nil {
			t.Fatalf("%s, %v", doc, err)
		}
		all = append(all, line.Level+" "+line.Message)
	}
	return strings.Join(all, ", ")
}

func TestFollowLog(t *testing.T) {
	root := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: hclog.Error, Output: io.Discard})
	log := redact.Logger(root, []string{"content"})
	h := New(&config.Config{}, Options{Logger: log, LogSinks: root})
	h.logs.open()
	defer h.logs.close()
	follow := func(req admin.LogRequest) admin.LogSource {
		t.Helper()
		s, err := h.FollowLog(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		return s
	}
	log.Named("plugin.ping").Info("of the plugin", "text", `{"content":"private"}`)
	log.Named("plugin").With("plugin", "ping").Warn("about the plugin")
	log.Debug("not kept")
	all := follow(admin.LogRequest{Level: "debug", Follow: true})
	one := follow(admin.LogRequest{Level: "trace", Plugins: []string{"ping"}, Follow: true})
	past := follow(admin.LogRequest{Level: "warn"})
	log.Debug("comes")
	log.Named("plugin.ping").Trace("comes too")
	if got := messages(t, all); got != "info of the plugin, warn about the plugin, debug comes" {
		t.Errorf("all: %s", got)
	}
	if got := messages(t, one); got != "info of the plugin, warn about the plugin, trace comes too" {
		t.Errorf("one: %s", got)
	}
	if got := messages(t, past); got != "warn about the plugin" {
		t.Errorf("past: %s", got)
	}
	for range waitingLines + 7 { // whoever does not read misses lines, and nobody waits
		log.Info("much")
	}
	if _, dropped, err := all.Next(context.Background()); err != nil || dropped != 7 {
		t.Errorf("%d lines were left out, %v", dropped, err)
	}
	if n := len(h.logs.recent); n > 2*keptLines {
		t.Errorf("%d lines are kept", n)
	}
	late := follow(admin.LogRequest{Level: "info"})
	if n := late.Waiting(); n != keptLines {
		t.Errorf("%d lines wait for one who comes later", n)
	}
	if doc, _, err := late.Next(context.Background()); err != nil || strings.Contains(string(doc), "private") {
		t.Errorf("%s, %v", doc, err)
	}
	for _, req := range []admin.LogRequest{{Level: "loud"}, {}} {
		if _, err := h.FollowLog(req); err == nil {
			t.Errorf("%+v was taken", req)
		}
	}
	if _, err := New(&config.Config{}, Options{}).FollowLog(admin.LogRequest{Level: "info"}); err == nil {
		t.Error("a host without a log has one")
	}
}
