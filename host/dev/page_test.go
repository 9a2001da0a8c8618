package dev

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
)

// fakeCity is a Discord with one channel, where an echo lives.
type fakeCity struct {
	feed *feed

	mu       sync.Mutex
	messages []message
}

func (c *fakeCity) Guilds() []guild {
	return []guild{{ID: "1", Name: "Harbor", Shard: 1, Channels: []channel{{ID: "10", Name: "general"}}}}
}

func (c *fakeCity) Messages(id string) []message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]message(nil), c.messages...)
}

func (c *fakeCity) Say(guild, channel, user, content string) error {
	if channel != "10" {
		return errors.New("there is no such channel")
	}
	c.mu.Lock()
	m := message{ID: fmt.Sprint(len(c.messages)), Channel: channel, Author: author{ID: user, Name: user}, Content: content}
	c.messages = append(c.messages, m)
	c.mu.Unlock()
	c.feed.publish("message", m)
	return nil
}

func (c *fakeCity) Stats() simStats { return simStats{Identifies: 2} }

// openPage serves a page over a fake Discord until the test ends.
func openPage(t *testing.T, st func() state) (*page, *fakeCity) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{}
	city := &fakeCity{feed: f}
	p := &page{
		run: "r", sim: city, state: st, notes: &notebook{feed: f}, feed: f, poll: time.Millisecond,
		try: func() []string { return []string{"!ping"} },
	}
	p.open(l, hclog.NewNullLogger())
	t.Cleanup(func() {
		if err := p.close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return p, city
}

func ready() state { return state{Phase: "2 shards ready", Tone: toneGood, Ready: true} }

func TestPageFiles(t *testing.T) {
	p, _ := openPage(t, ready)
	total := 0
	for _, c := range []struct{ path, kind, holds string }{
		{"", "text/html", "IDENTIFYs spent"},
		{"theme.css", "text/css", "prefers-color-scheme"},
		{"page.css", "text/css", ".chat"},
		{"dom.js", "text/javascript", "export"},
		{"page.js", "text/javascript", "EventSource"},
		{"icon.svg", "image/svg+xml", "<svg"},
	} {
		resp, body := get(t, p.url()+c.path, nil)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), c.kind) || !strings.Contains(body, c.holds) {
			t.Errorf("%q: %d %s", c.path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		if !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") || resp.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: headers %v", c.path, resp.Header)
		}
		total += len(body)
	}
	if total > 60<<10 {
		t.Errorf("the page is %d bytes, want less than 60 KiB", total)
	}
}

// The page must work without the internet and without inline code, which its
// own policy forbids.
func TestPageIsSelfContained(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(src|href|action)\s*=\s*["']?(https?:)?//|@import|url\(\s*["']?(https?:)?//|fetch\(\s*["']https?:`)
	inline := regexp.MustCompile(`(?i)\son[a-z]+\s*=\s*["']|<script>|<style|javascript:|\sstyle\s*=\s*["']|innerHTML|insertAdjacentHTML`)
	files, err := fs.Glob(pageFiles, "page/*")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := fs.ReadFile(pageFiles, name)
		if err != nil {
			t.Fatal(err)
		}
		if m := outside.Find(text); m != nil {
			t.Errorf("%s loads from elsewhere: %s", path.Base(name), m)
		}
		if m := inline.Find(text); m != nil {
			t.Errorf("%s has inline code: %s", path.Base(name), m)
		}
	}
}

func TestPageMessage(t *testing.T) {
	p, _ := openPage(t, ready)
	events := listenTo(t, p)
	var first hello
	events.want(t, "hello", &first)
	if first.Run != "r" || first.Guilds[0].Name != "Harbor" || len(first.Try) != 1 || !first.State.Ready || first.Messages == nil || first.Log == nil {
		t.Fatalf("hello is %+v", first)
	}
	if status, body := send(t, p, "messages", post{"1", "10", "Ada", "!ping"}, nil); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	var m message
	events.want(t, "message", &m)
	if m.Content != "!ping" || m.Author.Name != "Ada" {
		t.Fatalf("message is %+v", m)
	}
	// Who opens the page later sees what was said before.
	var second hello
	listenTo(t, p).want(t, "hello", &second)
	if len(second.Messages) != 1 || second.Messages[0].Content != "!ping" {
		t.Fatalf("a later page sees %+v", second.Messages)
	}
}

func TestPageState(t *testing.T) {
	var mu sync.Mutex
	now := state{Phase: "building 2 plugins", Tone: toneWait}
	p, _ := openPage(t, func() state {
		mu.Lock()
		defer mu.Unlock()
		return now
	})
	events := listenTo(t, p)
	events.want(t, "hello", &hello{})
	if status, body := send(t, p, "messages", post{"1", "10", "Ada", "hi"}, nil); status != http.StatusServiceUnavailable || !strings.Contains(body, "not online") {
		t.Fatalf("a message that nobody would get: %d %s", status, body)
	}
	mu.Lock()
	now = ready()
	mu.Unlock()
	var st state
	events.want(t, "state", &st)
	if !st.Ready || st.Tone != toneGood {
		t.Fatalf("state is %+v", st)
	}
	p.notes.Accept("plugin.ping", hclog.Info, "hello")
	var line logLine
	events.want(t, "log", &line)
	if line.From != "ping" || !line.Plugin || line.N != 1 {
		t.Fatalf("line is %+v", line)
	}
}

func TestPageRefuses(t *testing.T) {
	p, city := openPage(t, ready)
	good := post{"1", "10", "Ada", "hi"}
	header := func(k, v string) func(*http.Request) { return func(r *http.Request) { r.Header.Set(k, v) } }
	for _, c := range []struct {
		name   string
		in     any
		change func(*http.Request)
		status int
		want   string
	}{
		{"another origin", good, header("Origin", "https://evil.example"), 403, "another origin"},
		{"another port", good, header("Origin", "http://127.0.0.1:1"), 403, "another origin"},
		{"cross-site", good, header("Sec-Fetch-Site", "cross-site"), 403, "another origin"},
		{"rebound name", good, func(r *http.Request) { r.Host = "evil.example" }, 403, "localhost"},
		{"a form", good, header("Content-Type", "text/plain"), 415, "application/json"},
		{"no JSON", "hi", nil, 400, "cannot be read"},
		{"too much JSON", post{"1", "10", "Ada", strings.Repeat("x", maxPost)}, nil, 400, "too large"},
		{"nothing", post{"1", "10", "Ada", " \n"}, nil, 400, "1 to 2000"},
		{"too long", post{"1", "10", "Ada", strings.Repeat("ä", 2001)}, nil, 400, "1 to 2000"},
		{"no name", post{"1", "10", " ", "hi"}, nil, 400, "1 to 32"},
		{"long name", post{"1", "10", strings.Repeat("x", 33), "hi"}, nil, 400, "1 to 32"},
		{"no such channel", post{"1", "11", "Ada", "hi"}, nil, 400, "no such channel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := send(t, p, "messages", c.in, c.change)
			var refused struct{ Error struct{ Message string } }
			if err := json.Unmarshal([]byte(body), &refused); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			if status != c.status || !strings.Contains(refused.Error.Message, c.want) {
				t.Errorf("%d %s, want %d %q", status, body, c.status, c.want)
			}
		})
	}
	if n := len(city.Messages("10")); n != 0 {
		t.Errorf("%d messages got through", n)
	}
	if resp, body := get(t, p.url()+"events", func(r *http.Request) { r.Host = "evil.example" }); resp.StatusCode != 403 {
		t.Errorf("a rebound name reads %s", body)
	}
	if resp, _ := get(t, p.url()+"../../go.mod", nil); resp.StatusCode != 404 {
		t.Errorf("a path out of the page answers %d", resp.StatusCode)
	}
}

// get fetches one URL whole.
func get(t *testing.T, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
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
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// send posts JSON as the page does.
func send(t *testing.T, p *page, path string, in any, change func(*http.Request)) (int, string) {
	t.Helper()
	return sendTo(t, p.url(), path, in, change)
}

func sendTo(t *testing.T, url, path string, in any, change func(*http.Request)) (int, string) {
	t.Helper()
	doc, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+path, strings.NewReader(string(doc)))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// eventReader reads Server-Sent Events.
type eventReader struct{ lines *bufio.Scanner }

func listenTo(t *testing.T, p *page) *eventReader {
	t.Helper()
	return listenAt(t, p.url())
}

func listenAt(t *testing.T, url string) *eventReader {
	t.Helper()
	resp, err := http.Get(url + "events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("content type %q", got)
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &eventReader{lines}
}

// want decodes the next event of that name into v.
func (r *eventReader) want(t *testing.T, name string, v any) {
	t.Helper()
	at := ""
	for r.lines.Scan() {
		line := r.lines.Text()
		if event, ok := strings.CutPrefix(line, "event: "); ok {
			at = event
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && at == name {
			if err := json.Unmarshal([]byte(data), v); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("the stream ended before %s: %v", name, r.lines.Err())
}
