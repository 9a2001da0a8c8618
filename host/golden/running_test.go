package golden_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// running is a script in an instance, on a real clock.
type running struct {
	*wasm.Guest
	recorder *effect.Recorder
}

// startScript starts a script whose handlers may take 100 ms.
func startScript(t testing.TB, script string) running {
	t.Helper()
	dir := t.TempDir()
	source, output := filepath.Join(dir, "bot.ts"), filepath.Join(dir, "bot.wasm")
	if err := os.WriteFile(source, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := build.Source(t.Context(), build.Request{Source: source, Output: output}); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := engine.Compile(t.Context(), module, wasm.ModuleConfig{Name: "bot", Functions: effect.Functions(), Init: time.Minute, Instructions: 1 << 50})
	if err != nil {
		t.Fatal(err)
	}
	recorder := effect.NewRecorder(&effect.Env{
		Plugin: "bot", Log: effect.NewLog(hclog.NewNullLogger(), "bot"), Metrics: effect.NewMetrics(), Now: time.Now,
	}, effect.Lane{})
	guest, err := compiled.Instantiate(t.Context(), wasm.GuestConfig{Env: recorder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{guest.Close(), compiled.Close(context.Background()), engine.Close(context.Background())} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	recorder.BeginInit()
	if err := guest.Init([]byte(`{"lane": 0, "deadline_ms": 100}`)); err != nil {
		t.Fatal(err)
	}
	return running{guest, recorder}
}

// event gives an event to the script, and returns why its handler failed.
func (r running) event(t testing.TB, body []byte) string {
	t.Helper()
	f := abi.Frame{Kind: abi.KindEvent, Name: []byte("MESSAGE_CREATE"), Body: body}
	batch := f.Append(nil)
	buffer, err := r.Buffer(len(batch))
	if err != nil {
		t.Fatal(err)
	}
	copy(buffer, batch)
	r.recorder.Begin([]effect.Frame{{}}, nil)
	code, err := r.Batch(len(batch), 1, time.Minute)
	if err != nil {
		t.Fatalf("%q ends the instance: %v", body, err)
	}
	if code >= 0 {
		return ""
	}
	return r.recorder.FailText()
}

// TestScriptOvertime runs a handler that does not end: it is stopped before the host
// would end the instance, which goes on.
func TestScriptOvertime(t *testing.T) {
	bot := startScript(t, `import { on } from "shardhost";
let seen: number = 0;
on("MESSAGE_CREATE", (m) => {
  seen++;
  while (m.content === "endless");
  throw new Error("seen " + seen);
});`)
	for _, test := range []struct{ body, want string }{
		{`{"content":"endless"}`, "it took too long: do less in one frame, or raise the plugin's limits.deadline\n    at <anonymous> (bot.ts:"},
		{`{}`, "Error: seen 2\n    at <anonymous> (bot.ts:6:"},
	} {
		if got := bot.event(t, []byte(test.body)); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: got %s", test.body, got)
		}
	}
}

// FuzzScriptBody gives events to a script that reads all of them and compares with
// JSON.parse, where that takes the text. No body ends the instance.
func FuzzScriptBody(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"b":[1,{"c":"\u00e9\ud800 \n"}],"":{"x":-1.5e7},"10":null,"a":2}`, `[]`, `[[[{"a":[]}]]]`, `"text"`, `12`, ``, `{`, `{"a`, `{"a"`, `{"a":`, `{"a":"\`, `{"a":"\u12`, `[1,`, `{"a":}`, `nul`,
		"{\"\xff\":\"\xc3\x28 \xf0\x9f\x98\x80\"}", `{"__proto__":{"a":1},"constructor":1}`, `{"n":123456789012345678901234567890,"m":1e999}`, `{"a":1 "b":2}`, `{"a":tru,"b":-}`,
	} {
		f.Add([]byte(seed))
	}
	bot := startScript(f, `import { on } from "shardhost";
const plain = (v: any): any => JSON.stringify(v);
let kept: any;
on("*", (event: any, ctx) => {
  const text = plain(event);
  if (kept) plain(kept);
  kept = event;
  let parsed;
  try {
    parsed = JSON.parse(ctx.json ?? "");
  } catch {
    return;
  }
  // Numbers that are kept as text are the only difference.
  if (text !== plain(parsed) && !/[0-9]{16}/.test(ctx.json!)) throw new Error(text + " is not " + plain(parsed));
});`)
	f.Fuzz(func(t *testing.T, body []byte) {
		if failed := bot.event(t, body); failed != "" && !strings.Contains(failed, "too long") && !strings.Contains(failed, "nested") {
			t.Errorf("%q: %s", body, failed)
		}
	})
}
