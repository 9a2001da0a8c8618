package shard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/shard"
)

func open(t *testing.T, m *shard.Manager) {
	t.Helper()
	if err := m.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func closeManager(t *testing.T, m *shard.Manager) {
	t.Helper()
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

// useAll calls every method of a manager that reads.
func useAll(m *shard.Manager) {
	m.GatewayURL()
	m.ForEach(func(shard.Shard) { m.NumShards() })
	m.FromGuildID(81384788765712384)
	m.Shard(0)
	m.Shard(-1)
	m.Status()
	m.Summary()
}

func TestNewUsesRecommendedShards(t *testing.T) {
	var f fleet
	d := answers(3, 1)
	m := manager(t, &f, d)
	if m.NumShards() != 3 || len(f.made()) != 3 || d.asked != 1 {
		t.Fatalf("%d shards, %d made, asked %d times", m.NumShards(), len(f.made()), d.asked)
	}
	for i, s := range f.made() {
		if *s.id.Shard != (gateway.Shard{i, 3}) || m.Shard(i) != shard.Shard(s) {
			t.Errorf("shard %d has the tuple %v", i, *s.id.Shard)
		}
	}
	if m.Shard(3) != nil || m.Shard(-1) != nil {
		t.Error("a shard beyond the last one is not nil")
	}
	if url := m.GatewayURL(); !strings.Contains(url, "v=10") || !strings.Contains(url, "encoding=json") || !strings.Contains(url, "x=1") {
		t.Errorf("URL %s lacks parameters", url)
	}
}

func TestNewIdentifiedManagerWithURLAsksNothing(t *testing.T) {
	var f fleet
	f.t = t
	id := gateway.DefaultIdentifier("token")
	id.SetShard(7, 4) // the id is ignored
	m, err := shard.NewIdentifiedManagerWithURL("ws://127.0.0.1:1", id, f.new)
	if err != nil {
		t.Fatal(err)
	}
	if m.NumShards() != 4 || *f.made()[2].id.Shard != (gateway.Shard{2, 4}) || !strings.HasPrefix(m.GatewayURL(), "ws://127.0.0.1:1/?") {
		t.Errorf("%d shards at %s", m.NumShards(), m.GatewayURL())
	}
	if *id.Shard != (gateway.Shard{7, 4}) {
		t.Errorf("the caller's identifier was changed to %v", *id.Shard)
	}
	if f.made()[0].id.Governor == nil {
		t.Error("nobody governs")
	}
}

func TestNewRefuses(t *testing.T) {
	good := answers(2, 1)
	bad := answers(2, 1)
	bad.err = rest.ErrUnauthorized
	with := func(change func(*shard.Options)) shard.Options {
		o := shard.Options{Identify: gateway.DefaultIdentifyData("secret-token"), REST: good}
		change(&o)
		return o
	}
	var f fleet
	f.t = t
	cases := []struct {
		name    string
		opts    shard.Options
		fn      shard.NewShardFunc
		problem string
	}{
		{"no constructor", with(func(*shard.Options) {}), nil, "no constructor"},
		{"a negative count", with(func(o *shard.Options) { o.Count = -2 }), f.new, "count is positive"},
		{"a foreign id", with(func(o *shard.Options) { o.Count, o.IDs = 2, []int{0, 2} }), f.new, "no shard 2 of 2"},
		{"an id twice", with(func(o *shard.Options) { o.Count, o.IDs = 2, []int{1, 1} }), f.new, "twice"},
		{"no answer", with(func(o *shard.Options) { o.REST = bad }), f.new, "where to connect is not known"},
		{"a base URL that is none", with(func(o *shard.Options) { o.REST, o.BaseURL = nil, "nonsense" }), f.new, "base_url"},
		{"a constructor that fails", with(func(*shard.Options) {}), func(*shard.Manager, *gateway.Identifier) (shard.Shard, error) { return nil, errTest }, "make shard 0 of 2"},
		{"a constructor without a shard", with(func(*shard.Options) {}), func(*shard.Manager, *gateway.Identifier) (shard.Shard, error) { return nil, nil }, "no shard and no error"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := shard.New(t.Context(), c.opts, c.fn)
			if err == nil || !strings.Contains(err.Error(), c.problem) || strings.Contains(err.Error(), "secret-token") {
				t.Errorf("error %v, want one with %q", err, c.problem)
			}
		})
	}
}

// The original divides by the number of shards.
func TestFromGuildID(t *testing.T) {
	none := gateway.DefaultIdentifier("token")
	none.SetShard(0, 0)
	m, err := shard.NewIdentifiedManagerWithURL("ws://127.0.0.1:1", none, (&fleet{t: t}).new)
	if err != nil {
		t.Fatal(err)
	}
	if s, ix := m.FromGuildID(1 << 40); s != nil || ix != 0 {
		t.Errorf("without shards: %v, %d", s, ix)
	}
	m.ForEach(func(shard.Shard) { t.Error("a shard of none") })
	if err := errors.Join(m.Open(t.Context()), m.Close()); err != nil {
		t.Error(err)
	}

	var f fleet
	m = manager(t, &f, answers(4, 1))
	for _, guild := range []discord.GuildID{0, 1, 41771983423143937, 197038439483310086} {
		s, ix := m.FromGuildID(guild)
		if want := int(uint64(guild) >> 22 % 4); ix != want || s != m.Shard(want) {
			t.Errorf("guild %d is on shard %d, want %d", guild, ix, want)
		}
	}
}

func TestSubset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(4, 1), func(o *shard.Options) { o.IDs = []int{3, 1} })
		open(t, m)
		defer closeManager(t, m)
		got := f.entries()
		if slices.Sort(got); !slices.Equal(got, []string{"open 1/4", "open 3/4"}) {
			t.Errorf("diary %v", got)
		}
		if m.NumShards() != 4 || m.Shard(0) != nil || m.Shard(3) == nil {
			t.Errorf("%d shards, %v, %v", m.NumShards(), m.Shard(0), m.Shard(3))
		}
		if s, ix := m.FromGuildID(2 << 22); s != nil || ix != 2 {
			t.Errorf("a guild of another process: %v, %d", s, ix)
		}
		if err := m.RescaleTo(t.Context(), 8); err == nil || !strings.Contains(err.Error(), "some of 4 shards only") {
			t.Errorf("rescaling a part: %v", err)
		}
	})
}

// The original opens strictly one after another and ignores max_concurrency.
func TestOpenUsesConcurrency(t *testing.T) {
	for _, c := range []struct {
		shards, concurrency int
		took                time.Duration
	}{{16, 16, 0}, {32, 16, 5 * time.Second}, {4, 1, 15 * time.Second}} {
		t.Run(fmt.Sprintf("%d shards by %d", c.shards, c.concurrency), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var f fleet
				m := manager(t, &f, answers(c.shards, c.concurrency))
				began := time.Now()
				open(t, m)
				if took := time.Since(began); took < c.took || took > c.took+time.Second {
					t.Errorf("opening took %v, want %v", took, c.took)
				}
				closeManager(t, m)
				if f.alive() != 0 {
					t.Errorf("%d shards are open after Close", f.alive())
				}
			})
		})
	}
}

// The original holds its lock while Open waits.
func TestEveryCallIsLegalWhileOpenWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		f.open = func(ctx context.Context, s *fakeShard) error {
			useAll(s.m)
			s.m.Rescale()
			if err := s.m.RescaleTo(ctx, 9); !errors.Is(err, shard.ErrNotOpen) {
				t.Errorf("RescaleTo while opening: %v", err)
			}
			if err := s.m.Open(ctx); !errors.Is(err, shard.ErrAlreadyOpen) {
				t.Errorf("Open while opening: %v", err)
			}
			return nil
		}
		m := manager(t, &f, answers(3, 16))
		open(t, m)
		closeManager(t, m)
	})
}

func TestEveryCallIsLegalInTheConstructor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		f.construct = func(m *shard.Manager, id *gateway.Identifier) error {
			useAll(m)
			m.Rescale()
			err := m.RescaleTo(context.Background(), 5)
			if !errors.Is(err, shard.ErrNotOpen) && !errors.Is(err, shard.ErrRescaling) {
				t.Errorf("RescaleTo in the constructor: %v", err)
			}
			if id.Shard.NumShards() == 2 { // the first generation: nothing is open
				return m.Close()
			}
			return nil
		}
		d := answers(2, 16)
		m := manager(t, &f, d)
		open(t, m)
		if err := m.RescaleTo(t.Context(), 4); err != nil {
			t.Fatal(err)
		}
		closeManager(t, m)
	})
}

// Close may even be called by the constructor of a later generation.
func TestCloseInTheConstructorOfARescale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		ended := make(chan error, 1)
		f.construct = func(m *shard.Manager, id *gateway.Identifier) error {
			if id.Shard.NumShards() == 4 && id.Shard.ShardID() == 1 {
				ended <- m.Close()
			}
			return nil
		}
		m := manager(t, &f, answers(2, 16))
		open(t, m)
		if err := m.RescaleTo(t.Context(), 4); !errors.Is(err, shard.ErrClosed) {
			t.Errorf("RescaleTo: %v", err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if f.alive() != 0 {
			t.Errorf("%d shards are open after Close", f.alive())
		}
	})
}

func TestOpenClosesWhatItOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		f.open = func(_ context.Context, s *fakeShard) error {
			if s.id.Shard.ShardID() == 2 {
				time.Sleep(time.Second) // in the bubble's time
				return errTest
			}
			return nil
		}
		m := manager(t, &f, answers(4, 16))
		err := m.Open(t.Context())
		if !errors.Is(err, errTest) || !strings.Contains(err.Error(), "open shard 2 of 4") {
			t.Errorf("open: %v", err)
		}
		if f.alive() != 0 {
			t.Errorf("%d shards stayed open: %v", f.alive(), f.entries())
		}
		closeManager(t, m) // closes nothing: the fake shards would complain
		f.open = nil
		open(t, m)
		closeManager(t, m)
	})
}

func TestOpenEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(10, 1))
		ctx, cancel := context.WithTimeout(t.Context(), 12*time.Second)
		defer cancel()
		if err := m.Open(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("open: %v", err)
		}
		if f.alive() != 0 || len(f.entries()) != 6 {
			t.Errorf("diary %v, want three that were opened and closed", f.entries())
		}
	})
}

func TestCloseDuringOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(10, 1))
		opened := make(chan error, 1)
		go func() { opened <- m.Open(t.Context()) }()
		time.Sleep(7 * time.Second)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { closeManager(t, m) })
		}
		wg.Wait()
		if err := <-opened; !errors.Is(err, shard.ErrClosed) {
			t.Errorf("open: %v", err)
		}
		if f.alive() != 0 {
			t.Errorf("%d shards stayed open", f.alive())
		}
		began := time.Now()
		open(t, m) // a manager can be opened again
		if took := time.Since(began); took > 50*time.Second {
			t.Errorf("opening again took %v", took)
		}
		closeManager(t, m)
		closeManager(t, m)
	})
}

func TestCloseAttemptsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		f.close = func(s *fakeShard) error {
			if s.id.Shard.ShardID() != 1 {
				return fmt.Errorf("%w: %d", errTest, s.id.Shard.ShardID())
			}
			return nil
		}
		m := manager(t, &f, answers(3, 16))
		open(t, m)
		err := m.Close()
		if !errors.Is(err, errTest) || !strings.Contains(err.Error(), "fail: 0") || !strings.Contains(err.Error(), "fail: 2") {
			t.Errorf("close: %v", err)
		}
		if f.alive() != 0 {
			t.Errorf("%d shards stayed open", f.alive())
		}
	})
}

func TestOpenShardsAndCloseShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(3, 16))
		states := make([]shard.ShardState, 3)
		for i := range states {
			states[i] = shard.ShardState{Shard: m.Shard(i), ID: *f.made()[i].id}
		}
		if err := shard.CloseShards(states); err != nil { // none was opened
			t.Fatal(err)
		}
		if err := shard.OpenShards(t.Context(), states); err != nil {
			t.Fatal(err)
		}
		for _, s := range states {
			if !s.Opened {
				t.Errorf("shard %d is not marked as opened", s.ShardID())
			}
		}
		if err := shard.CloseShards(states[1:]); err != nil {
			t.Fatal(err)
		}
		if !states[0].Opened || states[1].Opened || f.alive() != 1 {
			t.Errorf("marks %t %t, %d open", states[0].Opened, states[1].Opened, f.alive())
		}
		if err := shard.CloseShards(states); err != nil || f.alive() != 0 {
			t.Errorf("%v, %d open", err, f.alive())
		}
		if err := shard.OpenShards(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}

func TestForEachGoesFromFirstToLast(t *testing.T) {
	var f fleet
	m := manager(t, &f, answers(5, 1))
	var order []int
	m.ForEach(func(s shard.Shard) {
		if m.NumShards() != 5 {
			t.Error("NumShards inside ForEach")
		}
		order = append(order, s.(*fakeShard).id.Shard.ShardID())
	})
	if !slices.Equal(order, []int{0, 1, 2, 3, 4}) {
		t.Errorf("order %v", order)
	}
}

func TestOnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		var m *shard.Manager
		told := make(chan string, 10)
		m = manager(t, &f, answers(3, 16), func(o *shard.Options) {
			o.OnFailure = func(id int, err error) {
				told <- fmt.Sprint(id, " ", err)
				if id == 2 {
					closeManager(t, m) // legal here
				}
			}
		})
		open(t, m)
		f.made()[1].fail(errTest)
		time.Sleep(10 * time.Second)
		if len(told) != 1 || <-told != "1 made to fail" {
			t.Errorf("told %d times", len(told))
		}
		if got := m.Status(); got[1].State != gateway.StateFailed || got[0].State != gateway.StateReady {
			t.Errorf("status %+v", got)
		}
		f.made()[2].fail(errTest)
		<-told
		synctest.Wait()
		if f.alive() != 0 {
			t.Errorf("%d shards are open", f.alive())
		}
	})
}
