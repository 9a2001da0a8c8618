package dev

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

func TestWorkshop(t *testing.T) {
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
				if p.Source == "bad" {
					return nil, errors.New("main.go:1:1: expected 'package'")
				}
				return []byte(p.Source), nil
			},
		}
		// The first builds that go well come one by one.
		if got := w.make(t.Context(), []config.Plugin{{Name: "x", Source: "bad"}, {Name: "y", Source: "a.wasm"}, {Name: "z", Source: "one"}}); !slices.Equal(got, []string{"y", "z"}) {
			t.Errorf("built well: %v", got)
		}
		if most != 1 {
			t.Errorf("%d builds at once with a cold cache", most)
		}
		plugins := []config.Plugin{{Name: "a", Source: "one"}, {Name: "b", Source: "bad"}, {Name: "c", Source: "three"}}
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
		w.make(t.Context(), []config.Plugin{{Name: "a", Source: "bad"}})
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
