package wasm

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

func TestBatchAllocatesNothing(t *testing.T) {
	functions := map[string]HostFunc{"log": func(g *Guest, stack []uint64) {
		stack[0] = uint64(len(g.Bytes(uint32(stack[1]), uint32(stack[2]))))
	}}
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Echo(), ModuleConfig{Name: "echo", Functions: functions}), GuestConfig{})
	frame := (&abi.Frame{Kind: abi.KindEvent, Body: make([]byte, 1200)}).Append(nil)
	run := func() {
		buf, err := g.Buffer(len(frame))
		if err != nil {
			t.Fatal(err)
		}
		copy(buf, frame)
		if code, err := g.Batch(len(frame), 1, time.Second); code != 0 || err != nil {
			t.Fatal(code, err)
		}
	}
	run()
	if n := testing.AllocsPerRun(1000, run); n != 0 {
		t.Errorf("a batch with a host call allocates %v times", n)
	}
}

func TestInstructionsAreLimited(t *testing.T) {
	// Each frame runs a loop of 100,000 turns.
	m := guest.Batch(nil, func(*guest.Builder, map[string]uint32) guest.Code {
		return guest.Seq(guest.I32(100_000), guest.Set(guest.FrameI32),
			guest.Loop(guest.Empty, guest.Get(guest.FrameI32), guest.I32(1), guest.I32Sub, guest.Tee(guest.FrameI32), guest.BrIf(0)))
	})
	for _, c := range []struct {
		name   string
		limit  int64
		frames int
		ends   bool
	}{
		{"one frame fits", 2_000_000, 1, false},
		{"many frames have as many allowances", 2_000_000, 50, false},
		{"too little", 50_000, 1, true},
		{"too little for each", 50_000, 50, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := instantiate(t, compile(t, newEngine(t, Options{}), m, ModuleConfig{Name: "loop", Instructions: c.limit}), GuestConfig{})
			_, err := batch(g, time.Minute, strings.Split(strings.Repeat("x ", c.frames), " ")[:c.frames]...)
			var trap *Trap
			if ended := errors.As(err, &trap) && trap.Kind == TrapInstructions; ended != c.ends {
				t.Errorf("got %v, want an end: %v", err, c.ends)
			}
			if c.ends && !strings.Contains(err.Error(), "limits.instructions") {
				t.Errorf("the error does not say what to do: %v", err)
			}
		})
	}
}

func TestReentryIsRefused(t *testing.T) {
	var inner []error
	functions := map[string]HostFunc{"log": func(g *Guest, stack []uint64) {
		_, err := g.Batch(0, 0, time.Second)
		_, err2 := g.Buffer(1)
		inner = []error{err, err2, g.Stop(abi.StopReload), g.Init(nil), g.Close()}
		stack[0] = 0
	}}
	b := guest.New()
	log := b.Import("log")
	b.Plugin(guest.Plugin{Batch: guest.Seq(guest.I32(0), guest.I32(0), guest.I32(0), guest.Call(log)), Stop: guest.I32(0)})
	g := instantiate(t, compile(t, newEngine(t, Options{}), b.Module(), ModuleConfig{Name: "again", Functions: functions}), GuestConfig{})
	if code, err := g.Batch(0, 1, time.Second); code != 0 || err != nil {
		t.Fatal(code, err)
	}
	for i, err := range inner {
		if !errors.Is(err, ErrBusy) {
			t.Errorf("call %d from inside gave %v, want ErrBusy", i, err)
		}
	}
	if len(inner) == 0 {
		t.Error("the host function was not called")
	}
}

func TestDeadGuest(t *testing.T) {
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Poison('!'), ModuleConfig{Name: "poison"}), GuestConfig{})
	if _, err := batch(g, time.Second, "fine", "!"); err == nil {
		t.Fatal("a trap gave no error")
	}
	_, batchErr := g.Batch(0, 0, time.Second)
	_, bufferErr := g.Buffer(8)
	for i, err := range []error{batchErr, bufferErr, g.Init(nil)} {
		if !errors.Is(err, ErrDead) {
			t.Errorf("call %d after a trap gave %v, want ErrDead", i, err)
		}
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, err := g.Buffer(8); !errors.Is(err, ErrClosed) {
		t.Errorf("a closed guest gave %v, want ErrClosed", err)
	}
	if g.Memory() != 0 {
		t.Error("a closed guest has memory")
	}
}

// TestHostPanicEndsTheGuestOnly has a host function with a bug.
func TestHostPanicEndsTheGuestOnly(t *testing.T) {
	functions := map[string]HostFunc{"log": func(*Guest, []uint64) { panic("a bug of the host") }}
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Echo(), ModuleConfig{Name: "echo", Functions: functions}), GuestConfig{})
	_, err := batch(g, time.Second, "x")
	var trap *Trap
	if !errors.As(err, &trap) || trap.Kind != TrapHost || !strings.Contains(trap.Message, "a bug of the host") {
		t.Errorf("got %v, want a trap of the host", err)
	}
}

func TestMemoryLimit(t *testing.T) {
	grow := guest.Batch(nil, func(*guest.Builder, map[string]uint32) guest.Code {
		return guest.Seq(guest.I32(1), guest.MemoryGrow, guest.Drop)
	})
	g := instantiate(t, compile(t, newEngine(t, Options{}), grow, ModuleConfig{Name: "grow", Memory: 1 << 20}), GuestConfig{})
	for range 30 {
		if _, err := batch(g, time.Second, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.Memory(); got != 1<<20 {
		t.Errorf("the memory grew to %d bytes, the limit is %d", got, 1<<20)
	}
	if _, err := g.Buffer(2 << 20); err == nil || errors.Is(err, ErrDead) {
		t.Errorf("a buffer beyond the limit gave %v", err)
	}
	if _, err := batch(g, time.Second, "x"); err != nil {
		t.Errorf("the guest does not work any more: %v", err)
	}
	if _, err := newEngine(t, Options{}).Compile(context.Background(), func() []byte {
		b := guest.New()
		b.Pages = 100
		b.Plugin(guest.Plugin{})
		return b.Module()
	}(), ModuleConfig{Name: "large", Memory: 1 << 20}); err == nil {
		t.Error("a module that starts with more than its limit was compiled")
	}
}

// TestSpinningGuestLetsGoStopTheWorld is why guests must reach Go often: the
// garbage collector waits for them.
func TestSpinningGuestLetsGoStopTheWorld(t *testing.T) {
	g := instantiate(t, compile(t, newEngine(t, Options{}), conformance.Spin(), ModuleConfig{Name: "spin", Instructions: 1 << 50}), GuestConfig{})
	done := make(chan error)
	go func() {
		_, err := batch(g, 300*time.Millisecond, "x")
		done <- err
	}()
	collected := 0
	for {
		select {
		case err := <-done:
			var trap *Trap
			if !errors.As(err, &trap) || trap.Kind != TrapDeadline {
				t.Errorf("got %v, want a deadline", err)
			}
			if collected < 2 {
				t.Errorf("only %d collections finished while the guest was spinning", collected)
			}
			return
		default:
			runtime.GC()
			collected++
		}
	}
}

func TestExtendGivesTheNextFrameItsOwnTime(t *testing.T) {
	// Each frame spins for a while, then says that it is done.
	m := guest.Batch([]string{"done"}, func(_ *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(guest.I32(2_000_000), guest.Set(guest.FrameI32),
			guest.Loop(guest.Empty, guest.Get(guest.FrameI32), guest.I32(1), guest.I32Sub, guest.Tee(guest.FrameI32), guest.BrIf(0)),
			guest.Get(guest.FrameIndex), guest.Call(f["done"]), guest.Drop)
	})
	extended := 0
	functions := map[string]HostFunc{"done": func(g *Guest, stack []uint64) {
		g.Extend(time.Hour)
		extended++
		stack[0] = 0
	}}
	g := instantiate(t, compile(t, newEngine(t, Options{}), m, ModuleConfig{Name: "slow", Functions: functions, Instructions: 1 << 50}), GuestConfig{})
	if _, err := batch(g, time.Minute, "a", "b", "c"); err != nil || extended != 3 {
		t.Errorf("%d frames, %v", extended, err)
	}
	if got := g.limit; got != time.Hour {
		t.Errorf("the limit is %v", got)
	}
}

func TestOutput(t *testing.T) {
	for _, c := range []struct {
		name   string
		writes []string
		lines  []string
	}{
		{"a line", []string{"hello\n"}, []string{"hello\n"}},
		{"pieces", []string{"he", "llo\nwor", "ld\n"}, []string{"hello\n", "world\n"}},
		{"no end", []string{"hello"}, []string{"hello\n"}},
		{"empty lines are dropped", []string{"\n\na\n\n"}, []string{"a\n"}},
		{"a long line", []string{strings.Repeat("x", 3*maxLine) + "\nshort\n"}, []string{strings.Repeat("x", maxLine) + "…\n", "short\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got lines
			o := output{to: &got}
			for _, w := range c.writes {
				if n, err := o.Write([]byte(w)); n != len(w) || err != nil {
					t.Fatalf("wrote %d of %d, %v", n, len(w), err)
				}
			}
			o.flush()
			if fmt.Sprint(got) != fmt.Sprint(lines(c.lines)) {
				t.Errorf("got %.100q, want %.100q", got, c.lines)
			}
			for range 1000 {
				_, _ = o.Write([]byte(strings.Repeat("y", 100) + "\n"))
			}
			if n := len(o.tail()); n > maxTail {
				t.Errorf("%d bytes are kept", n)
			}
		})
	}
}

type lines []string

func (l *lines) Write(p []byte) (int, error) {
	*l = append(*l, string(p))
	return len(p), nil
}

func BenchmarkBatch(b *testing.B) {
	g := instantiate(b, compile(b, newEngine(b, Options{}), conformance.Silent(), ModuleConfig{Name: "silent"}), GuestConfig{})
	frame := (&abi.Frame{Kind: abi.KindEvent, Body: make([]byte, 1200)}).Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf, err := g.Buffer(len(frame))
		if err != nil {
			b.Fatal(err)
		}
		copy(buf, frame)
		if _, err := g.Batch(len(frame), 1, time.Second); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInstantiate(b *testing.B) {
	m := compile(b, newEngine(b, Options{}), conformance.Silent(), ModuleConfig{Name: "silent"})
	b.ReportAllocs()
	for b.Loop() {
		g, err := m.Instantiate(context.Background(), GuestConfig{})
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
