package dev

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/slash"
)

const declared = `{"commands":[
  {"name":"ping","description":"x"},
  {"name":"say","description":"x","options":[{"type":4,"name":"times","description":"How often","required":true},{"type":3,"name":"text","description":"What"}]},
  {"name":"role","description":"x","options":[{"type":1,"name":"give","description":"x","options":[{"type":6,"name":"who","description":"x"},{"type":5,"name":"now","description":"x"},{"type":10,"name":"for","description":"x"}]}]},
  {"name":"High five","type":2}]}`

func TestSlashCommandsOnThePage(t *testing.T) {
	sim := discordtest.NewServer(discordtest.Options{Guilds: 1})
	defer sim.Close()
	// Twice, because it happens at every save.
	for range 2 {
		if err := register(t.Context(), sim, []slash.Declaration{{Plugin: "p", Manifest: json.RawMessage(declared)}}); err != nil {
			t.Fatal(err)
		}
	}
	commands := sim.AppCommands(0)
	if got := strings.Join(slashNames(commands), " "); got != "/ping /role /say" || len(commands) != 4 {
		t.Errorf("registered %s", got)
	}
	for _, test := range []struct{ content, options, err string }{
		{"/ping", "", ""},
		{"/say 3", `[{"name":"times","type":4,"value":3}]`, ""},
		{"/say 3 hello, you there", `[{"name":"times","type":4,"value":3},{"name":"text","type":3,"value":"hello, you there"}]`, ""},
		{"/say text:hi times:2", `[{"name":"times","type":4,"value":2},{"name":"text","type":3,"value":"hi"}]`, ""},
		{"/role give <@5> true 1.5", `[{"name":"give","type":1,"options":[{"name":"who","type":6,"value":"5"},{"name":"now","type":5,"value":true},{"name":"for","type":10,"value":1.5}]}]`, ""},
		{"/say", "", `/say: the option "times" is missing: How often`},
		{"/say x", "", `times: "x" is no whole number`},
		{"/role give 5 maybe", "", `now: "maybe" is neither true nor false`},
		{"/role give me", "", `who: "me" is no id`},
		{"/role give 5 true x", "", `for: "x" is no number`},
		{"/role take", "", "it goes on with one of give"},
		{"/ping pong", "", `"pong" is more than it takes`},
	} {
		use, isUse, err := slashUse(commands, test.content)
		if !isUse || string(use.Options) != test.options || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s is %t %s %v", test.content, isUse, use.Options, err)
		}
	}
	for _, text := range []string{"ping", "/unknown", "/", "/High five"} {
		if _, isUse, _ := slashUse(commands, text); isUse {
			t.Errorf("%q is taken for a command", text)
		}
	}
	city := newCity(sim, 1)
	g := city.Guilds()[0]
	if err := city.Say(g.ID, g.Channels[0].ID, "Ada", "/say"); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("a missing option: %v", err)
	}
	if err := city.Say(g.ID, g.Channels[0].ID, "Ada", "/ping"); err != nil {
		t.Error(err)
	}
	if n := len(city.Messages(g.Channels[0].ID)); n != 0 {
		t.Errorf("a used command is a message: %d", n)
	}
	if err := register(t.Context(), sim, nil); err != nil || len(sim.AppCommands(0)) != 0 {
		t.Errorf("what nobody declares stays: %v", err)
	}
}
