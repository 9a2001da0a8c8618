package plugin

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
)

// probation gives the world's plugin one, and few failures to pass it with.
func (w *world) probation() {
	w.spec.Reload.Probation = 30 * time.Second
	w.spec.Failure.Max = 3
}

// bad is a guest that does what a generation with a bug does, under the same
// scripts as a good one: each of its frames runs first.
func bad(first script) scripted { return scripted{version: "bad", first: first} }

func TestRollsBackByItself(t *testing.T) {
	for _, c := range []struct {
		name  string
		first script
		lanes [2]int
	}{
		{"a frame traps each time", script{}.trap(), [2]int{1, 1}},
		{"on several lanes", script{}.trap(), [2]int{3, 3}},
		{"to more lanes", script{}.trap(), [2]int{2, 3}},
		{"to fewer lanes", script{}.trap(), [2]int{3, 1}},
		{"too many frames trap once", script{}.trapOnce(), [2]int{1, 1}},
		{"too many frames are given up", script{}.fail("broken"), [2]int{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.probation()
				w.spec.Lanes = c.lanes[0]
				w.spec.Failure.Backoff = time.Millisecond
				p := w.open(scripted{})
				const guilds, each = 5, 8
				for g := 1; g <= guilds; g++ {
					w.send(g, order(g, 0))
				}
				w.settle()
				w.spec.Lanes = c.lanes[1]
				w.swap(bad(c.first))
				for n := 1; n < each; n++ {
					for g := 1; g <= guilds; g++ {
						w.send(g, order(g, n))
					}
					time.Sleep(100 * time.Millisecond) // or all traps are one
				}
				time.Sleep(time.Second)
				s := p.Status()
				if s.Generation != 1 || s.Lanes != c.lanes[0] || s.State != Running || s.RolledBack == nil || s.Kept != 0 {
					t.Fatalf("status is %+v, log:\n%s", s, w.log)
				}
				if b := s.RolledBack; b.Generation != 2 || b.To != 1 || b.Reason == "" || b.At.IsZero() {
					t.Errorf("rolled back: %+v", b)
				}
				buried := len(w.letters())
				if name := "too many frames are given up"; (c.name == name) != (buried > 0) {
					t.Errorf("%d dead letters", buried)
				}
				if buried == 0 {
					for g := 1; g <= guilds; g++ {
						w.wantKV("g"+itoa(g), itoa(each))
					}
				}
				w.wantPosition(guilds * each)
			})
		})
	}
}

func TestProbationPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.probation()
		p := w.open(scripted{})
		w.swap(scripted{version: "two"})
		w.send(1, script{}.trapOnce().add("n", 1)) // one failure is none too many
		time.Sleep(29 * time.Second)
		if s := p.Status(); s.Generation != 2 || s.Kept != 1 || s.Failures != 1 || time.Until(s.Probation) != time.Second {
			t.Errorf("status is %+v", s)
		}
		time.Sleep(2 * time.Second)
		w.settle()
		if s := p.Status(); s.Kept != 0 || !s.Probation.IsZero() {
			t.Errorf("status is %+v", s)
		}
		w.wantLog("probation passed")
		for range 3 { // from now on the breaker deals with it
			w.send(1, script{}.trap())
		}
		time.Sleep(time.Hour)
		if s := p.Status(); s.Generation != 2 || s.RolledBack != nil {
			t.Errorf("status is %+v", s)
		}
		if _, err := p.Rollback(context.Background(), errors.New("by hand")); !errors.Is(err, ErrNothingKept) {
			t.Errorf("rollback: %v", err)
		}
	})
}

// What was kept resumes with its memory as it was at the swap.
func TestRollbackResumesMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.probation()
		old := stateful{saves: 1, loads: 1}
		p, err := Open(context.Background(), w.deps(), w.spec, old.module())
		if err != nil {
			t.Fatal(err)
		}
		w.plugin = p
		count := func(want int) {
			t.Helper()
			w.send(1, nil)
			w.settle()
			w.wantKV("n", string([]byte{byte(want), 0, 0, 0}))
		}
		count(1)
		count(2)
		swap := func(c stateful) error {
			t.Helper()
			next, err := p.Prepare(context.Background(), w.spec, c.module(), false)
			if err != nil || next == nil {
				t.Fatalf("prepared %v, %v", next, err)
			}
			_, err = p.Swap(context.Background(), next)
			return err
		}
		if err := swap(stateful{saves: 1, loads: 1, version: "two"}); err != nil {
			t.Fatal(err)
		}
		count(3)
		back, err := p.Rollback(context.Background(), errors.New("by hand"))
		if err != nil || back.Generation != 2 || back.To != 1 || back.Reason != "by hand" {
			t.Fatalf("%+v, %v", back, err)
		}
		count(3)
		// One that cannot take the state over goes back before it handles anything.
		err = swap(stateful{load: asm.Unreachable, version: "three"})
		if e, ok := errors.AsType[*RolledBackError](err); !ok || e.Generation != 3 {
			t.Fatalf("swap: %v", err)
		}
		count(4)
		if s := p.Status(); s.Generation != 1 || s.Failed != 0 {
			t.Errorf("status is %+v", s)
		}
		// The next one is loaded from the state of the one that resumed.
		if err := swap(stateful{saves: 1, loads: 1, version: "four"}); err != nil {
			t.Fatal(err)
		}
		count(5)
	})
}

func TestRolledBackIsNotLoadedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.probation()
		p := w.open(scripted{})
		broken := bad(script{}.trap())
		w.swap(broken)
		w.send(1, script{}.add("n", 1))
		time.Sleep(10 * time.Second)
		w.wantKV("n", "1")
		prepare := func(force bool) *Prepared {
			t.Helper()
			next, err := p.Prepare(context.Background(), w.spec, broken.module(), force)
			if err != nil {
				t.Fatal(err)
			}
			return next
		}
		if prepare(false) != nil {
			t.Error("it is prepared again")
		}
		if p.Rejected() == nil {
			t.Error("nothing is rejected")
		}
		next := prepare(true)
		if next == nil {
			t.Fatal("force does not prepare it")
		}
		next.Discard(context.Background())
		w.spec.Limits.Mailbox++ // another configuration is another generation
		if next = prepare(false); next == nil {
			t.Fatal("with another configuration it is not prepared")
		}
		if _, err := p.Swap(context.Background(), next); err != nil {
			t.Fatal(err)
		}
		if p.Rejected() != nil {
			t.Error("the rejection outlives the next swap")
		}
	})
}

// A swap, and the end of the plugin, end a probation that has not passed.
func TestProbationIsCutShort(t *testing.T) {
	for _, lanes := range []int{1, 3} {
		t.Run(fmt.Sprintf("%d lanes", lanes), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.probation()
				p := w.open(scripted{})
				w.spec.Lanes = lanes
				w.swap(scripted{version: "two"})
				w.swap(scripted{version: "three"})
				if s := p.Status(); s.Generation != 3 || s.Kept != 2 {
					t.Errorf("status is %+v", s)
				}
				w.send(1, script{}.add("n", 1))
				w.settle()
				w.close() // and the engine's own check says that nothing is left open
				w.wantKV("n", "1")
			})
		})
	}
}

// The guests that are kept are told when they end, as any other.
func TestKeptGuestIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.probation()
		b := asm.New()
		log := b.Import("log")
		b.Plugin(asm.Plugin{Stop: asm.Seq(asm.I32(abi.LogInfo), b.Data("farewell").Both(), asm.Call(log))})
		p, err := Open(context.Background(), w.deps(), w.spec, b.Module())
		if err != nil {
			t.Fatal(err)
		}
		w.plugin = p
		w.swap(scripted{})
		if n := w.log.count("farewell"); n != 0 {
			t.Errorf("stopped %d times at the swap", n)
		}
		time.Sleep(time.Minute)
		if n := w.log.count("farewell"); n != 1 {
			t.Errorf("stopped %d times after the probation", n)
		}
	})
}
