package dev

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

// nextOf waits for the next change, but not for ever.
func nextOf(t *testing.T, w *watchers) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	names, err := w.next(ctx)
	if err != nil {
		t.Fatalf("no change was told: %v", err)
	}
	return names
}

// untilTold changes a file again and again until its watcher tells of it: a
// watcher that was just made may not look yet.
func untilTold(t *testing.T, w *watchers, name string, change func(n int)) {
	t.Helper()
	for n := range 100 {
		change(n)
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		names, err := w.next(ctx)
		cancel()
		if slices.Contains(names, name) {
			return
		}
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	t.Fatalf("no change of %s was told", name)
}

func TestWatchers(t *testing.T) {
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, p) }
	write(t, at("ping/main.go"), "0")
	write(t, at("lib/lib.go"), "0")
	write(t, at("config.hcl"), "0")
	w := newWatchers(func(name string, err error) { t.Errorf("%s: %v", name, err) })
	defer w.close()
	w.follow("ping", place{[]string{at("ping")}, []string{"*.go"}})
	w.follow("config", place{[]string{at("config.hcl")}, nil})
	text := func(n int) string { return string(rune('a' + n%26)) }
	untilTold(t, w, "ping", func(n int) { write(t, at("ping/main.go"), text(n)) })
	untilTold(t, w, "config", func(n int) { write(t, at("config.hcl"), text(n)) })

	// The same name at more places.
	w.follow("ping", place{[]string{at("ping"), at("lib")}, []string{"*.go"}})
	untilTold(t, w, "ping", func(n int) { write(t, at("lib/lib.go"), text(n)) })

	// What is forgotten is not told, not even what was about to be.
	w.touch("ping")
	w.touch("config")
	w.forget("ping")
	if got := nextOf(t, w); !slices.Equal(got, []string{"config"}) {
		t.Errorf("told %v, want config alone", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWatchersComplain(t *testing.T) {
	lost := make(chan string, 1)
	w := newWatchers(func(name string, err error) { lost <- name + ": " + err.Error() })
	defer w.close()
	w.follow("ping", place{[]string{t.TempDir()}, []string{"[unfinished"}})
	if got := <-lost; got == "" {
		t.Error("nothing was said")
	}
}

func TestPlaceOf(t *testing.T) {
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, filepath.FromSlash(p)) }
	write(t, at("go.mod"), "module x")
	write(t, at("deep/ping/main.go"), "package main")
	command := func(watch ...string) config.Plugin {
		return config.Plugin{Source: at("x.wasm"), At: config.Location{File: at("config.hcl")}, Build: &config.Build{Command: "make", Watch: watch, Output: at("x.wasm")}}
	}
	for _, c := range []struct {
		name     string
		plugin   config.Plugin
		sources  []string
		paths    []string
		patterns []string
	}{
		{"Go source", config.Plugin{Source: at("deep/ping")}, nil, []string{at("deep/ping"), at("go.mod"), at("go.sum")}, []string{"*.go", "!*_test.go"}},
		{"with what it imports", config.Plugin{Source: at("deep/ping")}, []string{at("lib")}, []string{at("deep/ping"), at("go.mod"), at("go.sum"), at("lib")}, []string{"*.go", "!*_test.go"}},
		{"a module", config.Plugin{Source: at("x.wasm")}, nil, []string{at("x.wasm")}, nil},
		{"a command", command(), nil, []string{root}, []string{"!*.wasm"}},
		{"a command with patterns", command("src/*.rs", "Cargo.toml", "src/*.toml"), nil, []string{at("src"), root}, []string{"*.rs", "Cargo.toml", "*.toml"}},
		{"a pattern of folders", command("src/*/deep/*.c"), nil, []string{at("src")}, []string{"*.c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := placeOf(c.plugin, c.sources)
			for i := range got.paths {
				got.paths[i] = filepath.Clean(got.paths[i])
			}
			if !slices.Equal(got.paths, c.paths) || !slices.Equal(got.patterns, c.patterns) {
				t.Errorf("got  %q %q\nwant %q %q", got.paths, got.patterns, c.paths, c.patterns)
			}
		})
	}
}
