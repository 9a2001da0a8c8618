package admin

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// golden is the whole JSON form of sample: a key that changes here changes
// for everybody who reads `shardhost status --json`.
const golden = `{"format_version":1,"version":"1.2.3","pid":7,"started":"2026-05-04T03:02:01Z","ready":false,"reason":"1 of 2 shards is ready",` +
	`"shards":[{"id":0,"of":2,"state":"ready","session":"abc","sequence":12,"position":10,"latency_ms":41.5,"guilds":3,"events":20,"identifies":1,"resumes":2,"generation":1,"in_charge":true,"since":"2026-05-04T03:02:01Z","last_error":"connection reset"}],` +
	`"plugins":[{"name":"ping","version":"0.1.0","sha256":"ff","generation":4,"state":"running","lanes":2,"handled":9,"failed":1,"dropped":0,"buried":0,"queued":5,"memory":65536,"dead_letters":3,"dead_letters_lost":1,"p50_ms":0.5,"p99_ms":2,"since":"2026-05-04T03:02:01Z","last_error":"trap","probation":{"until":"2026-05-04T03:02:01Z","newest":4,"failures":1,"kept":3,"canary_lanes":1},"rolled_back":{"plugin":"ping","generation":5,"sha256":"ee","to":4,"at":"2026-05-04T03:02:01Z","reason":"trap","pause_ms":0.5}}],` +
	`"identifies":{"used":2,"limit":1000,"reset_at":"2026-05-04T03:02:01Z"}}` + "\n"

// ask sends one request over TCP and returns status and body.
func ask(t *testing.T, s *Server, method, path, body string, change func(*http.Request)) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.Addr()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("%s %s: content type %q", method, path, got)
	}
	return resp.StatusCode, string(answer)
}

func TestRoutes(t *testing.T) {
	busy := &Error{Code: CodeBusy, Message: "a reload is under way"}
	reload := func(_ context.Context, r ReloadRequest) (ReloadReport, error) {
		if len(r.Force) > 0 {
			return ReloadReport{}, busy
		}
		return ReloadReport{DryRun: r.DryRun, Changed: true}, nil
	}
	ready := start(t, "127.0.0.1:0", &fakeHost{reload: reload})
	unready := start(t, "127.0.0.1:0", &fakeHost{status: sample(), reason: "1 of 2 shards is ready", reload: reload})
	const done = `{"format_version":1,"changed":true,"plan":"","identifies":0,"duration_ms":0,"plugins":[],"sessions":{"replaced":false,"shards_from":0,"shards_to":0,"left":0}}` + "\n"
	for _, c := range []struct {
		name         string
		server       *Server
		method, path string
		body         string
		status       int
		want         string // the whole answer, or a part of it
	}{
		{"status", unready, "GET", "/v1/status", "", 200, golden},
		{"empty lists are lists", ready, "GET", "/v1/status", "", 200, `"shards":[],"plugins":[],`},
		{"health without Discord", unready, "GET", "/healthz", "", 200, `{"status":"ok"}`},
		{"ready", ready, "GET", "/readyz", "", 200, `{"ready":true}`},
		{"not ready", unready, "GET", "/readyz", "", 503, `{"ready":false,"reason":"1 of 2 shards is ready"}`},
		{"reload", ready, "POST", "/v1/reload", "{}", 200, done},
		{"reload without a body", ready, "POST", "/v1/reload", "", 200, done},
		{"dry run", ready, "POST", "/v1/reload", `{"dry_run":true}`, 200, `"dry_run":true`},
		{"backend's own error", ready, "POST", "/v1/reload", `{"force":["x"]}`, 409, `{"error":{"code":"busy","message":"a reload is under way"}}`},
		{"misspelt key", ready, "POST", "/v1/reload", `{"dryrun":true}`, 400, `unknown field \"dryrun\"`},
		{"two documents", ready, "POST", "/v1/reload", `{}{}`, 400, "something follows"},
		{"no JSON", ready, "POST", "/v1/reload", `reload!`, 400, `"code":"bad_request"`},
		{"long body", ready, "POST", "/v1/reload", `{"force":["` + strings.Repeat("x", maxBody) + `"]}`, 400, "too large"},
		{"get a reload", ready, "GET", "/v1/reload", "", 405, `"code":"method"`},
		{"rollback", ready, "POST", "/v1/rollback", `{"plugin":"ping"}`, 200, `{"format_version":1,"plugin":"ping","generation":2,`},
		{"rollback of nobody", ready, "POST", "/v1/rollback", `{}`, 400, `the rollback request cannot be read`},
		{"rollback with a key too many", ready, "POST", "/v1/rollback", `{"plugin":"ping","force":true}`, 400, `bad_request`},
		{"delete the status", ready, "DELETE", "/v1/status", "", 405, `"code":"method"`},
		{"unknown route", ready, "GET", "/v2/status", "", 404, `"code":"not_found"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := ask(t, c.server, c.method, c.path, c.body, nil)
			if status != c.status || !strings.Contains(body, c.want) {
				t.Fatalf("got %d %s\nwant %d %s", status, body, c.status, c.want)
			}
		})
	}
}

func TestGuard(t *testing.T) {
	reloads := 0
	s := start(t, "127.0.0.1:0", &fakeHost{reload: func(context.Context, ReloadRequest) (ReloadReport, error) {
		reloads++
		return ReloadReport{}, nil
	}})
	_, port, _ := strings.Cut(s.Addr(), ":")
	header := func(k, v string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(k, v) }
	}
	host := func(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }
	for _, c := range []struct {
		name         string
		method, path string
		change       func(*http.Request)
		status       int
	}{
		{"loopback name", "GET", "/v1/status", host("localhost:" + port), 200},
		{"loopback v6", "GET", "/v1/status", host("[::1]"), 200},
		{"rebound name", "GET", "/v1/status", host("evil.example:" + port), 403},
		{"name that begins well", "GET", "/v1/status", host("127.0.0.1.evil.example"), 403},
		{"rebound name, health", "GET", "/healthz", host("evil.example"), 403},
		{"another origin", "POST", "/v1/reload", header("Origin", "https://evil.example"), 403},
		{"another port is another origin", "POST", "/v1/reload", header("Origin", "http://127.0.0.1:1"), 403},
		{"browser says cross-site", "POST", "/v1/reload", header("Sec-Fetch-Site", "cross-site"), 403},
		{"own origin", "POST", "/v1/reload", header("Origin", "http://"+s.Addr()), 200},
		{"no browser", "POST", "/v1/reload", nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, body := ask(t, s, c.method, c.path, "", c.change); status != c.status {
				t.Fatalf("got %d %s, want %d", status, body, c.status)
			}
		})
	}
	if reloads != 2 {
		t.Errorf("%d reloads took place, want 2", reloads)
	}
}

func TestEvents(t *testing.T) {
	host := &fakeHost{status: sample()}
	s := start(t, "127.0.0.1:0", host)
	resp, err := http.Get("http://" + s.Addr() + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	next := func() Status {
		t.Helper()
		for lines.Scan() {
			if doc, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var st Status
				if err := json.Unmarshal([]byte(doc), &st); err != nil {
					t.Fatal(err)
				}
				return st
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return Status{}
	}
	if st := next(); st.Plugins[0].Generation != 4 {
		t.Fatalf("first status is %+v", st)
	}
	changed := sample()
	changed.Plugins[0].Generation = 5
	host.set(changed)
	if st := next(); st.Plugins[0].Generation != 5 {
		t.Fatalf("after the change: %+v", st)
	}
}

// Close must not wait for streams that never end by themselves.
func TestCloseEndsStreams(t *testing.T) {
	s, err := New(Options{Listen: "127.0.0.1:0"}, &fakeHost{})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve() }()
	resp, err := http.Get("http://" + s.Addr() + "/v1/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
}

func FuzzReadRequest(f *testing.F) {
	for _, s := range []string{"", "{}", `{"dry_run":true,"allow_identify":true,"force":["a"]}`, `{"x":1}`, `[]`, `{} {}`, `null`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		req, err := readRequest[ReloadRequest](strings.NewReader(body))
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeBadRequest || !reflect.DeepEqual(req, ReloadRequest{}) {
				t.Fatalf("%q gives %+v with %v", body, req, err)
			}
			return
		}
		doc, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		again, err := readRequest[ReloadRequest](strings.NewReader(string(doc)))
		if err != nil || len(again.Force) != len(req.Force) || again.DryRun != req.DryRun || again.AllowIdentify != req.AllowIdentify {
			t.Fatalf("%q reads as %+v and its own form %s as %+v, %v", body, req, doc, again, err)
		}
	})
}
