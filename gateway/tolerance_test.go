package gateway

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/discord"
)

// What a service may say without ending the connection, and what of it reaches
// the sink.
func TestTolerates(t *testing.T) {
	for _, test := range []struct {
		name  string
		play  func(p *peer)
		want  string // events behind READY/1
		check func(t *testing.T, st Status)
	}{
		{"unknown event", func(p *peer) { p.dispatch("BRAND_NEW", 2, `{"guild_id":"5"}`) }, "BRAND_NEW/2", nil},
		{"unknown opcode", func(p *peer) { p.says(`{"op":77,"d":{}}`) }, "", func(t *testing.T, st Status) {
			if st.Unknown != 1 {
				t.Errorf("status %+v", st)
			}
		}},
		{"garbage", func(p *peer) { p.says("hello?"); p.says(""); p.says("[]"); p.says(`{"op":"x"}`) }, "", func(t *testing.T, st Status) {
			if st.Garbage != 4 {
				t.Errorf("status %+v", st)
			}
		}},
		{"d null", func(p *peer) { p.dispatch("RESUMED", 2, `null`); p.says(`{"op":11,"d":null}`) }, "RESUMED/2", nil},
		{"d absent", func(p *peer) { p.says(`{"op":0,"t":"X","s":2}`) }, "X/2", nil},
		{"other order and unknown fields", func(p *peer) {
			p.says(`{ "zz":[{"op":5}], "op": 0, "d": {"guild_id":"9"}, "s": 2, "t": "MESSAGE_CREATE" }`)
		}, "MESSAGE_CREATE/2", nil},
		{"field behind d", func(p *peer) {
			p.says(`{"t":"MESSAGE_CREATE","s":2,"op":0,"d":{"guild_id":"9"},"trace":{"guild_id":"8"}}`)
		}, "MESSAGE_CREATE/2", nil},
		{"no sequence", func(p *peer) {
			p.says(`{"t":"X","s":null,"op":0,"d":{}}`)
			p.says(`{"t":"X","s":null,"op":0,"d":{}}`)
		}, "", func(t *testing.T, st Status) {
			if st.Garbage != 2 {
				t.Errorf("status %+v", st)
			}
		}},
		{"same event twice", func(p *peer) { p.dispatch("X", 2, `{}`); p.dispatch("X", 2, `{}`) }, "X/2", func(t *testing.T, st Status) {
			if st.Duplicates != 1 {
				t.Errorf("status %+v", st)
			}
		}},
		{"gap", func(p *peer) { p.dispatch("X", 5, `{}`) }, "X/5", func(t *testing.T, st Status) {
			if st.Gaps != 1 || st.Sequence != 5 {
				t.Errorf("status %+v", st)
			}
		}},
		{"binary JSON", func(p *peer) { p.saysBinary([]byte(`{"t":"X","s":2,"op":0,"d":{}}`)) }, "X/2", nil},
		{"second hello", func(p *peer) { p.hello() }, "", nil},
		{"pings", func(p *peer) { p.send <- func() error { return p.ws.WriteMessage(9, []byte("ping")) } }, "", nil},
		{"too large", func(p *peer) {
			p.dispatch("GUILD_CREATE", 2, `{"id":"1","x":"`+strings.Repeat("x", 5000)+`"}`)
			p.dispatch("X", 3, `{}`)
		}, "X/3", func(t *testing.T, st Status) {
			if st.Oversized != 1 || st.Gaps != 0 {
				t.Errorf("status %+v", st)
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newService(t)
				g, r := testGateway(s, Options{MaxMessage: 4000})
				p := opened(t, s, g)
				test.play(p)
				synctest.Wait()
				if got := strings.TrimSpace(strings.TrimPrefix(r.list(), "READY/1")); got != test.want {
					t.Errorf("sink got %q, want %q", got, test.want)
				}
				st := g.Status()
				if st.State != StateReady || st.Reconnects != 0 {
					t.Errorf("status %+v", st)
				}
				if test.check != nil {
					test.check(t, st)
				}
				g.Close()
			})
		})
	}
}

func TestEventsBeforeReady(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		result := opening(g)
		p := s.next()
		p.dispatch("WELCOME", 0, `{}`)
		p.hello()
		p.dispatch("WELCOME", 1, `{}`)
		p.hears(2)
		p.dispatch("WELCOME", 2, `{}`)
		p.dispatch("RESUMED", 3, `{}`)
		p.ready(4)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		p.dispatch("X", 5, `{}`)
		synctest.Wait()
		if r.list() != "READY/4 X/5" || g.Status().Early != 4 {
			t.Errorf("sink got %s, status %+v", r.list(), g.Status())
		}
		g.Close()
	})
}

func TestReadyWithoutSession(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		result := opening(g)
		p := s.next()
		p.hello()
		p.hears(2)
		p.dispatch("READY", 1, `{"user":5,"guilds":"odd","shard":[3,4]}`)
		if err := <-result; err != nil {
			t.Fatal(err)
		}
		if _, ok := g.Session(); ok {
			t.Error("there is a session without id")
		}
		p.closes(0)
		p = s.next()
		p.hello()
		p.hears(2)
		g.Close()
	})
}

// Ids of guilds and bodies, as the sink sees them.
func TestEventFields(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		p := opened(t, s, g)
		var kinds []discord.EventType
		r.set(func() {
			r.hook = func(e *Event) {
				if e.Shard != 1 || e.Of != 4 || e.Session != "s1" || e.Received == 0 {
					t.Errorf("event %+v", e)
				}
				kinds = append(kinds, e.Type)
			}
		})
		p.dispatch("MESSAGE_CREATE", 2, `{"message_reference":{"guild_id":"1"},"guild_id":"2"}`)
		p.dispatch("GUILD_CREATE", 3, `{"channels":[{"id":"9","guild_id":"8"}],"id":"3"}`)
		p.dispatch("RATE_LIMITED", 4, `{"opcode":8,"retry_after":1.5,"meta":{"nonce":"x","guild_id":"4"}}`)
		p.dispatch("BRAND_NEW", 5, `{"guild_id":"5"}`)
		synctest.Wait()
		for i, want := range []discord.GuildID{2, 3, 4, 5} {
			if got := r.guilds[i+1]; got != want {
				t.Errorf("%s: guild %d, want %d", r.events[i+1], got, want)
			}
		}
		if r.bodies[1] != `{"message_reference":{"guild_id":"1"},"guild_id":"2"}` {
			t.Errorf("body %s", r.bodies[1])
		}
		if kinds[0] != discord.EventMessageCreate || kinds[3] != discord.EventUnknown {
			t.Errorf("types %v", kinds)
		}
		g.Close()
	})
}

type choosy struct{ *recorder }

func (choosy) Selects(kind discord.EventType) bool { return kind == discord.EventMessageCreate }

func TestSelector(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		r := newRecorder()
		g, _ := testGateway(s, Options{Sink: choosy{r}})
		p := opened(t, s, g)
		p.dispatch("MESSAGE_CREATE", 2, `{"guild_id":"2"}`)
		p.dispatch("TYPING_START", 3, `{"guild_id":"2"}`)
		p.dispatch("BRAND_NEW", 4, `{"guild_id":"2"}`)
		synctest.Wait()
		if r.list() != "READY/1 MESSAGE_CREATE/2 TYPING_START/3 BRAND_NEW/4" {
			t.Errorf("sink got %s", r.list())
		}
		if r.guilds[1] != 2 || r.guilds[2] != 0 || r.bodies[2] != "" || r.guilds[3] != 2 {
			t.Errorf("guilds %v bodies %q", r.guilds, r.bodies)
		}
		g.Close()
	})
}
