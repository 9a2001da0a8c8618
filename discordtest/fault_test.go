package discordtest

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// inject lets a fault strike.
func inject(t *testing.T, s *Server, f Fault) int {
	t.Helper()
	n, err := s.Fault(f)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFaultsThatEndAConnection(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		see   func(*client) // what the client sees
		kept  bool          // the session
	}{
		{"reset", Fault{Kind: FaultReset}, func(c *client) { c.closedWith(0) }, true},
		{"close", Fault{Kind: FaultClose}, func(c *client) { c.closedWith(4000) }, true},
		{"close 1001", Fault{Kind: FaultClose, Code: 1001}, func(c *client) { c.closedWith(1001) }, true},
		{"close 4008", Fault{Kind: FaultClose, Code: 4008}, func(c *client) { c.closedWith(4008) }, true},
		{"close 4999", Fault{Kind: FaultClose, Code: 4999}, func(c *client) { c.closedWith(4999) }, true},
		{"close 1000", Fault{Kind: FaultClose, Code: 1000}, func(c *client) { c.closedWith(1000) }, false},
		{"close 4003", Fault{Kind: FaultClose, Code: 4003}, func(c *client) { c.closedWith(4003) }, false},
		{"close 4007", Fault{Kind: FaultClose, Code: 4007}, func(c *client) { c.closedWith(4007) }, false},
		{"close 4009", Fault{Kind: FaultClose, Code: 4009}, func(c *client) { c.closedWith(4009) }, false},
		{"reconnect", Fault{Kind: FaultReconnect}, func(c *client) { c.want(7); c.bye(4000) }, true},
		{"invalid session, resumable", Fault{Kind: FaultInvalidSession, Resumable: true}, func(c *client) {
			if f := c.want(9); string(f.D) != "true" {
				c.t.Errorf("op 9 with %s", f.D)
			}
			c.bye(4000)
		}, true},
		{"invalid session", Fault{Kind: FaultInvalidSession}, func(c *client) {
			if f := c.want(9); string(f.D) != "false" {
				c.t.Errorf("op 9 with %s", f.D)
			}
			c.bye(4000)
		}, false},
		{"expire", Fault{Kind: FaultExpire}, func(c *client) { c.closedWith(0) }, false},
		{"half open", Fault{Kind: FaultHalfOpen}, func(c *client) { c.send(1, nil); _ = c.ws.Close() }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			c, ready := identified(t, s, 0, 1, 2)
			tt.fault.Shard = 1
			if n := inject(t, s, tt.fault); n != 1 {
				t.Errorf("struck %d connections", n)
			}
			tt.see(c)
			eventually(t, s, "the connection is gone", func() bool { return s.Stats().Sessions == 0 })
			s.Dispatch(s.Guilds()[1].ID, "INTERACTION_CREATE", map[string]any{})
			again := open(t, s)
			again.resume(s, ready.SessionID, 1)
			if !tt.kept {
				again.want(9)
			} else {
				again.event("INTERACTION_CREATE")
				again.event("RESUMED")
			}
			if v := s.Violations(); len(v) != 0 {
				t.Errorf("violations: %v", v)
			}
			if list := s.Faults(); len(list) != 1 || list[0].Kind != tt.fault.Kind || list[0].Shard != 1 || list[0].Session != ready.SessionID {
				t.Errorf("the faults: %+v", list)
			}
		})
	}
}

func (c *client) closedWith(want int) {
	c.t.Helper()
	if code := c.closed(); code != want {
		c.t.Errorf("closed with %d, want %d", code, want)
	}
}

func TestFaultsToLiveThrough(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		see   func(*client, *Server)
	}{
		{"heartbeat request", Fault{Kind: FaultHeartbeatRequest}, func(c *client, _ *Server) { c.want(1) }},
		{"unknown opcode", Fault{Kind: FaultUnknownOpcode}, func(c *client, _ *Server) { c.want(99) }},
		{"unknown event", Fault{Kind: FaultUnknownEvent}, func(c *client, _ *Server) { c.event("QUANTUM_STATE_UPDATE") }},
		{"null data", Fault{Kind: FaultNullData}, func(c *client, _ *Server) {
			if f := c.event("USER_UPDATE"); string(f.D) != "null" {
				c.t.Errorf("d is %s", f.D)
			}
		}},
		{"duplicates", Fault{Kind: FaultDuplicate, Events: 2}, func(c *client, _ *Server) {
			last := c.last
			for seq := last - 1; seq <= last; seq++ {
				if f := c.event("GUILD_CREATE"); *f.S != seq {
					c.t.Errorf("sequence %d, want %d", *f.S, seq)
				}
			}
		}},
		{"gap", Fault{Kind: FaultGap, Events: 3}, func(c *client, s *Server) {
			last := c.last
			s.Dispatch(0, "USER_UPDATE", nil)
			if f := c.event("USER_UPDATE"); *f.S != last+4 {
				c.t.Errorf("sequence %d, want %d", *f.S, last+4)
			}
		}},
		{"huge guild", Fault{Kind: FaultHuge, Events: 3}, func(c *client, _ *Server) {
			if f := c.event("GUILD_CREATE"); len(f.D) < 3<<20 {
				c.t.Errorf("%d bytes", len(f.D))
			}
		}},
		{"outage", Fault{Kind: FaultOutage}, func(c *client, _ *Server) {
			for range 10 {
				if f := c.event("GUILD_DELETE"); !strings.Contains(string(f.D), `"unavailable":true`) {
					c.t.Errorf("%s", f.D)
				}
			}
			for range 10 {
				c.event("GUILD_CREATE")
			}
		}},
		{"garbage", Fault{Kind: FaultGarbage}, func(c *client, _ *Server) {
			_, data, err := c.ws.ReadMessage()
			if err != nil || !slices.Contains(garbage(), string(data)) {
				c.t.Errorf("%q %v", data, err)
			}
		}},
		{"corrupt", Fault{Kind: FaultCorrupt}, func(c *client, _ *Server) {
			if kind, data, err := c.ws.ReadMessage(); kind != 2 || len(data) != 68 || err != nil {
				c.t.Errorf("%d %q %v", kind, data, err)
			}
		}},
		{"muted acknowledgements", Fault{Kind: FaultMuteAcks}, func(c *client, s *Server) {
			c.send(1, c.last)
			s.Dispatch(0, "USER_UPDATE", nil)
			c.event("USER_UPDATE") // and no op 11 before it
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			c, _ := identified(t, s, allIntents, 0, 2)
			tt.fault.Shard = AllShards
			inject(t, s, tt.fault)
			tt.see(c, s)
			s.Dispatch(0, "USER_UPDATE", map[string]any{"last": true})
			c.event("USER_UPDATE")
			if v := s.Violations(); len(v) != 0 {
				t.Errorf("violations: %v", v)
			}
		})
	}
}

func TestFaultsAtTheirMoment(t *testing.T) {
	for _, tt := range []struct {
		name   string
		faults []Fault
		see    func(*client, *Server, *ManualClock)
	}{
		{"close before HELLO", []Fault{{Kind: FaultClose, At: AtConnect, Shard: AllShards, Code: 1011}}, func(c *client, _ *Server, _ *ManualClock) {
			c.closedWith(1011)
		}},
		{"op 7 before HELLO", []Fault{{Kind: FaultReconnect, At: AtConnect, Shard: AllShards}}, func(c *client, _ *Server, _ *ManualClock) {
			c.want(7)
			c.want(10)
		}},
		{"no HELLO", []Fault{{Kind: FaultNoHello, At: AtConnect, Shard: AllShards}}, func(c *client, s *Server, _ *ManualClock) {
			c.send(1, nil)
			c.want(11) // the first thing that comes
		}},
		{"late HELLO", []Fault{{Kind: FaultLateHello, At: AtConnect, Shard: AllShards, Delay: time.Minute}}, func(c *client, s *Server, clock *ManualClock) {
			c.send(1, nil)
			c.want(11)
			clock.Advance(time.Minute)
			c.want(10)
		}},
		{"op 9 after IDENTIFY", []Fault{{Kind: FaultInvalidSession, At: AtIdentify, Shard: 1}}, func(c *client, s *Server, clock *ManualClock) {
			c.want(10)
			c.send(2, login(s, 0, 1, 2))
			c.want(9)
			clock.Advance(5 * time.Second)
			c.send(2, login(s, 0, 1, 2))
			c.event("READY")
		}},
		{"close after READY", []Fault{{Kind: FaultClose, At: AtReady, Shard: AllShards}}, func(c *client, s *Server, _ *ManualClock) {
			c.want(10)
			c.send(2, login(s, 0, 1, 2))
			c.event("READY")
			c.closedWith(4000)
		}},
		{"another shard's fault", []Fault{{Kind: FaultClose, At: AtReady, Shard: 0}}, func(c *client, s *Server, _ *ManualClock) {
			c.want(10)
			c.send(2, login(s, 0, 1, 2))
			c.event("READY")
			c.send(1, nil)
			c.want(11)
		}},
		{"twice", []Fault{{Kind: FaultClose, At: AtConnect, Shard: AllShards, Times: 2}}, func(c *client, s *Server, _ *ManualClock) {
			c.closedWith(4000)
			dial(c.t, s.Gateway, "v=10").closedWith(4000)
			open(c.t, s)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, clock := start(t, Options{HeartbeatInterval: -1})
			for _, f := range tt.faults {
				if n := inject(t, s, f); n != 0 {
					t.Errorf("struck %d connections at once", n)
				}
			}
			tt.see(dial(t, s.Gateway, "v=10"), s, clock)
		})
	}
}

func TestFaultsAroundAResume(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		see   func(*client) // after RESUME with five events to replay
		again bool          // a second RESUME succeeds
	}{
		{"reset after two events", Fault{Kind: FaultReset, At: AtReplay, After: 2}, func(c *client) { c.closedWith(0) }, true},
		{"op 7 after two events", Fault{Kind: FaultReconnect, At: AtReplay, After: 2}, func(c *client) {
			c.event("USER_UPDATE")
			c.event("USER_UPDATE")
			c.want(7)
			for range 3 {
				c.event("USER_UPDATE")
			}
			c.event("RESUMED")
			c.bye(4000)
		}, true},
		{"close after all events", Fault{Kind: FaultClose, At: AtReplay, After: 99}, func(c *client) {
			for range 5 {
				c.event("USER_UPDATE")
			}
			c.closedWith(4000)
		}, true},
		{"op 9 true instead of the replay", Fault{Kind: FaultInvalidSession, At: AtResume, Resumable: true}, func(c *client) { c.want(9); c.bye(4000) }, true},
		{"op 9 false instead of the replay", Fault{Kind: FaultInvalidSession, At: AtResume}, func(c *client) { c.want(9); c.bye(4000) }, false},
		{"close instead of the replay", Fault{Kind: FaultClose, At: AtResume, Code: 4009}, func(c *client) { c.closedWith(4009) }, false},
		{"expiry instead of the replay", Fault{Kind: FaultExpire, At: AtResume}, func(c *client) { c.closedWith(0) }, false},
		{"close after RESUMED", Fault{Kind: FaultClose, At: AtResumed, Code: 4009}, func(c *client) {
			for range 5 {
				c.event("USER_UPDATE")
			}
			c.event("RESUMED")
			c.closedWith(4009)
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			c, ready := identified(t, s, 0, 0, 2)
			c.bye(4000)
			for range 5 {
				s.Dispatch(0, "USER_UPDATE", nil)
			}
			inject(t, s, tt.fault)
			again := open(t, s)
			again.resume(s, ready.SessionID, 1)
			tt.see(again)
			last := open(t, s)
			last.resume(s, ready.SessionID, 1)
			if tt.again {
				for range 5 {
					last.event("USER_UPDATE")
				}
				last.event("RESUMED")
			} else {
				last.want(9)
			}
		})
	}
}

func TestReconnectIsEnforced(t *testing.T) {
	s, clock := start(t, Options{})
	c, _ := identified(t, s, 0, 0, 1)
	inject(t, s, Fault{Kind: FaultReconnect, Shard: AllShards})
	c.want(7)
	clock.Advance(5 * time.Second)
	c.closedWith(4000)
}

func TestFaultsAreChecked(t *testing.T) {
	s, _ := start(t, Options{})
	for name, bad := range map[string]Fault{
		"no kind":           {},
		"unknown kind":      {Kind: "explode"},
		"unknown moment":    {Kind: FaultReset, At: "noon"},
		"shard":             {Kind: FaultReset, Shard: -2},
		"reserved code":     {Kind: FaultClose, Code: 1006},
		"code too high":     {Kind: FaultClose, Code: 5000},
		"HELLO now":         {Kind: FaultNoHello},
		"connect of one":    {Kind: FaultReset, At: AtConnect, Shard: 1},
		"negative events":   {Kind: FaultGap, Events: -1},
		"too many megabyte": {Kind: FaultHuge, Events: 65},
	} {
		if _, err := s.Fault(bad); err == nil {
			t.Errorf("%s: %+v is taken", name, bad)
		}
	}
}

func TestChaos(t *testing.T) {
	for _, profile := range []Chaos{ChaosMild, ChaosHarsh} {
		t.Run(string(profile), func(t *testing.T) {
			s, clock := start(t, Options{Chaos: profile, MaxConcurrency: 4, HeartbeatInterval: -1})
			stop := make(chan struct{})
			finished := make(chan struct{})
			for shard := range 4 {
				go func() {
					defer func() { finished <- struct{}{} }()
					for { // a client that comes back for ever, whatever happens
						select {
						case <-stop:
							return
						default:
						}
						c, err := bareIdentify(s, shard)
						if err != nil {
							continue
						}
						select {
						case <-stop:
						case <-c:
						}
					}
				}()
			}
			for begun := time.Now(); len(s.Faults()) < 30; runtime.Gosched() {
				if time.Since(begun) > 3*patience {
					t.Fatalf("only %d faults", len(s.Faults()))
				}
				if s.Stats().Sessions > 0 {
					clock.Advance(time.Second)
				} else {
					clock.Advance(10 * time.Millisecond)
				}
			}
			close(stop)
			s.Close()
			for range 4 {
				<-finished
			}
			kinds := map[FaultKind]bool{}
			for _, f := range s.Faults() {
				kinds[f.Kind] = true
			}
			if len(kinds) < 5 {
				t.Errorf("only these faults: %v", kinds)
			}
			if profile == ChaosMild {
				for _, f := range s.Faults() {
					if f.Code != 0 && !discord.CloseCode(f.Code).Resumable() || f.Kind == FaultExpire {
						t.Errorf("mild, but %+v", f)
					}
				}
			}
		})
	}
	if _, known := ParseChaos("medium"); known {
		t.Error("medium is a profile")
	}
	for _, f := range ChaosHarsh.faults() {
		if _, err := f.check(); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, sc := range ChaosHarsh.scripts() {
		if _, err := sc.check(); err != nil {
			t.Errorf("%+v: %v", sc, err)
		}
	}
}
