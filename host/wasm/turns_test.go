package wasm

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
)

// TestLongCallLetsOthersGoFirst checks that a guest gives up its core again and
// again while it computes for long, and that a call which does little never does.
func TestLongCallLetsOthersGoFirst(t *testing.T) {
	for _, c := range []struct {
		name   string
		module []byte
		gives  bool
	}{
		{"spins", conformance.Spin(), true},
		{"does nothing", conformance.Echo(), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEngine(t, Options{})
			yields := 0
			e.yield = func() { yields++ }
			g := instantiate(t, compile(t, e, c.module, ModuleConfig{Name: "plugin", Instructions: 100_000_000}), GuestConfig{})
			for range 100 {
				if _, err := batch(g, time.Minute, "x"); err != nil {
					break
				}
			}
			if c.gives && yields < 10 || !c.gives && yields > 0 {
				t.Errorf("it let others go first %d times", yields)
			}
		})
	}
}

// TestGuestStaysAsLongAsItWasAway checks that a guest beside others who compute
// too does not give up its core all the time.
func TestGuestStaysAsLongAsItWasAway(t *testing.T) {
	e := newEngine(t, Options{})
	yields := 0
	g := instantiate(t, compile(t, e, conformance.Spin(), ModuleConfig{Name: "plugin"}), GuestConfig{})
	e.yield = func() { // it is away for 10 ms
		yields++
		g.born = g.born.Add(-10 * time.Millisecond)
	}
	const limit = 200 * time.Millisecond
	var trap *Trap
	if _, err := batch(g, limit, "x"); !errors.As(err, &trap) || trap.Kind != TrapDeadline {
		t.Fatalf("got %v, want a deadline", err)
	}
	if most := int(limit/(20*time.Millisecond)) + 1; yields == 0 || yields > most {
		t.Errorf("in %v it was away %d times for 10 ms, want at most %d", limit, yields, most)
	}
}

// TestLongFramesTakeTurns checks that a frame which computes for long goes on
// only with a turn, that it gives its turn back when others wait, and that no
// turn is lost when guests end.
func TestLongFramesTakeTurns(t *testing.T) {
	e := newEngine(t, Options{})
	e.turns = newTurns(1)
	m := compile(t, e, conformance.Spin(), ModuleConfig{Name: "spin"})
	ends := func(limit time.Duration) chan error {
		g := instantiate(t, m, GuestConfig{})
		done := make(chan error, 1)
		go func() {
			_, err := batch(g, limit, "x")
			done <- err
		}()
		return done
	}
	expect := func(who string, err error, kind TrapKind) {
		t.Helper()
		var trap *Trap
		if !errors.As(err, &trap) || trap.Kind != kind {
			t.Errorf("%s ended with %v, want %s", who, err, kind)
		}
	}
	if !e.turns.take(0) {
		t.Fatal("the first turn is not free")
	}
	expect("a guest that never has a turn", <-ends(50*time.Millisecond), TrapDeadline)
	if n := len(e.turns.taken); n != 1 {
		t.Fatalf("%d turns are taken, want the one of this test", n)
	}
	first, second := ends(time.Hour), ends(time.Hour)
	waitFor(t, "both wait for a turn", func() bool { return e.turns.waiting.Load() == 2 })
	select {
	case err := <-first:
		t.Fatalf("the first ended without a turn: %v", err)
	case err := <-second:
		t.Fatalf("the second ended without a turn: %v", err)
	default:
	}
	e.turns.give()
	if !e.turns.take(time.Hour) { // while both of them compute
		t.Fatal("no guest gave its turn back")
	}
	e.turns.give()
	expect("the first", <-first, TrapInstructions)
	expect("the second", <-second, TrapInstructions)
	if n := len(e.turns.taken); n != 0 {
		t.Errorf("%d turns are lost", n)
	}
}

// waitFor polls, because nothing tells when a guest begins to wait.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// TestHostFunctionsGiveWay checks that a guest gives up its core, too, while the
// host works for it.
func TestHostFunctionsGiveWay(t *testing.T) {
	all := conformance.Cases()
	i := slices.IndexFunc(all, func(c conformance.Case) bool { return c.Name == "draws random numbers for ever" })
	if i < 0 {
		t.Fatal("there is no such case")
	}
	e := newEngine(t, Options{})
	yields := 0
	e.yield = func() { yields++ }
	g := instantiate(t, compile(t, e, all[i].Module(), ModuleConfig{Name: "plugin"}), GuestConfig{Random: slow{}})
	var trap *Trap
	if _, err := batch(g, 300*time.Millisecond, "x"); !errors.As(err, &trap) || trap.Kind != TrapDeadline {
		t.Fatalf("got %v, want a deadline", err)
	}
	if yields < 10 {
		t.Errorf("it let others go first %d times", yields)
	}
}

// slow is randomness that takes its time.
type slow struct{}

func (slow) Read(b []byte) (int, error) {
	for began := time.Now(); time.Since(began) < 100*time.Microsecond; {
	}
	return len(b), nil
}
