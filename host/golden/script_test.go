package golden_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/golden"
	"github.com/shardhost/shardhost/host/wasm"
)

var update = flag.Bool("update", false, "write the effects of today into testdata/scripts")

// TestScripts gives frames to plugins in TypeScript: what an engine must get right
// beyond what every SDK does.
func TestScripts(t *testing.T) {
	engine, err := wasm.NewEngine(wasm.Options{CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	files, err := filepath.Glob(filepath.Join("testdata", "scripts", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			source := strings.TrimSuffix(file, ".txtar") + ".ts"
			output := filepath.Join(t.TempDir(), "script.wasm")
			if _, err := build.Source(t.Context(), build.Request{Source: source, Output: output}); err != nil {
				t.Fatal(err)
			}
			module, err := os.ReadFile(output)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			f, err := golden.Parse(file, text)
			if err != nil {
				t.Fatal(err)
			}
			effects, err := f.Run(t.Context(), golden.Options{Engine: engine, Module: module, Source: output})
			if err != nil {
				effects = "start: " + err.Error()
			}
			if *update {
				text, _, _ := strings.Cut(string(text), "-- effects --\n")
				if err := os.WriteFile(file, []byte(text+"-- effects --\n"+strings.TrimSpace(effects)+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if strings.TrimSpace(effects) != strings.TrimSpace(f.Effects) {
				t.Errorf("got\n%s\nwant\n%s", effects, f.Effects)
			}
		})
	}
}
