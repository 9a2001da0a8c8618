package conformance

import (
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// forever repeats code without end.
func forever(code ...guest.Code) guest.Code {
	return guest.Seq(guest.Loop(guest.Empty, guest.Seq(code...), guest.Br(0)))
}

var (
	timeIsUp = []string{"deadline", "instructions"}
	trapped  = []string{"unreachable"}
)

func hostile() []Case {
	const stops = "a guest that does not return is stopped"
	const traps = "a trap ends the guest, wherever it happens"
	batch := func(name, rule string, kinds []string, f func(b *guest.Builder) guest.Code) Case {
		return Case{Name: name, Rule: rule, Fails: Batched, Kinds: kinds,
			Module: build(func(b *guest.Builder) { b.Plugin(guest.Plugin{Batch: f(b)}) })}
	}
	code := func(c ...guest.Code) func(*guest.Builder) guest.Code {
		return func(*guest.Builder) guest.Code { return guest.Seq(c...) }
	}
	// recursion adds functions that call each other and returns a call.
	recursion := func(params, locals string, body func(self uint32) guest.Code) func(*guest.Builder) guest.Code {
		return func(b *guest.Builder) guest.Code {
			self := b.Next()
			b.Func("$f", params, "", locals, body(self))
			return guest.Seq(guest.Code{}, strip(params), guest.Call(self), guest.I32(0))
		}
	}
	cases := []Case{
		batch("spins", stops, timeIsUp, code(forever(), guest.I32(0))),
		batch("spins with work", stops, timeIsUp, code(forever(guest.Get(2), guest.I32(1), guest.I32Add, guest.Set(2)), guest.I32(0))),
		batch("spins in nested loops", stops, timeIsUp, code(forever(
			guest.I32(1000), guest.Set(2),
			guest.Loop(guest.Empty, guest.Get(2), guest.I32(1), guest.I32Sub, guest.Tee(2), guest.BrIf(0))), guest.I32(0))),
		batch("calls a tree", stops, timeIsUp, recursionTree),
		batch("calls in a chain that doubles", stops, timeIsUp, doublingChain),
		batch("calls tails for ever", stops, timeIsUp, recursion("", "", func(self uint32) guest.Code { return guest.ReturnCall(self) })),
		batch("fills memory for ever", stops, timeIsUp, code(forever(guest.I32(0), guest.I32(0), guest.I32(1<<17), guest.MemoryFill), guest.I32(0))),
		batch("copies memory for ever", stops, timeIsUp, code(forever(guest.I32(8), guest.I32(0), guest.I32(1<<17-8), guest.MemoryCopy), guest.I32(0))),
		batch("grows for ever", stops, timeIsUp, code(forever(guest.I32(1), guest.MemoryGrow, guest.Drop), guest.I32(0))),
		batch("grows a table for ever", stops, timeIsUp, func(b *guest.Builder) guest.Code {
			b.Table(1)
			return guest.Seq(forever(guest.Op(0xd0, 0x70), guest.I32(1000), guest.Op(0xfc, 15, 0), guest.Drop), guest.I32(0))
		}),
		batch("recurses for ever", "the native stack is bounded", []string{"stack"}, recursion("", "", func(self uint32) guest.Code { return guest.Call(self) })),
		batch("recurses with large frames", "the native stack is bounded", []string{"stack"}, recursion("", strings.Repeat("l", 1000), func(self uint32) guest.Code {
			var keep, use guest.Code
			for i := range uint32(1000) {
				keep = guest.Seq(keep, guest.I32(0), guest.Load64(i*8), guest.Set(i))
				use = guest.Seq(use, guest.I32(0), guest.Get(i), guest.Op(0x37, 0, 0))
			}
			return guest.Seq(keep, guest.Call(self), use)
		})),
		batch("recurses through a table", "the native stack is bounded", []string{"stack"}, func(b *guest.Builder) guest.Code {
			typ := b.Type("", "")
			f := b.Func("$f", "", "", "", guest.I32(0), guest.CallIndirect(typ))
			b.Table(1, f)
			return guest.Seq(guest.Call(f), guest.I32(0))
		}),
		batch("asks for a table without end", "tables are bounded", timeIsUp, func(b *guest.Builder) guest.Code {
			b.Table(1)
			return guest.Seq(forever(guest.Op(0xd0, 0x70), guest.I32(1<<30), guest.Op(0xfc, 15, 0), guest.Drop), guest.I32(0))
		}),
		batch("exhausts memory", "a guest in need of memory ends itself", trapped, code(
			forever(guest.I32(1), guest.MemoryGrow, guest.I32(-1), guest.I32Eq, guest.If(guest.Empty, guest.Unreachable)), guest.I32(0))),
		batch("reads outside", traps, []string{"memory"}, code(guest.I32(-4), guest.Load32(0))),
		batch("writes outside", traps, []string{"memory"}, code(guest.I32(-1), guest.I32(0), guest.Store32(1), guest.I32(0))),
		batch("fills outside", traps, []string{"memory"}, code(guest.I32(100), guest.I32(0), guest.I32(-1), guest.MemoryFill, guest.I32(0))),
		batch("copies outside", traps, []string{"memory"}, code(guest.I32(0), guest.I32(1<<30), guest.I32(1<<16), guest.MemoryCopy, guest.I32(0))),
		batch("divides by zero", traps, []string{"arithmetic"}, code(guest.I32(1), guest.I32(0), guest.I32DivS)),
		batch("calls an empty table", traps, []string{"table"}, func(b *guest.Builder) guest.Code {
			b.Table(1)
			return guest.Seq(guest.I32(0), guest.CallIndirect(b.Type("", "i")))
		}),
		batch("traps in batch", traps, trapped, code(guest.Unreachable)),
		{Name: "traps in init", Rule: traps, Fails: Started, Kinds: trapped, Module: plugin(guest.Plugin{Init: guest.Unreachable})},
		{Name: "traps in buffer", Rule: traps, Fails: Started, Kinds: trapped, Module: plugin(guest.Plugin{Buffer: guest.Unreachable})},
		{Name: "traps in initialize", Rule: traps, Fails: Started, Kinds: trapped, Module: plugin(guest.Plugin{Initialize: guest.Unreachable})},
		{Name: "traps in start", Rule: traps, Fails: Started, Kinds: trapped, Module: build(func(b *guest.Builder) {
			start := b.Func("$start", "", "", "", guest.Unreachable)
			b.Start = &start
			b.Plugin(guest.Plugin{})
		})},
		{Name: "spins in initialize", Rule: stops, Fails: Started, Kinds: timeIsUp, Module: plugin(guest.Plugin{Initialize: forever()})},
		{Name: "spins in init", Rule: stops, Fails: Started, Kinds: timeIsUp, Module: plugin(guest.Plugin{Init: guest.Seq(forever(), guest.I32(0))})},
		{Name: "spins in start", Rule: stops, Fails: Started, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			start := b.Func("$start", "", "", "", forever())
			b.Start = &start
			b.Plugin(guest.Plugin{})
		})},
		{Name: "a table of millions", Rule: "tables are bounded", Fails: Started, Kinds: []string{"too much"}, Module: build(func(b *guest.Builder) {
			b.Table(50_000_000)
			b.Plugin(guest.Plugin{})
		})},
		{Name: "an export with a name of a megabyte", Rule: "names are in proportion", Fails: Started, Kinds: []string{"too much"}, Module: build(func(b *guest.Builder) {
			b.Func(strings.Repeat("x", 1<<20), "", "", "")
			b.Plugin(guest.Plugin{})
		})},
		{Name: "refuses in init", Rule: "a negative result of shard_init refuses", Fails: Started, Kinds: []string{"refused"}, Module: plugin(guest.Plugin{Init: guest.I32(-9)})},
		{Name: "buffer outside memory", Rule: "the buffer lies in the memory", Fails: Started, Kinds: []string{"contract"}, Module: plugin(guest.Plugin{Buffer: guest.I64(0x7fff0000_00010000)})},
		{Name: "buffer too small", Rule: "the buffer is as large as was asked for", Fails: Started, Kinds: []string{"contract"}, Module: plugin(guest.Plugin{Buffer: guest.I64(16<<32 | 1)})},
		{Name: "exits", Rule: "a guest does not exit", Fails: Batched, Kinds: []string{"exit"}, Module: build(func(b *guest.Builder) {
			exit := b.ImportFrom("wasi_snapshot_preview1", "proc_exit", "i", "")
			b.Plugin(guest.Plugin{Batch: guest.Seq(guest.I32(0), guest.Call(exit), guest.I32(0))})
		})},
		{Name: "sleeps", Rule: "sleeping does not outlive the deadline", Fails: Batched, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			poll := b.ImportFrom("wasi_snapshot_preview1", "poll_oneoff", "iiii", "i")
			b.Plugin(guest.Plugin{Batch: guest.Seq(
				guest.I32(100), guest.I64(1<<60), guest.Op(0x37, 0, 24), // a day and more
				guest.I32(100), guest.I32(200), guest.I32(1), guest.I32(300), guest.Call(poll))})
		})},
		{Name: "draws random numbers for ever", Rule: "time in the host counts", Fails: Batched, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			random := b.ImportFrom("wasi_snapshot_preview1", "random_get", "ii", "i")
			b.Plugin(guest.Plugin{Batch: guest.Seq(forever(guest.I32(0), guest.I32(1<<17), guest.Call(random), guest.Drop), guest.I32(0))})
		})},
		{Name: "prints for ever", Rule: "time in the host counts", Fails: Batched, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			write := b.ImportFrom("wasi_snapshot_preview1", "fd_write", "iiii", "i")
			b.Plugin(guest.Plugin{Batch: guest.Seq(
				guest.I32(16), guest.I32(0), guest.Store32(0), guest.I32(16), guest.I32(1<<17), guest.Store32(4),
				forever(guest.I32(2), guest.I32(16), guest.I32(1), guest.I32(100), guest.Call(write), guest.Drop), guest.I32(0))})
		})},
		{Name: "logs for ever", Rule: "time in the host counts", Fails: Batched, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			log := b.Import("log")
			b.Plugin(guest.Plugin{Batch: guest.Seq(forever(guest.I32(abi.LogInfo), guest.I32(0), guest.I32(1<<17), guest.Call(log), guest.Drop), guest.I32(0))})
		})},
	}
	return cases
}

// strip pushes a zero for each parameter.
func strip(params string) (c guest.Code) {
	for range params {
		c = append(c, guest.I32(0)...)
	}
	return c
}

// recursionTree is fib(60): no loop, and never deep.
func recursionTree(b *guest.Builder) guest.Code {
	f := b.Next()
	b.Func("$fib", "i", "i", "",
		guest.Get(0), guest.I32(2), guest.I32LtS, guest.If(guest.I32Type, guest.Get(0), guest.Else,
			guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(f), guest.Get(0), guest.I32(2), guest.I32Sub, guest.Call(f), guest.I32Add))
	return guest.Seq(guest.I32(60), guest.Call(f))
}

// doublingChain has no loop and no recursion: each of 60 functions calls the
// one before it twice.
func doublingChain(b *guest.Builder) guest.Code {
	last := b.Func("$f", "", "", "")
	for range 60 {
		last = b.Func("$f", "", "", "", guest.Call(last), guest.Call(last))
	}
	return guest.Seq(guest.Call(last), guest.I32(0))
}

// badPointers calls every function that takes a pointer with ranges outside
// the memory.
func badPointers() []Case {
	var cases []Case
	for _, f := range abi.Functions {
		if f.Since > abi.Minor || pointers(f) == nil {
			continue
		}
		for _, at := range pointers(f) {
			cases = append(cases, Case{
				Name: "bad pointer " + string(rune('0'+at)) + " of " + f.Name, Rule: "a range outside the memory ends the guest",
				Grants: grantOf(f), Fails: Batched, Kinds: []string{"memory"},
				Module: build(func(b *guest.Builder) {
					index := b.Import(f.Name)
					b.Plugin(guest.Plugin{Batch: guest.Seq(arguments(f, at), guest.Call(index), dropResults(f), guest.I32(0))})
				}),
			})
		}
	}
	return cases
}
