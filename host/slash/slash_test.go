package slash_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/slash"
	"github.com/shardhost/shardhost/internal/rest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func manifest(commands ...string) json.RawMessage {
	return json.RawMessage(`{"events":["INTERACTION_CREATE"],"commands":[` + strings.Join(commands, ",") + `]}`)
}

// A world is a Discord whose commands a test syncs, of one guild or of all.
type world struct {
	t        *testing.T
	sim      *discordtest.Server
	registry *slash.Registry
	guild    discord.GuildID
}

func newWorld(t *testing.T, inGuild bool) *world {
	sim := discordtest.NewServer(discordtest.Options{NoRateLimits: true})
	client, err := rest.New(rest.Options{BaseURL: sim.REST, Token: sim.Token})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		sim.Close()
	})
	w := &world{t: t, sim: sim}
	if inGuild {
		w.guild = sim.Guilds()[0].ID
	}
	if w.registry, err = slash.Open(t.Context(), client, w.guild); err != nil {
		t.Fatal(err)
	}
	return w
}

// sync brings Discord into line and returns what it took, as lines.
func (w *world) sync(declared ...string) []string {
	w.t.Helper()
	want, err := slash.Collect([]slash.Declaration{{Plugin: "p", Manifest: manifest(declared...)}}, w.guild != 0)
	if err != nil {
		w.t.Fatal(err)
	}
	have, err := w.registry.List(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, c := range slash.Compare(want, have) {
		lines = append(lines, strings.TrimSpace(fmt.Sprint(c.Action, " ", c.Title(), " ", strings.Join(c.Fields, " "))))
		if c.Action == slash.ActionNone {
			continue
		}
		if err := w.registry.Apply(w.t.Context(), []slash.Change{c}, nil); err != nil {
			w.t.Fatal(err)
		}
	}
	return lines
}

func (w *world) writes() (n int) {
	for _, r := range w.sim.RESTRequests(0) {
		if r.Method != "GET" {
			n++
		}
	}
	return n
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// A command with everything that Discord gives a default, or returns otherwise
// than it was sent.
const rich = `{"name":"roll","description":"Throw a die","type":1,"nsfw":false,"default_member_permissions":8,"dm_permission":true,
  "name_localizations":{"de":"wurf"},"description_localizations":{},"contexts":[1,0],
  "options":[
    {"type":4,"name":"sides","description":"How many","required":true,"min_value":2,"max_value":100.0,"autocomplete":false},
    {"type":3,"name":"kind","description":"Which","required":false,"choices":[{"name":"wood","value":"w"},{"name":"none","value":""}]},
    {"type":7,"name":"where","description":"Where","channel_types":[5,0],"options":[]}]}`

func TestSync(t *testing.T) {
	for _, test := range []struct {
		name    string
		inGuild bool
	}{{"all guilds", false}, {"one guild", true}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.inGuild)
			ping := `{"name":"ping","description":"Is it alive?"}`
			equal(t, w.sync(rich, ping, `{"name":"Report","type":3}`),
				`create "Report" (message)`, "create /ping", "create /roll")
			before := w.writes()
			equal(t, w.sync(rich, ping, `{"name":"Report","type":3}`),
				`unchanged "Report" (message)`, "unchanged /ping", "unchanged /roll")
			if w.writes() != before {
				t.Error("something was written although nothing differs")
			}
			changed := strings.Replace(rich, `"min_value":2,`, "", 1)
			changed = strings.Replace(changed, `"value":"w"`, `"value":"wood"`, 1)
			changed = strings.Replace(changed, `"default_member_permissions":8,`, "", 1)
			changed = strings.Replace(changed, `"name_localizations":{"de":"wurf"},`, "", 1)
			equal(t, w.sync(changed, `{"name":"ping","description":"Is it?","nsfw":true}`),
				`delete "Report" (message)`, "edit /ping description nsfw",
				"edit /roll default_member_permissions name_localizations options[0].min_value options[1].choices[0].value")
			equal(t, w.sync(changed, ping), "edit /ping description nsfw", "unchanged /roll")
			equal(t, w.sync(`{"name":"roll","description":"Throw a die","contexts":[0]}`, ping)[:1], map[bool]string{
				false: "edit /roll contexts options", true: "edit /roll options",
			}[test.inGuild])
			equal(t, w.sync(), "delete /ping", "delete /roll")
			equal(t, w.sync())
		})
	}
}

func TestCollect(t *testing.T) {
	ping := `{"name":"ping","description":"x"}`
	many := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf(`{"name":"c%d","description":"x"}`, i))
		}
		return all
	}
	for _, test := range []struct {
		name string
		a, b json.RawMessage
		want []string // of the error; none: it is good
	}{
		{"none", nil, json.RawMessage(`{"events":[]}`), nil},
		{"broken manifest", json.RawMessage(`[1]`), json.RawMessage(`{`), nil},
		{"same name, other type", manifest(ping), manifest(`{"name":"ping","type":2}`), nil},
		{"two plugins", manifest(ping), manifest(ping), []string{`"a" and "b" both declare the command /ping`}},
		{"twice in one", manifest(ping, ping), nil, []string{`plugin "a" declares the command /ping twice`}},
		{"no array", json.RawMessage(`{"commands":{"name":"x"}}`), nil, []string{`plugin "a": commands in its manifest is no array`}},
		{"no name", manifest(`{"description":"x"}`), nil, []string{"command 1", "has no name"}},
		{"type", manifest(`{"name":"x","type":9}`), nil, []string{`"x" has type 9`}},
		{"all at once", manifest(`{"name":"Big","description":""}`), manifest(`{"name":"a b","description":"x"}`),
			[]string{`"Big" must be in lower case`, "1 to 100 characters; it has 0", `"a b" must be 1 to 32 letters`}},
		{"options", manifest(`{"name":"x","description":"x","options":[
			{"type":3,"name":"a","description":"a"},{"type":3,"name":"a","description":"","required":true}]}`), nil,
			[]string{"two options of that name", `must stand before "a"`, `option "a": the description`}},
		{"menu with options", manifest(`{"name":"x","type":2,"description":"d","options":[{}]}`), nil,
			[]string{"only slash commands have a description", "only slash commands have options"}},
		{"100", manifest(many(100)...), nil, nil},
		{"101", manifest(many(100)...), manifest(ping), []string{"/ping is one too many: Discord takes 100"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := slash.Collect([]slash.Declaration{{Plugin: "a", Manifest: test.a}, {Plugin: "b", Manifest: test.b}}, false)
			if (err != nil) != (test.want != nil) {
				t.Fatalf("error %v", err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%v\nlacks %s", err, part)
				}
			}
		})
	}
}

// TestRefused has Discord find what is not looked for here.
func TestRefused(t *testing.T) {
	w := newWorld(t, false)
	want, err := slash.Collect([]slash.Declaration{{Plugin: "p", Manifest: manifest(`{"name":"x","description":"x","options":[
		{"type":3,"name":"a","description":"a","channel_types":[0]}]}`)}}, false)
	if err != nil {
		t.Fatal(err)
	}
	err = w.registry.Apply(t.Context(), slash.Compare(want, nil), nil)
	if err == nil || !strings.Contains(err.Error(), `create the command /x of plugin "p": Invalid Form Body (status 400, code 50035): options.0.channel_types: Channel types are only`) {
		t.Errorf("error %v", err)
	}
	client, err := rest.New(rest.Options{BaseURL: w.sim.REST, Token: "wrong", MaxWait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if _, err := slash.Open(t.Context(), client, 0); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a wrong token: %v", err)
	}
}

// FuzzCollect reads and compares whatever a manifest may hold.
func FuzzCollect(f *testing.F) {
	f.Add(rich)
	f.Add(`{"name":"x","description":"x","options":[[],{"options":[{"choices":[1]}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		want, err := slash.Collect([]slash.Declaration{{Plugin: "p", Manifest: manifest(text)}}, false)
		if err != nil {
			return
		}
		slash.Compare(want, nil)
	})
}
