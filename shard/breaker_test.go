package shard_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// A breakerBench opens governors that a breaker guards, on one store.
type breakerBench struct {
	t   *testing.T
	s   store.Store
	log bytes.Buffer
}

func (b *breakerBench) open(shards, extra int) *shard.Governor {
	b.t.Helper()
	g, err := shard.NewGovernor(b.t.Context(), shard.GovernorOptions{
		Limit: shard.Limit{Known: true, Total: 1000, Remaining: 1000, ResetAfter: 24 * time.Hour, MaxConcurrency: shards},
		Store: b.s, Key: "k", Breaker: extra, Shards: shards, Logger: hclog.New(&hclog.LoggerOptions{Output: &b.log}),
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return g
}

// identify lets n IDENTIFYs of a shard through and returns how long that took.
func (b *breakerBench) identify(g *shard.Governor, shardID, n int) time.Duration {
	b.t.Helper()
	began := time.Now()
	for range n {
		release, err := g.Acquire(b.t.Context(), shardID)
		if err != nil {
			b.t.Fatal(err)
		}
		release(true)
	}
	return time.Since(began)
}

func withBreaker(t *testing.T, check func(t *testing.T, b *breakerBench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { check(t, &breakerBench{t: t, s: store.NewMemory()}) })
}

// One shard whose session ends again and again waits, and the others do not.
func TestBreakerHoldsOneShard(t *testing.T) {
	withBreaker(t, func(t *testing.T, b *breakerBench) {
		g := b.open(2, 20)
		if took := b.identify(g, 0, 3); took > 11*time.Second {
			t.Errorf("three took %s", took)
		}
		fourth := make(chan time.Duration)
		began := time.Now()
		go func() {
			b.identify(g, 0, 1)
			fourth <- time.Since(began)
		}()
		synctest.Wait()
		if took := b.identify(g, 1, 1); took > time.Second {
			t.Errorf("the other shard waited %s", took)
		}
		if took := <-fourth; took < 9*time.Minute || took > 10*time.Minute {
			t.Errorf("the fourth waited %s, want until ten minutes after the first", took)
		}
		if !strings.Contains(b.log.String(), "sessions end again and again") {
			t.Errorf("log %s", &b.log)
		}
	})
}

// A bot that starts again and again, each time with a new session, is slowed
// down, whichever process it is; and goes on by itself.
func TestBreakerCountsAllProcesses(t *testing.T) {
	withBreaker(t, func(t *testing.T, b *breakerBench) {
		began := time.Now()
		for range 24 { // 4 shards and 20 more
			b.identify(b.open(4, 20), 0, 1)
			time.Sleep(6 * time.Second)
		}
		if took := time.Since(began); took > 5*time.Minute {
			t.Fatalf("24 took %s", took)
		}
		g := b.open(4, 20)
		if st := g.Status(); st.LastHour != 24 || st.Allowed != 24 || st.Until.IsZero() {
			t.Errorf("status %+v", st)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var open *shard.BreakerError
		if _, err := g.Acquire(short, 0); !errors.As(err, &open) || time.Until(open.Until) < 50*time.Minute || !strings.Contains(err.Error(), "identify_breaker") {
			t.Errorf("the 25th: %v", err)
		}
		if took := b.identify(g, 0, 1); took < 50*time.Minute || took > 62*time.Minute {
			t.Errorf("the 25th waited %s", took)
		}
		if !strings.Contains(b.log.String(), "new sessions wait") {
			t.Errorf("log %s", &b.log)
		}
	})
}

// What an operator has asked for is not counted, and what was given back neither.
func TestBreakerLeavesPlansAlone(t *testing.T) {
	withBreaker(t, func(t *testing.T, b *breakerBench) {
		g := b.open(1, 2)
		for range 10 {
			g.Plan(3)
			if took := b.identify(g, 0, 3); took > 16*time.Second {
				t.Fatalf("three that were planned took %s", took)
			}
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 10 {
			if _, err := g.Acquire(gone, 0); err == nil {
				t.Fatal("let through without anybody there")
			}
		}
		if st := g.Status(); st.LastHour != 0 {
			t.Errorf("status %+v", st)
		}
		g.Plan(5)
		g.Plan(0)
		b.identify(g, 0, 3)
		if st := g.Status(); st.LastHour != 3 || st.Until.IsZero() {
			t.Errorf("status %+v", st)
		}
		g.Plan(1) // the operator's word while it is open
		if took := b.identify(g, 0, 1); took > 6*time.Second {
			t.Errorf("the planned one took %s", took)
		}
	})
	withBreaker(t, func(t *testing.T, b *breakerBench) {
		if took := b.identify(b.open(1, 0), 0, 100); took > 9*time.Minute {
			t.Errorf("without a breaker 100 took %s", took)
		}
	})
	if _, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Breaker: -1}); err == nil {
		t.Error("a negative breaker was accepted")
	}
}

// A manager's rescales are planned; its shards are what the breaker allows.
func TestManagerPlans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		m := manager(t, f, answers(4, 16), func(o *shard.Options) { o.Breaker = 1 })
		open(t, m)
		for _, n := range []int{8, 4, 8, 4} {
			if err := m.RescaleTo(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		st := m.Governor().(*shard.Governor).Status()
		if st.LastHour != 4 || st.Allowed != 5 {
			t.Errorf("status %+v, want the 4 of the start counted", st)
		}
		closeManager(t, m)
		off := manager(t, f, answers(4, 16), func(o *shard.Options) { o.Breaker = -1 })
		if st := off.Governor().(*shard.Governor).Status(); st.Allowed != 0 {
			t.Errorf("switched off: %+v", st)
		}
		fresh := manager(t, f, answers(4, 16), func(o *shard.Options) { o.Fresh = true })
		open(t, fresh)
		if st := fresh.Governor().(*shard.Governor).Status(); st.LastHour != 0 || st.Allowed != 4+shard.DefaultBreaker {
			t.Errorf("fresh: %+v", st)
		}
		closeManager(t, fresh)
	})
}
