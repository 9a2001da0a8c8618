package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestGatewayBot(t *testing.T) {
	s, clock := start(t, Options{Shards: 7, MaxConcurrency: 16, IdentifyLimit: 100})
	get := func() (got struct {
		URL    string `json:"url"`
		Shards int    `json:"shards"`
		Limit  struct {
			Total          int64 `json:"total"`
			Remaining      int64 `json:"remaining"`
			ResetAfter     int64 `json:"reset_after"`
			MaxConcurrency int64 `json:"max_concurrency"`
		} `json:"session_start_limit"`
	}) {
		resp, body := restCall(t, s, "GET", "/v10/gateway/bot", nil)
		if resp.StatusCode != 200 {
			t.Fatalf("%d %s", resp.StatusCode, body)
		}
		decode(t, body, &got)
		return got
	}
	fresh := get()
	if fresh.URL != s.Gateway || fresh.Shards != 7 || fresh.Limit.Total != 100 || fresh.Limit.Remaining != 100 || fresh.Limit.MaxConcurrency != 16 {
		t.Errorf("before any IDENTIFY: %+v", fresh)
	}
	identified(t, s, 0, 0, 1)
	clock.Advance(time.Hour)
	used := get()
	if used.Limit.Remaining != 99 || used.Limit.ResetAfter != (23*time.Hour).Milliseconds() {
		t.Errorf("after one: %+v", used)
	}
	clock.Advance(23 * time.Hour)
	if again := get(); again.Limit.Remaining != 100 {
		t.Errorf("a day later: %+v", again)
	}
}

func TestMessagesOverREST(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	g := s.Guilds()[1]
	c, _ := identified(t, s, allIntents, 1, 2)
	base := "/channels/" + g.General().String() + "/messages"

	resp, body := restCall(t, s, "POST", base, map[string]any{"content": "pong <@" + g.owner().ID.String() + ">", "nonce": "n1", "enforce_nonce": true})
	var made struct {
		ID       string `json:"id"`
		Content  string `json:"content"`
		Nonce    string `json:"nonce"`
		GuildID  string `json:"guild_id"`
		Author   idInfo
		Mentions []idInfo
	}
	decode(t, body, &made)
	if resp.StatusCode != 200 || made.Author.ID != s.Bot().ID.String() || made.Nonce != "n1" || made.GuildID != "" || len(made.Mentions) != 1 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	var event struct {
		ID      string          `json:"id"`
		GuildID string          `json:"guild_id"`
		Member  json.RawMessage `json:"member"`
	}
	decode(t, c.event("MESSAGE_CREATE").D, &event)
	if event.ID != made.ID || event.GuildID != g.ID.String() || event.Member == nil {
		t.Errorf("the event: %+v", event)
	}

	_, body = restCall(t, s, "POST", base, map[string]any{"content": "again", "nonce": "n1", "enforce_nonce": true})
	decode(t, body, &made)
	if made.ID != event.ID || made.Content == "again" || len(s.Messages(g.General())) != 1 || s.Stats().MessagesCreated != 1 {
		t.Errorf("the same nonce made another message: %s", body)
	}

	one := base + "/" + made.ID
	if resp, body = restCall(t, s, "GET", one, nil); resp.StatusCode != 200 || !strings.Contains(string(body), made.Content) {
		t.Errorf("GET: %d %s", resp.StatusCode, body)
	}
	if resp, body = restCall(t, s, "PATCH", one, map[string]any{"content": "edited"}); resp.StatusCode != 200 || !strings.Contains(string(body), `"edited"`) {
		t.Errorf("PATCH: %d %s", resp.StatusCode, body)
	}
	c.event("MESSAGE_UPDATE")
	if resp, body = restCall(t, s, "PUT", one+"/reactions/%F0%9F%91%8D/@me", nil); resp.StatusCode != 204 {
		t.Errorf("PUT reaction: %d %s", resp.StatusCode, body)
	}
	if f := c.event("MESSAGE_REACTION_ADD"); !strings.Contains(string(f.D), "👍") {
		t.Errorf("reaction %s", f.D)
	}
	if _, body = restCall(t, s, "GET", one, nil); !strings.Contains(string(body), `"count":1`) {
		t.Errorf("the reaction is not on the message: %s", body)
	}
	for _, text := range []string{"second", "third"} {
		restCall(t, s, "POST", base, map[string]any{"content": text})
	}
	_, body = restCall(t, s, "GET", base+"?limit=2", nil)
	var list []struct{ Content string }
	decode(t, body, &list)
	if len(list) != 2 || list[0].Content != "third" || list[1].Content != "second" {
		t.Errorf("GET ?limit=2: %v", list)
	}
	if resp, _ = restCall(t, s, "DELETE", one, nil); resp.StatusCode != 204 {
		t.Errorf("DELETE: %d", resp.StatusCode)
	}
	if resp, body = restCall(t, s, "GET", one, nil); resp.StatusCode != 404 || !strings.Contains(string(body), "10008") {
		t.Errorf("GET of a deleted message: %d %s", resp.StatusCode, body)
	}
	if v := s.Violations(); len(v) != 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestNonceMakesOneMessageUnderConcurrency(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	path := "/channels/" + s.Guilds()[0].General().String() + "/messages"
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			restCall(t, s, "POST", path, map[string]any{"content": "once", "nonce": "7", "enforce_nonce": true})
		})
	}
	wg.Wait()
	if n := len(s.Messages(s.Guilds()[0].General())); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestRESTErrors(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	g := s.Guilds()[0]
	user, err := s.SendMessage(g.General(), "mine")
	if err != nil {
		t.Fatal(err)
	}
	channel := "/channels/" + g.General().String()
	for _, tt := range []struct {
		name, method, path string
		body               any
		status, code       int
	}{
		{"unknown route", "GET", "/nowhere", nil, 404, 0},
		{"wrong method", "PUT", "/gateway", nil, 405, 0},
		{"unknown version", "GET", "/v3/gateway", nil, 400, 50041},
		{"unknown channel", "GET", "/channels/123", nil, 404, 10003},
		{"channel that is no id", "GET", "/channels/x", nil, 404, 10003},
		{"unknown guild", "GET", "/guilds/123", nil, 404, 10004},
		{"unknown user", "GET", "/users/123", nil, 404, 10013},
		{"unknown member", "GET", "/guilds/" + g.ID.String() + "/members/123", nil, 404, 10007},
		{"unknown message", "GET", channel + "/messages/123", nil, 404, 10008},
		{"no content", "POST", channel + "/messages", map[string]any{}, 400, 50006},
		{"empty content", "POST", channel + "/messages", map[string]any{"content": ""}, 400, 50006},
		{"no body", "POST", channel + "/messages", nil, 400, 50006},
		{"long content", "POST", channel + "/messages", map[string]any{"content": strings.Repeat("é", 2001)}, 400, 50035},
		{"content of 2000", "POST", channel + "/messages", map[string]any{"content": strings.Repeat("é", 2000)}, 200, 0},
		{"embeds no list", "POST", channel + "/messages", map[string]any{"embeds": map[string]any{}}, 400, 50035},
		{"eleven embeds", "POST", channel + "/messages", map[string]any{"embeds": make([]struct{}, 11)}, 400, 50035},
		{"content no string", "POST", channel + "/messages", map[string]any{"content": 1}, 400, 50035},
		{"long nonce", "POST", channel + "/messages", map[string]any{"content": "x", "nonce": strings.Repeat("1", 26)}, 400, 50035},
		{"broken JSON", "POST", channel + "/messages", `{"content":`, 400, 50109},
		{"reply to nothing", "POST", channel + "/messages", map[string]any{"content": "x", "message_reference": map[string]any{"message_id": "5"}}, 400, 50035},
		{"reply to nothing, allowed", "POST", channel + "/messages", map[string]any{"content": "x", "message_reference": map[string]any{"message_id": "5", "fail_if_not_exists": false}}, 200, 0},
		{"message to a category", "POST", "/channels/" + g.Channels[1].ID.String() + "/messages", map[string]any{"content": "x"}, 400, 50008},
		{"edit of another's", "PATCH", channel + "/messages/" + user.ID.String(), map[string]any{"content": "x"}, 403, 50005},
		{"list with a bad limit", "GET", channel + "/messages?limit=101", nil, 400, 50035},
		{"direct message to nobody", "POST", "/users/@me/channels", map[string]any{"recipient_id": "1"}, 400, 50035},
		{"unknown interaction", "POST", "/interactions/1/x/callback", map[string]any{"type": 1}, 404, 10062},
		{"unknown webhook", "POST", "/webhooks/1/x", map[string]any{"content": "x"}, 404, 10015},
		{"another's commands", "GET", "/applications/1/commands", nil, 403, 20012},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := restCall(t, s, tt.method, tt.path, tt.body)
			var e struct {
				Message string `json:"message"`
				Code    int    `json:"code"`
			}
			decode(t, body, &e)
			if resp.StatusCode != tt.status || e.Code != tt.code || tt.status >= 400 && e.Message == "" {
				t.Errorf("%d %s, want %d with code %d", resp.StatusCode, body, tt.status, tt.code)
			}
		})
	}
}

func TestRESTChecksItsClients(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		status int
		rule   Rule // "": none
	}{
		{"as it should be", func(*http.Request) {}, 200, ""},
		{"no token", func(q *http.Request) { q.Header.Del("Authorization") }, 401, RuleToken},
		{"token without Bot", func(q *http.Request) {
			q.Header.Set("Authorization", strings.TrimPrefix(q.Header.Get("Authorization"), "Bot "))
		}, 401, RuleToken},
		{"wrong token", func(q *http.Request) { q.Header.Set("Authorization", "Bot x") }, 401, RuleToken},
		{"Go's user agent", func(q *http.Request) { q.Header.Del("User-Agent") }, 200, RuleUserAgent},
		{"no content type", func(q *http.Request) { q.Header.Del("Content-Type") }, 400, RuleContentType},
		{"text", func(q *http.Request) { q.Header.Set("Content-Type", "text/plain") }, 400, RuleContentType},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			q, err := http.NewRequest("POST", s.REST+"/v10/channels/"+s.Guilds()[0].General().String()+"/messages", strings.NewReader(`{"content":"x"}`))
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Authorization", "Bot "+s.Token)
			q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
			q.Header.Set("Content-Type", "application/json")
			tt.change(q)
			resp, body := do(t, q)
			if resp.StatusCode != tt.status {
				t.Errorf("%d %s, want %d", resp.StatusCode, body, tt.status)
			}
			if got := rules(s); tt.rule == "" && len(got) != 0 || tt.rule != "" && (len(got) != 1 || got[0] != tt.rule) {
				t.Errorf("violations %v, want %q", s.Violations(), tt.rule)
			}
		})
	}
}

func TestFilesBecomeAttachments(t *testing.T) {
	s, _ := start(t, Options{})
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	_ = w.WriteField("payload_json", `{"content":""}`)
	part, _ := w.CreateFormFile("files[0]", "cat.png")
	_, _ = part.Write([]byte("not really"))
	_ = w.Close()
	q, err := http.NewRequest("POST", s.REST+"/channels/"+s.Guilds()[0].General().String()+"/messages", &form)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bot "+s.Token)
	q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
	q.Header.Set("Content-Type", w.FormDataContentType())
	resp, body := do(t, q)
	var m struct {
		Attachments []struct {
			Filename string `json:"filename"`
			Size     int    `json:"size"`
		} `json:"attachments"`
	}
	decode(t, body, &m)
	if resp.StatusCode != 200 || len(m.Attachments) != 1 || m.Attachments[0].Filename != "cat.png" || m.Attachments[0].Size != 10 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestRequestLog(t *testing.T) {
	s, _ := start(t, Options{RequestLimit: 3})
	for i := range 9 {
		restCall(t, s, "GET", fmt.Sprintf("/users/%d", i+1), nil)
	}
	q, _ := http.NewRequest("POST", s.REST+"/nowhere", strings.NewReader("plain\xff"))
	do(t, q)
	list := s.RESTRequests(8)
	if len(list) != 2 || list[0].Number != 9 || list[0].Path != "/api/users/9" || list[0].Status != 404 || string(list[0].Body) != "null" {
		t.Errorf("requests after 8: %+v", list)
	}
	if string(list[1].Body) != `"plain�"` {
		t.Errorf("body %s", list[1].Body)
	}
	if all := s.RESTRequests(0); len(all) < 3 || all[len(all)-1].Number != 10 {
		t.Errorf("all: %+v", all)
	}
	if len(s.RESTRequests(10)) != 0 || len(s.RESTRequests(99)) != 0 {
		t.Error("requests after the last")
	}
	if n := s.Stats().RESTRequests; n != 10 {
		t.Errorf("the stats say %d requests", n)
	}
}

func TestRateLimits(t *testing.T) {
	s, clock := start(t, Options{GlobalLimit: 10, RouteLimits: map[string]Limit{"POST /channels/{channel}/messages": {5, 5 * time.Second}}})
	post := func(guild int) *http.Response {
		resp, _ := restCall(t, s, "POST", "/channels/"+s.Guilds()[guild].General().String()+"/messages", map[string]any{"content": "x"})
		return resp
	}
	for i := range 5 {
		resp := post(0)
		if h := resp.Header; resp.StatusCode != 200 || h.Get("X-RateLimit-Limit") != "5" || h.Get("X-RateLimit-Remaining") != fmt.Sprint(4-i) ||
			h.Get("X-RateLimit-Reset-After") != "5.000" || h.Get("X-RateLimit-Bucket") == "" {
			t.Fatalf("request %d: %d %v", i+1, resp.StatusCode, h)
		}
	}
	resp := post(0)
	if h := resp.Header; resp.StatusCode != 429 || h.Get("Retry-After") != "5" || h.Get("X-RateLimit-Scope") != "user" || h.Get("X-RateLimit-Global") != "" {
		t.Errorf("request 6: %d %v", resp.StatusCode, h)
	}
	if resp := post(1); resp.StatusCode != 200 {
		t.Errorf("another channel has its own limit: %d", resp.StatusCode)
	}
	for range 3 {
		post(2)
	}
	resp = post(3)
	if h := resp.Header; resp.StatusCode != 429 || h.Get("X-RateLimit-Global") != "true" || h.Get("X-RateLimit-Scope") != "global" {
		t.Errorf("request 11 of the second: %d %v", resp.StatusCode, h)
	}
	clock.Advance(5 * time.Second)
	if resp := post(0); resp.StatusCode != 200 {
		t.Errorf("after the reset: %d", resp.StatusCode)
	}
	if got := fmt.Sprint(rules(s)); got != fmt.Sprint([]Rule{RuleRateLimit, RuleGlobalLimit}) {
		t.Errorf("violations: %v", got)
	}
	if n := s.Stats().RateLimited; n != 2 {
		t.Errorf("the stats say %d were limited", n)
	}
}

func TestInvalidRequestsBringABan(t *testing.T) {
	s, clock := start(t, Options{InvalidLimit: 3})
	ask := func(token string) int {
		q, _ := http.NewRequest("GET", s.REST+"/users/@me", nil)
		q.Header.Set("Authorization", "Bot "+token)
		q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1)")
		resp, _ := do(t, q)
		return resp.StatusCode
	}
	for range 4 {
		if status := ask("wrong"); status != 401 {
			t.Fatalf("status %d", status)
		}
	}
	if status := ask(s.Token); status != 429 {
		t.Errorf("a good request after the ban: %d", status)
	}
	clock.Advance(10 * time.Minute)
	if status := ask(s.Token); status != 200 {
		t.Errorf("ten minutes later: %d", status)
	}
}

func TestScripts(t *testing.T) {
	s, clock := start(t, Options{})
	script := func(next Script) {
		t.Helper()
		if err := s.Script(next); err != nil {
			t.Fatal(err)
		}
	}
	status := func(path string) (int, string) {
		t.Helper()
		resp, body := restCall(t, s, "GET", path, nil)
		return resp.StatusCode, string(body)
	}
	script(Script{Path: "/users/*", Times: 2})
	script(Script{Method: "get", Path: "/gateway/bot", Body: "<html>"})
	script(Script{Path: "/guilds/*", Status: 429, Body: `{"retry_after":0.4}`, Header: map[string]string{"X-RateLimit-Scope": "shared"}})
	for range 2 {
		if code, body := status("/users/@me"); code != 500 || !strings.Contains(body, "Internal Server Error") {
			t.Errorf("%d %s", code, body)
		}
	}
	if code, _ := status("/users/@me"); code != 200 {
		t.Errorf("the third: %d", code)
	}
	if code, body := status("/v10/gateway/bot"); code != 200 || body != "<html>" {
		t.Errorf("%d %s", code, body)
	}
	if code, _ := status("/guilds/1"); code != 429 {
		t.Errorf("%d", code)
	}
	script(Script{Delay: time.Minute})
	done := make(chan int)
	pending := clock.Pending()
	go func() {
		code, _ := status("/gateway")
		done <- code
	}()
	for clock.Pending() == pending {
		runtime.Gosched() // the request is on its way
	}
	clock.Advance(time.Minute)
	if code := <-done; code != 200 {
		t.Errorf("a late answer: %d", code)
	}
	script(Script{Abort: true})
	q, _ := http.NewRequest("GET", s.REST+"/gateway", nil)
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if resp, err := c.Do(q); err == nil {
		_ = resp.Body.Close()
		t.Error("the connection did not break")
	}
	for _, bad := range []Script{{Status: 99}, {Times: -1}, {Path: "["}, {Delay: -1}} {
		if s.Script(bad) == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestDirectory(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	g := s.Guilds()[2]
	for _, tt := range []struct{ path, has string }{
		{"/gateway", s.Gateway},
		{"/users/@me", `"bot":true`},
		{"/users/@me/guilds", g.ID.String()},
		{"/users/" + g.owner().ID.String(), g.owner().Username},
		{"/applications/@me", `"verify_key"`},
		{"/oauth2/applications/@me", `"verify_key"`},
		{"/guilds/" + g.ID.String(), g.Name},
		{"/guilds/" + g.ID.String() + "?with_counts=true", `"approximate_member_count"`},
		{"/guilds/" + g.ID.String() + "/channels", `"general"`},
		{"/guilds/" + g.ID.String() + "/members/" + s.Bot().ID.String(), s.Bot().Username},
		{"/guilds/" + g.ID.String() + "/members?limit=1000", g.owner().Username},
		{"/channels/" + g.General().String(), g.ID.String()},
	} {
		t.Run(tt.path, func(t *testing.T) {
			resp, body := restCall(t, s, "GET", tt.path, nil)
			if resp.StatusCode != 200 || !strings.Contains(string(body), tt.has) {
				t.Errorf("%d %.300s, want %s in it", resp.StatusCode, body, tt.has)
			}
		})
	}
}
