package shard_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// TestChoose gives shards away and takes others on: only those are touched.
func TestChoose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(4, 4), func(o *shard.Options) { o.IDs = []int{1, 3} })
		if err := m.Choose(t.Context(), []int{0}); !errors.Is(err, shard.ErrNotOpen) {
			t.Errorf("before Open: %v", err)
		}
		open(t, m)
		stays := m.Shard(3)
		choose := func(ids []int, diary ...string) {
			t.Helper()
			before := len(f.entries())
			if err := m.Choose(t.Context(), ids); err != nil {
				t.Fatal(err)
			}
			got := f.entries()[before:]
			if slices.Sort(got); !slices.Equal(got, diary) {
				t.Errorf("%v: diary %v, want %v", ids, got, diary)
			}
		}
		choose([]int{3, 0}, "close 1/4", "open 0/4")
		if ids := m.IDs(); !slices.Equal(ids, []int{0, 3}) || m.Shard(3) != stays || m.Shard(1) != nil || m.NumShards() != 4 {
			t.Errorf("shards %v", ids)
		}
		choose([]int{0, 3})
		choose([]int{0}, "close 3/4")
		choose(nil, "open 1/4", "open 2/4", "open 3/4")
		if err := m.RescaleTo(t.Context(), 2); err != nil {
			t.Errorf("with all shards: %v", err)
		}
		synctest.Wait() // the old ones are closed after that

		// What goes wrong leaves everything as it was.
		choose([]int{0}, "close 1/2")
		if err := m.Choose(t.Context(), []int{0, 2}); err == nil {
			t.Error("shard 2 of 2 was chosen")
		}
		broken := errors.New("broken")
		f.openBy(func(context.Context, *fakeShard) error { return broken })
		if err := m.Choose(t.Context(), []int{1}); !errors.Is(err, broken) || !slices.Equal(m.IDs(), []int{0}) || f.alive() != 1 {
			t.Errorf("%v, shards %v, %d open", err, m.IDs(), f.alive())
		}
		closeManager(t, m)
		if err := m.Choose(t.Context(), nil); !errors.Is(err, shard.ErrNotOpen) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// A shard that was given away and comes back goes on with its session, and so do
// those of a process that comes after.
func TestChooseResumes(t *testing.T) {
	t.Parallel()
	server := discordtest.NewServer(discordtest.Options{Shards: 4, MaxConcurrency: 4, Guilds: 12, NoRateLimits: true})
	defer server.Close()
	s, err := store.OpenFile(filepath.Join(t.TempDir(), "state.db"), store.FileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	some := func(ids ...int) func(*shard.Options) { return func(o *shard.Options) { o.IDs = ids } }
	p := start(t, server, s, some(0, 1))
	choose := func(ids ...int) {
		t.Helper()
		if err := p.Choose(t.Context(), ids); err != nil {
			t.Fatal(err)
		}
	}
	hear := func(all []heard) {
		t.Helper()
		for _, h := range all {
			if slices.Contains(p.IDs(), h.shard.ShardID()) {
				p.sink.wait(t, h)
			}
		}
	}
	hear(say(t, server, p.Manager))
	choose(1, 2)
	if n := server.Stats().Identifies; n != 3 {
		t.Errorf("%d IDENTIFYs for one more shard", n)
	}
	missed := say(t, server, p.Manager) // of shard 0 nobody hears
	choose(0, 1)
	hear(missed)
	if n := server.Stats().Identifies; n != 3 {
		t.Errorf("%d IDENTIFYs after shard 0 has come back", n)
	}
	p.store.kill()
	closeManager(t, p.Manager)
	missed = say(t, server, p.Manager)
	p = start(t, server, s, some(0, 1, 2))
	hear(missed)
	closeManager(t, p.Manager)
	if n := server.Stats().Identifies; n != 3 {
		t.Errorf("%d IDENTIFYs after a restart", n)
	}
	for _, st := range server.Sessions() {
		if st.Shard == (gateway.Shard{3, 4}).ShardID() {
			t.Errorf("shard 3 was begun: %+v", st)
		}
	}
	if v := server.Violations(); len(v) > 0 {
		t.Errorf("violations: %+v", v)
	}
}
