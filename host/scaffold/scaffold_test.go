package scaffold_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/golden"
	"github.com/shardhost/shardhost/host/language"
	"github.com/shardhost/shardhost/host/scaffold"
	"github.com/shardhost/shardhost/host/wasm"
)

// TestProjects writes a project in each language, builds it and runs its golden
// tests with what its own configuration grants.
func TestProjects(t *testing.T) {
	t.Setenv("DISCORD_TOKEN", "none")
	for _, l := range language.All() {
		t.Run(l.Name, func(t *testing.T) {
			p := scaffold.Project{Dir: filepath.Join(t.TempDir(), "my-bot"), Name: "my-bot", Language: l}
			if _, err := scaffold.Write(p); err != nil {
				t.Fatal(err)
			}
			if of, ok := language.Of(p.Dir); !ok || of.Name != l.Name {
				t.Fatalf("the project is taken for %q, %v", of.Name, ok)
			}
			cfg, diags := config.Load([]string{filepath.Join(p.Dir, "config.hcl")}, config.Options{})
			if cfg == nil {
				t.Fatal(diags)
			}
			output := filepath.Join(t.TempDir(), "my-bot.wasm")
			before := files(t, p.Dir)
			_, err := build.Source(t.Context(), build.Request{Source: p.Dir, Output: output})
			if errors.Is(err, build.ErrMissing) && os.Getenv("SHARDHOST_LANGUAGES") != "all" {
				t.Skip(err)
			}
			if err != nil {
				t.Fatal(err)
			}
			if after := files(t, p.Dir); !slices.Equal(after, before) {
				t.Errorf("the build has left files in the project: %q, before it %q", after, before)
			}
			tests(t, p.Dir, output)
		})
	}
}

// tests runs the golden tests of a project.
func tests(t *testing.T, dir, module string) {
	engine, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	text, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "testdata", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("the project has no tests: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := golden.Parse(path, data)
		if err != nil {
			t.Fatal(err)
		}
		effects, err := f.Run(t.Context(), golden.Options{Engine: engine, Module: text, Source: module})
		if err != nil {
			t.Fatal(err)
		}
		if diff := f.Diff(effects); diff != "" {
			t.Error(diff)
		}
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRefused(t *testing.T) {
	golang, _ := language.Named("go")
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "mine"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, plugin, dir, want string }{
		{"a folder that is not empty", "bot", full, "is not empty"},
		{"a name that no plugin can have", "../bot", filepath.Join(full, "new"), "cannot be a plugin's name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := scaffold.Write(scaffold.Project{Dir: test.dir, Name: test.plugin, Language: golang})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
			if left := files(t, full); len(left) != 2 {
				t.Errorf("there is %q now", left)
			}
		})
	}
}
