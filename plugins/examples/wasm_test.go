package examples_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func reply(content string) string {
	return `rest {"method":"POST","path":"/channels/22/messages","body":{"allowed_mentions":{"parse":["users"],"replied_user":true},"content":"` +
		content + `","message_reference":{"fail_if_not_exists":false,"message_id":"11"}}}`
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestPing(t *testing.T) {
	g := run(t, compile(t, "ping"))
	m, err := g.Manifest()
	if err != nil || m == nil {
		t.Fatalf("the manifest is %v, %v", m, err)
	}
	if !slices.Equal(m.Events, []string{"MESSAGE_CREATE"}) || !slices.Equal(m.Intents, []string{"MESSAGE_CONTENT"}) || !strings.HasPrefix(m.SDK, "go/") {
		t.Errorf("the manifest is %+v", m)
	}
	g.init(document)
	g.must(message("!ping"), event("TYPING_START", `{}`), message("no"), message("!ping"))
	equal(t, g.host.take(), reply("pong"), "done 1", "done 2", "done 3", reply("pong"))
}

// TestImports builds every example and pins that it needs the grants for what
// it uses and no others.
func TestImports(t *testing.T) {
	always := []string{"done", "fail", "log", "log_level"}
	for dir, more := range map[string][]string{
		"ping":    {"rest"},
		"counter": {"kv_add", "rest"},
		"poll":    {"enter", "finish", "kv_put", "park", "rest"},
		"remind":  {"kv_cas", "kv_del", "kv_get", "rest", "timer"},
		"levels":  {"kv_cas", "kv_get", "kv_list", "kv_version", "rest"},
	} {
		t.Run(dir, func(t *testing.T) {
			text, err := os.ReadFile(module(t, dir))
			if err != nil {
				t.Fatal(err)
			}
			info, err := wasm.Inspect(text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, i := range info.Imports {
				if i.Module == abi.Module {
					got = append(got, i.Name)
				}
			}
			slices.Sort(got)
			want := append(slices.Clone(always), more...)
			slices.Sort(want)
			equal(t, got, want...)
			if problems := info.Check(64<<20, func(string) bool { return true }); len(problems) > 0 {
				t.Errorf("the module has problems: %v", problems)
			}
		})
	}
}

// TestEverything has a guest call each function of the host, and fail in each
// way.
func TestEverything(t *testing.T) {
	m := compile(t, "../sdk/go/testdata/everything")
	t.Run("functions", func(t *testing.T) { everyFunction(t, m) })
	t.Run("failures", func(t *testing.T) { failures(t, m) })
}

func everyFunction(t *testing.T, m compiled) {
	g := run(t, m)
	t.Run("refused", func(t *testing.T) {
		refused := run(t, m)
		if err := refused.Init([]byte(`{"secrets":{"key":"wrong"}}`)); err == nil || !strings.Contains(m.host.failed, "OnStart at main.go:14: the key is wrong") {
			t.Errorf("got %v, %q", err, m.host.failed)
		}
		m.host.take()
	})
	g.init(`{"lane":0,"lanes":2,"config":{"greeting":"hello there"},"secrets":{"key":"right"}}`)
	equal(t, m.host.take(), `log 2 started greeting="hello there" lane=0 of=2`)
	var tick uint64
	for tag, times := range m.host.timers {
		tick = tag
		equal(t, []string{times}, "60000/60000")
	}
	clear(m.host.timers)
	for _, test := range []struct {
		name  string
		frame abi.Frame
		want  []string
	}{
		{"kv", event("KV", `{}`), []string{"long for 90000 ms"}},
		{"gateway", event("GATEWAY", `{}`), []string{`gateway -1 3 {"activities":[],"afk":false,"since":null,"status":"idle"}`}},
		{"metric", event("METRIC", `{}`), []string{"metric size 2 4004000000000000"}},
		{"periodic timer", abi.Frame{Kind: abi.KindTimer, Tag: tick}, []string{`rest {"method":"POST","path":"/channels/1/messages","body":{"allowed_mentions":{"parse":["users"],"replied_user":true},"content":"tick"}}`}},
		{"timers", event("TIMER", `{}`), nil},
		{"rest", event("REST", `{"name":"a \u00e9"}`), []string{
			`rest {"method":"GET","path":"/channels/1"}`,
			`rest {"method":"PUT","path":"/x","body":{"n":1},"reason":"why","context":"named\né","on_uncertain":"resend"}`,
		}},
		{"header", abi.Frame{Kind: abi.KindEvent, Event: 7, Name: []byte("NOW"), Received: 1700000000e9, Guild: 9, Shard: 3, Flags: abi.FlagRedelivered, Body: []byte(`{}`)}, nil},
		{"publish", event("PUBLISH", `{}`), []string{`publish levels.up {"level":5}`}},
		{"topic", abi.Frame{Kind: abi.KindMessage, Name: []byte("levels.up"), Body: []byte(`{"level":5}`)}, []string{`log 2 post topic=levels.up level=5 heard=1`}},
		{"cold start", abi.Frame{Kind: abi.KindControl, Name: []byte(abi.ControlCold), Body: []byte(`{"reason":"crash"}`)}, []string{`log 2 cold reason=crash`}},
		{"stale", abi.Frame{Kind: abi.KindControl, Name: []byte(abi.ControlStale), Body: []byte(`{"saved_at":1767268800000}`)}, []string{`log 2 stale saved=2026-01-01T12:00:00Z`}},
		{"gap", abi.Frame{Kind: abi.KindControl, Name: []byte(abi.ControlGap), Body: []byte(`{"shard":1,"of":2}`)}, []string{`log 2 gap shard=1 of=2 after=-1`}},
		{"event that nobody handles", event("TYPING_START", `{}`), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			g.must(test.frame)
			equal(t, m.host.take(), test.want...)
		})
	}
	t.Run("answers", func(t *testing.T) {
		if len(m.host.tags) != 2 {
			t.Fatalf("tags are %v", m.host.tags)
		}
		g.must(
			abi.Frame{Kind: abi.KindCompletion, Tag: m.host.tags[1], Status: 204, Name: []byte("named\nsome")},
			abi.Frame{Kind: abi.KindCompletion, Tag: m.host.tags[0], Status: 200, Body: []byte(`{"topic":"t"}`)},
			abi.Frame{Kind: abi.KindCompletion, Tag: m.host.tags[0], Status: 200, Body: []byte(`{"topic":"again"}`)},
		)
		equal(t, m.host.take(), "log 3 named data=some status=204", "done 1", `log 4 a é topic=t`, "done 2",
			`log 2 an answer came too late for the function that waited; to keep it over reloads, name a handler in Continue status=200 continue=""`)
	})
	t.Run("the timer left", func(t *testing.T) {
		for tag := range m.host.timers {
			g.must(abi.Frame{Kind: abi.KindTimer, Tag: tag})
		}
		equal(t, m.host.take(), `rest {"method":"POST","path":"/channels/2/messages","body":{"allowed_mentions":{"parse":["users"],"replied_user":true},"content":"rings"}}`)
	})
	t.Run("state", func(t *testing.T) {
		if err := g.Save(); err != nil {
			t.Fatal(err)
		}
		equal(t, m.host.take(), "state 7 1")
		next := run(t, m)
		next.init(document)
		if err := next.Load(7, []byte("41")); err != nil {
			t.Fatal(err)
		}
		m.host.take()
		next.must(abi.Frame{Kind: abi.KindMessage, Name: []byte("levels.up"), Body: []byte(`{"level":5}`)})
		equal(t, m.host.take(), `log 2 post topic=levels.up level=5 heard=42`)
		if err := next.Load(8, nil); err == nil || !strings.Contains(err.Error(), "-9") {
			t.Errorf("state of another schema: %v", err)
		}
	})
	t.Run("a large batch", func(t *testing.T) {
		g.must(event("METRIC", `{"padding":"`+strings.Repeat("x", 1<<20)+`"}`), event("METRIC", `{}`))
		equal(t, m.host.take(), "metric size 2 4004000000000000", "done 1", "metric size 2 4004000000000000")
	})
}

func failures(t *testing.T, m compiled) {
	for _, test := range []struct {
		name string
		want []string
	}{
		{"FAIL", []string{"FAIL: On at main.go:", "as asked"}},
		{"PANIC", []string{"PANIC: On at main.go:", "panic: runtime error: index out of range [2] with length 0", "main.go:", "main.init.0.func"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := run(t, m)
			g.init(document)
			m.host.take()
			result, err := g.give(event("METRIC", `{}`), event(test.name, `{}`), event("METRIC", `{}`))
			if err != nil || result >= 0 {
				t.Fatalf("result %d, %v", result, err)
			}
			equal(t, m.host.take(), "metric size 2 4004000000000000", "done 1")
			for _, part := range test.want {
				if !strings.Contains(m.host.failed, part) {
					t.Errorf("the failure does not say %q: %s", part, m.host.failed)
				}
			}
		})
	}
	t.Run("out of memory", func(t *testing.T) {
		g := run(t, m)
		g.init(document)
		m.host.take()
		if _, err := g.give(event("EXHAUST", `{}`)); err == nil || !strings.Contains(err.Error(), "memory") {
			t.Errorf("got %v", err)
		}
	})
}
