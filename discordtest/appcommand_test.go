package discordtest

import (
	"fmt"
	"strings"
	"testing"
)

// TestCommandRules pins what Discord refuses, and where it says that the fault
// lies.
func TestCommandRules(t *testing.T) {
	s, _ := start(t, Options{NoRateLimits: true})
	base := "/applications/" + s.Bot().ID.String() + "/commands"
	option := func(more string) string {
		return `{"name":"x","description":"x","options":[` + more + `]}`
	}
	valid := `{"type":3,"name":"a","description":"a"}`
	for _, test := range []struct{ name, body, where string }{
		{"upper case", `{"name":"Ping","description":"x"}`, `"name"`},
		{"spaces", `{"name":"a b","description":"x"}`, `"name"`},
		{"entry point", `{"name":"x","description":"x","type":4}`, `"type"`},
		{"user with description", `{"name":"High five","type":2,"description":"x"}`, `"description"`},
		{"message with options", `{"name":"Report","type":3,"options":[` + valid + `]}`, `"options"`},
		{"option without type", option(`{"name":"a","description":"a"}`), `"type"`},
		{"option upper case", option(`{"type":3,"name":"A","description":"a"}`), `{"options":{"0":{"name"`},
		{"option without description", option(`{"type":3,"name":"a"}`), `"description"`},
		{"two of a name", option(valid + "," + valid), "ALREADY_EXISTS"},
		{"required last", option(valid + `,{"type":3,"name":"b","description":"b","required":true}`), `{"options":{"1"`},
		{"too many options", option(strings.Repeat(valid+",", 25) + valid), "25 or fewer"},
		{"group in group", option(`{"type":2,"name":"g","description":"g","options":[{"type":2,"name":"h","description":"h"}]}`), `{"options":{"0":{"options":{"0":{"type"`},
		{"subcommand beside value", option(valid + `,{"type":1,"name":"b","description":"b"}`), "mutually exclusive"},
		{"choice of another type", option(`{"type":4,"name":"a","description":"a","choices":[{"name":"one","value":"1"}]}`), `"choices":{"0":{"value"`},
		{"choices and autocomplete", option(`{"type":3,"name":"a","description":"a","autocomplete":true,"choices":[{"name":"one","value":"1"}]}`), "exclude each other"},
		{"choices of a user", option(`{"type":6,"name":"a","description":"a","choices":[{"name":"one","value":"1"}]}`), "no choices"},
		{"channel types of text", option(`{"type":3,"name":"a","description":"a","channel_types":[0]}`), `"channel_types"`},
		{"too large", option(`{"type":3,"name":"a","description":"a","choices":[` + strings.TrimSuffix(strings.Repeat(`{"name":"`+strings.Repeat("n", 100)+`","value":"`+strings.Repeat("v", 400)+`"},`, 20), ",") + `]}`), "TOO_LARGE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, body := restCall(t, s, "POST", base, test.body)
			if resp.StatusCode != 400 || !strings.Contains(string(body), "50035") || !strings.Contains(string(body), test.where) {
				t.Errorf("%d %s, want %s", resp.StatusCode, body, test.where)
			}
		})
	}
}

// TestCommandDefaults pins what a client that compares commands has to know.
func TestCommandDefaults(t *testing.T) {
	s, clock := start(t, Options{NoRateLimits: true})
	base := "/applications/" + s.Bot().ID.String() + "/commands"
	inGuild := "/applications/" + s.Bot().ID.String() + "/guilds/" + s.Guilds()[0].ID.String() + "/commands"
	ping := `{"name":"ping","description":"x","name_localizations":{"de":"pong"},"options":[{"type":3,"name":"a","description":"a","required":false}]}`
	restCall(t, s, "POST", base, ping)
	_, list := restCall(t, s, "GET", base, nil)
	for _, want := range []string{`"dm_permission":true`, `"contexts":null`, `"integration_types":[0]`, `"nsfw":false`, `"default_member_permissions":null`} {
		if !strings.Contains(string(list), want) {
			t.Errorf("the list lacks %s: %s", want, list)
		}
	}
	if strings.Contains(string(list), "localizations") || strings.Contains(string(list), "required") {
		t.Errorf("the list: %s", list)
	}
	if _, list = restCall(t, s, "GET", base+"?with_localizations=true", nil); !strings.Contains(string(list), `{"de":"pong"}`) {
		t.Errorf("the list with localizations: %s", list)
	}
	if _, made := restCall(t, s, "POST", inGuild, ping); strings.Contains(string(made), "contexts") || strings.Contains(string(made), "dm_permission") {
		t.Errorf("a guild's command: %s", made)
	}
	// Menus have a limit of their own, and days have one of new commands.
	for i := range 15 {
		restCall(t, s, "POST", base, fmt.Sprintf(`{"name":"User %d","type":2}`, i))
	}
	if resp, body := restCall(t, s, "POST", base, `{"name":"One too many","type":2}`); resp.StatusCode != 400 || !strings.Contains(string(body), "30032") {
		t.Errorf("the 16th user command: %d %s", resp.StatusCode, body)
	}
	for i := 0; ; i++ {
		if i > createLimit {
			t.Fatal("there is no limit of new commands a day")
		}
		restCall(t, s, "PUT", inGuild, `[]`)
		if resp, body := restCall(t, s, "POST", inGuild, ping); resp.StatusCode == 400 && strings.Contains(string(body), "30034") {
			break
		}
	}
	clock.Advance(createWindow)
	if resp, body := restCall(t, s, "POST", inGuild, ping); resp.StatusCode != 201 {
		t.Errorf("the next day: %d %s", resp.StatusCode, body)
	}
}
