package plugin

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

func TestFrameIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		name     string
		guest    scripted
		restarts int
	}{{"counting guest", scripted{}, 1}, {"silent guest", scripted{silent: true}, 1}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				p := w.open(c.guest)
				release := hold(p, 0)
				began := time.Now()
				w.send(1, script{}.put("a", "1").add("n", 1))
				w.send(1, script{}.add("n", 1).trapOnce().holds("a", "1"))
				w.send(1, script{}.add("n", 1))
				release()
				w.settle()
				w.wantKV("n", "3")
				w.wantPosition(3)
				if took := time.Since(began); took != 0 {
					t.Errorf("the first restart took %v", took)
				}
				if n := w.log.count("lane starts anew"); n != c.restarts {
					t.Errorf("%d restarts, want %d:\n%s", n, c.restarts, w.log)
				}
			})
		})
	}
}

func TestOwnErrorKeepsTheGuest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		w.send(1, script{}.fail("no luck"))
		w.send(1, script{}.add("n", 1))
		w.settle()
		w.wantKV("n", "1")
		if n := w.log.count("lane starts anew"); n != 0 {
			t.Errorf("%d restarts", n)
		}
		if n := p.guests.Load(); n != 1 {
			t.Errorf("%d guests were made", n)
		}
	})
}

// What a guest says before it traps is in the error that people read.
func TestPanicIsExplained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		w.send(1, script{}.panic("MESSAGE_CREATE: ping at src/lib.rs:7: no luck"))
		w.settle()
		w.wantLog("shard_batch: unreachable: MESSAGE_CREATE: ping at src/lib.rs:7: no luck")
	})
}

// One crash is bad luck, the next ones wait, and after failure.max the plugin
// rests: then its mailbox does not hold the shard up.
func TestCrashesBackOffAndRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Failure = config.Failure{Retry: 100, Max: 4, Within: time.Minute, Backoff: time.Second}
		w.spec.Limits.Mailbox = 2
		p := w.open(scripted{})
		w.seed("broken", "1")
		began := time.Now()
		w.send(1, script{}.trapIf("broken").add("n", 1))
		for _, wait := range []time.Duration{0, time.Second, 2 * time.Second} {
			time.Sleep(wait)
			w.settle()
		}
		if s := p.Status(); s.State != Resting || s.Failed != 4 {
			t.Fatalf("after 3s: %+v", s)
		}
		w.wantLog("plugin rests after too many crashes")
		for range 5 { // two find room, the others are dropped: nothing blocks
			w.send(1, script{}.add("n", 1))
		}
		if s := p.Status(); s.Dropped != 3 || s.Queued != 2 {
			t.Errorf("while it rests: %+v", s)
		}
		// Half open: one crash more, and it rests again.
		time.Sleep(time.Minute)
		w.settle()
		if s := p.Status(); s.State != Resting || s.Failed != 5 {
			t.Errorf("after the first rest: %+v", s)
		}
		w.unseed("broken")
		time.Sleep(time.Minute)
		w.settle()
		w.wantKV("n", "3")
		if s := p.Status(); s.State != Running || s.Handled != 3 {
			t.Errorf("after the second rest: %+v", s)
		}
		if took := time.Since(began); took != 2*time.Minute+3*time.Second {
			t.Errorf("it took %v", took)
		}
		w.wantPosition(6)
	})
}

// A lane that rests does not take the others' right to hold the shard up, and
// the plugin rests until the last one tries again.
func TestOneLaneRestsForItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Lanes = 2
		w.spec.Failure = config.Failure{Retry: 100, Max: 1, Within: time.Minute, Backoff: time.Second}
		p := w.open(scripted{})
		first, second := guildOf(0, 2), guildOf(1, 2)
		w.seed("broken", "1")
		w.send(first, script{}.trapIf("broken").add("first", 1))
		w.settle()
		time.Sleep(30 * time.Second)
		w.send(second, script{}.trapIf("broken").add("second", 1))
		w.settle()
		w.unseed("broken")
		time.Sleep(31 * time.Second)
		w.settle()
		w.wantKV("first", "1")
		w.wantKV("second", "")
		if s := p.Status(); s.State != Resting {
			t.Errorf("one lane still rests: %+v", s)
		}
		lanes := *p.lanes.Load()
		if sheds(lanes[0].box) || !sheds(lanes[1].box) {
			t.Error("the wrong mailbox drops")
		}
		time.Sleep(30 * time.Second)
		w.settle()
		w.wantKV("second", "1")
		if s := p.Status(); s.State != Running {
			t.Errorf("none rests: %+v", s)
		}
	})
}

func sheds(m *mailbox) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shedding
}

// guildOf is a guild that a lane owns.
func guildOf(lane, lanes int) int {
	for g := 1; ; g++ {
		e := message(0)
		e.event.Guild = guildID(g)
		if e.owner(lanes) == lane {
			return g
		}
	}
}

func TestFrameTooLargeForTheGuest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Limits.Memory = 1 << 20
		w.open(scripted{})
		w.send(1, script{}.add("n", 1))
		w.send(1, append(script{}.add("huge", 1), make([]byte, 2<<20)...))
		w.send(1, script{}.add("n", 1))
		w.settle()
		w.wantKV("n", "2")
		w.wantKV("huge", "")
		w.wantPosition(3)
		if l := w.letters(); len(l) != 1 || !strings.Contains(l[0].Error, "memory") {
			t.Errorf("dead letters: %+v", l)
		}
	})
}

// Each frame has its own limits, whether or not the guest counts.
func TestLimitsArePerFrame(t *testing.T) {
	for _, silent := range []bool{false, true} {
		t.Run(fmt.Sprintf("silent=%v", silent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Limits.Deadline = 300 * time.Millisecond
				w.spec.Limits.Instructions = 10_000_000 // a few frames' worth
				p := w.open(scripted{silent: silent})
				// Each frame takes a good part of its deadline, all of it in the store.
				w.store.mu.Lock()
				w.store.beforeGet = func() { time.Sleep(100 * time.Millisecond) }
				w.store.mu.Unlock()
				work := script{}.op(opWork, "", "", 1_000_000, 0).failIf("absent", "no luck").put("seen", "1")
				release := hold(p, 0)
				const frames = 60
				for range frames {
					w.send(1, work)
				}
				began := time.Now()
				release()
				time.Sleep(time.Minute)
				w.settle()
				w.wantPosition(frames)
				w.wantKV("seen", "1")
				if s := p.Status(); s.Failed != 0 {
					t.Errorf("%d failures in %v: %v", s.Failed, time.Since(began), s.LastError)
				}
			})
		})
	}
}

// Calls in flight are counted over restarts of a lane: each crash would
// otherwise cost room for ever.
func TestInflightSurvivesCrashes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Limits.Inflight = 2
		w.spec.Failure = config.Failure{Retry: 0, Max: 1000, Within: time.Minute, Backoff: 10 * time.Millisecond}
		p := w.open(scripted{})
		get := document("GET", "/users/@me", "", "")
		for range 10 {
			w.send(1, script{}.rest(0, get).expect(0).rest(0, get).expect(0).trap())
			w.send(1, script{}.rest(0, get).expect(0).rest(0, get).expect(0).fail("no luck"))
			w.send(1, script{}.rest(0, get).expect(0).rest(0, get).expect(0).rest(0, get).expect(-3).add("good", 1))
			time.Sleep(time.Hour)
			w.settle()
		}
		w.wantKV("good", "10")
		if n := len(w.discord.paths()); n != 20 {
			t.Errorf("%d calls were made, want 20", n)
		}
		if n := p.inflight(0).Load(); n != 0 {
			t.Errorf("%d calls are counted in flight", n)
		}
		w.wantLog("config.hcl:3: wait for answers before asking for more")
	})
}

func TestStoreThatFailsHoldsThePosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		w.send(1, script{}.add("n", 1))
		w.settle()
		w.store.fail(true)
		w.send(1, script{}.add("n", 1))
		w.send(1, script{}.trap())
		w.send(1, script{}.add("n", 1))
		time.Sleep(time.Hour)
		w.settle()
		w.wantPosition(1)
		w.wantKV("n", "1")
		if err := p.Status().LastError; err == nil || !strings.Contains(err.Error(), errStore.Error()) {
			t.Errorf("the status shows %v", err)
		}
		w.store.fail(false)
		time.Sleep(time.Hour)
		w.settle()
		w.wantPosition(4)
		w.wantKV("n", "3")
		if n := len(w.letters()); n != 1 {
			t.Errorf("%d dead letters, want 1", n)
		}
	})
}
