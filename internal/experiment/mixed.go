package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/admin"
)

// mixedPause is between two faults, at most.
const mixedPause = 600 * time.Millisecond

// mixed is exactly-once with everything else that can go wrong: faults of
// connections, lost answers, traps, reloads and kills in turn, n in all.
func mixed(ctx context.Context, b *bench, o options) (r report, err error) {
	l, err := newLedgerBench(ctx, b, o, frontOptions{delay: 60 * time.Millisecond, lose: 25})
	if err != nil {
		return r, err
	}
	defer l.close()
	m, err := newMixer(ctx, l, o.seed)
	if err != nil {
		return r, err
	}
	books, err := l.underLoad(ctx, func() error { return m.strike(ctx, o.n) })
	if err != nil {
		return r, err
	}
	r = report{figures: map[string]any{"rate": o.rate, "kills": m.kills, "reloads": m.reloads, "reloads_refused": m.refused, "traps": m.traps, "answers_lost": l.front.lost.Load()}}
	known := r.compareLedger(books, l.load)
	r.connectionFigures(l.server, known, ledgerShards, m.killed)
	return r, nil
}

// A mixer strikes a host with faults of all kinds.
type mixer struct {
	*ledgerBench
	random  *rand.Rand
	armed   [ledgerShards]int // faults that were to wait for a RESUME
	modules [2][]byte         // two builds of the guest
	present int               // the one in force

	reloading sync.WaitGroup
	mu        sync.Mutex
	reloads   int
	refused   int

	kills, traps int
	killed       []time.Time
}

func newMixer(ctx context.Context, l *ledgerBench, seed uint64) (*mixer, error) {
	m := &mixer{ledgerBench: l, random: rand.New(rand.NewPCG(seed, 0x6d69786564))}
	other := l.module + ".other"
	if err := buildLedger(ctx, other, "2"); err != nil {
		return nil, err
	}
	for i, file := range []string{l.module, other} {
		var err error
		if m.modules[i], err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// strike injects faults until n have struck, then starts the host once more, so
// that no pause after the last faults is waited for.
func (m *mixer) strike(ctx context.Context, n int) error {
	defer m.reloading.Wait()
	for struck, reported := 0, 0; struck < n; {
		if err := pause(ctx, time.Duration(m.random.Int64N(int64(mixedPause)))); err != nil {
			return err
		}
		if err := m.alive(); err != nil {
			return err
		}
		if err := m.strikeOnce(ctx); err != nil {
			return err
		}
		m.mu.Lock()
		struck = len(m.server.Faults()) + m.kills + m.traps + m.reloads + m.refused
		m.mu.Unlock()
		if struck-reported >= 100 {
			reported = struck
			fmt.Fprintf(os.Stderr, "%d faults\n", struck)
		}
	}
	up := false
	if err := m.server.Change(discordtest.Settings{ResumeDown: &up}); err != nil {
		return err
	}
	return m.kill(ctx)
}

// alive tells whether the host has ended by itself.
func (m *mixer) alive() error {
	select {
	case <-m.host.ended:
		return errors.Join(fmt.Errorf("the host ended by itself: %v", m.host.err), m.explainHost())
	default:
		return nil
	}
}

func (m *mixer) strikeOnce(ctx context.Context) error {
	switch n := m.random.IntN(20); {
	case n < 2:
		return m.kill(ctx)
	case n < 4:
		return m.reload(ctx)
	case n < 6:
		m.traps++
		m.load.ask("trap")
		return nil
	}
	return m.disturb()
}

func (m *mixer) kill(ctx context.Context) error {
	m.kills++
	m.killed = append(m.killed, time.Now())
	m.host.kill()
	return m.start(ctx)
}

// reload puts the other build in the place of the present one. What comes next
// may strike before the host is done with it.
func (m *mixer) reload(ctx context.Context) error {
	m.present = 1 - m.present
	next := m.module + ".next"
	if err := errors.Join(os.WriteFile(next, m.modules[m.present], 0o600), os.Rename(next, m.module)); err != nil {
		return err
	}
	client := m.host.admin
	m.reloading.Go(func() {
		_, err := client.Reload(ctx, admin.ReloadRequest{})
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.reloads++; err != nil {
			m.reloads, m.refused = m.reloads-1, m.refused+1
		}
	})
	return nil
}

// disturb injects a fault of a connection, of a shard that does not yet wait for
// enough of them.
func (m *mixer) disturb() error {
	kinds := faultKinds()
	f := kinds[m.random.IntN(len(kinds))]
	if m.random.IntN(rarely) == 0 {
		rare := rareFaults()
		f = rare[m.random.IntN(len(rare))]
	}
	if f.At != discordtest.AtConnect {
		f.Shard = m.random.IntN(ledgerShards)
	}
	if meetsResume(f.At) {
		if m.armed[f.Shard]-metResume(m.server.Faults(), f.Shard) >= faultsWaiting {
			return nil
		}
		m.armed[f.Shard]++
	}
	return inject(m.server, f)
}
