package dev

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

// A place is where to look for changes, as build.Watch takes it.
type place struct {
	paths    []string
	patterns []string
}

// watchers tell which of several named places have changed.
type watchers struct {
	lost func(name string, err error) // a place cannot be watched

	mu      sync.Mutex
	running map[string]*watcher
	changed map[string]bool
	bell    chan struct{} // holds one when changed is not empty
}

// watcher is one running build.Watch.
type watcher struct {
	at     place
	cancel context.CancelFunc
	done   chan struct{}
}

func newWatchers(lost func(string, error)) *watchers {
	return &watchers{lost: lost, running: make(map[string]*watcher), changed: make(map[string]bool), bell: make(chan struct{}, 1)}
}

// follow watches a place under a name, instead of the one it had.
func (w *watchers) follow(name string, at place) {
	w.mu.Lock()
	old := w.running[name]
	if old != nil && slices.Equal(old.at.paths, at.paths) && slices.Equal(old.at.patterns, at.patterns) {
		w.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	now := &watcher{at: at, cancel: cancel, done: make(chan struct{})}
	w.running[name] = now
	w.mu.Unlock()
	go func() {
		defer close(now.done)
		if err := build.Watch(ctx, at.paths, at.patterns, func([]string) { w.touch(name) }); err != nil {
			w.lost(name, err)
		}
	}()
	old.stop() // only now, so that no change falls between
}

// forget no longer tells of a name.
func (w *watchers) forget(name string) {
	w.mu.Lock()
	old := w.running[name]
	delete(w.running, name)
	delete(w.changed, name)
	w.mu.Unlock()
	old.stop()
}

// close ends all of it.
func (w *watchers) close() {
	w.mu.Lock()
	names := slices.Collect(maps.Keys(w.running))
	w.mu.Unlock()
	for _, name := range names {
		w.forget(name)
	}
}

// stop ends a watcher and waits for it.
func (w *watcher) stop() {
	if w != nil {
		w.cancel()
		<-w.done
	}
}

// touch notes that a name has changed.
func (w *watchers) touch(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed[name] = true
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// next waits for changes and returns their names, sorted.
func (w *watchers) next(ctx context.Context) ([]string, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-w.bell:
		}
		w.mu.Lock()
		names := slices.Sorted(maps.Keys(w.changed))
		clear(w.changed)
		w.mu.Unlock()
		if len(names) > 0 {
			return names, nil
		}
	}
}

// placeOf is where a plugin's source lies: a folder of Go source with the
// packages that it imports, the files that a build command asks to watch, or a
// module. sources are those of the last build; nil: none yet.
func placeOf(p config.Plugin, sources []string) place {
	switch {
	case p.IsFolder():
		return place{slices.Concat([]string{p.Source}, module(p.Source), sources), []string{"*.go", "!*_test.go"}}
	case p.Build == nil || p.Build.Command == "":
		return place{paths: []string{p.Source}}
	}
	root := filepath.Dir(p.At.File)
	if len(p.Build.Watch) == 0 {
		return place{[]string{root}, []string{"!*.wasm"}} // everything but what is built
	}
	var at place
	for _, pattern := range p.Build.Watch {
		folder, name := filepath.Split(filepath.FromSlash(pattern))
		// Up to the first folder that is a pattern itself.
		for strings.ContainsAny(folder, `*?[`) {
			folder = filepath.Dir(strings.TrimSuffix(folder, string(filepath.Separator)))
		}
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(root, folder)
		}
		if !slices.Contains(at.paths, folder) {
			at.paths = append(at.paths, folder)
		}
		at.patterns = append(at.patterns, name)
	}
	return at
}

// module finds the go.mod and go.sum that a folder of Go source belongs to, so
// that a build which they break is tried again when they are mended.
func module(dir string) []string {
	for {
		file := filepath.Join(dir, "go.mod")
		if _, err := os.Stat(file); err == nil {
			return []string{file, filepath.Join(dir, "go.sum")}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil
		}
		dir = up
	}
}
