package discordtest

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

func TestIntentsDecideWhatIsSent(t *testing.T) {
	s, _ := start(t, Options{})
	g := s.Guilds()[0]
	me := s.Bot().ID
	guild := func(extra string) json.RawMessage {
		return json.RawMessage(`{"guild_id":"` + g.ID.String() + `"` + extra + `}`)
	}
	for _, tt := range []struct {
		name    string
		intents discord.Intents
		event   string
		guild   discord.GuildID
		d       json.RawMessage
		wanted  bool
	}{
		{"guild message without its intent", discord.IntentDirectMessages, "MESSAGE_CREATE", g.ID, guild(``), false},
		{"guild message with it", discord.IntentGuildMessages, "MESSAGE_CREATE", g.ID, guild(``), true},
		{"direct message with the guild's intent", discord.IntentGuildMessages, "MESSAGE_CREATE", 0, json.RawMessage(`{}`), false},
		{"direct message with its own", discord.IntentDirectMessages, "MESSAGE_CREATE", 0, json.RawMessage(`{}`), true},
		{"presence", discord.IntentsValid &^ discord.IntentGuildPresences, "PRESENCE_UPDATE", g.ID, guild(``), false},
		{"member", discord.IntentGuilds, "GUILD_MEMBER_UPDATE", g.ID, guild(`,"user":{"id":"5"}`), false},
		{"the bot as a member", discord.IntentGuilds, "GUILD_MEMBER_UPDATE", g.ID, guild(`,"user":{"id":"` + me.String() + `"}`), true},
		{"thread members", discord.IntentGuilds, "THREAD_MEMBERS_UPDATE", g.ID, guild(`,"added_members":[{"user_id":"5"}]`), false},
		{"the bot in a thread", discord.IntentGuilds, "THREAD_MEMBERS_UPDATE", g.ID, guild(`,"added_members":[{"user_id":"` + me.String() + `"}]`), true},
		{"interaction without any intent", 0, "INTERACTION_CREATE", g.ID, guild(``), true},
		{"event of the future", 0, "HOLOGRAM_UPDATE", g.ID, guild(``), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEvent(tt.event, tt.guild, tt.d)
			e.regard(me)
			if got := e.wanted(tt.intents); got != tt.wanted {
				t.Errorf("sent: %v, want %v", got, tt.wanted)
			}
		})
	}
}

func TestMessageContentNeedsItsIntent(t *testing.T) {
	s, clock := start(t, Options{MaxConcurrency: 2})
	g := s.Guilds()[0]
	with, _ := identified(t, s, discord.IntentsValid, 0, 1)
	clock.Advance(5 * time.Second)
	without, _ := identified(t, s, discord.IntentsValid&^discord.IntentMessageContent, 0, 1)
	direct, err := s.DirectChannel(g.owner().ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		channel discord.ChannelID
		content string
		seen    bool
	}{
		{"message", g.General(), "secret", false},
		{"message that mentions the bot", g.General(), "hey <@" + s.Bot().ID.String() + ">", true},
		{"direct message", direct, "psst", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := s.SendMessage(tt.channel, tt.content); err != nil {
				t.Fatal(err)
			}
			var full, bare struct {
				Content string            `json:"content"`
				Author  idInfo            `json:"author"`
				Embeds  []json.RawMessage `json:"embeds"`
			}
			decode(t, with.event("MESSAGE_CREATE").D, &full)
			decode(t, without.event("MESSAGE_CREATE").D, &bare)
			if full.Content != tt.content || (bare.Content == tt.content) != tt.seen || bare.Author != full.Author || bare.Embeds == nil {
				t.Errorf("with the intent %+v, without %+v", full, bare)
			}
		})
	}
	restCall(t, s, "POST", "/channels/"+g.General().String()+"/messages", map[string]any{"content": "my own"})
	if f := without.event("MESSAGE_CREATE"); !strings.Contains(string(f.D), "my own") {
		t.Errorf("the bot's own message: %s", f.D)
	}
}

func TestGuildsAreRealisticAndSpread(t *testing.T) {
	s, _ := start(t, Options{Guilds: 100, Large: 3000})
	ids := map[discord.GuildID]bool{}
	for i, g := range s.Guilds() {
		for _, n := range []int{1, 2, 3, 4, 5, 7, 12, 16, 32, 64} {
			if g.Shard(n) != i%n {
				t.Fatalf("guild %d is on shard %d of %d", i, g.Shard(n), n)
			}
		}
		made := discord.Snowflake(g.ID).Time()
		if ids[g.ID] || made.Year() < 2016 || made.Year() > 2024 || g.Name == "" {
			t.Fatalf("guild %d: %s of %s", i, g.ID, made)
		}
		ids[g.ID] = true
	}
	sizes := []int{}
	for i, intents := range []discord.Intents{allIntents, allIntents &^ discord.IntentGuildPresences} {
		for _, index := range []int{0, 1, 4} {
			g := s.Guilds()[index]
			var d struct {
				ID          string            `json:"id"`
				Name        string            `json:"name"`
				Large       bool              `json:"large"`
				MemberCount int               `json:"member_count"`
				Members     []json.RawMessage `json:"members"`
				Presences   []json.RawMessage `json:"presences"`
				Channels    []map[string]any  `json:"channels"`
				Unavailable bool              `json:"unavailable"`
			}
			body := s.world.createBody(g, intents, 50)
			decode(t, body, &d)
			if d.ID != g.ID.String() || d.Name != g.Name || d.MemberCount != g.Members || d.Unavailable || d.Channels[0]["name"] != "general" {
				t.Errorf("guild %d: %.300s", index, body)
			}
			if _, has := d.Channels[0]["guild_id"]; has {
				t.Error("a channel in a GUILD_CREATE has guild_id")
			}
			if !strings.Contains(string(body), s.Bot().ID.String()) {
				t.Errorf("guild %d lists no bot", index)
			}
			if d.Large != (g.Members > 50) {
				t.Errorf("guild %d of %d members: large %v", index, g.Members, d.Large)
			}
			switch {
			case i == 1 && (len(d.Members) != 1 || len(d.Presences) != 0):
				t.Errorf("guild %d without GUILD_PRESENCES lists %d members", index, len(d.Members))
			case i == 0 && !d.Large && len(d.Members) != g.Members:
				t.Errorf("small guild %d lists %d of %d members", index, len(d.Members), g.Members)
			case i == 0 && d.Large && (len(d.Members) >= g.Members || len(d.Members) != len(d.Presences)):
				t.Errorf("large guild %d lists %d of %d members, %d presences", index, len(d.Members), g.Members, len(d.Presences))
			}
			sizes = append(sizes, len(body))
		}
	}
	t.Log("bytes of GUILD_CREATE: ", sizes)
	again, _ := start(t, Options{Guilds: 100, Large: 3000})
	if string(again.world.createBody(again.Guilds()[7], allIntents, 50)) != string(s.world.createBody(s.Guilds()[7], allIntents, 50)) || again.Token != s.Token {
		t.Error("the same seed makes another world")
	}
	other, _ := start(t, Options{Seed: 2})
	if other.Token == s.Token || other.Guilds()[0].ID == s.Guilds()[0].ID {
		t.Error("another seed makes the same world")
	}
}

func TestEntitlementsGoToShardZero(t *testing.T) {
	s, clock := start(t, Options{})
	zero, _ := identified(t, s, 0, 0, 2)
	clock.Advance(5 * time.Second)
	one, _ := identified(t, s, 0, 1, 2)
	g := s.Guilds()[1]
	s.Dispatch(g.ID, "ENTITLEMENT_CREATE", map[string]any{"guild_id": g.ID})
	s.Dispatch(g.ID, "INTERACTION_CREATE", map[string]any{"guild_id": g.ID})
	zero.event("ENTITLEMENT_CREATE")
	one.event("INTERACTION_CREATE")
}

func TestReplayBufferOverflows(t *testing.T) {
	s, _ := start(t, Options{ReplayLimit: 100})
	c, ready := identified(t, s, allIntents, 0, 2)
	last := c.last
	c.bye(4000)
	for range 200 {
		s.Dispatch(0, "USER_UPDATE", map[string]any{"id": s.Bot().ID})
	}
	again := open(t, s)
	again.resume(s, ready.SessionID, last)
	again.want(9)
}

func TestSessionExpires(t *testing.T) {
	s, clock := start(t, Options{SessionTTL: time.Minute})
	c, ready := identified(t, s, 0, 0, 2)
	for _, wait := range []time.Duration{59 * time.Second, 61 * time.Second} {
		last := c.last
		c.bye(4000)
		eventually(t, s, "the session is without a connection", func() bool { return s.Stats().Sessions == 0 })
		clock.Advance(wait)
		c = open(t, s)
		c.resume(s, ready.SessionID, last)
		if wait < time.Minute {
			c.event("RESUMED")
		} else {
			c.want(9)
		}
	}
}

func TestSlowReaderLosesItsConnectionNotItsSession(t *testing.T) {
	s, _ := start(t, Options{SendQueue: 200})
	_, ready := identified(t, s, 0, 0, 1)
	big := map[string]any{"id": s.Bot().ID, "padding": strings.Repeat("x", 1<<16)}
	for s.Stats().Sessions > 0 { // until the system's buffers and then the queue are full
		s.Dispatch(0, "USER_UPDATE", big)
	}
	sent := s.Sessions()[0].Sequence
	again := open(t, s)
	again.resume(s, ready.SessionID, sent-100)
	for seq := sent - 99; seq <= sent; seq++ {
		if f := again.event("USER_UPDATE"); *f.S != seq {
			t.Fatalf("sequence %d, want %d", *f.S, seq)
		}
	}
	again.event("RESUMED")
}

func TestResumeHasItsOwnAddress(t *testing.T) {
	s, _ := start(t, Options{ResumeListen: "127.0.0.1:0"})
	c, ready := identified(t, s, 0, 0, 1)
	if ready.ResumeURL == s.Gateway || ready.ResumeURL != s.ResumeGateway() {
		t.Fatalf("resume_gateway_url %s, gateway %s", ready.ResumeURL, s.Gateway)
	}
	for i, at := range []string{ready.ResumeURL, s.Gateway} {
		last := c.last
		c.bye(4000)
		c = dial(t, at, "v=10")
		c.want(10)
		c.resume(s, ready.SessionID, last)
		c.event("RESUMED")
		if n := len(s.Violations()); n != i {
			t.Errorf("%d violations after a RESUME at %s: %v", n, at, s.Violations())
		}
	}
}

func TestNewestConnectionKeepsTheSession(t *testing.T) {
	s, _ := start(t, Options{})
	old, ready := identified(t, s, 0, 0, 1)
	c := open(t, s)
	c.resume(s, ready.SessionID, old.last)
	c.event("RESUMED")
	if code := old.closed(); code != 0 {
		t.Errorf("the old connection closed with %d", code)
	}
	s.Dispatch(0, "USER_UPDATE", map[string]any{})
	c.event("USER_UPDATE")
	if n := s.Stats().Sessions; n != 1 {
		t.Errorf("%d sessions", n)
	}
}

func TestTLS(t *testing.T) {
	certificates := httptest.NewTLSServer(nil)
	defer certificates.Close()
	s, _ := start(t, Options{TLS: &tls.Config{Certificates: certificates.TLS.Certificates}})
	if !strings.HasPrefix(s.REST, "https://") || !strings.HasPrefix(s.Gateway, "wss://") {
		t.Fatalf("%s, %s", s.REST, s.Gateway)
	}
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	ws, resp, err := dialer.Dial(s.Gateway+"/?v=10", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	defer ws.Close()
	(&client{t: t, ws: ws}).want(10)
}

func TestGovernor(t *testing.T) {
	type attempt struct {
		after time.Duration
		shard int
		rule  Rule
	}
	for _, tt := range []struct {
		name     string
		options  Options
		attempts []attempt
	}{
		{"one key", Options{MaxConcurrency: 1, IdentifyLimit: 10}, []attempt{
			{0, 0, ""}, {4999 * time.Millisecond, 1, RuleIdentifyRate}, {time.Millisecond, 1, ""}, {5 * time.Second, 0, ""},
		}},
		{"sixteen keys", Options{MaxConcurrency: 16, IdentifyLimit: 100}, []attempt{
			{0, 0, ""}, {0, 1, ""}, {0, 15, ""}, {0, 16, RuleIdentifyRate}, {0, 31, RuleIdentifyRate}, {5 * time.Second, 16, ""}, {0, 0, RuleIdentifyRate},
		}},
		{"a day's budget", Options{MaxConcurrency: 100, IdentifyLimit: 3}, []attempt{
			{0, 0, ""}, {time.Hour, 1, ""}, {0, 2, ""}, {0, 3, RuleIdentifyBudget}, {22 * time.Hour, 3, RuleIdentifyBudget}, {time.Hour, 3, ""},
		}},
		{"what is refused counts", Options{MaxConcurrency: 1, IdentifyLimit: 2}, []attempt{
			{0, 0, ""}, {0, 0, RuleIdentifyRate}, {time.Hour, 0, RuleIdentifyBudget},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGovernor(tt.options.withDefaults())
			now := epoch
			for i, a := range tt.attempts {
				now = now.Add(a.after)
				if rule, detail := g.allow(a.shard, now); rule != a.rule {
					t.Errorf("attempt %d: %q %s, want %q", i+1, rule, detail, a.rule)
				}
			}
		})
	}
}

func TestIdentifyTooSoonIsRefusedOnTheSameConnection(t *testing.T) {
	s, clock := start(t, Options{})
	identified(t, s, 0, 0, 2)
	c := open(t, s)
	c.send(2, login(s, 0, 1, 2))
	if f := c.want(9); string(f.D) != "false" {
		t.Errorf("op 9 with %s", f.D)
	}
	clock.Advance(5 * time.Second)
	c.send(2, login(s, 0, 1, 2))
	c.event("READY")
	if got := fmt.Sprint(rules(s)); got != fmt.Sprint([]Rule{RuleIdentifyRate}) {
		t.Errorf("violations: %v", s.Violations())
	}
	if st := s.Stats(); st.Identifies != 3 || st.Sessions != 2 {
		t.Errorf("stats %+v", st)
	}
}

func TestTokenResetEndsEverything(t *testing.T) {
	s, _ := start(t, Options{IdentifyLimit: 1, TokenReset: true})
	c, _ := identified(t, s, 0, 0, 2)
	other := open(t, s)
	other.send(2, login(s, 0, 1, 2))
	if a, b := c.closed(), other.closed(); a != 4004 || b != 4004 {
		t.Errorf("closed with %d and %d", a, b)
	}
	if resp, _ := restCall(t, s, "GET", "/users/@me", nil); resp.StatusCode != 401 {
		t.Errorf("REST with the old token: %d", resp.StatusCode)
	}
}

func TestWindowIsExact(t *testing.T) {
	w := newWindow(3, time.Minute)
	at := func(seconds int) bool { return w.allow(epoch.Add(time.Duration(seconds) * time.Second)) }
	for i, tt := range []struct {
		second int
		want   bool
	}{{0, true}, {50, true}, {55, true}, {59, false}, {60, true}, {61, false}, {109, false}, {110, true}, {114, false}, {115, true}, {119, false}} {
		if got := at(tt.second); got != tt.want {
			t.Errorf("%d: second %d allowed: %v", i, tt.second, got)
		}
	}
}
