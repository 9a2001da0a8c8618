package store

import (
	"context"
	"strings"
	"sync"
)

// Change is one committed write, as a watcher sees it.
type Change struct {
	Key      string
	Value    []byte // nil when Deleted
	Revision Revision
	Deleted  bool
}

// watchBuffer is how many changes may wait for a watcher before it is behind.
const watchBuffer = 1024

// watchers tell of changes inside one process. The zero value has none.
type watchers struct {
	mu     sync.Mutex
	all    map[*watcher]struct{}
	closed bool
}

type watcher struct {
	prefix  string
	changes chan Change
	stop    func() bool // lets go of the context
}

// watch begins to tell of changes to keys with a prefix.
func (w *watchers) watch(ctx context.Context, prefix string) (<-chan Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	own := &watcher{prefix: prefix, changes: make(chan Change, watchBuffer)}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, ErrClosed
	}
	if w.all == nil {
		w.all = map[*watcher]struct{}{}
	}
	w.all[own] = struct{}{}
	own.stop = context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.end(own)
	})
	return own.changes, nil
}

// end closes a watcher's channel, once. w.mu is held.
func (w *watchers) end(own *watcher) {
	if _, there := w.all[own]; there {
		delete(w.all, own)
		close(own.changes)
		own.stop()
	}
}

// tell hands on what a batch has changed. Calls must come in the order of the
// commits.
func (w *watchers) tell(writes []Write, revision Revision) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for own := range w.all {
		for _, write := range writes {
			if !strings.HasPrefix(write.Key, own.prefix) {
				continue
			}
			c := Change{Key: write.Key, Revision: revision, Deleted: write.Delete}
			if !write.Delete {
				c.Value = append([]byte{}, write.Value...)
			}
			select {
			case own.changes <- c:
				continue
			default:
			}
			w.end(own) // it is behind: what follows would have a hole
			break
		}
	}
}

// close ends all watchers.
func (w *watchers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	for own := range w.all {
		w.end(own)
	}
}
