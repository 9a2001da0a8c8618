package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the diagnostics of today into the golden files")

// TestGolden reads testdata/diagnostics: in each file a comment, the
// configuration, optionally the environment, and the text that is expected. The
// folder of the configuration is written as $DIR.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/diagnostics/*.txtar")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, path := range files {
		abs, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { golden(t, abs) })
	}
}

func golden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	env := map[string]string{"DISCORD_TOKEN": "token-of-the-golden-files"}
	var want *txtar.File
	configs := 0
	for i, f := range archive.Files {
		switch f.Name {
		case "want":
			want = &archive.Files[i]
			continue
		case "env":
			env = environment(f.Data)
			continue
		}
		if filepath.Ext(f.Name) == ".hcl" {
			configs++
		}
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want == nil {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
		want = &archive.Files[len(archive.Files)-1]
	}
	paths := []string{"config.hcl"}
	if configs == 0 {
		paths = []string{"config.hcl.json"}
	}
	if configs > 1 {
		paths = []string{"."}
	}
	cfg, diags := Load(paths, Options{Env: lookup(env)})
	if (cfg == nil) != diags.HasErrors() {
		t.Errorf("a config and errors: %v", cfg)
	}
	if len(diags.diags) == 0 {
		t.Error("nothing was said")
	}
	// Trailing spaces would not survive editors.
	got := strings.ReplaceAll(diags.String(), dir, "$DIR")
	if *update {
		want.Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != string(want.Data) {
		t.Errorf("got\n%s\nwant\n%s", got, want.Data)
	}
	for name, value := range env {
		if len(value) > 3 && strings.Contains(got, value) {
			t.Errorf("the value of %s is in the text", name)
		}
	}
}

func lookup(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}
}

func environment(lines []byte) map[string]string {
	env := make(map[string]string)
	for line := range bytes.Lines(lines) {
		if name, value, ok := strings.Cut(strings.TrimSpace(string(line)), "="); ok {
			env[name] = value
		}
	}
	return env
}
