package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A guild comes and goes while a session runs, and is as it is for the next.
func TestSetGuild(t *testing.T) {
	s, clock := start(t, Options{Guilds: 2, Shards: 1, HeartbeatInterval: time.Hour})
	first := s.Guilds()[0]
	c, _ := identified(t, s, discord.IntentGuilds|discord.IntentGuildMessages, 0, 1)
	told := func(name, body string) {
		t.Helper()
		if e := c.event(name); !strings.Contains(string(e.D), `"id":"`+first.ID.String()+`"`) || !strings.Contains(string(e.D), body) || body == "" && strings.Contains(string(e.D), "unavailable") {
			t.Errorf("%s %.200s, want %q", name, e.D, body)
		}
	}
	control := func(state Membership) {
		t.Helper()
		resp, err := http.Post(s.Control+"/guilds", "application/json", strings.NewReader(fmt.Sprintf(`{"guild":0,"state":%q}`, state)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatalf("%s: status %d", state, resp.StatusCode)
		}
	}
	rest := func() int {
		t.Helper()
		resp, _ := restCall(t, s, "GET", "/guilds/"+first.ID.String(), nil)
		return resp.StatusCode
	}

	control(MemberUnavailable)
	told("GUILD_DELETE", `"unavailable":true`)
	s.Dispatch(first.ID, "MESSAGE_CREATE", json.RawMessage(`{}`)) // nobody hears it
	control(MemberUnavailable)                                    // nothing new
	control(MemberPresent)
	told("GUILD_CREATE", `"unavailable":false`)
	control(MemberLeft)
	told("GUILD_DELETE", "")
	if status := rest(); status != http.StatusNotFound {
		t.Errorf("REST knows a guild that was left: %d", status)
	}

	// A session that begins now does not have it.
	clock.Advance(time.Minute)
	if _, ready := identified(t, s, discord.IntentGuilds, 0, 1); len(ready.Guilds) != 1 || ready.Guilds[0].ID == first.ID.String() {
		t.Errorf("READY names %+v", ready.Guilds)
	}

	if err := s.SetGuild(first.ID, MemberUnavailable); err != nil {
		t.Fatal(err)
	}
	told("GUILD_CREATE", `"unavailable":true`)
	if err := s.SetGuild(first.ID, MemberPresent); err != nil {
		t.Fatal(err)
	}
	told("GUILD_CREATE", `"member_count"`)
	if s.Membership(first.ID) != MemberPresent || rest() != http.StatusOK {
		t.Error("it has not come back")
	}
	if err := s.SetGuild(first.ID, "gone"); err == nil {
		t.Error("a state that is not known was accepted")
	}
	if err := s.SetGuild(1, MemberLeft); err == nil {
		t.Error("a guild that is not known was accepted")
	}
}
