package build

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// A Place is where to look for changes, as Watch takes it.
type Place struct {
	Paths    []string
	Patterns []string
}

// Watchers tell which of several named places have changed.
type Watchers struct {
	lost func(name string, err error)

	mu      sync.Mutex
	running map[string]*watcher
	changed map[string]bool
	bell    chan struct{} // holds one when changed is not empty
}

// watcher is one running Watch.
type watcher struct {
	at     Place
	cancel context.CancelFunc
	done   chan struct{}
}

// NewWatchers follows nothing yet. lost is told of a place that cannot be watched.
func NewWatchers(lost func(string, error)) *Watchers {
	return &Watchers{lost: lost, running: make(map[string]*watcher), changed: make(map[string]bool), bell: make(chan struct{}, 1)}
}

// Follow watches a place under a name, instead of the one it had.
func (w *Watchers) Follow(name string, at Place) {
	w.mu.Lock()
	old := w.running[name]
	if old != nil && slices.Equal(old.at.Paths, at.Paths) && slices.Equal(old.at.Patterns, at.Patterns) {
		w.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	now := &watcher{at: at, cancel: cancel, done: make(chan struct{})}
	w.running[name] = now
	w.mu.Unlock()
	looking := make(chan struct{})
	go func() {
		defer close(now.done)
		if err := watch(ctx, at.Paths, at.Patterns, func() { close(looking) }, func([]string) { w.touch(name) }); err != nil {
			w.lost(name, err)
		}
	}()
	select { // only then is the old one stopped, so that no change falls between
	case <-looking:
	case <-now.done:
	}
	old.stop()
}

// Forget no longer tells of a name.
func (w *Watchers) Forget(name string) {
	w.mu.Lock()
	old := w.running[name]
	delete(w.running, name)
	delete(w.changed, name)
	w.mu.Unlock()
	old.stop()
}

// Close ends all of it.
func (w *Watchers) Close() {
	w.mu.Lock()
	names := slices.Collect(maps.Keys(w.running))
	w.mu.Unlock()
	for _, name := range names {
		w.Forget(name)
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
func (w *Watchers) touch(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.changed[name] = true
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// Next waits for changes and returns their names, sorted.
func (w *Watchers) Next(ctx context.Context) ([]string, error) {
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
