package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// patience is how long a change may take to reach a watcher of a real engine.
const patience = 10 * time.Second

func next(t *testing.T, changes <-chan store.Change) (c store.Change, open bool) {
	t.Helper()
	select {
	case c, open = <-changes:
		return c, open
	case <-time.After(patience):
		t.Fatal("no change arrives")
	}
	return c, false
}

func watching(t *testing.T, s store.Store) {
	put(t, s, "w/before", "x")
	changes, err := s.Watch(t.Context(), "w/")
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, "elsewhere", "x")
	r1 := commit(t, s, store.Batch{Writes: []store.Write{{Key: "w/a", Value: []byte("1")}, {Key: "other"}, {Key: "w/b"}}})
	r2 := commit(t, s, store.Batch{Writes: []store.Write{{Key: "w/a", Delete: true}}})
	if _, err := s.Commit(t.Context(), store.Batch{Checks: []store.Check{{Key: "w/b", Revision: r2}}, Writes: []store.Write{{Key: "w/c"}}}); !errors.Is(err, store.ErrConflict) {
		t.Fatal(err)
	}
	for _, want := range []store.Change{
		{Key: "w/a", Value: []byte("1"), Revision: r1}, {Key: "w/b", Revision: r1}, {Key: "w/a", Revision: r2, Deleted: true},
	} {
		c, open := next(t, changes)
		if !open || c.Key != want.Key || string(c.Value) != string(want.Value) || c.Revision != want.Revision || c.Deleted != want.Deleted {
			t.Fatalf("got %+v, %v, want %+v", c, open, want)
		}
	}
	// Writers side by side: each change once, revisions rising.
	const writers, each = 8, 20
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: fmt.Sprintf("w/%d", w), Value: []byte(strconv.Itoa(i))}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	last, seen := r2, map[string]int{}
	for range writers * each {
		c, open := next(t, changes)
		if !open || c.Revision <= last || string(c.Value) != strconv.Itoa(seen[c.Key]) {
			t.Fatalf("got %+v, %v after revision %d and %d changes of the key", c, open, last, seen[c.Key])
		}
		last = c.Revision
		seen[c.Key]++
	}
}

func watchingLate(t *testing.T, s store.Store) {
	changes, err := s.Watch(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var b store.Batch
	for i := range 500 {
		b.Writes = append(b.Writes, store.Write{Key: fmt.Sprintf("k%03d", i)})
	}
	const rounds = 40
	for range rounds {
		commit(t, s, b)
	}
	count, last := 0, store.Change{}
	for {
		c, open := next(t, changes)
		if !open {
			break
		}
		want := fmt.Sprintf("k%03d", count%500)
		if c.Key != want || c.Revision < last.Revision {
			t.Fatalf("change %d is %+v, want key %s: a hole", count, c, want)
		}
		if count, last = count+1, c; count == rounds*len(b.Writes) {
			return // an engine with so long a memory is never behind
		}
	}
}

func watchingEnds(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	own, err := s.Watch(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	others, err := s.Watch(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if c, open := next(t, own); open {
		t.Errorf("%+v after the context's end", c)
	}
	if _, err := s.Watch(ctx, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("watch with a context that has ended: %v", err)
	}
	put(t, s, "k", "v")
	if c, open := next(t, others); !open || c.Key != "k" {
		t.Errorf("got %+v, %v", c, open)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if c, open := next(t, others); open {
		t.Errorf("%+v after the store's end", c)
	}
	if _, err := s.Watch(t.Context(), ""); !errors.Is(err, store.ErrClosed) {
		t.Errorf("watch after close: %v", err)
	}
}

// unknownOutcome gives up on commits before their outcome is known. Each has
// happened whole or not at all, and its unique value, read back, tells which.
func unknownOutcome(t *testing.T, s store.Store) {
	const n = 200
	happened := 0
	for i := range n {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		unique := strconv.Itoa(i)
		revision, err := s.Commit(ctx, store.Batch{Writes: []store.Write{{Key: "a", Value: []byte(unique)}, {Key: "b", Value: []byte(unique)}}})
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		a, errA := s.Get(t.Context(), "a")
		b, errB := s.Get(t.Context(), "b")
		if string(a.Value) != string(b.Value) || a.Revision != b.Revision || errors.Is(errA, store.ErrNotFound) != errors.Is(errB, store.ErrNotFound) {
			t.Fatalf("half a batch: %q, %v and %q, %v", a.Value, errA, b.Value, errB)
		}
		if err == nil && (string(a.Value) != unique || a.Revision != revision) {
			t.Fatalf("a batch that was committed is not there: %q at %d", a.Value, a.Revision)
		}
		if string(a.Value) == unique {
			happened++
		}
	}
	t.Logf("%d of %d commits that were given up have happened", happened, n)
}
