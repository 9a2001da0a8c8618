package store

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
)

// Memory is a store that forgets everything when the process ends: for tests,
// and for a simulated host. It behaves as the file store does.
type Memory struct {
	mu       sync.RWMutex
	entries  map[string]Entry
	revision Revision
	closed   bool
	watchers watchers
}

var _ Store = (*Memory)(nil)

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{entries: make(map[string]Entry)} }

// Get implements Store.
func (m *Memory) Get(ctx context.Context, key string) (Entry, error) {
	if err := ctx.Err(); err != nil {
		return Entry{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Entry{}, ErrClosed
	}
	e, ok := m.entries[key]
	if !ok {
		return Entry{}, ErrNotFound
	}
	e.Value = bytes.Clone(e.Value)
	return e, nil
}

// List implements Store.
func (m *Memory) List(ctx context.Context, prefix, after string, limit int) ([]Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	var found []Entry
	for key, e := range m.entries {
		if key > after && strings.HasPrefix(key, prefix) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	if limit > 0 && len(found) > limit {
		found = found[:limit]
	}
	for i := range found {
		found[i].Value = bytes.Clone(found[i].Value)
	}
	return found, nil
}

// Commit implements Store.
func (m *Memory) Commit(ctx context.Context, b Batch) (Revision, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := b.validate(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return 0, ErrClosed
	}
	for _, c := range b.Checks {
		if m.entries[c.Key].Revision != c.Revision {
			return 0, ErrConflict
		}
	}
	if len(b.Writes) == 0 {
		return 0, nil
	}
	m.revision++
	for _, w := range b.Writes {
		if w.Delete {
			delete(m.entries, w.Key)
			continue
		}
		value := append([]byte{}, w.Value...)
		m.entries[w.Key] = Entry{Key: w.Key, Value: value, Revision: m.revision}
	}
	m.watchers.tell(b.Writes, m.revision)
	return m.revision, nil
}

// Watch implements Store.
func (m *Memory) Watch(ctx context.Context, prefix string) (<-chan Change, error) {
	return m.watchers.watch(ctx, prefix)
}

// Close implements Store.
func (m *Memory) Close() error {
	m.watchers.close()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}
