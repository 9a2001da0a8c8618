package plugin

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A gatedStore takes memory only when its gate is open.
type gatedStore struct {
	store.Store

	mu   sync.Mutex
	gate chan struct{} // nil: it is open
}

// shut closes the gate until the function that it returns is called.
func (s *gatedStore) shut() (open func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gate := make(chan struct{})
	s.gate = gate
	return func() { close(gate) }
}

func (s *gatedStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	s.mu.Lock()
	gate := s.gate
	s.mu.Unlock()
	if len(b.Writes) > 0 && gate != nil && strings.HasPrefix(b.Writes[0].Key, "memory/") && !b.Writes[0].Delete {
		select {
		case <-gate:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return s.Store.Commit(ctx, b)
}

// A lane goes on while its memory is written. What it has finished meanwhile is
// not in it, which the checkpoint says; one that nobody needs any more goes.
func TestLaneGoesOnBesideItsCheckpoint(t *testing.T) {
	module := remembering{schema: 1, control: everyControl}
	for _, c := range []struct {
		name      string
		meanwhile func(w *world)
		want      uint32 // in the memory that is kept first, 0: none is
		stale     bool
	}{
		{"nothing happens", func(*world) {}, 1, false},
		{"an event", func(w *world) {
			w.send(1, script("x"))
			w.settle()
			w.wantPosition(2)
			if n := w.remembered(); n != 2 {
				w.t.Errorf("the event that came meanwhile made %d", n)
			}
		}, 1, true},
		{"an event without effects", func(w *world) {
			w.send(1, nil)
			w.settle()
			w.wantPosition(2)
		}, 1, true},
		{"another generation", func(w *world) { w.swapModule(remembering{schema: 1, version: "2"}.module()) }, 0, false},
		{"another number of lanes", func(w *world) {
			w.spec.Lanes = 2
			w.swapModule(module.module())
		}, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Checkpoint.Every, w.spec.Checkpoint.MaxSize = 10*time.Second, 1<<20
				gated := &gatedStore{Store: w.store.Store}
				w.store.Store = gated
				w.openModule(module.module())
				w.send(1, nil)
				w.settle()
				open := gated.shut()
				time.Sleep(11 * time.Second)
				c.meanwhile(w)
				open()
				w.settle()
				kept := func() (n uint32, stale bool) {
					t.Helper()
					cp, err := w.plugin.ledger.Memory.Load(t.Context(), effect.Lane{Of: w.spec.Lanes})
					if err != nil {
						t.Fatal(err)
					}
					if cp == nil {
						return 0, false
					}
					return binary.LittleEndian.Uint32(cp.Data), cp.Stale
				}
				if n, stale := kept(); n != c.want || stale != c.stale {
					t.Errorf("kept is %d (stale: %v), want %d (%v)", n, stale, c.want, c.stale)
				}
				pieces := 0
				if c.want > 0 {
					pieces = 1
				}
				if n := len(w.keys("memory/")); n != pieces {
					t.Errorf("%d pieces are left, want %d", n, pieces)
				}
				if !c.stale {
					return
				}
				time.Sleep(11 * time.Second)
				w.settle()
				if n, stale := kept(); n != 2 || stale {
					t.Errorf("at the next time %d (stale: %v) is kept, want 2", n, stale)
				}
				if n := len(w.keys("memory/")); n != 1 {
					t.Errorf("%d pieces are left then, want 1", n)
				}
			})
		})
	}
}

// A host that ends while memory is written keeps what there is at the end.
func TestEndBesideACheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Checkpoint.Every, w.spec.Checkpoint.MaxSize = 10*time.Second, 1<<20
		gated := &gatedStore{Store: w.store.Store}
		w.store.Store = gated
		module := remembering{schema: 1, control: everyControl}.module()
		w.openModule(module)
		w.send(1, nil)
		w.settle()
		open := gated.shut()
		time.Sleep(11 * time.Second)
		w.send(1, nil)
		w.settle()
		time.AfterFunc(time.Second, open)
		w.close()
		w.openModule(module)
		w.send(1, script("x"))
		w.settle()
		if n := w.remembered(); n != 3 {
			t.Errorf("it counts to %d, want 3\n%s", n, w.log)
		}
		if n := len(w.keys("memory/")); n != 1 {
			t.Errorf("%d pieces are left, want 1", n)
		}
	})
}
