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

type membersResult struct {
	Members
	err error
}

func requesting(ctx context.Context, g *Gateway, c RequestGuildMembersCommand) chan membersResult {
	result := make(chan membersResult, 1)
	go func() {
		m, err := g.RequestMembers(ctx, c)
		result <- membersResult{m, err}
	}()
	return result
}

// nonceOf is the nonce of the next member request.
func nonceOf(t *testing.T, p *peer) string {
	t.Helper()
	var request struct{ Nonce string }
	if err := json.Unmarshal(p.hears(8).D, &request); err != nil || request.Nonce == "" || len(request.Nonce) > 32 {
		t.Fatalf("nonce %q, %v", request.Nonce, err)
	}
	return request.Nonce
}

func chunk(guild int, nonce string, index, count int, members string) string {
	return fmt.Sprintf(`{"guild_id":"%d","nonce":%q,"chunk_index":%d,"chunk_count":%d,"members":[%s],"not_found":["9"]}`, guild, nonce, index, count, members)
}

func TestRequestMembers(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, r := testGateway(s, Options{})
		p := opened(t, s, g)
		all := ""
		first := requesting(t.Context(), g, RequestGuildMembersCommand{GuildID: 1, Query: &all})
		nonce := nonceOf(t, p)
		second := requesting(t.Context(), g, RequestGuildMembersCommand{GuildID: 2, Query: &all})
		other := nonceOf(t, p)
		if nonce == other {
			t.Fatal("two requests have one nonce")
		}
		p.dispatch("GUILD_MEMBERS_CHUNK", 2, chunk(2, other, 1, 2, `{"b":2}`))
		p.dispatch("GUILD_MEMBERS_CHUNK", 3, chunk(1, nonce, 0, 2, `{"a":1}`))
		p.dispatch("GUILD_MEMBERS_CHUNK", 4, chunk(1, nonce, 0, 2, `{"a":1}`)) // twice
		p.dispatch("GUILD_MEMBERS_CHUNK", 5, chunk(3, nonce, 1, 2, `{"x":1}`)) // of another guild
		p.dispatch("GUILD_MEMBERS_CHUNK", 6, chunk(1, "foreign", 0, 1, `{"x":1}`))
		p.dispatch("GUILD_MEMBERS_CHUNK", 7, chunk(1, nonce, 5, 2, `{"x":1}`))
		p.dispatch("GUILD_MEMBERS_CHUNK", 8, chunk(2, other, 0, 2, ``))
		p.dispatch("GUILD_MEMBERS_CHUNK", 9, `[]`)
		synctest.Wait()
		select {
		case m := <-first:
			t.Fatalf("complete too soon: %v", m)
		default:
		}
		p.dispatch("GUILD_MEMBERS_CHUNK", 10, chunk(1, nonce, 1, 2, `{"c":3},{"d":4}`))
		if m := <-first; m.err != nil || fmt.Sprintf("%s", m.Members.Members) != `[{"a":1} {"c":3} {"d":4}]` || len(m.NotFound) != 2 {
			t.Errorf("first answer %s, %v", m.Members.Members, m.err)
		}
		if m := <-second; m.err != nil || fmt.Sprintf("%s", m.Members.Members) != `[{"b":2}]` {
			t.Errorf("second answer %s, %v", m.Members.Members, m.err)
		}
		if n := strings.Count(r.list(), "GUILD_MEMBERS_CHUNK"); n != 9 {
			t.Errorf("%d chunks reached the sink", n)
		}
		g.Close()
	})
}

func TestMembersRefusedAndRepeated(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		all := ""
		result := requesting(t.Context(), g, RequestGuildMembersCommand{GuildID: 1, Query: &all})
		nonce := nonceOf(t, p)
		p.dispatch("RATE_LIMITED", 2, fmt.Sprintf(`{"opcode":8,"retry_after":40.5,"meta":{"guild_id":"1","nonce":%q}}`, nonce))
		start := time.Now()
		if again := nonceOf(t, p); again != nonce {
			t.Errorf("repeated with another nonce")
		}
		if d := time.Since(start); d < 40*time.Second || d > time.Minute {
			t.Errorf("repeated after %s", d)
		}

		// A new session knows nothing of the request.
		p.says(`{"op":9,"d":false}`)
		p = s.next()
		p.hello()
		p.hears(2)
		p.ready(1)
		nonceOf(t, p)
		p.dispatch("GUILD_MEMBERS_CHUNK", 2, chunk(1, nonce, 0, 1, `1`))
		if m := <-result; m.err != nil || len(m.Members.Members) != 1 {
			t.Errorf("answer %+v", m)
		}
		g.Close()
	})
}

func TestRequestMembersFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		if _, err := g.RequestMembers(t.Context(), RequestGuildMembersCommand{GuildID: 1}); !errors.Is(err, ErrClosed) {
			t.Errorf("before Open: %v", err)
		}
		p := opened(t, s, g)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		result := requesting(ctx, g, RequestGuildMembersCommand{GuildID: 1, Nonce: "mine"})
		p.hears(8)
		if _, err := g.RequestMembers(ctx, RequestGuildMembersCommand{GuildID: 1, Nonce: "mine"}); !errors.Is(err, ErrBadCommand) {
			t.Errorf("nonce in use: %v", err)
		}
		if m := <-result; !errors.Is(m.err, context.DeadlineExceeded) || !strings.Contains(m.err.Error(), "members of guild 1") {
			t.Errorf("no answer: %v", m.err)
		}
		result = requesting(t.Context(), g, RequestGuildMembersCommand{GuildID: 1})
		p.hears(8)
		g.Close()
		if m := <-result; !errors.Is(m.err, ErrClosed) {
			t.Errorf("closed meanwhile: %v", m.err)
		}
		if len(g.requests) != 0 {
			t.Errorf("%d requests are left", len(g.requests))
		}
	})
}

func TestPacing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newService(t)
		g, _ := testGateway(s, Options{})
		p := opened(t, s, g)
		var wg sync.WaitGroup
		wg.Go(func() {
			for i := range 15 {
				if err := g.Send(t.Context(), discord.OpPresenceUpdate, i); err != nil {
					t.Error(err)
				}
			}
		})
		for range 3 { // of the same guild
			wg.Go(func() {
				if err := g.Send(t.Context(), discord.OpRequestGuildMembers, json.RawMessage(`{"guild_id":"5","query":"","limit":0}`)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Go(func() { // a search has no limit of its own
			for range 10 {
				if err := g.Send(t.Context(), discord.OpRequestGuildMembers, json.RawMessage(`{"guild_id":"5","query":"a","limit":1}`)); err != nil {
					t.Error(err)
				}
			}
		})
		var presences, whole []time.Time
		for len(presences) < 15 || len(whole) < 3 {
			m := p.hearsAny()
			switch {
			case m.Op == 1:
				p.says(`{"op":11}`)
			case m.Op == 3:
				if string(m.D) != fmt.Sprint(len(presences)) {
					t.Errorf("presence %s is number %d", m.D, len(presences))
				}
				presences = append(presences, time.Now())
			case strings.Contains(string(m.D), `"query":""`):
				whole = append(whole, time.Now())
			}
		}
		wg.Wait()
		for i := range presences {
			if i >= 5 && presences[i].Sub(presences[i-5]) <= 20*time.Second {
				t.Errorf("6 presences in %s", presences[i].Sub(presences[i-5]))
			}
		}
		for i := range whole {
			if i > 0 && whole[i].Sub(whole[i-1]) <= 30*time.Second {
				t.Errorf("all members twice in %s", whole[i].Sub(whole[i-1]))
			}
		}
		if whole[0] != presences[0] {
			t.Error("one limit held up another command")
		}
		g.Close()
	})
}

func TestSilence(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	for _, test := range []struct {
		name            string
		message, typing time.Duration // distance of each
		stops           time.Duration // how long ago messages stopped
		others          time.Duration // how long ago the last typing came
		want            string
	}{
		{"both come", time.Second, time.Second, 0, 0, "[]"},
		{"messages stopped", time.Second, time.Second, minutes(11), 0, "[MESSAGE_CREATE]"},
		{"not long enough", time.Second, time.Second, minutes(9), 0, "[]"},
		{"seldom ones stopped", minutes(1), time.Second, minutes(25), 0, "[]"},
		{"seldom ones stopped for long", minutes(1), time.Second, minutes(35), 0, "[MESSAGE_CREATE]"},
		{"nothing comes at all", time.Second, time.Second, minutes(20), minutes(20), "[]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSilence()
			for i := range 100 {
				s.heard(discord.EventMessageCreate, now.Add(-test.stops-time.Duration(99-i)*test.message).UnixNano())
				s.heard(discord.EventTypingStart, now.Add(-test.others-time.Duration(99-i)*test.typing).UnixNano())
			}
			s.heard(discord.EventUnknown, now.UnixNano())
			s.heard(discord.EventGuildDelete, now.Add(-time.Hour).UnixNano()) // no habit
			if got := fmt.Sprint(s.kinds(now)); got != test.want {
				t.Errorf("missed %s, want %s", got, test.want)
			}
		})
	}
	if missed := newSilence().kinds(now); missed != nil {
		t.Errorf("missed %v at the beginning", missed)
	}
	s := newSilence()
	if latest, usual := s.pace(); !latest.IsZero() || usual != 0 {
		t.Errorf("pace %s, %s at the beginning", latest, usual)
	}
	for i := range 100 {
		s.heard(discord.EventType(i%2), now.Add(time.Duration(i-99)*3*time.Second).UnixNano())
	}
	if latest, usual := s.pace(); !latest.Equal(now) || usual != 3*time.Second {
		t.Errorf("pace %s, %s", latest, usual)
	}
}
