package conformance

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// calls has a case for every function of the contract that is spoken: a guest
// that is granted it calls it with memory of its own, and goes on whatever the
// answer is.
func calls() []Case {
	var cases []Case
	for _, f := range abi.Functions {
		if f.Since > abi.Minor {
			continue
		}
		cases = append(cases, Case{
			Name: "calls " + f.Name, Rule: "a function answers a code, and nothing but a bad pointer ends the guest",
			Grants: grantOf(f), Answers: true,
			Module: build(func(b *guest.Builder) {
				index := b.Import(f.Name)
				b.Plugin(guest.Plugin{Batch: guest.Seq(arguments(f, -1), guest.Call(index), dropResults(f), guest.I32(0))})
			}),
		})
	}
	// What a guest may expect of its memory, from one call to the next.
	return append(cases,
		Case{Name: "keeps pointers across calls", Rule: "the guest's memory is its own: what it keeps stays where it is", Answers: true, Times: 3, Code: 2,
			Module: build(func(b *guest.Builder) {
				// The first batch notes the address of its frame, which the host
				// wrote, and copies it; the later ones compare.
				kept := b.Global(guest.I32Type, guest.I32(0))
				calls := b.Global(guest.I32Type, guest.I32(0))
				b.Plugin(guest.Plugin{Batch: guest.Seq(
					guest.GlobalGet(kept), guest.I32Eqz, guest.If(guest.Empty,
						guest.I32(2<<16), guest.GlobalSet(kept),
						guest.I32(guest.Scratch), guest.GlobalGet(kept), guest.I32(abi.HeaderSize), guest.MemoryCopy),
					guest.GlobalGet(kept), guest.Load32(0), guest.I32(guest.Scratch), guest.Load32(0), guest.I32Ne,
					guest.If(guest.Empty, guest.Unreachable),
					guest.GlobalGet(calls), guest.GlobalGet(calls), guest.I32(1), guest.I32Add, guest.GlobalSet(calls))})
			})},
		Case{Name: "moves its buffer", Rule: "shard_buffer may answer another place each time, and the memory may grow between calls", Answers: true, Times: 4, Code: '{',
			Module: build(func(b *guest.Builder) {
				// Each answer is a new page with room for one frame, so that the
				// host has to ask again for a larger one.
				at := b.Global(guest.I32Type, guest.I32(0))
				b.Plugin(guest.Plugin{
					Buffer: guest.Seq(
						guest.I32(1), guest.MemoryGrow, guest.I32(16), guest.I32Shl, guest.GlobalSet(at),
						guest.GlobalGet(at), guest.I64ExtendU, guest.I64(32), guest.I64Shl, guest.Get(0), guest.I64ExtendU, guest.I64Or),
					Batch: guest.Seq(guest.I32(1), guest.MemoryGrow, guest.Drop, guest.GlobalGet(at), guest.Load8(abi.HeaderSize)),
				})
			})},
		Case{Name: "calls its own exports", Rule: "exports are functions of the guest, which it may call itself", Answers: true,
			Module: build(func(b *guest.Builder) {
				init := b.Next() + 2 // behind the marker and shard_buffer
				b.Plugin(guest.Plugin{Batch: guest.Seq(guest.I32(0), guest.Call(init), guest.Drop, guest.I32(8), guest.Call(init-1), guest.Drop, guest.I32(0))})
			})},
		Case{Name: "a table that is declared large", Rule: "a table may be as large as the host says", Answers: true,
			Module: build(func(b *guest.Builder) { b.Table(100_000); b.Plugin(guest.Plugin{}) })},
	)
}

// arguments push what a call of the function takes: pointers lead to scratch
// space, but for the parameter bad, which leads outside the memory.
func arguments(f abi.Function, bad int) (args guest.Code) {
	for i, p := range f.Params {
		switch {
		case i == bad:
			args = append(args, guest.I32(-16)...)
		case p == 'l':
			args = append(args, guest.I64(1)...)
		case p == 'd':
			args = append(args, guest.F64(1)...)
		default:
			args = append(args, guest.I32(8)...)
		}
	}
	return args
}

func dropResults(f abi.Function) (c guest.Code) {
	for range f.Results {
		c = append(c, guest.Drop...)
	}
	return c
}

func grantOf(f abi.Function) []string {
	if f.Grant == "" {
		return nil
	}
	return []string{f.Grant}
}
