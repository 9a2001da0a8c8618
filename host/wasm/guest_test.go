package wasm

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
)

// recorder is the Env of test guests.
type recorder struct{ logged []string }

var testFunctions = map[string]HostFunc{
	"log": func(g *Guest, stack []uint64) {
		r := g.Env().(*recorder)
		r.logged = append(r.logged, string(g.Bytes(uint32(stack[1]), uint32(stack[2]))))
		stack[0] = 0
	},
	"log_level": func(_ *Guest, stack []uint64) { stack[0] = 0 },
	"done":      func(_ *Guest, stack []uint64) { stack[0] = 0 },
	"fail":      func(_ *Guest, stack []uint64) { stack[0] = 0 },
}

func newEngine(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := NewEngine(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return e
}

func compile(t testing.TB, e *Engine, b []byte, c ModuleConfig) *Module {
	t.Helper()
	if c.Functions == nil {
		c.Functions = testFunctions
	}
	m, err := e.Compile(context.Background(), b, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return m
}

func instantiate(t testing.TB, m *Module, c GuestConfig) *Guest {
	t.Helper()
	if c.Env == nil {
		c.Env = &recorder{}
	}
	g, err := m.Instantiate(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// batch writes frames with the given bodies and calls the guest.
func batch(g *Guest, deadline time.Duration, bodies ...string) (int32, error) {
	var frames []byte
	for i, body := range bodies {
		f := abi.Frame{Kind: abi.KindEvent, Tag: uint64(i + 1), Body: []byte(body)}
		frames = f.Append(frames)
	}
	buf, err := g.Buffer(len(frames))
	if err != nil {
		return 0, err
	}
	copy(buf, frames)
	return g.Batch(len(frames), len(bodies), deadline)
}

func TestGuestHandlesFrames(t *testing.T) {
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Echo(), ModuleConfig{Name: "echo"}), GuestConfig{})
	if err := g.Init([]byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	code, err := batch(g, time.Second, "one", "two", strings.Repeat("x", 300_000))
	if code != 0 || err != nil {
		t.Fatalf("batch answered %d, %v", code, err)
	}
	r := g.Env().(*recorder)
	if len(r.logged) != 3 || r.logged[0] != "one" || r.logged[1] != "two" || len(r.logged[2]) != 300_000 {
		t.Fatalf("logged %d bodies: %.200q", len(r.logged), r.logged)
	}
}

func TestDeadlineEndsGuest(t *testing.T) {
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Spin(), ModuleConfig{Name: "spin"}), GuestConfig{})
	start := time.Now()
	_, err := batch(g, 50*time.Millisecond, "x")
	var trap *Trap
	if !errors.As(err, &trap) || trap.Kind != TrapDeadline {
		t.Fatalf("got %v, want a deadline", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := batch(g, time.Second, "x"); !errors.Is(err, ErrDead) {
		t.Errorf("a call after a trap gave %v, want ErrDead", err)
	}
}
