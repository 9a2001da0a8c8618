package conformance

import (
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// state has the cases about shard_save, shard_load and shard_stop.
func state() []Case {
	const saves = "shard_save writes the state with state_write"
	const loads = "shard_load gets the state in the buffer"
	const told = "shard_stop gets the reason"
	const stops = "a guest that does not return is stopped"
	const traps = "a trap ends the guest, wherever it happens"
	spins := guest.Seq(forever(), guest.I32(0))
	cases := []Case{
		{Name: "saves in pieces", Rule: saves, Answers: true, Fails: Saved, State: []byte("one two"),
			Module: build(func(b *guest.Builder) {
				write := b.Import("state_write")
				piece := func(text string) guest.Code {
					return guest.Seq(guest.I32(1), b.Data(text).Both(), guest.Call(write), guest.Drop)
				}
				b.Plugin(guest.Plugin{Save: guest.Seq(piece("one "), piece("two"), guest.I32(0))})
			})},
		{Name: "writes state in a batch", Rule: "state_write answers -1 outside shard_save", Answers: true, Code: int32(abi.Invalid),
			Module: build(func(b *guest.Builder) {
				write := b.Import("state_write")
				b.Plugin(guest.Plugin{Batch: guest.Seq(guest.I32(1), b.Data("x").Both(), guest.Call(write))})
			})},
		{Name: "refuses to save", Rule: "a negative result of shard_save refuses", Fails: Saved, Kinds: []string{"refused"}, Module: plugin(guest.Plugin{Save: guest.I32(-8)})},
		{Name: "loads", Rule: loads, Answers: true, Fails: Loaded, State: []byte("state of another guest"),
			Module: build(func(b *guest.Builder) {
				// It traps unless schema and length are right, and the first byte.
				b.Plugin(guest.Plugin{Load: guest.Seq(
					guest.Get(0), guest.I32(1), guest.I32Ne, guest.If(guest.Empty, guest.Unreachable),
					guest.Get(1), guest.I32(22), guest.I32Ne, guest.If(guest.Empty, guest.Unreachable),
					guest.I32(2<<16), guest.Load8(0), guest.I32('s'), guest.I32Ne, guest.If(guest.Empty, guest.Unreachable),
					guest.I32(0))})
			})},
		{Name: "cannot migrate", Rule: "shard_load answers -9 for a state that it cannot read", Fails: Loaded, Kinds: []string{"refused"}, State: []byte("old"),
			Module: plugin(guest.Plugin{Load: guest.I32(int32(abi.Unsupported))})},
		{Name: "is told to stop", Rule: told, Answers: true, Fails: Stopped,
			Module: plugin(guest.Plugin{Stop: guest.Seq(
				guest.Get(0), guest.I32(abi.StopReload), guest.I32Ne, guest.If(guest.Empty, guest.Unreachable), guest.I32(0))})},
		{Name: "no save, load and stop", Rule: "shard_stop is optional", Answers: true, Fails: Stopped, Module: plugin(guest.Plugin{})},
		{Name: "traps in save", Rule: traps, Fails: Saved, Kinds: trapped, Module: plugin(guest.Plugin{Save: guest.Unreachable})},
		{Name: "traps in load", Rule: traps, Fails: Loaded, Kinds: trapped, Module: plugin(guest.Plugin{Load: guest.Unreachable})},
		{Name: "traps in stop", Rule: traps, Fails: Stopped, Kinds: trapped, Module: plugin(guest.Plugin{Stop: guest.Unreachable})},
		{Name: "spins in save", Rule: stops, Fails: Saved, Kinds: timeIsUp, Module: plugin(guest.Plugin{Save: spins})},
		{Name: "spins in load", Rule: stops, Fails: Loaded, Kinds: timeIsUp, Module: plugin(guest.Plugin{Load: spins})},
		{Name: "spins in stop", Rule: stops, Fails: Stopped, Kinds: timeIsUp, Module: plugin(guest.Plugin{Stop: spins})},
		{Name: "traps in manifest", Rule: traps, Fails: Started, Kinds: trapped, Module: build(func(b *guest.Builder) {
			b.Func(abi.ExportManifest, "", "l", "", guest.Unreachable)
			b.Plugin(guest.Plugin{})
		})},
		{Name: "spins in manifest", Rule: stops, Fails: Started, Kinds: timeIsUp, Module: build(func(b *guest.Builder) {
			b.Func(abi.ExportManifest, "", "l", "", forever(), guest.I64(0))
			b.Plugin(guest.Plugin{})
		})},
		{Name: "a manifest outside memory", Rule: "the manifest lies in the memory", Fails: Started, Kinds: []string{"contract"}, Module: build(func(b *guest.Builder) {
			b.Func(abi.ExportManifest, "", "l", "", guest.I64(0x7fff0000_00000010))
			b.Plugin(guest.Plugin{})
		})},
	}
	return cases
}
