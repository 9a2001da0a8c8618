package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/discord"
)

func TestNewCommand(t *testing.T) {
	query := ""
	channel := discord.ChannelID(2)
	for _, test := range []struct {
		name    string
		op      discord.Opcode
		payload any
		want    string // text, or a part of the error
		err     error
	}{
		{"presence", 3, UpdatePresenceCommand{Activities: []Activity{{Name: "a <b>", Type: 4, State: "x"}}, Status: "dnd"},
			`{"op":3,"d":{"since":null,"activities":[{"name":"a <b>","type":4,"state":"x"}],"status":"dnd","afk":false}}`, nil},
		{"empty presence", 3, UpdatePresenceCommand{}, `{"op":3,"d":{"since":null,"activities":[],"status":"online","afk":false}}`, nil},
		{"voice", 4, UpdateVoiceStateCommand{GuildID: 1, ChannelID: &channel}, `{"op":4,"d":{"guild_id":"1","channel_id":"2","self_mute":false,"self_deaf":false}}`, nil},
		{"leave voice", 4, UpdateVoiceStateCommand{GuildID: 1}, `{"op":4,"d":{"guild_id":"1","channel_id":null,"self_mute":false,"self_deaf":false}}`, nil},
		{"members", 8, RequestGuildMembersCommand{GuildID: 1, Query: &query, Nonce: "n"}, `{"op":8,"d":{"guild_id":"1","query":"","limit":0,"nonce":"n"}}`, nil},
		{"sounds", 31, RequestSoundboardSoundsCommand{GuildIDs: []discord.GuildID{1, 2}}, `{"op":31,"d":{"guild_ids":["1","2"]}}`, nil},
		{"channel info", 43, RequestChannelInfoCommand{GuildID: 1, Fields: []string{"status"}}, `{"op":43,"d":{"guild_id":"1","fields":["status"]}}`, nil},
		{"raw", 3, json.RawMessage(`{"status": "idle"}`), `{"op":3,"d":{"status":"idle"}}`, nil},
		{"raw that is not JSON", 3, json.RawMessage(`{"status":`), "presence update", ErrBadCommand},
		{"not encodable", 3, func() {}, "presence update", ErrBadCommand},
		{"longest", 3, strings.Repeat("x", MaxCommand-len(`{"op":3,"d":""}`)), "", nil},
		{"too long", 3, strings.Repeat("x", MaxCommand-len(`{"op":3,"d":""}`)+1), "4097 bytes", ErrCommandTooLong},
		{"heartbeat", 1, nil, "by the gateway itself", ErrBadCommand},
		{"identify", 2, nil, "by the gateway itself", ErrBadCommand},
		{"resume", 6, nil, "by the gateway itself", ErrBadCommand},
		{"user's opcode", 14, nil, "opcode 14 is not one that a bot may send", ErrBadCommand},
		{"long nonce", 8, RequestGuildMembersCommand{Nonce: strings.Repeat("n", 33)}, "33 bytes", ErrBadCommand},
		{"many users", 8, RequestGuildMembersCommand{UserIDs: make([]discord.UserID, 101)}, "at most 100", ErrBadCommand},
		{"one user", 8, json.RawMessage(`{"guild_id":"1","user_ids":"5"}`), `{"op":8,"d":{"guild_id":"1","user_ids":"5"}}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := newCommand(test.op, test.payload)
			if !errors.Is(err, test.err) || err == nil != (test.err == nil) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %q, want %q", err, test.want)
				}
			} else if test.want != "" && string(c.text) != test.want {
				t.Errorf("text %s, want %s", c.text, test.want)
			}
		})
	}
}

// The window is never exceeded, commands keep their order, and heartbeats pass
// while they wait.
func TestSendWindow(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		var wg sync.WaitGroup
		const n = 400
		wg.Go(func() {
			for i := range n {
				if err := g.Send(t.Context(), discord.OpRequestSoundboardSounds, i); err != nil {
					t.Error(err)
				}
			}
		})
		times := []time.Time{} // of everything
		next, beats := 0, 0
		for next < n {
			m := p.hearsAny()
			times = append(times, time.Now())
			switch m.Op {
			case 1:
				beats++
				p.says(`{"op":11}`)
			case 31:
				if string(m.D) != fmt.Sprint(next) {
					t.Fatalf("command %s came instead of %d", m.D, next)
				}
				next++
			}
		}
		wg.Wait()
		for i := range times {
			if i >= 120 && times[i].Sub(times[i-120]) <= time.Minute {
				t.Fatalf("121 messages in %s", times[i].Sub(times[i-120]))
			}
		}
		if beats < 3 {
			t.Errorf("%d heartbeats while commands waited", beats)
		}
		if st := g.Status(); st.Commands != n || st.Reconnects != 0 {
			t.Errorf("status %+v", st)
		}
		g.Close()
	})
}

func TestSendWaitsForReady(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		send := func() error {
			return g.Send(t.Context(), discord.OpRequestSoundboardSounds, json.RawMessage(`{"guild_ids":["1"]}`))
		}
		if err := send(); !errors.Is(err, ErrClosed) {
			t.Errorf("before Open: %v", err)
		}
		result := opening(g)
		p := s.next()
		sent := make(chan error, 1)
		go func() { sent <- send() }()
		p.hello()
		p.hears(2)
		p.ready(1)
		p.hears(31)
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		<-result

		// A connection that ends is waited out.
		p.closes(0)
		synctest.Wait()
		go func() { sent <- send() }()
		p = s.next()
		p.hello()
		p.hears(6)
		p.dispatch("RESUMED", 2, `{}`)
		p.hears(31)
		if err := <-sent; err != nil {
			t.Fatal(err)
		}

		p.closes(0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		synctest.Wait()
		if err := g.Send(ctx, 3, UpdatePresenceCommand{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ctx: %v", err)
		}
		go func() { sent <- send() }()
		synctest.Wait()
		g.Close()
		if err := <-sent; !errors.Is(err, ErrClosed) {
			t.Errorf("closed meanwhile: %v", err)
		}
	})
}

// What was said last about the bot's presence is said again by IDENTIFY.
func TestPresenceIsRestored(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		g.Identifier.Presence = &UpdatePresenceCommand{Status: "idle"}
		result := opening(g)
		p := s.next()
		p.hello()
		if d := string(p.hears(2).D); !strings.Contains(d, `"presence":{"since":null,"activities":[],"status":"idle","afk":false}`) {
			t.Errorf("identify %s", d)
		}
		p.ready(1)
		<-result
		if err := g.Send(t.Context(), discord.OpPresenceUpdate, UpdatePresenceCommand{Status: "dnd"}); err != nil {
			t.Fatal(err)
		}
		p.says(`{"op":9,"d":false}`)
		p = s.next()
		p.hello()
		if d := string(p.hears(2).D); !strings.Contains(d, `"status":"dnd"`) || strings.Contains(d, "idle") {
			t.Errorf("identify %s", d)
		}
		g.Close()
	})
}
