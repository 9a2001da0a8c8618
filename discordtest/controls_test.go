package discordtest

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// keys are the keys of a JSON object, in order.
func keys(t *testing.T, data []byte) string {
	t.Helper()
	var m map[string]json.RawMessage
	decode(t, data, &m)
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func TestControls(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	c, _ := identified(t, s, allIntents, 0, 2)
	g := s.Guilds()[2]
	post := func(path, body string) []byte {
		t.Helper()
		status, data := controlCall(t, s, "POST", path, body)
		if status != 200 {
			t.Fatalf("POST %s %s: %d %s", path, body, status, data)
		}
		return data
	}
	get := func(path string) []byte {
		t.Helper()
		status, data := controlCall(t, s, "GET", path, "")
		if status != 200 {
			t.Fatalf("GET %s: %d %s", path, status, data)
		}
		return data
	}

	for _, guild := range []string{"2", quoted(g.ID)} {
		data := post("/messages", `{"guild":`+guild+`,"content":"hi","author":"Ada"}`)
		if got := keys(t, data); got != "channel_id guild_id id" {
			t.Errorf("POST /sim/messages answers %s", got)
		}
		var m struct {
			ID, Content string
			ChannelID   string `json:"channel_id"`
			Author      struct{ Username string }
		}
		decode(t, c.event("MESSAGE_CREATE").D, &m)
		if m.Content != "hi" || m.Author.Username != "ada" || m.ChannelID != g.General().String() || !strings.Contains(string(data), m.ID) {
			t.Errorf("the event %+v, the answer %s", m, data)
		}
	}
	restCall(t, s, "POST", "/channels/"+g.General().String()+"/messages", map[string]any{"content": "hello yourself"})
	c.event("MESSAGE_CREATE")
	var list []struct {
		Content string
		Author  struct{ Bot bool }
	}
	decode(t, get("/messages?channel="+g.General().String()), &list)
	if len(list) != 3 || list[0].Author.Bot || list[2].Content != "hello yourself" || !list[2].Author.Bot {
		t.Errorf("GET /sim/messages: %+v", list)
	}

	post("/events", `{"guild":2,"type":"TYPING_START","d":{"user_id":"5"}}`)
	if f := c.event("TYPING_START"); string(f.D) != `{"user_id":"5","guild_id":`+quoted(g.ID)+`}` {
		t.Errorf("the event: %s", f.D)
	}
	post("/events", `{"guild":2,"type":"FUTURE_THING","d":{"guild_id":"7"}}`)
	if f := c.event("FUTURE_THING"); string(f.D) != `{"guild_id":"7"}` {
		t.Errorf("the event: %s", f.D)
	}
	post("/events", `{"type":"USER_UPDATE","d":null}`)
	c.event("USER_UPDATE")

	if got := keys(t, get("/stats")); got != "events_sent identifies messages_created rate_limited rest_requests resumes sessions" {
		t.Errorf("GET /sim/stats answers %s", got)
	}
	var stats Stats
	decode(t, get("/stats"), &stats)
	if want := (Stats{Sessions: 1, Identifies: 1, EventsSent: uint64(c.last), RESTRequests: 1, MessagesCreated: 1}); stats != want {
		t.Errorf("stats %+v, want %+v", stats, want)
	}
	var requests []map[string]json.RawMessage
	decode(t, get("/rest?since=0"), &requests)
	if len(requests) != 1 || string(requests[0]["body"]) != `{"content":"hello yourself"}` || string(requests[0]["status"]) != "200" || string(requests[0]["method"]) != `"POST"` {
		t.Errorf("GET /sim/rest: %s", requests)
	}

	var guilds []struct {
		ID, Name string
		Channels []struct{ ID, Name string }
	}
	decode(t, get("/guilds"), &guilds)
	if len(guilds) != 20 || guilds[2].ID != g.ID.String() || guilds[2].Channels[0].Name != "general" {
		t.Errorf("GET /sim/guilds: %.500v", guilds)
	}
	var books struct {
		Forgotten int
		Sent      []Sent
	}
	decode(t, get("/books?since=5"), &books)
	if len(books.Sent) == 0 || books.Sent[0].Number != 6 || books.Sent[0].Session == "" {
		t.Errorf("GET /sim/books: %+v", books)
	}
	var i Interaction
	decode(t, post("/interactions", `{"guild":2,"command":"ping"}`), &i)
	c.event("INTERACTION_CREATE")
	decode(t, get("/interactions?id="+i.ID.String()), &i)
	if i.Callback != 0 || i.GuildID != g.ID {
		t.Errorf("GET /sim/interactions: %+v", i)
	}
	var sessions []Session
	decode(t, get("/sessions"), &sessions)
	if len(sessions) != 1 || !sessions[0].Connected || sessions[0].Sequence != c.last {
		t.Errorf("GET /sim/sessions: %+v", sessions)
	}
	if got := string(get("/violations")); got != "[]\n" {
		t.Errorf("GET /sim/violations: %s", got)
	}
	post("/answers", `{"path":"/gateway","status":503}`)
	if resp, _ := restCall(t, s, "GET", "/gateway", nil); resp.StatusCode != 503 {
		t.Errorf("a scripted answer: %d", resp.StatusCode)
	}
	if got := string(post("/faults", `{"kind":"reset","shard":1}`)); got != "{\"sessions\":0}\n" {
		t.Errorf("a fault on another shard: %s", got)
	}
	if got := string(post("/faults", `{"kind":"close","shard":"all","code":4000}`)); got != "{\"sessions\":1}\n" {
		t.Errorf("a fault on all: %s", got)
	}
	c.closedWith(4000)
	var strikes []Strike
	decode(t, get("/faults"), &strikes)
	if len(strikes) != 1 || strikes[0].Kind != FaultClose || strikes[0].Code != 4000 {
		t.Errorf("GET /sim/faults: %+v", strikes)
	}
}

func TestControlsSayWhatIsWrong(t *testing.T) {
	s, _ := start(t, Options{})
	for _, tt := range []struct {
		name, method, path, body string
		status                   int
		says                     string
	}{
		{"no body", "POST", "/messages", ``, 400, "a JSON object is needed"},
		{"broken JSON", "POST", "/messages", `{"guild":`, 400, "the body"},
		{"unknown key", "POST", "/messages", `{"guidl":0}`, 400, `unknown field "guidl"`},
		{"no guild", "POST", "/messages", `{"content":"x"}`, 400, "guild is needed"},
		{"guild too high", "POST", "/messages", `{"guild":20,"content":"x"}`, 400, "there is no guild 20"},
		{"unknown guild", "POST", "/messages", `{"guild":"5","content":"x"}`, 400, "there is no guild 5"},
		{"guild that is no id", "POST", "/messages", `{"guild":"x","content":"x"}`, 400, "a number from 0, or an id"},
		{"guild that is no number", "POST", "/messages", `{"guild":1.5,"content":"x"}`, 400, "a number from 0, or an id"},
		{"unknown channel", "POST", "/messages", `{"channel":"5","content":"x"}`, 400, "there is no channel 5"},
		{"channel of another guild", "POST", "/messages", `{"guild":0,"channel":` + quoted(s.Guilds()[1].General()) + `,"content":"x"}`, 400, "is not one of guild"},
		{"category", "POST", "/messages", `{"channel":` + quoted(s.Guilds()[1].Channels[1].ID) + `,"content":"x"}`, 400, "category"},
		{"no content", "POST", "/messages", `{"guild":0}`, 400, "without content"},
		{"long content", "POST", "/messages", `{"guild":0,"content":"` + strings.Repeat("x", 4001) + `"}`, 400, "at most 4000"},
		{"unknown author", "POST", "/messages", `{"guild":0,"content":"x","author":"5"}`, 400, "has no member 5"},
		{"reply to nothing", "POST", "/messages", `{"guild":0,"content":"x","reply_to":"5"}`, 400, "there is no message 5"},
		{"messages of nothing", "GET", "/messages", ``, 400, "is no id"},
		{"messages of an unknown channel", "GET", "/messages?channel=5", ``, 400, "there is no channel 5"},
		{"event without a type", "POST", "/events", `{"guild":0}`, 400, "is no event name"},
		{"event in lower case", "POST", "/events", `{"type":"ready"}`, 400, "is no event name"},
		{"load without a rate", "POST", "/load", `{"seconds":1}`, 400, "rate 0"},
		{"load for ever", "POST", "/load", `{"rate":1,"seconds":1e9}`, 400, "at most 86400"},
		{"unknown fault", "POST", "/faults", `{"kind":"explode"}`, 400, "is no fault: reset, close"},
		{"fault on a wrong shard", "POST", "/faults", `{"kind":"reset","shard":"first"}`, 400, "a shard id, or \"all\""},
		{"fault with a wrong code", "POST", "/faults", `{"kind":"close","code":7}`, 400, "cannot stand in a close frame"},
		{"interaction with nothing", "POST", "/interactions", `{"guild":0}`, 400, "exactly one"},
		{"unknown interaction", "GET", "/interactions?id=5", ``, 400, "there is no interaction 5"},
		{"interaction that is no id", "GET", "/interactions?id=x", ``, 400, "is none"},
		{"since that is no number", "GET", "/rest?since=x", ``, 400, "is no number"},
		{"books since the past", "GET", "/books?since=-1", ``, 400, "is no number"},
		{"answer with a wrong status", "POST", "/answers", `{"status":1}`, 400, "200 to 599"},
		{"unknown control", "GET", "/nothing", ``, 404, "there is no control"},
		{"wrong method", "DELETE", "/stats", ``, 404, "there is no control"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, data := controlCall(t, s, tt.method, tt.path, tt.body)
			var e struct{ Error string }
			decode(t, data, &e)
			if status != tt.status || !strings.Contains(e.Error, tt.says) {
				t.Errorf("%d %s, want %d and %q", status, data, tt.status, tt.says)
			}
		})
	}
	resp, err := http.Get(strings.TrimSuffix(s.REST, "/api") + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Errorf("the root: %d", resp.StatusCode)
	}
}

func TestStream(t *testing.T) {
	s, _ := start(t, Options{})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, "GET", s.Control+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() (name, data string) {
		for lines.Scan() {
			switch text := lines.Text(); {
			case strings.HasPrefix(text, "event: "):
				name = text[7:]
			case strings.HasPrefix(text, "data: "):
				data = text[6:]
			case text == "":
				return name, data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return
	}
	if name, data := next(); name != "sessions" || data != "[]" {
		t.Errorf("first: %s %s", name, data)
	}
	c, _ := identified(t, s, 0, 0, 1)
	if name, data := next(); name != "session" || !strings.Contains(data, `"connected":true`) {
		t.Errorf("after IDENTIFY: %s %s", name, data)
	}
	if _, err := s.SendMessage(s.Guilds()[0].General(), "hi"); err != nil {
		t.Fatal(err)
	}
	if name, data := next(); name != "message" || !strings.Contains(data, `"content":"hi"`) {
		t.Errorf("after a message: %s %s", name, data)
	}
	c.bye(1000)
	if name, data := next(); name != "session" || !strings.Contains(data, `"ended":true`) {
		t.Errorf("after the end: %s %s", name, data)
	}
}

func TestWaits(t *testing.T) {
	s, _ := start(t, Options{})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	over, stop := context.WithCancel(context.Background())
	stop()
	channel := s.Guilds()[0].General()
	go func() {
		if _, err := s.SendMessage(channel, "one"); err != nil {
			t.Error(err)
		}
		if _, err := s.SendMessage(channel, "two"); err != nil {
			t.Error(err)
		}
	}()
	m, err := s.WaitForMessage(ctx, channel, func(m Message) bool { return m.Content == "two" })
	if err != nil || m.Content != "two" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := s.WaitForMessage(over, channel, func(Message) bool { return false }); err == nil {
		t.Error("a message that never comes is found")
	}
	c, _ := identified(t, s, 0, 0, 1)
	if err := s.WaitForSessions(ctx, 1); err != nil {
		t.Error(err)
	}
	if err := s.WaitForSessions(over, 2); err == nil {
		t.Error("a session that never comes is found")
	}
	if err := s.WaitForAcks(over); err == nil {
		t.Error("READY is acknowledged already")
	}
	c.send(1, c.last)
	if err := s.WaitForAcks(ctx); err != nil {
		t.Error(err)
	}
	restCall(t, s, "GET", "/gateway", nil)
	if q, err := s.WaitForRequest(ctx, 0, func(q Request) bool { return q.Path == "/api/gateway" }); err != nil || q.Status != 200 {
		t.Errorf("%+v, %v", q, err)
	}
	if _, err := s.WaitForRequest(over, 1, func(Request) bool { return true }); err == nil {
		t.Error("a request that never comes is found")
	}
}

func TestStartSaysWhyItCannotListen(t *testing.T) {
	s, _ := start(t, Options{})
	u, err := url.Parse(s.REST)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{Listen: u.Host}, {Listen: "nowhere:x"}, {ResumeListen: u.Host}} {
		second, err := Start(o)
		if err == nil {
			second.Close()
			t.Errorf("%+v is taken", o)
		}
	}
}

func TestManualClock(t *testing.T) {
	c := NewManualClock(epoch)
	var calls []string
	at := func(d time.Duration, name string) Timer {
		return c.AfterFunc(d, func() { calls = append(calls, name+" "+c.Now().Sub(epoch).String()) })
	}
	at(2*time.Second, "b")
	at(time.Second, "a")
	at(2*time.Second, "c")
	late := at(time.Hour, "never")
	c.AfterFunc(time.Second, func() { at(500*time.Millisecond, "nested") })
	c.Advance(3 * time.Second)
	if want := []string{"a 1s", "nested 1.5s", "b 2s", "c 2s"}; !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
	if c.Pending() != 1 || !late.Stop() || late.Stop() || c.Pending() != 0 {
		t.Error("stopping a timer")
	}
	if !reflect.DeepEqual(c.Now(), epoch.Add(3*time.Second)) {
		t.Errorf("it is %s", c.Now())
	}
}

func TestSettings(t *testing.T) {
	s, clock := start(t, Options{ResumeListen: "127.0.0.1:0", IdentifyLimit: 10})
	change := func(body string) (int, string) {
		t.Helper()
		status, data := controlCall(t, s, "POST", "/settings", body)
		return status, string(data)
	}
	c, ready := identified(t, s, 0, 0, 1)
	clock.Advance(5 * time.Second)
	if status, data := change(`{"shards":9,"identifies_remaining":4,"max_guilds_per_shard":7,"resume_down":true}`); status != 200 {
		t.Fatalf("%d %s", status, data)
	}
	if _, body := restCall(t, s, "GET", "/gateway/bot", nil); !strings.Contains(string(body), `"shards":9`) || !strings.Contains(string(body), `"remaining":4`) {
		t.Errorf("GET /gateway/bot: %s", body)
	}
	c.bye(4000)
	if ws, resp, err := websocket.DefaultDialer.Dial(ready.ResumeURL, nil); err == nil {
		_ = resp.Body.Close()
		_ = ws.Close()
		t.Error("the resume URL answers")
	}
	again := open(t, s) // the gateway's own URL still does
	again.send(2, login(s, 0, 0, 1))
	again.closedWith(4011)
	for name, bad := range map[string]string{
		"negative shards": `{"shards":-1}`, "no guilds": `{"max_guilds_per_shard":0}`, "more than the limit": `{"identifies_remaining":11}`,
	} {
		if status, data := change(bad); status != 400 {
			t.Errorf("%s: %d %s", name, status, data)
		}
	}
	plain, _ := start(t, Options{})
	if err := plain.Change(Settings{ResumeDown: new(bool)}); err == nil {
		t.Error("a resume URL that is the gateway's can be down")
	}
}

func TestDirectMessages(t *testing.T) {
	s, _ := start(t, Options{})
	c, _ := identified(t, s, allIntents, 0, 2)
	status, data := controlCall(t, s, "POST", "/messages", `{"guild":1,"author":"Ada","direct":true,"content":"psst"}`)
	if status != 200 || !strings.Contains(string(data), `"guild_id":null`) {
		t.Fatalf("%d %s", status, data)
	}
	f := c.event("MESSAGE_CREATE") // on shard 0, though the guild is on shard 1
	var m struct {
		ChannelID string  `json:"channel_id"`
		GuildID   *string `json:"guild_id"`
		Member    any     `json:"member"`
	}
	decode(t, f.D, &m)
	if m.GuildID != nil || m.Member != nil {
		t.Errorf("the event: %s", f.D)
	}
	if resp, body := restCall(t, s, "POST", "/channels/"+m.ChannelID+"/messages", map[string]any{"content": "hm?"}); resp.StatusCode != 200 {
		t.Errorf("the answer: %d %s", resp.StatusCode, body)
	}
	c.event("MESSAGE_CREATE")
}
