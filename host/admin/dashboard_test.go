package admin

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// fetch asks a server on TCP and returns the answer with its body.
func fetch(t *testing.T, s *Server, path string) (*http.Response, string) {
	t.Helper()
	resp, err := http.Get("http://" + s.addr.host + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return resp, string(body)
}

func startUI(t *testing.T) *Server {
	t.Helper()
	return startWith(t, Options{Listen: "127.0.0.1:0", UI: true}, &fakeHost{status: sample()})
}

func TestDashboardFiles(t *testing.T) {
	s := startUI(t)
	for _, c := range []struct{ path, kind, holds string }{
		{"/", "text/html", `id="main"`},
		{"/dashboard.css", "text/css", ".cells"},
		{"/dashboard.js", "text/javascript", "import"},
		{"/pages/overview.js", "text/javascript", "export"},
		{"/uplot/uPlot.iife.min.js", "text/javascript", "uPlot"},
		{"/icon.svg", "image/svg+xml", "<svg"},
	} {
		resp, body := fetch(t, s, c.path)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), c.kind) || !strings.Contains(body, c.holds) {
			t.Errorf("%s: %d %s", c.path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", c.path, resp.Header)
		}
	}
	for _, path := range []string{"/pages", "/pages/", "/../server.go", "/no-such-file"} {
		if resp, body := fetch(t, s, path); resp.StatusCode != 404 || !strings.Contains(body, CodeNotFound) {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

// The page must weigh little and work without the internet and without inline
// code, which its own policy forbids.
func TestDashboardIsSelfContained(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(src|href|action)\s*=\s*["']?(https?:)?//|@import|url\(\s*["']?(https?:)?//|fetch\(\s*["']https?:`)
	inline := regexp.MustCompile(`(?i)\son[a-z]+\s*=\s*["']|<script>|<style|javascript:|\sstyle\s*=\s*["']|innerHTML|insertAdjacentHTML`)
	total := 0
	err := fs.WalkDir(UI(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "LICENSE") {
			return err
		}
		text, err := fs.ReadFile(UI(), name)
		total += len(text)
		if m := outside.Find(text); m != nil {
			t.Errorf("%s loads from elsewhere: %s", name, m)
		}
		if m := inline.Find(text); m != nil && !strings.HasPrefix(name, "uplot/") {
			t.Errorf("%s has inline code: %s", name, m)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 150<<10 {
		t.Errorf("the dashboard weighs %d bytes, want less than 150 KiB", total)
	}
}

func TestDashboardOnlyWhereABrowserComes(t *testing.T) {
	b := &fakeHost{status: sample()}
	without := startWith(t, Options{Listen: "127.0.0.1:0"}, b)
	for _, path := range []string{"/", "/v1/history"} {
		if resp, _ := fetch(t, without, path); resp.StatusCode != 404 {
			t.Errorf("%s without ui: %d", path, resp.StatusCode)
		}
	}
	if s := startWith(t, Options{Listen: socket(t), UI: true}, b); s.ui {
		t.Error("a unix socket has a dashboard")
	}
}

func TestRESTAnswer(t *testing.T) {
	_, body := fetch(t, startUI(t), "/v1/rest")
	var r REST
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	if r.FormatVersion != FormatVersion || r.Requests != 7 || r.Tightest == nil || r.Invalid["ping"] != 2 {
		t.Errorf("got %s", body)
	}
}

func TestHistory(t *testing.T) {
	var k keeper
	at := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	take := func(events uint64, plugins ...Plugin) {
		at = at.Add(sampleEvery)
		k.add(sampled{at, Status{Shards: []Shard{{Events: events}, {ID: 1, Events: 1}}, Plugins: plugins}, 4096})
	}
	text := func(column []*int64) string {
		out, err := json.Marshal(column)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	take(10, Plugin{Name: "old", Handled: 3})
	take(20, Plugin{Name: "old", Handled: 5}, Plugin{Name: "new", Handled: 1, Memory: 64})
	take(30, Plugin{Name: "new", Handled: 2, Memory: 65})
	h := k.history()
	for _, c := range []struct{ name, got, want string }{
		{"received by all shards", text(h.Totals["events"]), "[11,21,31]"},
		{"handled by all plugins", text(h.Totals["handled"]), "[3,6,2]"},
		{"memory of the process", text(h.Totals["resident"]), "[4096,4096,4096]"},
		{"a plugin that went", text((*h.Plugins["old"])["handled"]), "[3,5,null]"},
		{"a plugin that came", text((*h.Plugins["new"])["memory"]), "[null,64,65]"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, c.got, c.want)
		}
	}
	for range 2 * mostSamples {
		take(40)
	}
	if h = k.history(); len(h.Times) != mostSamples || len(h.Plugins) != 0 || h.Times[mostSamples-1] != at.UnixMilli() {
		t.Errorf("%d samples of %d plugins up to %d", len(h.Times), len(h.Plugins), h.Times[len(h.Times)-1])
	}
}

func TestResident(t *testing.T) {
	if n := resident(); n < 1<<20 || n > 1<<40 {
		t.Errorf("the process holds %d bytes", n)
	}
}
