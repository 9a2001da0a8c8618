package shard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
	"github.com/shardhost/shardhost/shard/governortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGovernorConformance(t *testing.T) {
	governortest.Run(t, func(t *testing.T, s governortest.Setup) gateway.IdentifyGovernor {
		g, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Limit: s.Limit, Reserve: s.Reserve, Store: s.Store, Key: "ident.1.budget", Ask: s.Ask})
		if err != nil {
			t.Fatal(err)
		}
		return g
	})
}

func TestGovernorStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{
			Limit: shard.Limit{Known: true, Total: 10, Remaining: 9, ResetAfter: time.Hour, MaxConcurrency: 2}, Reserve: 0.5,
		})
		if err != nil {
			t.Fatal(err)
		}
		release, err := g.Acquire(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		release(true)
		s := g.Status()
		if s.Total != 10 || s.Used != 2 || s.Remaining != 8 || s.Reserve != 5 || s.MaxConcurrency != 2 || !s.Until.IsZero() || time.Until(s.ResetAt) != time.Hour {
			t.Errorf("%+v", s)
		}
		if err := g.Afford(3); err != nil {
			t.Errorf("three of eight with five in reserve: %v", err)
		}
		var budget *shard.BudgetError
		if err := g.Afford(4); !errors.As(err, &budget) || budget.Needed != 4 || !strings.Contains(err.Error(), "4 IDENTIFYs needed, but only 8 of the day's 10 are left, of which 5") {
			t.Errorf("four of them: %v", err)
		}
	})
}

// When max_concurrency changes, no IDENTIFY of any key comes too early.
func TestGovernorConcurrencyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Limit: shard.Limit{Known: true, Total: 100, Remaining: 100, MaxConcurrency: 16}})
		if err != nil {
			t.Fatal(err)
		}
		release, err := g.Acquire(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		release(true)
		g.Observe(shard.Limit{Known: true, Total: 100, Remaining: 99, MaxConcurrency: 1})
		began := time.Now()
		if release, err = g.Acquire(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		release(true)
		if took := time.Since(began); took < 5*time.Second {
			t.Errorf("shard 0 went %v after shard 5, which it now takes turns with", took)
		}
	})
}

func TestGovernorDamagedLedger(t *testing.T) {
	for _, text := range []string{"", "null", "{}", "[1]", `{"total":-1,"max_concurrency":1}`, `{"total":5,"used":-6,"max_concurrency":1}`, "\x00\x01"} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			s := store.NewMemory()
			if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: "k", Value: []byte(text)}}}); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			g, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{
				Store: s, Key: "k", Limit: shard.Limit{Known: true, Total: 10, Remaining: 3, MaxConcurrency: 1},
				Logger: hclog.New(&hclog.LoggerOptions{Output: &log}),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Status().Remaining; got != 3 {
				t.Errorf("%d left, want what the service says", got)
			}
			if aside, err := s.Get(t.Context(), "damaged.k"); err != nil || string(aside.Value) != text || !strings.Contains(log.String(), "damaged") {
				t.Errorf("aside %q, %v; log %s", aside.Value, err, &log)
			}
		})
	}
	if _, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Reserve: 20}); err == nil {
		t.Error("a reserve of 2000 % was accepted")
	}
	closed := store.NewMemory()
	_ = closed.Close()
	if _, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Store: closed, Key: "k"}); err == nil {
		t.Error("a store that fails was accepted")
	}
}

// A disk that fails does not keep the bot offline.
func TestGovernorWithoutDisk(t *testing.T) {
	s := store.NewMemory()
	g, err := shard.NewGovernor(t.Context(), shard.GovernorOptions{Store: s, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	release, err := g.Acquire(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	release(true)
}
