package golden_test

import (
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

// TestScriptOvertime runs a handler that does not end, on a real clock: it is
// stopped before the host would end the instance, which goes on.
func TestScriptOvertime(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "bot.ts")
	script := `import { on } from "shardhost";
let seen: number = 0;
on("MESSAGE_CREATE", (m) => {
  seen++;
  while (m.content === "endless");
  throw new Error("seen " + seen);
});`
	if err := os.WriteFile(source, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(dir, "bot.wasm")
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
	defer func() {
		for _, err := range []error{guest.Close(), compiled.Close(t.Context()), engine.Close(t.Context())} {
			if err != nil {
				t.Error(err)
			}
		}
	}()
	recorder.BeginInit()
	if err := guest.Init([]byte(`{"lane": 0, "deadline_ms": 100}`)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ content, want string }{
		{"endless", "it took too long: do less in one frame, or raise the plugin's limits.deadline\n    at <anonymous> (bot.ts:"},
		{"", "Error: seen 2\n    at <anonymous> (bot.ts:6:"},
	} {
		f := abi.Frame{Kind: abi.KindEvent, Name: []byte("MESSAGE_CREATE"), Body: []byte(`{"content":"` + test.content + `"}`)}
		batch := f.Append(nil)
		buffer, err := guest.Buffer(len(batch))
		if err != nil {
			t.Fatal(err)
		}
		copy(buffer, batch)
		recorder.Begin([]effect.Frame{{}}, nil)
		code, err := guest.Batch(len(batch), 1, time.Minute)
		if err != nil || code >= 0 || !strings.HasPrefix(recorder.FailText(), test.want) {
			t.Errorf("%q: got %d, %v, %s", test.content, code, err, recorder.FailText())
		}
	}
}
