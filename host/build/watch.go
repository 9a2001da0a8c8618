package build

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Times of a Watch.
const (
	quiet   = 100 * time.Millisecond // without a change, before fn is called
	longest = time.Second            // that changes without end put fn off
	look    = 2 * time.Second        // between two looks where the system tells of no changes
)

// Watch calls fn when files change, until the context ends, and returns nil
// then. A path is a file or a folder, which counts with all that is below it,
// hidden ones left out; a path that does not exist yet is waited for. patterns
// choose by name what counts in folders, as *.go; those that begin with ! take
// away again; without any, everything counts.
//
// What counts is the content that a path leads to at last: a file that an
// editor replaces under the same name, a symbolic link that is pointed
// elsewhere on the way to it, a folder that is exchanged. fn is called when
// nothing has changed for a tenth of a second, with the paths that did, sorted.
// Changes while it runs lead to another call.
func Watch(ctx context.Context, paths, patterns []string, fn func(changed []string)) error {
	return watch(ctx, paths, patterns, func() {}, fn)
}

// watch calls ready when no change will be missed any more.
func watch(ctx context.Context, paths, patterns []string, ready func(), fn func(changed []string)) error {
	t, err := newTree(paths, patterns)
	if err != nil {
		return err
	}
	changes := make(chan struct{}, 1)
	w, err := newNotifier(t, changes)
	if err != nil {
		w = nil // out of watches, or a file system without: look from time to time
	}
	seen := t.look()
	defer func() {
		if w != nil {
			w.close()
		}
	}()
	ready()
	return debounce(ctx, changes, func() time.Duration {
		if w == nil || w.blind() {
			return look
		}
		return 0
	}, func() {
		if w != nil {
			w.follow()
		}
		now := t.look()
		changed := seen.difference(now)
		seen = now
		if len(changed) > 0 {
			fn(changed)
		}
	})
}

// debounce calls settled when changes have come and then stayed away, and at
// least after each period that poll names, unless that is 0.
func debounce(ctx context.Context, changes <-chan struct{}, poll func() time.Duration, settled func()) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var first time.Time // of the changes not yet settled
	for {
		switch every := poll(); {
		case !first.IsZero():
			timer.Reset(min(quiet, time.Until(first.Add(longest))))
		case every > 0:
			timer.Reset(every)
		default:
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
			if first.IsZero() {
				first = time.Now()
			}
		case <-timer.C:
			first = time.Time{}
			settled()
		}
	}
}

// notifier tells of changes below a tree's paths.
type notifier struct {
	tree    *tree
	watcher *fsnotify.Watcher
	failed  bool // a folder could not be watched
	done    chan struct{}
}

func newNotifier(t *tree, changes chan<- struct{}) (*notifier, error) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	n := &notifier{tree: t, watcher: watcher, done: make(chan struct{})}
	n.follow()
	go n.run(changes)
	return n, nil
}

func (n *notifier) run(changes chan<- struct{}) {
	defer close(n.done)
	for {
		select {
		case e, ok := <-n.watcher.Events:
			if !ok {
				return
			}
			if e.Op == fsnotify.Chmod || e.Op == fsnotify.Write && !n.tree.counts(e.Name) {
				continue
			}
		case _, ok := <-n.watcher.Errors:
			if !ok {
				return
			}
			// Events were lost, or a folder went away: look.
		}
		select {
		case changes <- struct{}{}:
		default:
		}
	}
}

// follow watches the folders that matter now, and no others.
func (n *notifier) follow() {
	want := n.tree.folders()
	have := n.watcher.WatchList()
	n.failed = false
	for _, dir := range want {
		// Again, even if it is there: the folder of that name may be another.
		if err := n.watcher.Add(dir); err != nil && !errors.Is(err, fsnotify.ErrClosed) {
			n.failed = true
		}
	}
	for _, dir := range have {
		if !slices.Contains(want, dir) {
			_ = n.watcher.Remove(dir) // it may be gone already
		}
	}
}

// blind tells whether changes may go unnoticed.
func (n *notifier) blind() bool { return n.failed }

func (n *notifier) close() {
	_ = n.watcher.Close()
	<-n.done
}

// hidden tells whether a name is one that listings leave out, or that compilers
// write and never read as source.
func hidden(name string) bool {
	switch base := filepath.Base(name); base {
	case "node_modules", "target", "zig-out", "zig-cache":
		return true
	default:
		return strings.HasPrefix(base, ".")
	}
}
