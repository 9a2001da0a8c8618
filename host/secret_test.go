package host_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host"
	"github.com/shardhost/shardhost/host/admin"
)

// output is what is written by many goroutines.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// TestSecretsStayInside searches everything that a run leaves for the token and
// for a plugin's secret: the log at its finest, the admin API, metrics, reports,
// errors and diagnostics, and every file in the data directory.
func TestSecretsStayInside(t *testing.T) {
	const secret = "the-secret-of-a-plugin"
	s := newDiscord(t, discordtest.Options{})
	b := newBot(t, s, "")
	t.Setenv("PLUGIN_SECRET", secret)
	echo := filepath.Join(b.dir, "echo.wasm")
	if err := os.WriteFile(echo, conformance.Echo(), 0o600); err != nil {
		t.Fatal(err)
	}
	good := fmt.Sprintf("metrics {\n  listen = \"127.0.0.1:0\"\n}\nplugin \"echo\" {\n  source = %q\n  events = [\"*\"]\n  secrets {\n    key = env(\"PLUGIN_SECRET\")\n  }\n}\n", echo)
	b.configure(good)
	cfg, diags := b.load()
	if cfg == nil {
		t.Fatal(diags)
	}
	var log output
	b.Host = host.New(cfg, host.Options{Logger: hclog.New(&hclog.LoggerOptions{Output: &log, Level: hclog.Trace}), Version: "test", Load: b.load, CacheDir: cache})
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err, b.Close())
	}
	outputs := map[string]string{}
	keep := func(name string, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		outputs[name] = string(text) + fmt.Sprintf("%+v %#v", v, v)
	}
	if _, err := s.SendMessage(channelOf(s, 0), "hello"); err != nil {
		t.Fatal(err)
	}
	s.Fault(discordtest.Fault{Kind: discordtest.FaultReset, Shard: 0}) // a reconnect has much to log
	eventually(t, func() bool { return s.Stats().Resumes > 0 })
	eventually(t, func() bool { ok, _ := b.Ready(); return ok })
	for name, hcl := range map[string]string{
		"reload": good + "# other\n", "broken": good + "discord {\n token = \"" + s.Token + "\"\n}\n", "unknown": strings.Replace(good, "events", "event", 1),
		"no module": strings.Replace(good, "echo.wasm", "none.wasm", 1), "no secret": strings.Replace(good, "PLUGIN_SECRET", "NOT_SET", 1),
	} {
		b.configure(hcl)
		report, err := b.Reload(t.Context(), admin.ReloadRequest{Force: []string{"echo"}})
		keep("report of "+name, report)
		keep("error of "+name, err)
		outputs["text of "+name] = fmt.Sprint(err, admin.Detail(err))
		_, diags := b.load()
		if text := diags.String(); name != "broken" || !strings.Contains(text, s.Token) {
			outputs["diagnostics of "+name] = text
		}
	}
	keep("status", b.Status())
	keep("configuration", *cfg)
	_, outputs["metrics"] = b.page("/metrics")
	socket := strings.TrimPrefix(b.Admin(), "unix://")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}}
	plan, err := b.Reload(t.Context(), admin.ReloadRequest{DryRun: true})
	keep("plan", plan)
	keep("error of the plan", err)
	disabled, err := b.Disable(t.Context(), admin.DisableRequest{Plugin: "echo"})
	keep("disabled", disabled)
	keep("error of disabling", err)
	for _, path := range []string{
		"/v1/status", "/v1/config", "/v1/plugin?name=echo", "/v1/rest", "/v1/logs?level=info", "/v1/deadletters", "/openapi.json", "/readyz", "/healthz", "/nowhere",
	} {
		resp, err := client.Get("http://localhost" + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		outputs["admin "+path] = string(text)
	}
	b.stop()
	outputs["log"] = log.String()
	if err := filepath.WalkDir(filepath.Join(b.dir, "data"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		outputs[path] = string(text)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(outputs["log"], "session resumed") || len(outputs) < 24 {
		t.Fatalf("%d outputs, the log has %d bytes", len(outputs), len(outputs["log"]))
	}
	parts := strings.Split(s.Token, ".")
	for name, text := range outputs {
		for _, word := range []string{s.Token, parts[len(parts)-1], secret} {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s holds a secret: %.80q", name, text[max(0, i-40):])
			}
		}
	}
}
