package plugin

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"

	"github.com/shardhost/shardhost/host/effect"
)

// does says what a timer does when it fires.
func (w *world) does(tag uint64, s script) { w.seed(timerScript(tag), string(s)) }

func TestTimers(t *testing.T) {
	const s, h = 1000, 3600_000
	for _, c := range []struct {
		name  string
		do    script
		again script // ten seconds later
		down  time.Duration
		wait  time.Duration
		fired string
		left  int
	}{
		{"once", script{}.timer(1, 5*s, 0), nil, 0, h * time.Millisecond, "1", 0},
		{"not yet", script{}.timer(1, h, 0), nil, 0, time.Minute, "", 1},
		{"periodic", script{}.timer(1, 5*s, 10*s), nil, 0, 46 * time.Second, "5", 1},
		{"at once", script{}.timer(1, 0, 0), nil, 0, 0, "1", 0},
		{"stopped", script{}.timer(1, 15*s, 0), script{}.op(opTimerOff, "", "", 1, 0).expect(0), 0, time.Hour, "", 0},
		{"stopped in the same frame", script{}.timer(1, 5*s, 0).op(opTimerOff, "", "", 1, 0), nil, 0, time.Hour, "", 0},
		{"stopped and set", script{}.timer(1, 5*s, 0).op(opTimerOff, "", "", 1, 0).timer(1, 6*s, 0), nil, 0, time.Hour, "1", 0},
		{"set anew", script{}.timer(1, 15*s, 0), script{}.timer(1, 20*s, 0), 0, 19 * time.Second, "", 1},
		{"a restart before", script{}.timer(1, 15*s, 0), nil, 10 * time.Second, 15 * time.Second, "1", 0},
		{"a restart over it", script{}.timer(1, 15*s, 0), nil, time.Hour, 0, "1", 0},
		{"a restart over many periods", script{}.timer(1, 5*s, 10*s), nil, time.Hour, 10 * time.Second, "3", 1},
		{"failing frame", script{}.timer(1, 5*s, 0).fail("no luck"), nil, 0, time.Hour, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Failure.Retry = 0
				w.does(1, script{}.add("fired", 1))
				w.open(scripted{})
				began := time.Now()
				w.send(1, c.do)
				w.settle()
				if c.again != nil || c.down > 0 {
					time.Sleep(10 * time.Second)
					w.settle()
				}
				if c.again != nil {
					w.send(1, c.again)
					w.settle()
				}
				if c.down > 0 {
					w.close()
					time.Sleep(c.down)
					w.open(scripted{})
				}
				time.Sleep(c.wait)
				w.settle()
				w.wantKV("fired", c.fired)
				if left := w.keys("timer/p/"); len(left) != c.left || w.plugin.ledger.Timers.Count() != c.left {
					t.Errorf("after %v there are timers %q, %d in memory, want %d", time.Since(began), left, w.plugin.ledger.Timers.Count(), c.left)
				}
			})
		})
	}
}

// The frame of a timer says when it was due, also when the host was down then.
func TestTimerTellsWhenItWasDue(t *testing.T) {
	for _, down := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			tap, err := w.taps.Open(func(_ string, f *abi.Frame) bool { return f.Kind == abi.KindTimer })
			if err != nil {
				t.Fatal(err)
			}
			defer tap.Close()
			w.open(scripted{})
			due := time.Now().Add(15 * time.Second)
			w.send(1, script{}.timer(1, 15_000, 0))
			w.settle()
			if down > 0 {
				w.close()
				time.Sleep(down)
				w.open(scripted{})
			}
			time.Sleep(time.Minute)
			w.settle()
			seen, _, err := tap.Next(t.Context())
			if err != nil || !time.Unix(0, seen.Frame.Received).Equal(due) {
				t.Errorf("after %v the frame says %v, it was due at %v, %v", down, time.Unix(0, seen.Frame.Received), due, err)
			}
			if s := w.plugin.Status(); s.Latency.Sum > time.Second {
				t.Errorf("the time that the host was down counts as its latency: %v", s.Latency.Sum)
			}
		})
	}
}

// A timer that trapped fires again on the new guest; one that cannot be handled
// becomes a dead letter, and a periodic one goes on.
func TestTimerFrameFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		w.does(1, script{}.add("fired", 1).trapOnce())
		w.does(2, script{}.add("two", 1).fail("no luck"))
		w.send(1, script{}.timer(1, 1000, 0).timer(2, 1000, 60_000))
		time.Sleep(90 * time.Second)
		w.settle()
		w.wantKV("fired", "1")
		w.wantKV("two", "")
		if n := len(w.letters()); n != 2 {
			t.Errorf("%d dead letters, want 2", n)
		}
		if left := w.keys("timer/p/"); !slices.Equal(left, []string{"0-1/0000000000000002"}) {
			t.Errorf("timers left: %q", left)
		}
	})
}

// What is stopped or set anew while it waits in a mailbox does not fire.
func TestTimerStoppedWhileItWaits(t *testing.T) {
	for _, c := range []struct {
		name  string
		do    script
		fired string
	}{
		{"stopped", script{}.op(opTimerOff, "", "", 1, 0), ""},
		{"set anew", script{}.timer(1, 60_000, 0), "1"},
		{"set anew and due", script{}.timer(1, 0, 0), "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.open(scripted{})
				w.does(1, script{}.add("fired", 1))
				w.send(1, script{}.timer(1, 1000, 0))
				w.settle()
				// While the store does not work, a frame cannot end, and the
				// timer comes to wait behind it.
				w.store.fail(true)
				w.send(1, c.do)
				w.settle()
				time.Sleep(2 * time.Second)
				w.settle()
				if s := p.Status(); s.Queued != 1 {
					t.Fatalf("status is %+v", s)
				}
				w.store.fail(false)
				time.Sleep(10 * time.Second)
				w.settle()
				if c.name != "set anew and due" {
					w.wantKV("fired", "")
				}
				time.Sleep(time.Hour)
				w.settle()
				w.wantKV("fired", c.fired)
				if left := w.keys("timer/p/"); len(left) != 0 {
					t.Errorf("timers left: %q", left)
				}
			})
		})
	}
}

// Timers of shard_init run on undisturbed over restarts and reloads, unless
// their period has changed.
func TestTimersOfInitAreKept(t *testing.T) {
	const s = 1000
	for _, c := range []struct {
		name  string
		next  script
		fired string // at 25 seconds, with a restart at 15
	}{
		{"the same", script{}.timer(1, 10*s, 10*s), "2"},
		{"another period", script{}.timer(1, 4*s, 4*s), "3"},
		{"gone", nil, "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, how := range []string{"restart", "swap", "crash"} {
				if how == "crash" && c.name != "the same" {
					continue
				}
				t.Run(how, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						w := newWorld(t)
						w.does(1, script{}.add("fired", 1))
						w.open(scripted{init: script{}.timer(1, 10*s, 10*s)})
						time.Sleep(15 * time.Second)
						w.settle()
						w.wantKV("fired", "1")
						switch how {
						case "restart":
							w.close()
							w.open(scripted{init: c.next})
						case "swap":
							w.swap(scripted{init: c.next})
						case "crash":
							w.send(1, script{}.trapOnce())
						}
						time.Sleep(10 * time.Second)
						w.settle()
						w.wantKV("fired", c.fired)
						if n := w.plugin.ledger.Timers.Count(); n != 1 {
							t.Errorf("%d timers", n)
						}
					})
				})
			}
		})
	}
}

// With another number of lanes a guild's timers fire on the lane that owns it
// now, which can also stop and set them.
func TestTimersFollowTheirGuild(t *testing.T) {
	for _, lanes := range [][2]int{{1, 4}, {4, 1}, {3, 4}} {
		t.Run(fmt.Sprintf("%d to %d", lanes[0], lanes[1]), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Lanes = lanes[0]
				p := w.open(scripted{})
				for tag := range uint64(3) {
					w.does(tag+1, script{}.add("fired"+itoa(int(tag+1)), 1))
				}
				const guilds = 8
				for g := 1; g <= guilds; g++ {
					w.send(g, script{}.timer(1, 60_000, 0).timer(2, 60_000, 0).timer(3, 60_000, 0))
				}
				w.settle()
				before := p.ledger.Timers.Count()
				w.spec.Lanes = lanes[1]
				w.swap(scripted{})
				if n := p.ledger.Timers.Count(); n != before {
					t.Errorf("the swap left %d timers of %d", n, before)
				}
				for g := 1; g <= guilds; g++ {
					w.send(g, script{}.op(opTimerOff, "", "", 1, 0).timer(2, 120_000, 0))
				}
				w.settle()
				for _, timer := range p.ledger.Timers.Owned(nil, 3, effect.Lane{Index: 0, Of: 1}) {
					if owner := timer.Owner(lanes[1]); owner != effect.LaneOf(timer.Guild, lanes[1]) || timer.Guild == 0 {
						t.Errorf("timer %+v fires on lane %d", timer, owner)
					}
				}
				time.Sleep(time.Minute)
				w.settle()
				w.wantKV("fired1", "")
				w.wantKV("fired2", "")
				w.wantKV("fired3", itoa(before/3))
				time.Sleep(time.Minute)
				w.settle()
				if n, stored := p.ledger.Timers.Count(), w.keys("timer/p/"); n != 0 || len(stored) != 0 {
					t.Errorf("%d timers are left, stored: %q", n, stored)
				}
			})
		})
	}
}
