package discordtest

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

func TestIdentifyGivesReadyThenGuilds(t *testing.T) {
	s, _ := start(t, Options{})
	c, ready := identified(t, s, allIntents, 1, 2)
	if ready.V != 10 || ready.SessionID == "" || ready.ResumeURL != s.Gateway || ready.Shard == nil || *ready.Shard != [2]int{1, 2} {
		t.Errorf("READY = %+v", ready)
	}
	if len(ready.Guilds) != 10 {
		t.Errorf("READY has %d guilds, want the 10 of the shard", len(ready.Guilds))
	}
	for i, g := range ready.Guilds {
		want := s.Guilds()[2*i+1].ID.String()
		if g.ID != want || !g.Unavailable {
			t.Errorf("guild %d = %+v, want %s unavailable", i, g, want)
		}
	}
	if c.last != 11 {
		t.Errorf("sequence after READY and 10 guilds = %d", c.last)
	}
	if got := rules(s); len(got) != 0 {
		t.Errorf("violations: %v", s.Violations())
	}
}

func TestDispatchReachesTheShardOfTheGuildInEachGeneration(t *testing.T) {
	s, clock := start(t, Options{MaxConcurrency: 1})
	var clients []*client
	for _, tuple := range [][2]int{{0, 2}, {1, 2}, {0, 3}, {1, 3}, {2, 3}} {
		c, _ := identified(t, s, allIntents, tuple[0], tuple[1])
		clients = append(clients, c)
		clock.Advance(5 * time.Second)
	}
	if _, err := s.SendMessage(s.Guilds()[5].General(), "hello"); err != nil {
		t.Fatal(err)
	}
	s.Dispatch(0, "USER_UPDATE", map[string]any{"id": s.Bot().ID})
	// Guild 5 is on shard 1 of 2 and 2 of 3, what has no guild on shard 0.
	for i, want := range []string{"USER_UPDATE", "MESSAGE_CREATE", "USER_UPDATE", "", "MESSAGE_CREATE"} {
		if want != "" {
			clients[i].event(want)
		}
	}
	sent, _ := s.Books()
	var numbers []uint64
	for _, line := range sent {
		if line.Type == "MESSAGE_CREATE" {
			numbers = append(numbers, line.Number)
		}
	}
	if len(numbers) != 2 || numbers[0] != numbers[1] {
		t.Errorf("the books have the message as events %v, want one number twice", numbers)
	}
}

func TestResume(t *testing.T) {
	for _, tt := range []struct {
		name   string
		leave  func(*client)
		seq    func(last int64) int64
		op, of int // expected: 0 for the replay, else the opcode; or the close code
	}{
		{"after a break", func(c *client) { _ = c.ws.Close() }, func(n int64) int64 { return n }, 0, 0},
		{"after a close with 4000", func(c *client) { c.bye(4000) }, func(n int64) int64 { return n }, 0, 0},
		{"from an older sequence", func(c *client) { c.bye(4000) }, func(n int64) int64 { return n - 2 }, 0, 0},
		{"after a close with 1000", func(c *client) { c.bye(1000) }, func(n int64) int64 { return n }, 9, 0},
		{"after a close with 1001", func(c *client) { c.bye(1001) }, func(n int64) int64 { return n }, 9, 0},
		{"with a sequence never sent", func(c *client) { c.bye(4000) }, func(n int64) int64 { return n + 100 }, 0, 4007},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{Shards: 1})
			c, ready := identified(t, s, allIntents, 0, 1)
			tt.leave(c)
			eventually(t, s, "the server sees the end", func() bool { return s.Stats().Sessions == 0 })
			last := c.last
			for _, text := range []string{"one", "two", "three"} {
				if _, err := s.SendMessage(s.Guilds()[3].General(), text); err != nil {
					t.Fatal(err)
				}
			}
			again := open(t, s)
			from := tt.seq(last)
			again.resume(s, ready.SessionID, from)
			switch {
			case tt.of != 0:
				if code := again.closed(); code != tt.of {
					t.Errorf("closed with %d, want %d", code, tt.of)
				}
			case tt.op != 0:
				if f := again.want(tt.op); string(f.D) != "false" {
					t.Errorf("op 9 with %s", f.D)
				}
			default:
				for seq := from + 1; seq <= last+3; seq++ {
					if f := again.want(0); *f.S != seq {
						t.Fatalf("replayed %s with sequence %d, want %d", f.T, *f.S, seq)
					}
				}
				again.event("RESUMED")
				if _, err := s.SendMessage(s.Guilds()[3].General(), "four"); err != nil {
					t.Fatal(err)
				}
				if f := again.event("MESSAGE_CREATE"); *f.S != last+5 {
					t.Errorf("the next event has sequence %d, want %d", *f.S, last+5)
				}
			}
		})
	}
}

func TestHeartbeatAcknowledgesAndEmptiesTheReplay(t *testing.T) {
	s, clock := start(t, Options{Shards: 1, HeartbeatInterval: time.Second})
	c, ready := identified(t, s, allIntents, 0, 1)
	last := c.last
	clock.Advance(400 * time.Millisecond)
	c.send(1, last)
	c.want(11)
	info := s.Sessions()[0]
	if info.Acked != last || info.Replay != 0 || info.Beats != 1 || info.FirstBeat != 0.4 {
		t.Errorf("session after the heartbeat: %+v", info)
	}
	if beats := s.Heartbeats(); len(beats) != 1 || beats[0].Session != ready.SessionID || *beats[0].Acked != last || beats[0].Sent != last {
		t.Errorf("heartbeats: %+v", beats)
	}
	c.bye(4000)
	again := open(t, s)
	again.resume(s, ready.SessionID, last-1)
	again.want(9) // what was acknowledged cannot come again
	if got := rules(s); len(got) != 0 {
		t.Errorf("violations: %v", s.Violations())
	}
}

func TestConnectionWithoutHeartbeatEnds(t *testing.T) {
	s, clock := start(t, Options{HeartbeatInterval: time.Second})
	c, _ := identified(t, s, allIntents, 0, 2)
	clock.Advance(1400 * time.Millisecond)
	c.send(1, nil)
	c.want(11)
	clock.Advance(1400 * time.Millisecond)
	c.send(1, nil)
	c.want(11)
	clock.Advance(1600 * time.Millisecond)
	if code := c.closed(); code != 4000 {
		t.Errorf("closed with %d, want 4000, which may be resumed", code)
	}
	if got := rules(s); len(got) != 1 || got[0] != RuleHeartbeatMissing {
		t.Errorf("violations: %v", s.Violations())
	}
}

// A client that left before its late HELLO owes no heartbeat.
func TestNobodyGreetsWhoIsGone(t *testing.T) {
	s, clock := start(t, Options{HeartbeatInterval: time.Second})
	inject(t, s, Fault{Kind: FaultLateHello, At: AtConnect, Shard: AllShards, Delay: time.Second})
	dial(t, s.Gateway, "v=10").bye(4000)
	for range 5 {
		clock.Advance(time.Second)
	}
	if got := rules(s); len(got) != 0 {
		t.Errorf("violations: %v", s.Violations())
	}
}

func TestBrokenRules(t *testing.T) {
	message := func(text string) func(*client) {
		return func(c *client) { _ = c.ws.WriteMessage(websocket.TextMessage, []byte(text)) }
	}
	long := make([]byte, 4097)
	for i := range long {
		long[i] = ' '
	}
	for _, tt := range []struct {
		name    string
		options Options
		inside  bool // after IDENTIFY
		act     func(*client, *Server)
		code    int
		rule    Rule
	}{
		{"broken JSON", Options{}, false, func(c *client, _ *Server) { message(`{"op":`)(c) }, 4002, RulePayload},
		{"an array", Options{}, false, func(c *client, _ *Server) { message(`[1]`)(c) }, 4002, RulePayload},
		{"no opcode", Options{}, false, func(c *client, _ *Server) { message(`{"d":1}`)(c) }, 4002, RulePayload},
		{"4097 bytes", Options{}, false, func(c *client, _ *Server) { message(string(long))(c) }, 4002, RulePayloadSize},
		{"a megabyte", Options{}, false, func(c *client, _ *Server) { message(string(make([]byte, 1<<20+1)))(c) }, 4002, RulePayloadSize},
		{"unknown opcode", Options{}, true, func(c *client, _ *Server) { c.send(14, nil) }, 4001, RuleOpcode},
		{"heartbeat with text", Options{}, true, func(c *client, _ *Server) { c.send(1, "x") }, 4002, RulePayload},
		{"command before identify", Options{}, false, func(c *client, _ *Server) { c.send(3, nil) }, 4003, RuleNotIdentified},
		{"identify twice", Options{}, true, func(c *client, s *Server) { c.send(2, login(s, allIntents, 0, 1)) }, 4005, RuleIdentifiedTwice},
		{"resume when identified", Options{}, true, func(c *client, s *Server) { c.resume(s, "x", 1) }, 4005, RuleIdentifiedTwice},
		{"wrong token", Options{}, false, func(c *client, s *Server) {
			d := login(s, allIntents, 0, 1)
			d["token"] = "Bot nonsense"
			c.send(2, d)
		}, 4004, RuleToken},
		{"resume with a wrong token", Options{}, false, func(c *client, _ *Server) {
			c.send(6, map[string]any{"token": "x", "session_id": "y", "seq": 1})
		}, 4004, RuleToken},
		{"shard beyond the number", Options{}, false, func(c *client, s *Server) { c.send(2, login(s, allIntents, 2, 2)) }, 4010, RuleShard},
		{"shard number not a multiple", Options{ShardMultiple: 4}, false, func(c *client, s *Server) { c.send(2, login(s, allIntents, 0, 6)) }, 4010, RuleShard},
		{"too many guilds", Options{MaxGuildsPerShard: 9}, false, func(c *client, s *Server) { c.send(2, login(s, allIntents, 0, 2)) }, 4011, RuleShard},
		{"undocumented intent", Options{}, false, func(c *client, s *Server) { c.send(2, login(s, 1<<17, 0, 1)) }, 4013, RuleIntents},
		{"no intents", Options{}, false, func(c *client, s *Server) {
			d := login(s, 0, 0, 1)
			delete(d, "intents")
			c.send(2, d)
		}, 4013, RuleIntents},
		{"disallowed intent", Options{DisallowedIntents: discord.IntentMessageContent}, false, func(c *client, s *Server) { c.send(2, login(s, allIntents, 0, 1)) }, 4014, RuleDisallowedIntents},
		{"121 messages in 60 s", Options{}, true, func(c *client, _ *Server) {
			for range 120 { // IDENTIFY was the first
				c.send(1, nil)
			}
		}, 4008, RuleSendRate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, tt.options)
			c := open(t, s)
			if tt.inside {
				c.send(2, login(s, allIntents, 0, 1))
				c.ready(allIntents)
			}
			tt.act(c, s)
			if code := c.closed(); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
			if got := rules(s); len(got) != 1 || got[0] != tt.rule {
				t.Errorf("violations: %v, want %s", s.Violations(), tt.rule)
			}
		})
	}
}

func TestVersions(t *testing.T) {
	for _, tt := range []struct {
		query string
		code  int // 0: HELLO
	}{
		{"v=10&encoding=json", 0}, {"v=9", 0}, {"", 0}, {"v=5", 4012}, {"v=11", 4012}, {"v=ten", 4012},
	} {
		t.Run(tt.query, func(t *testing.T) {
			s, _ := start(t, Options{})
			c := dial(t, s.Gateway, tt.query)
			if tt.code == 0 {
				c.want(10)
			} else if code := c.closed(); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
		})
	}
}
