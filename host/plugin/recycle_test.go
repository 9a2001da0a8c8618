package plugin

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
)

func TestRecycle(t *testing.T) {
	for _, c := range []struct {
		name   string
		bounds config.Recycle
		events int
		pass   time.Duration // after them
		want   int           // guests recycled, over both lanes
	}{
		{"never", config.Recycle{}, 20, 100 * time.Hour, 0},
		{"events", config.Recycle{MaxEvents: 4}, 4, 10 * time.Minute, 2},
		{"events again", config.Recycle{MaxEvents: 2}, 20, 10 * time.Minute, 2},
		{"memory", config.Recycle{MaxMemory: 64 << 10}, 1, 10 * time.Minute, 2},
		{"less memory than the bound", config.Recycle{MaxMemory: 16 << 20}, 20, 10 * time.Minute, 0},
		{"age, without an event", config.Recycle{MaxAge: time.Hour}, 0, 150 * time.Minute, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Lanes = 2
				w.spec.Recycle = c.bounds
				p, err := Open(context.Background(), w.deps(), w.spec, stateful{saves: 1, loads: 1}.module())
				if err != nil {
					t.Fatal(err)
				}
				w.plugin = p
				guilds := w.guildOfEach(2)
				for range c.events {
					for _, g := range guilds {
						w.send(g, nil)
						w.settle()
					}
				}
				time.Sleep(c.pass)
				// What follows is counted on from where it was.
				for range min(c.events, 1) {
					w.send(guilds[1], nil)
					w.settle()
					w.wantKV("n", string([]byte{byte(c.events + 1), 0, 0, 0}))
				}
				if n := w.log.count("lane recycled"); n < c.want || c.want == 0 && n > 0 {
					t.Errorf("%d lanes were recycled, want %d; log:\n%s", n, c.want, w.log)
				}
				if s := p.Status(); s.Generation != 1 || s.Failed != 0 || s.State != Running {
					t.Errorf("status is %+v", s)
				}
			})
		})
	}
}

// guildOfEach returns a guild for each of n lanes.
func (w *world) guildOfEach(n int) []int {
	guilds := make([]int, n)
	for g, found := 1, 0; found < n; g++ {
		if lane := effect.LaneOf(uint64(guildID(g)), n); guilds[lane] == 0 {
			guilds[lane] = g
			found++
		}
	}
	return guilds
}

// Lanes take turns, so that not all guests of a plugin are made at once.
func TestRecycleTakesTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Lanes = 4
		w.spec.Recycle = config.Recycle{MaxAge: time.Hour}
		w.open(scripted{})
		time.Sleep(time.Hour + 1500*time.Millisecond)
		if n := w.log.count("lane recycled"); n != 2 {
			t.Errorf("%d lanes are recycled after a second and a half", n)
		}
		w.wantLog("start without their memory")
		time.Sleep(2 * time.Second)
		if n := w.log.count("lane recycled"); n != 4 {
			t.Errorf("%d lanes are recycled", n)
		}
	})
}
