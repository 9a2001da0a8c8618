package plugin

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
)

func TestClose(t *testing.T) {
	for _, c := range []struct {
		name     string
		do       func(w *world)
		took     time.Duration
		position int64
		retired  int64 // the position when the plugin is retired instead
	}{
		{"idle", func(w *world) { w.send(1, script{}.add("n", 1)) }, 0, 1, 1},
		{"in a pause after a crash", func(w *world) {
			w.seed("broken", "1")
			w.send(1, script{}.add("n", 1))
			w.send(1, script{}.trapIf("broken"))
			w.send(1, script{}.add("n", 1))
		}, 0, 1, 3},
		{"in a commit that fails for ever", func(w *world) {
			w.store.fail(true)
			w.send(1, script{}.add("n", 1))
			w.send(1, script{}.add("n", 1))
		}, 0, -1, 2},
		{"burying in a store that fails for ever", func(w *world) {
			w.store.fail(true)
			w.send(1, script{}.fail("no luck"))
		}, 0, -1, 1},
		{"while a reader is blocked", func(w *world) {
			w.store.fail(true)
			p := w.plugin
			go func() {
				for range 10 {
					w.deliverTo(p, w.event(1, script{}.add("n", 1)))
				}
			}()
		}, 0, -1, 10},
		{"while an answer cannot be committed", func(w *world) {
			w.send(1, hello(1, ""))
			w.settle()
			w.store.fail(true)
			w.send(1, script{}.put("x", "1"))
		}, 0, 1, 2},
	} {
		for _, retire := range []bool{false, true} {
			name := c.name
			if retire {
				name += ", for good"
			}
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					w.spec.Failure = config.Failure{Retry: 1000, Max: 2, Within: time.Hour, Backoff: time.Second, DeadLetters: 10, DeadLetterBytes: 1 << 20}
					if c.name[0] == 'b' {
						w.spec.Failure.Retry = 0
					}
					w.spec.Limits.Mailbox = 4
					p := w.open(scripted{})
					c.do(w)
					time.Sleep(time.Minute)
					w.settle()
					began := time.Now()
					w.plugin = nil
					closing := p.Close
					if retire {
						closing = p.Retire
					}
					if err := closing(context.Background()); err != nil {
						t.Error(err)
					}
					if took := time.Since(began); took != c.took {
						t.Errorf("it took %v", took)
					}
					w.settle()
					if retire {
						w.wantPosition(c.retired)
					} else {
						w.wantPosition(c.position)
					}
					// Deliver to a closed plugin returns, and holds nothing.
					e := w.event(1, nil)
					ticket, _ := w.tracker.Receive(e.Seq, 1)
					p.Deliver(e, ticket, nil)
					e.Release()
					wantFree(t, e)
					if s := p.Status(); s.State != Stopped || s.Queued != 0 {
						t.Errorf("status is %+v", s)
					}
					if err := p.Close(context.Background()); err != nil {
						t.Errorf("closing it again: %v", err)
					}
				})
			})
		}
	}
}

// A host that closes waits for its readers first; Stop lets them go.
func TestStopFreesReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Limits.Mailbox = 1
		p := w.open(scripted{})
		w.store.fail(true)
		read := make(chan struct{})
		go func() {
			defer close(read)
			for range 10 {
				w.deliverTo(p, w.event(1, script{}.add("n", 1)))
			}
		}()
		w.settle() // the lane is in a commit: before, a swap would be over at once
		swapped := make(chan error)
		next, err := p.Prepare(context.Background(), w.spec, scripted{version: "two"}.module(), false)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			_, err := p.Swap(context.Background(), next)
			swapped <- err
		}()
		time.Sleep(time.Hour)
		w.settle()
		p.Stop()
		p.Stop()
		<-read
		if err := <-swapped; !errors.Is(err, ErrStopped) {
			t.Errorf("the swap ended with %v", err)
		}
		w.wantPosition(-1)
	})
}

// wantFree checks that nobody holds an event any more.
func wantFree(t *testing.T, e *gateway.Event) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("somebody still holds the event")
		}
	}()
	e.Release()
}

// Every event is held exactly as long as it is at work, whatever becomes of it.
func TestEventsAreReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Limits.Mailbox = 4
		w.spec.Limits.Overflow = "drop_oldest"
		w.spec.Failure.Retry = 0
		p := w.open(scripted{})
		var events []*gateway.Event
		deliver := func(s script) {
			e := w.event(len(events)%3, s)
			events = append(events, e)
			ticket, _ := w.tracker.Receive(e.Seq, 1)
			p.Deliver(e, ticket, nil)
		}
		deliver(script{}.add("n", 1))
		deliver(nil)
		deliver(script{}.fail("no luck"))
		deliver(script{}.trap())
		w.settle()
		release := hold(p, 0)
		for range 10 {
			deliver(script{}.add("n", 1)) // some are dropped
		}
		release()
		w.settle()
		for range 3 {
			deliver(script{}.add("n", 1))
		}
		w.spec.Lanes = 3
		w.swap(scripted{})
		w.store.fail(true)
		for range 5 {
			deliver(script{}.add("n", 1))
		}
		w.settle()
		w.closeNow()
		for _, e := range events {
			e.Release() // the reader's
			wantFree(t, e)
		}
	})
}

// Work in hand when the plugin is closed is committed if the store works.
func TestCloseCommitsTheBatchInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.open(scripted{})
		entered, leave := make(chan struct{}, 1), make(chan struct{})
		w.store.mu.Lock()
		w.store.before = func() {
			select {
			case entered <- struct{}{}:
				<-leave
			default:
			}
		}
		w.store.mu.Unlock()
		w.send(1, script{}.add("n", 1))
		<-entered
		closed := make(chan struct{})
		go func() {
			defer close(closed)
			w.close()
		}()
		w.settle()
		close(leave)
		<-closed
		w.wantKV("n", "1")
		w.wantPosition(1)
	})
}

// A host that was killed gets again from Discord what it had not finished;
// what was committed is recognised.
func TestReplayAfterACrash(t *testing.T) {
	for _, lanes := range [][2]int{{1, 1}, {3, 3}, {3, 1}, {1, 4}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.spec.Lanes = lanes[0]
			w.open(scripted{})
			const guilds, each = 6, 4
			for range each {
				for g := range guilds {
					w.send(g, script{}.add("g"+itoa(g), 1))
				}
			}
			w.settle()
			w.closeNow()
			w.spec.Lanes = lanes[1]
			w.open(scripted{})
			w.tracker.Begin(w.session, 0) // nothing of the position was kept
			for seq := int64(1); seq <= guilds*each+guilds; seq++ {
				g := int(seq-1) % guilds
				e := w.eventAt(seq, g, script{}.add("g"+itoa(g), 1))
				e.Replayed = true
				w.deliver(e)
			}
			w.settle()
			for g := range guilds {
				w.wantKV("g"+itoa(g), itoa(each+1))
			}
			w.wantPosition(guilds*each + guilds)
			// Another session's events are others.
			w.session, w.seq = "s2", 0
			w.tracker.Begin(w.session, -1)
			e := w.event(0, script{}.add("g0", 1))
			e.Replayed = true
			w.deliver(e)
			w.settle()
			w.wantKV("g0", itoa(each+2))
		})
	}
}

// What came before a restart of the host under one number of lanes, and waits
// when the number changes, is not taken for finished.
func TestReplayAfterACrashInASwap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Lanes = 2
		p := w.open(scripted{})
		first, second := guildOf(0, 2), guildOf(1, 2)
		release := hold(p, 1)
		other := hold(p, 0)
		w.send(second, script{}.add("second", 1)) // 1
		w.send(first, script{}.add("first", 1))   // 2
		w.send(second, script{}.add("second", 1)) // 3
		w.send(first, script{}.add("first", 1))   // 4
		w.settle()
		// On one lane, the second commit fails, and the host dies.
		commits := 0
		w.store.mu.Lock()
		w.store.chance = func() bool { commits++; return commits > 1 }
		w.store.mu.Unlock()
		w.spec.Lanes = 1
		w.spec.Limits.Mailbox = 100
		done := make(chan struct{})
		go func() { defer close(done); w.swap(scripted{}) }()
		w.settle()
		release()
		other()
		<-done
		w.settle()
		w.closeNow()
		w.store.mu.Lock()
		w.store.chance = nil
		w.store.mu.Unlock()
		w.open(scripted{})
		w.tracker.Begin(w.session, 0)
		for seq, g := range []int{second, first, second, first} {
			key := map[int]string{first: "first", second: "second"}[g]
			e := w.eventAt(int64(seq+1), g, script{}.add(key, 1))
			e.Replayed = true
			w.deliver(e)
		}
		w.settle()
		w.wantKV("first", "2")
		w.wantKV("second", "2")
	})
}
