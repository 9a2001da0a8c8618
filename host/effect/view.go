package effect

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/shardhost/shardhost/internal/store"
)

// A View is a store in memory through which a plugin sees its real keys and
// values, and in which nothing else is. What is written stays in it. A key is
// copied when it is first asked for, and is from then on what it was. It is safe
// for use by many goroutines.
type View struct {
	*store.Memory
	real     store.Store // only read
	prefixes []string    // of what is seen through

	mu     sync.Mutex
	copied map[string]struct{}
}

// NewView makes a view of a plugin's keys.
func NewView(real store.Store, plugin string) *View {
	return &View{
		Memory: store.NewMemory(), real: real, prefixes: []string{spacePrefix + plugin + "/", sharePrefix + plugin + "/"},
		copied: map[string]struct{}{},
	}
}

// Get implements store.Store.
func (v *View) Get(ctx context.Context, key string) (store.Entry, error) {
	if err := v.copy(ctx, key); err != nil {
		return store.Entry{}, err
	}
	return v.Memory.Get(ctx, key)
}

// List implements store.Store.
func (v *View) List(ctx context.Context, prefix, after string, limit int) ([]store.Entry, error) {
	if !v.through(prefix) {
		return v.Memory.List(ctx, prefix, after, limit)
	}
	for from := after; ; {
		page, err := v.real.List(ctx, prefix, from, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if err := v.keep(ctx, e.Key, e, true); err != nil {
				return nil, err
			}
		}
		own, err := v.Memory.List(ctx, prefix, after, limit)
		if err != nil || limit == 0 || len(page) < limit {
			return own, err
		}
		// Further real keys may stand between those that were found here.
		from = page[len(page)-1].Key
		if len(own) == limit && own[limit-1].Key <= from {
			return own, nil
		}
	}
}

// Commit implements store.Store.
func (v *View) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	for _, c := range b.Checks {
		if err := v.copy(ctx, c.Key); err != nil {
			return 0, err
		}
	}
	for _, w := range b.Writes {
		if err := v.copy(ctx, w.Key); err != nil {
			return 0, err
		}
	}
	return v.Memory.Commit(ctx, b)
}

func (v *View) through(key string) bool {
	for _, p := range v.prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// copy takes a real key over, unless that was done before.
func (v *View) copy(ctx context.Context, key string) error {
	if !v.through(key) {
		return nil
	}
	v.mu.Lock()
	_, done := v.copied[key]
	v.mu.Unlock()
	if done {
		return nil
	}
	e, err := v.real.Get(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return v.keep(ctx, key, e, err == nil)
}

func (v *View) keep(ctx context.Context, key string, e store.Entry, found bool) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, done := v.copied[key]; done {
		return nil
	}
	v.copied[key] = struct{}{}
	if !found {
		return nil
	}
	_, err := v.Memory.Commit(ctx, store.Batch{Writes: []store.Write{{Key: key, Value: e.Value}}})
	return err
}
