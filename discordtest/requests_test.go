package discordtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

type chunk struct {
	Members []struct {
		User idInfo `json:"user"`
	} `json:"members"`
	Presences []any    `json:"presences"`
	Index     int      `json:"chunk_index"`
	Count     int      `json:"chunk_count"`
	Nonce     string   `json:"nonce"`
	NotFound  []string `json:"not_found"`
	GuildID   string   `json:"guild_id"`
}

func TestMemberRequests(t *testing.T) {
	s, _ := start(t, Options{Large: 2500})
	g := s.Guilds()[0]
	name := g.people[5].Username
	c, _ := identified(t, s, allIntents, 0, 1)
	for _, tt := range []struct {
		name              string
		d                 map[string]any
		chunks, members   int
		missing, presence bool
	}{
		{"everybody", map[string]any{"query": "", "limit": 0, "presences": true}, 3, 2500, false, true},
		{"by prefix", map[string]any{"query": name, "limit": 1}, 1, 1, false, false},
		{"by prefix, at most a hundred", map[string]any{"query": "", "limit": 500}, 1, 100, false, false},
		{"by ids", map[string]any{"user_ids": []string{g.owner().ID.String(), "5"}, "limit": 0}, 1, 1, true, false},
		{"by one id", map[string]any{"user_ids": g.owner().ID.String()}, 1, 1, false, false},
		{"nobody", map[string]any{"query": "zzzzzzz", "limit": 5}, 1, 0, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.d["guild_id"], tt.d["nonce"] = g.ID, tt.name[:4]
			c.send(8, tt.d)
			members, presences := 0, 0
			for i := range tt.chunks {
				var got chunk
				decode(t, c.event("GUILD_MEMBERS_CHUNK").D, &got)
				if got.Index != i || got.Count != tt.chunks || got.Nonce != tt.name[:4] || got.GuildID != g.ID.String() || len(got.Members) > 1000 {
					t.Errorf("chunk %d: %d of %d, nonce %q", i, got.Index, got.Count, got.Nonce)
				}
				members += len(got.Members)
				presences += len(got.Presences)
				if (len(got.NotFound) > 0) != tt.missing {
					t.Errorf("not_found %v", got.NotFound)
				}
			}
			if members != tt.members || (presences > 0) != tt.presence {
				t.Errorf("%d members, %d presences, want %d", members, presences, tt.members)
			}
		})
	}
	c.send(8, map[string]any{"guild_id": g.ID, "query": "", "limit": 0, "nonce": "second"})
	var limited struct {
		Opcode     int     `json:"opcode"`
		RetryAfter float64 `json:"retry_after"`
		Meta       struct {
			GuildID string `json:"guild_id"`
			Nonce   string `json:"nonce"`
		} `json:"meta"`
	}
	decode(t, c.event("RATE_LIMITED").D, &limited)
	if limited.Opcode != 8 || limited.RetryAfter != 30 || limited.Meta.GuildID != g.ID.String() || limited.Meta.Nonce != "second" {
		t.Errorf("RATE_LIMITED %+v", limited)
	}
	if got := fmt.Sprint(rules(s)); got != fmt.Sprint([]Rule{RuleMembersRate}) {
		t.Errorf("violations: %v", s.Violations())
	}
}

func TestCommandsAreChecked(t *testing.T) {
	for _, tt := range []struct {
		name string
		op   int
		d    func(*Server) any
		code int // 0: the connection stays
		rule Rule
	}{
		{"presence", 3, func(*Server) any {
			return map[string]any{"since": nil, "activities": []any{}, "status": "idle", "afk": false}
		}, 0, ""},
		{"presence with a wrong status", 3, func(*Server) any { return map[string]any{"status": "busy"} }, 4002, RulePayload},
		{"voice for a guild of another shard", 4, func(s *Server) any { return map[string]any{"guild_id": s.Guilds()[1].ID} }, 0, RuleWrongShard},
		{"members of no guild", 8, func(*Server) any { return map[string]any{"guild_id": "5", "query": "", "limit": 0} }, 0, RuleWrongShard},
		{"members by nothing", 8, func(s *Server) any { return map[string]any{"guild_id": s.Guilds()[0].ID} }, 4002, RulePayload},
		{"members with a long nonce", 8, func(s *Server) any {
			return map[string]any{"guild_id": s.Guilds()[0].ID, "query": "a", "limit": 1, "nonce": strings.Repeat("n", 33)}
		}, 0, RuleNonce},
		{"all members without the intent", 8, func(s *Server) any { return map[string]any{"guild_id": s.Guilds()[0].ID, "query": "", "limit": 0} }, 0, RuleIntents},
		{"sounds of a list that is none", 31, func(*Server) any { return map[string]any{"guild_ids": "x"} }, 4002, RulePayload},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			c, _ := identified(t, s, discord.IntentGuilds, 0, 2)
			c.send(tt.op, tt.d(s))
			if tt.code != 0 {
				if code := c.closed(); code != tt.code {
					t.Errorf("closed with %d, want %d", code, tt.code)
				}
			} else {
				c.send(1, nil)
				for f := c.want0(); f.Op != 11; f = c.want0() {
				}
			}
			want := []Rule{}
			if tt.rule != "" {
				want = append(want, tt.rule)
			}
			if got := rules(s); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("violations: %v, want %v", s.Violations(), want)
			}
		})
	}
}

// want0 takes any payload.
func (c *client) want0() frame {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatal(err)
	}
	return f
}

func TestVoiceSoundsAndChannelInfo(t *testing.T) {
	s, _ := start(t, Options{})
	g := s.Guilds()[0]
	c, _ := identified(t, s, allIntents, 0, 1)
	voice := g.Channels[4]
	c.send(4, map[string]any{"guild_id": g.ID, "channel_id": voice.ID, "self_mute": true, "self_deaf": false})
	if f := c.event("VOICE_STATE_UPDATE"); !strings.Contains(string(f.D), voice.ID.String()) {
		t.Errorf("%s", f.D)
	}
	c.event("VOICE_SERVER_UPDATE")
	c.send(4, map[string]any{"guild_id": g.ID, "channel_id": nil, "self_mute": false, "self_deaf": false})
	if f := c.event("VOICE_STATE_UPDATE"); !strings.Contains(string(f.D), `"channel_id":null`) {
		t.Errorf("%s", f.D)
	}
	c.send(31, map[string]any{"guild_ids": []any{g.ID, s.Guilds()[1].ID}})
	for _, want := range s.Guilds()[:2] {
		if f := c.event("SOUNDBOARD_SOUNDS"); !strings.Contains(string(f.D), want.ID.String()) {
			t.Errorf("%s", f.D)
		}
	}
	c.send(43, map[string]any{"guild_id": g.ID, "fields": []string{"status"}})
	if f := c.event("CHANNEL_INFO"); !strings.Contains(string(f.D), voice.ID.String()) || !strings.Contains(string(f.D), "status") {
		t.Errorf("%s", f.D)
	}
	if v := s.Violations(); len(v) != 0 {
		t.Errorf("violations: %v", v)
	}
}

func TestPresenceRate(t *testing.T) {
	s, clock := start(t, Options{HeartbeatInterval: -1})
	c, _ := identified(t, s, 0, 0, 2)
	update := func(status string) string {
		c.send(3, map[string]any{"since": nil, "activities": []any{}, "status": status, "afk": false})
		c.send(1, nil)
		c.want(11)
		return s.Sessions()[0].Presence
	}
	for range 5 {
		update("idle")
	}
	if got := update("dnd"); got != "idle" {
		t.Errorf("the sixth update in 20 s is taken: %s", got)
	}
	clock.Advance(20 * time.Second)
	if got := update("dnd"); got != "dnd" {
		t.Errorf("an update 20 s later is not taken: %s", got)
	}
	if got := fmt.Sprint(rules(s)); got != fmt.Sprint([]Rule{RulePresenceRate}) {
		t.Errorf("violations: %v", s.Violations())
	}
}
