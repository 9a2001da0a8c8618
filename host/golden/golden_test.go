package golden

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run runs a test with a module.
func run(t *testing.T, module []byte, file string) (*File, string, error) {
	t.Helper()
	engine, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	source := filepath.Join(t.TempDir(), "p.wasm")
	if err := os.WriteFile(source, module, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Parse("t.txtar", []byte(file))
	if err != nil {
		return nil, "", err
	}
	effects, err := f.Run(t.Context(), Options{Engine: engine, Module: module, Source: source})
	return f, effects, err
}

func TestRun(t *testing.T) {
	const counted = "1 A\n  kv add n +1\n  log info: counted\n2 B: unwanted\n3 timer\n  kv add n +1\n  log info: counted\n"
	f, effects, err := run(t, conformance.Counter("n"), `What it is about.
-- plugin.hcl --
filter {
  guilds = [5]
}
-- kv.json --
{"n": "4"}
-- frames --
# a comment

{"event":"A","guild":5}
{"event":"B"}
{"kind":"timer","tag":1}
-- effects --
old
`)
	if err != nil || effects != counted {
		t.Fatalf("%v\n%s", err, effects)
	}
	if d := f.Diff(effects); !strings.Contains(d, "-old") || !strings.Contains(d, "+3 timer") {
		t.Errorf("the difference is\n%s", d)
	}
	again, effects, err := run(t, conformance.Counter("n"), string(f.Update(effects)))
	if err != nil || again.Diff(effects) != "" || !strings.HasPrefix(string(f.Update("")), "What it is about.") {
		t.Errorf("after the update: %v\n%s", err, again.Diff(effects))
	}
}

func TestTimerAndAnswer(t *testing.T) {
	_, effects, err := run(t, conformance.Timer(60000, 30000), "-- frames --\n{\"event\":\"A\"}\n{\"kind\":\"timer\"}\n")
	if err != nil || !strings.Contains(effects, "in 1m0s every 30s") || !strings.Contains(effects, "2 timer") {
		t.Errorf("%v\n%s", err, effects)
	}
	get := conformance.Rest(`{"method":"GET","path":"/users/@me?x=1"}`)
	_, effects, err = run(t, get, "-- frames --\n{\"event\":\"A\"}\n{\"answer\":\"GET /users/*\",\"body\":{\"id\":\"1\"}}\n")
	if err != nil || !strings.Contains(effects, "1 A\n  rest GET /users/@me?x=1 (answer pending)\n2 completion") {
		t.Errorf("%v\n%s", err, effects)
	}
}

func TestWrongFiles(t *testing.T) {
	for _, c := range []struct{ name, file, says string }{
		{"no frames", "-- effects --\n", `no part "frames"`},
		{"another part", "-- frame --\n", "no test has such a part"},
		{"twice", "-- frames --\n-- frames --\n", "there twice"},
		{"a frame that is none", "-- frames --\n\n{\"event\":1}\n", "t.txtar: frames: line 2: "},
		{"a misspelt key", "-- frames --\n{\"evnt\":\"A\"}\n", `"evnt"`},
		{"keys that are none", "-- kv.json --\n[]\n-- frames --\n", "object of strings"},
		{"an answer to no call", "-- frames --\n{\"answer\":\"users\"}\n", "METHOD /path"},
		{"nobody waits", "-- frames --\n{\"answer\":\"GET /x\"}\n", "t.txtar: frames line 1: nobody waits"},
		{"no timer", "-- frames --\n{\"kind\":\"timer\"}\n", "no timer is set"},
		{"a wrong block", "-- plugin.hcl --\nlane = 2\n-- frames --\n", "lanes"},
		{"events that there are not", "-- plugin.hcl --\nevents = [\"NONE_*\"]\n-- frames --\n", "NONE_*"},
		{"no grant", "-- plugin.hcl --\ngrant {\n}\n-- frames --\n", `the grant "kv"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := run(t, conformance.Counter("n"), c.file)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, method, path string
		want                  bool
	}{
		{"GET /a/b", "GET", "/a/b", true},
		{"GET /a/b", "POST", "/a/b", false},
		{"* /a/*", "POST", "/a/b?c=d", true},
		{"GET /a/*", "GET", "/a/b/c", false},
		{"GET /a/**", "GET", "/a/b/c", true},
		{"GET /a/**", "GET", "/a", false},
		{"GET /a/b/c", "GET", "/a/b", false},
	} {
		a := answer{Answer: c.pattern}
		if got := a.matches(&effect.Call{Method: c.method, Path: c.path}); got != c.want {
			t.Errorf("%q and %s %s: %v", c.pattern, c.method, c.path, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("-- frames --\n{\"event\":\"A\"}\n{\"answer\":\"GET /x\"}\n{\"kind\":\"timer\"}\n-- effects --\nx\n"))
	f.Add([]byte("-- kv.json --\n{}\n-- plugin.hcl --\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("t", data)
		if err != nil {
			return
		}
		again, err := Parse("t", file.Update(file.Effects))
		if err != nil || len(again.steps) != len(file.steps) {
			t.Fatalf("after an update: %v, %d steps of %d", err, len(again.steps), len(file.steps))
		}
	})
}
