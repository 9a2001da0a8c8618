package shard_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/shard"
)

// The original panics, gives the new shards the tuple {i, 0}, and loses the
// parameters of the new URL.
func TestRescale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		d := answers(2, 16)
		m := manager(t, &f, d)
		open(t, m)
		d.say(func(d *discordAnswers) { d.answer.Shards, d.answer.URL = 3, "wss://other.test/" })
		m.Rescale()
		m.Rescale() // does nothing while the first is under way
		time.Sleep(30 * time.Second)
		if m.NumShards() != 3 {
			t.Fatalf("%d shards; %+v", m.NumShards(), m.Summary())
		}
		for i := range 3 {
			s := m.Shard(i).(*fakeShard)
			if *s.id.Shard != (gateway.Shard{i, 3}) {
				t.Errorf("shard %d has the tuple %v", i, *s.id.Shard)
			}
			if s.url != m.GatewayURL() || !strings.HasPrefix(s.url, "wss://other.test/?") || !strings.Contains(s.url, "v=10") {
				t.Errorf("shard %d was made with the URL %s", i, s.url)
			}
		}
		diary := f.entries()
		slices.Sort(diary[2:5])
		slices.Sort(diary[5:])
		want := []string{"open 0/3", "open 1/3", "open 2/3", "end 0/2", "end 1/2"}
		if !slices.Equal(diary[2:], want) {
			t.Errorf("diary %v, want that the new ones open before the old ones end: %v", diary[2:], want)
		}
		if f.alive() != 3 || d.asked != 2 {
			t.Errorf("%d shards are open, asked %d times", f.alive(), d.asked)
		}
		closeManager(t, m)
		if f.alive() != 0 {
			t.Errorf("%d shards are open after Close", f.alive())
		}
	})
}

func TestRescaleChangesNothingWithoutReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(2, 16))
		open(t, m)
		defer closeManager(t, m)
		m.Rescale()
		time.Sleep(time.Minute)
		if err := m.RescaleTo(t.Context(), 2); err != nil {
			t.Error(err)
		}
		if len(f.made()) != 2 {
			t.Errorf("%d shards were made for the same count", len(f.made()))
		}
		// A shard that has failed is a reason, but not twice in a row.
		f.made()[0].fail(errTest)
		m.Rescale()
		time.Sleep(time.Minute)
		if len(f.made()) != 4 || f.alive() != 2 {
			t.Errorf("%d shards made, %d open", len(f.made()), f.alive())
		}
		f.made()[2].fail(errTest)
		m.Rescale()
		time.Sleep(5 * time.Minute)
		if len(f.made()) != 4 || !strings.Contains(m.Summary().LastError, "were replaced") {
			t.Errorf("%d shards made, summary %+v", len(f.made()), m.Summary())
		}
		time.Sleep(20 * time.Minute)
		if len(f.made()) != 6 || m.Summary().LastError != "" {
			t.Errorf("after a while: %d shards made, summary %+v", len(f.made()), m.Summary())
		}
	})
}

func TestRescaleFailureKeepsTheOldShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		d := answers(2, 16)
		m := manager(t, &f, d)
		open(t, m)
		defer closeManager(t, m)
		old := m.Shard(1)
		unchanged := func(when string) {
			t.Helper()
			if m.NumShards() != 2 || m.Shard(1) != old || f.alive() != 2 {
				t.Errorf("%s: %d shards, %d open", when, m.NumShards(), f.alive())
			}
		}

		d.say(func(d *discordAnswers) { d.err = errTest })
		if err := m.RescaleTo(t.Context(), 4); !errors.Is(err, errTest) {
			t.Errorf("without an answer: %v", err)
		}
		unchanged("without an answer")

		d.say(func(d *discordAnswers) { d.err = nil })
		f.construct = func(_ *shard.Manager, id *gateway.Identifier) error {
			if id.Shard.ShardID() == 3 {
				return errTest
			}
			return nil
		}
		if err := m.RescaleTo(t.Context(), 4); !errors.Is(err, errTest) {
			t.Errorf("with a constructor that fails: %v", err)
		}
		unchanged("with a constructor that fails")

		f.construct = nil
		f.open = func(_ context.Context, s *fakeShard) error {
			if s.id.Shard.ShardID() == 3 {
				time.Sleep(time.Second)
				return errTest
			}
			return nil
		}
		if err := m.RescaleTo(t.Context(), 4); !errors.Is(err, errTest) {
			t.Errorf("with a shard that does not open: %v", err)
		}
		unchanged("with a shard that does not open")
		if got := f.entries(); !slices.Contains(got, "end 0/4") {
			t.Errorf("diary %v: sessions that will never be used were left behind", got)
		}

		f.open = nil
		d.say(func(d *discordAnswers) { d.answer.SessionStartLimit.Remaining = 3 })
		var budget *shard.BudgetError
		if err := m.RescaleTo(t.Context(), 4); !errors.As(err, &budget) {
			t.Errorf("beyond the budget: %v", err)
		}
		unchanged("beyond the budget")

		d.say(func(d *discordAnswers) { d.answer.SessionStartLimit.Remaining = 900 })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		f.open = func(ctx context.Context, s *fakeShard) error { <-ctx.Done(); return ctx.Err() }
		if err := m.RescaleTo(ctx, 4); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("with a deadline: %v", err)
		}
		unchanged("with a deadline")

		// Rescale itself does not give up.
		d.say(func(d *discordAnswers) { d.answer.Shards = 4 })
		f.open = func(context.Context, *fakeShard) error { return errTest }
		m.Rescale()
		time.Sleep(time.Minute)
		unchanged("while it goes on trying")
		if s := m.Summary(); !s.Rescaling || s.LastError == "" || s.Recommended != 4 {
			t.Errorf("summary %+v", s)
		}
		if err := m.RescaleTo(t.Context(), 4); !errors.Is(err, shard.ErrRescaling) {
			t.Errorf("RescaleTo while rescaling: %v", err)
		}
		f.openBy(nil)
		time.Sleep(20 * time.Minute)
		if m.NumShards() != 4 || f.alive() != 4 {
			t.Errorf("when it can succeed: %d shards, %d open", m.NumShards(), f.alive())
		}
	})
}

// The original deadlocks.
func TestCloseDuringRescale(t *testing.T) {
	for _, stage := range []string{"asking", "constructing", "opening", "pausing"} {
		t.Run(stage, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var f fleet
				d := answers(2, 16)
				m := manager(t, &f, d)
				open(t, m)
				d.say(func(d *discordAnswers) { d.answer.Shards = 4 })
				blocked := make(chan struct{})
				defer close(blocked)
				switch stage {
				case "constructing":
					f.construct = func(*shard.Manager, *gateway.Identifier) error { <-blocked; return nil }
				case "opening":
					f.open = func(ctx context.Context, s *fakeShard) error { <-ctx.Done(); return ctx.Err() }
				case "pausing":
					d.say(func(d *discordAnswers) { d.err = errTest })
				}
				m.Rescale()
				if stage != "asking" {
					time.Sleep(100 * time.Millisecond)
				}
				began := time.Now()
				closeManager(t, m)
				if took := time.Since(began); took != 0 {
					t.Errorf("Close took %v", took)
				}
				if f.alive() != 0 {
					t.Errorf("%d shards are open", f.alive())
				}
			})
		})
	}
}

// A handler runs on a shard's own goroutine, and that shard's end waits for it.
func TestRescaleToInAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		handler := make(chan struct{})
		f.close = func(s *fakeShard) error {
			if s.id.Shard.NumShards() == 2 {
				<-handler
			}
			return nil
		}
		m := manager(t, &f, answers(2, 16))
		open(t, m)
		if err := m.RescaleTo(t.Context(), 3); err != nil { // "in the handler"
			t.Error(err)
		}
		if m.NumShards() != 3 {
			t.Errorf("%d shards", m.NumShards())
		}
		close(handler)
		closeManager(t, m)
		if f.alive() != 0 {
			t.Errorf("%d shards are open", f.alive())
		}
	})
}

func demanded() error { return &gateway.CloseError{Code: discord.CloseShardingRequired} }

// When Discord demands more shards at the start, Open comes back with them.
func TestOpenWithTooFewShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		d := answers(2, 16)
		f.open = func(ctx context.Context, s *fakeShard) error {
			if s.id.Shard.NumShards() < 5 {
				s.m.Rescale() // what a gateway's OnShardingRequired does
				return demanded()
			}
			return s.identify(ctx)
		}
		m := manager(t, &f, d)
		if err := m.Open(t.Context()); err == nil || !strings.Contains(err.Error(), "Discord demands more than 2 shards and recommends 2") {
			t.Errorf("when it still recommends as few: %v", err)
		}
		d.say(func(d *discordAnswers) { d.answer.Shards = 5 })
		open(t, m)
		if m.NumShards() != 5 || f.alive() != 5 {
			t.Errorf("%d shards, %d open", m.NumShards(), f.alive())
		}
		closeManager(t, m)
	})
}

func TestTooFewShardsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		d := answers(2, 16)
		m := manager(t, &f, d, func(o *shard.Options) {
			o.OnFailure = func(int, error) { t.Error("4011 is not a failure, it is dealt with") }
		})
		open(t, m)
		f.made()[1].fail(demanded())
		m.Rescale()
		time.Sleep(time.Minute)
		if m.NumShards() != 2 || len(f.made()) != 2 {
			t.Errorf("the same count again cannot help: %d shards, %d made", m.NumShards(), len(f.made()))
		}
		d.say(func(d *discordAnswers) { d.answer.Shards = 3 })
		time.Sleep(16 * time.Minute)
		if m.NumShards() != 3 || f.alive() != 3 {
			t.Errorf("%d shards, %d open", m.NumShards(), f.alive())
		}
		closeManager(t, m)
	})
}

func TestRescaleBeforeOpenIsDoneByOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		d := answers(2, 16)
		m := manager(t, &f, d)
		m.Rescale()
		d.say(func(d *discordAnswers) { d.answer.Shards = 6 })
		open(t, m)
		defer closeManager(t, m)
		if m.NumShards() != 6 || f.alive() != 6 {
			t.Errorf("%d shards, %d open", m.NumShards(), f.alive())
		}
	})
}

func TestStatusShowsBothGenerations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f fleet
		m := manager(t, &f, answers(2, 1))
		open(t, m)
		defer closeManager(t, m)
		result := make(chan error, 1)
		go func() { result <- m.RescaleTo(t.Context(), 3) }()
		time.Sleep(6 * time.Second)
		got := make([]string, 0, 5)
		for _, s := range m.Status() {
			got = append(got, fmt.Sprintf("%d/%d generation %d in charge %t", s.Shard, s.Of, s.Generation, s.InCharge))
		}
		want := []string{"0/2 generation 1 in charge true", "1/2 generation 1 in charge true",
			"0/3 generation 2 in charge false", "1/3 generation 2 in charge false", "2/3 generation 2 in charge false"}
		if !slices.Equal(got, want) {
			t.Errorf("status %v", got)
		}
		if err := <-result; err != nil {
			t.Fatal(err)
		}
	})
}

// All calls at once, in any order: nothing hangs, races or is left open.
func TestHammer(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			var f fleet
			d := answers(2, 16)
			f.open = func(ctx context.Context, s *fakeShard) error {
				select {
				case <-time.After(time.Duration(s.id.Shard.ShardID()) * 100 * time.Millisecond):
				case <-ctx.Done():
					return ctx.Err()
				}
				useAll(s.m)
				return s.identify(ctx)
			}
			m := manager(t, &f, d)
			calls := []func(context.Context){
				func(ctx context.Context) { _ = m.Open(ctx) },
				func(context.Context) { _ = m.Close() },
				func(context.Context) { m.Rescale() },
				func(ctx context.Context) { _ = m.RescaleTo(ctx, 3) },
				func(context.Context) { useAll(m) },
				func(context.Context) { d.say(func(d *discordAnswers) { d.answer.Shards = d.answer.Shards%5 + 1 }) },
			}
			var wg sync.WaitGroup
			for range 100 {
				call := calls[random.IntN(len(calls))]
				pause, patience := time.Duration(random.IntN(60_000))*time.Millisecond, time.Duration(random.IntN(20_000))*time.Millisecond
				wg.Go(func() {
					time.Sleep(pause)
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					call(ctx)
				})
			}
			wg.Wait()
			closeManager(t, m)
			if f.alive() != 0 {
				t.Errorf("seed %d: %d shards are open after Close: %v", seed, f.alive(), f.entries())
			}
			f.open = nil
			open(t, m)
			if f.alive() != m.NumShards() {
				t.Errorf("seed %d: %d of %d shards are open", seed, f.alive(), m.NumShards())
			}
			closeManager(t, m)
		})
	}
}
