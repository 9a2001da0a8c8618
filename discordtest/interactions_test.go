package discordtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// used lets somebody use a command and takes the INTERACTION_CREATE.
func used(t *testing.T, s *Server, c *client, u Use) Interaction {
	t.Helper()
	i, err := s.Interact(u)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		ID, Token, ApplicationID string
		Type                     int
		GuildID                  string          `json:"guild_id"`
		Data                     json.RawMessage `json:"data"`
		Member                   struct {
			User idInfo `json:"user"`
		} `json:"member"`
	}
	decode(t, c.until("INTERACTION_CREATE").D, &d)
	if d.ID != i.ID.String() || d.Token != i.Token || d.GuildID != i.GuildID.String() || d.Member.User.ID == "" {
		t.Fatalf("INTERACTION_CREATE %+v, want %+v", d, i)
	}
	return i
}

func TestInteractionIsAnswered(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	g := s.Guilds()[0]
	c, _ := identified(t, s, allIntents, 0, 2)
	i := used(t, s, c, Use{Channel: g.General(), Command: "ping", Options: json.RawMessage(`[{"name":"n","type":4,"value":3}]`)})
	callback := "/interactions/" + i.ID.String() + "/" + i.Token + "/callback"
	hook := "/webhooks/" + s.Bot().ID.String() + "/" + i.Token
	for _, tt := range []struct {
		name, method, path string
		body               any
		status, code       int
		channel            string // contents of the channel afterwards
	}{
		{"follow-up before the callback", "POST", hook, map[string]any{"content": "early"}, 404, 10015, ""},
		{"callback of no type", "POST", callback, map[string]any{"type": 3}, 400, 50035, ""},
		{"callback without a message", "POST", callback, map[string]any{"type": 4, "data": map[string]any{}}, 400, 50006, ""},
		{"callback", "POST", callback, map[string]any{"type": 4, "data": map[string]any{"content": "pong"}}, 204, 0, "pong"},
		{"callback twice", "POST", callback, map[string]any{"type": 4, "data": map[string]any{"content": "pong"}}, 400, 40060, "pong"},
		{"look at the answer", "GET", hook + "/messages/@original", nil, 200, 0, "pong"},
		{"edit the answer", "PATCH", hook + "/messages/@original", map[string]any{"content": "PONG"}, 200, 0, "PONG"},
		{"follow-up", "POST", hook, map[string]any{"content": "more"}, 200, 0, "PONG more"},
		{"follow-up with another application", "POST", "/webhooks/1/" + i.Token, map[string]any{"content": "more"}, 404, 10015, "PONG more"},
		{"delete the answer", "DELETE", hook + "/messages/@original", nil, 204, 0, "more"},
		{"delete it again", "DELETE", hook + "/messages/@original", nil, 404, 10008, "more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, body := restCall(t, s, tt.method, tt.path, tt.body)
			var e struct{ Code int }
			if tt.status >= 400 {
				decode(t, body, &e)
			}
			if resp.StatusCode != tt.status || e.Code != tt.code {
				t.Errorf("%d %s, want %d with code %d", resp.StatusCode, body, tt.status, tt.code)
			}
			var contents []string
			for _, m := range s.Messages(g.General()) {
				contents = append(contents, m.Content)
			}
			if got := strings.Join(contents, " "); got != tt.channel {
				t.Errorf("in the channel: %q, want %q", got, tt.channel)
			}
		})
	}
	if got, found := s.Interaction(i.ID); !found || got.Callback != 4 || string(got.Data) != `{"content":"pong"}` {
		t.Errorf("%+v", got)
	}
	if v := s.Violations(); len(v) != 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestDeferredInteraction(t *testing.T) {
	s, clock := start(t, Options{NoRateLimits: true, HeartbeatInterval: -1})
	g := s.Guilds()[0]
	c, _ := identified(t, s, allIntents, 0, 2)
	i := used(t, s, c, Use{Channel: g.General(), Command: "slow"})
	restCall(t, s, "POST", "/interactions/"+i.ID.String()+"/"+i.Token+"/callback", map[string]any{"type": 5})
	clock.Advance(14 * time.Minute)
	original := "/webhooks/" + s.Bot().ID.String() + "/" + i.Token + "/messages/@original"
	if resp, body := restCall(t, s, "PATCH", original, map[string]any{"content": "done"}); resp.StatusCode != 200 {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	if list := s.Messages(g.General()); len(list) != 1 || list[0].Content != "done" || list[0].Type != 20 {
		t.Errorf("%+v", list)
	}
	clock.Advance(2 * time.Minute)
	if resp, body := restCall(t, s, "PATCH", original, map[string]any{"content": "late"}); resp.StatusCode != 401 {
		t.Errorf("after 16 minutes: %d %s", resp.StatusCode, body)
	}
}

func TestInteractionDeadline(t *testing.T) {
	s, clock := start(t, Options{HeartbeatInterval: -1})
	c, _ := identified(t, s, 0, 0, 2)
	i := used(t, s, c, Use{Channel: s.Guilds()[0].General(), Command: "ping"})
	clock.Advance(4 * time.Second)
	if got := fmt.Sprint(rules(s)); got != fmt.Sprint([]Rule{RuleInteraction}) {
		t.Errorf("violations: %v", s.Violations())
	}
	resp, body := restCall(t, s, "POST", "/interactions/"+i.ID.String()+"/"+i.Token+"/callback", map[string]any{"type": 1})
	if resp.StatusCode != 404 || !strings.Contains(string(body), "10062") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestComponent(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	g := s.Guilds()[0]
	c, _ := identified(t, s, allIntents, 0, 2)
	restCall(t, s, "POST", "/channels/"+g.General().String()+"/messages", map[string]any{"content": "vote", "components": []any{map[string]any{"type": 1}}})
	message := s.Messages(g.General())[0]
	i := used(t, s, c, Use{Channel: g.General(), CustomID: "yes", Message: message.ID})
	resp, body := restCall(t, s, "POST", "/interactions/"+i.ID.String()+"/"+i.Token+"/callback", map[string]any{"type": 7, "data": map[string]any{"content": "voted"}})
	if resp.StatusCode != 204 || s.Messages(g.General())[0].Content != "voted" {
		t.Errorf("%d %s, the message is %+v", resp.StatusCode, body, s.Messages(g.General())[0])
	}
	for _, bad := range []Use{{}, {Channel: g.General()}, {Channel: g.General(), Command: "a", CustomID: "b"}, {Channel: g.General(), CustomID: "b", Message: 5},
		{Channel: g.General(), Command: "a", Options: json.RawMessage(`{}`)}, {Channel: g.General(), Command: "a", User: "5"}} {
		if _, err := s.Interact(bad); err == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func TestApplicationCommands(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	base := "/applications/" + s.Bot().ID.String() + "/commands"
	inGuild := "/applications/" + s.Bot().ID.String() + "/guilds/" + s.Guilds()[0].ID.String() + "/commands"
	ping := map[string]any{"name": "ping", "description": "Is it alive?"}
	type command struct {
		ID, Name, Description string
		Type                  int
		GuildID               string `json:"guild_id"`
	}
	var made command
	for i, status := range []int{201, 200} {
		resp, body := restCall(t, s, "POST", base, ping)
		old := made.ID
		decode(t, body, &made)
		if resp.StatusCode != status || made.Type != 1 || made.ID == "" || i == 1 && made.ID != old {
			t.Errorf("POST %d: %d %s", i+1, resp.StatusCode, body)
		}
	}
	var list []command
	_, body := restCall(t, s, "PUT", base, []any{map[string]any{"name": "ping", "description": "new"}, map[string]any{"name": "Report", "type": 3}})
	decode(t, body, &list)
	if len(list) != 2 || list[0].ID != made.ID || list[0].Description != "new" || list[1].Type != 3 {
		t.Errorf("PUT: %s", body)
	}
	_, body = restCall(t, s, "PUT", inGuild, []any{ping})
	decode(t, body, &list)
	if len(list) != 1 || list[0].GuildID != s.Guilds()[0].ID.String() {
		t.Errorf("PUT in a guild: %s", body)
	}
	_, body = restCall(t, s, "PATCH", base+"/"+made.ID, map[string]any{"description": "newest"})
	decode(t, body, &made)
	if made.Description != "newest" || made.Name != "ping" {
		t.Errorf("PATCH: %s", body)
	}
	if resp, _ := restCall(t, s, "DELETE", base+"/"+made.ID, nil); resp.StatusCode != 204 {
		t.Errorf("DELETE: %d", resp.StatusCode)
	}
	if resp, _ := restCall(t, s, "GET", base+"/"+made.ID, nil); resp.StatusCode != 404 {
		t.Errorf("GET of a deleted command: %d", resp.StatusCode)
	}
	_, body = restCall(t, s, "GET", base, nil)
	if decode(t, body, &list); len(list) != 1 {
		t.Errorf("GET: %s", body)
	}
	for name, bad := range map[string]any{
		"no name":        map[string]any{"description": "x"},
		"capital":        map[string]any{"name": "two words", "description": "x"},
		"no description": map[string]any{"name": "x"},
		"long":           map[string]any{"name": "x", "description": strings.Repeat("x", 101)},
		"type":           map[string]any{"name": "x", "description": "x", "type": 9},
		"options":        map[string]any{"name": "x", "description": "x", "options": 1},
		"array":          []any{},
	} {
		if resp, body := restCall(t, s, "POST", base, bad); resp.StatusCode != 400 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	if resp, body := restCall(t, s, "PUT", base, []any{ping, ping}); resp.StatusCode != 400 {
		t.Errorf("twice the same name: %d %s", resp.StatusCode, body)
	}
	many := make([]any, 101)
	for i := range many {
		many[i] = map[string]any{"name": fmt.Sprint("c", i), "description": "x"}
	}
	if resp, body := restCall(t, s, "PUT", base, many); resp.StatusCode != 400 || !strings.Contains(string(body), "30032") {
		t.Errorf("101 commands: %d %s", resp.StatusCode, body)
	}
}

func TestEphemeralAnswerHasNoGuild(t *testing.T) {
	s, clock := start(t, Options{NoRateLimits: true})
	zero, _ := identified(t, s, allIntents, 0, 2)
	clock.Advance(5 * time.Second)
	one, _ := identified(t, s, allIntents, 1, 2)
	i := used(t, s, one, Use{Channel: s.Guilds()[1].General(), Command: "secret"})
	restCall(t, s, "POST", "/interactions/"+i.ID.String()+"/"+i.Token+"/callback", map[string]any{"type": 4, "data": map[string]any{"content": "psst", "flags": 64}})
	if f := zero.event("MESSAGE_CREATE"); strings.Contains(string(f.D), `"guild_id"`) || strings.Contains(string(f.D), `"member"`) {
		t.Errorf("the event: %s", f.D)
	}
}
