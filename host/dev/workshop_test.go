package dev

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

func TestWorkshop(t *testing.T) {
	root := t.TempDir()
	inGo := func(name, source string) config.Plugin {
		dir := filepath.Join(root, source)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "main.go"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return config.Plugin{Name: name, Source: dir}
	}
	script := config.Plugin{Name: "s", Source: filepath.Join(root, "bot.js")}
	if err := os.WriteFile(script.Source, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []string
		atOnce, most := 0, 0
		w := &workshop{
			now: time.Now,
			tell: func(line string) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, line)
			},
			build: func(ctx context.Context, p config.Plugin, step func(string)) ([]byte, error) {
				step("runtime, 7 packages")
				mu.Lock()
				atOnce++
				most = max(most, atOnce)
				mu.Unlock()
				time.Sleep(1500 * time.Millisecond) // in the bubble's time
				mu.Lock()
				atOnce--
				mu.Unlock()
				if filepath.Base(p.Source) == "bad" {
					return nil, errors.New("main.go:1:1: expected 'package'")
				}
				return []byte(filepath.Base(p.Source)), nil
			},
		}
		// What is not written in Go waits for nothing, and warms nothing.
		if got := w.make(t.Context(), []config.Plugin{script, {Name: "y", Source: "a.wasm"}}); !slices.Equal(got, []string{"s", "y"}) || most != 2 {
			t.Errorf("built well: %v, %d at once", got, most)
		}
		// Those in Go come one by one until the first goes well.
		most = 0
		if got := w.make(t.Context(), []config.Plugin{inGo("x", "bad"), inGo("z", "one")}); !slices.Equal(got, []string{"z"}) || most != 1 {
			t.Errorf("built well: %v, %d at once with a cold cache", got, most)
		}
		plugins := []config.Plugin{inGo("a", "one"), inGo("b", "bad"), inGo("c", "three")}
		done := make(chan []string)
		go func() { done <- w.make(t.Context(), plugins) }()
		synctest.Wait()
		for _, p := range plugins {
			if !w.state(p.Name).building {
				t.Errorf("%s is not being built", p.Name)
			}
		}
		if got := w.underWay(); len(got) != 3 || got[0] != "building a… for 0 s, runtime, 7 packages" || got[2] != "building c… for 0 s" {
			t.Errorf("under way: %q", got)
		}
		if got := <-done; !slices.Equal(got, []string{"a", "c"}) {
			t.Errorf("built well: %v", got)
		}
		if most != buildsAtOnce {
			t.Errorf("%d builds at once, want %d", most, buildsAtOnce)
		}
		if a := w.state("a"); a.building || string(a.module) != "one" || a.err != nil || a.took != 1500*time.Millisecond || a.at.IsZero() {
			t.Errorf("a is %+v", a)
		}
		if b := w.state("b"); b.module != nil || b.err == nil {
			t.Errorf("b is %+v", b)
		}
		text := strings.Join(told, "\n")
		for _, want := range []string{"building a…", "built a in 1.5 s", "b does not build:\nmain.go:1:1: expected 'package'"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q was not told:\n%s", want, text)
			}
		}

		// A plugin that no longer builds keeps its last good module.
		w.make(t.Context(), []config.Plugin{inGo("a", "bad")})
		if a := w.state("a"); string(a.module) != "one" || a.err == nil {
			t.Errorf("after a bad save a is %+v", a)
		}
	})
}

func TestWorkshopIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	told := &transcript{}
	w := &workshop{
		now:  time.Now,
		tell: func(line string) { _, _ = told.Write([]byte(line + "\n")) },
		build: func(ctx context.Context, _ config.Plugin, _ func(string)) ([]byte, error) {
			cancel()
			<-ctx.Done()
			return nil, errors.New("signal: killed")
		},
	}
	if got := w.make(ctx, []config.Plugin{{Name: "a"}}); len(got) != 0 {
		t.Errorf("built well: %v", got)
	}
	if text := told.String(); strings.Contains(text, "does not build") {
		t.Errorf("an interrupted build was told as a failure:\n%s", text)
	}
}
