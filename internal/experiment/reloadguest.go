package main

import (
	"encoding/binary"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
)

// What a generation does wrong, from what is found before anything of it runs to
// what shows in its probation.
const (
	faultNone    = ""
	faultGarbage = "garbage" // no module
	faultGrant   = "grant"   // wants what it is not granted
	faultInit    = "init"    // traps when it starts
	faultLoad    = "load"    // traps when it takes state over
	faultTrap    = "trap"    // traps at its hundredth frame and all after it
	faultLoop    = "loop"    // does not return from it
	faultGrow    = "grow"    // takes memory until there is none

	faultAfter = 100 // frames of one guest
)

// A booking is the record that a guest keeps of a guild: 8 bytes each.
type booking struct{ handled, last, doubled, reordered uint64 }

func parseBooking(b []byte) (r booking, ok bool) {
	if len(b) != 32 {
		return r, false
	}
	n := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return booking{n(0), n(1), n(2), n(3)}, true
}

// guildKey is how smallGuest names a guild.
func guildKey(guild uint64) string { return string(binary.LittleEndian.AppendUint64(nil, guild)) }

// smallGuest is a guest of some hundred bytes, as C makes them: it books every
// frame under its guild, and hands a count over. version makes it another one.
func smallGuest(version, fault string) []byte {
	const record, own, count = asm.Scratch, asm.Scratch + 64, asm.Scratch + 128
	b := asm.New()
	get, put, done, write := b.Import("kv_get"), b.Import("kv_put"), b.Import("done"), b.Import("state_write")
	if fault == faultGrant {
		b.Import("fetch")
	}
	eq, less, store := asm.Op(0x51), asm.Op(0x53), func(offset byte) asm.Code { return asm.Op(0x37, 0, offset) }
	bump := func(at int32) asm.Code {
		return asm.Seq(asm.I32(at), asm.I32(at), asm.Load64(0), asm.I64(1), asm.I64Add, store(0))
	}
	wrong := map[string]asm.Code{
		faultTrap: asm.Unreachable,
		faultLoop: asm.Loop(asm.Empty, asm.Br(0)),
		faultGrow: asm.Loop(asm.Empty, asm.I32(16), asm.MemoryGrow, asm.I32(-1), asm.I32Eq, asm.If(asm.Empty, asm.Unreachable), asm.Br(0)),
	}[fault]
	key := asm.Seq(asm.Get(asm.FramePtr), asm.I32(16), asm.I32Add, asm.I32(8)) // the guild's id
	last := asm.Seq(asm.I32(record), asm.Load64(8))
	frame := asm.Seq(
		bump(own), bump(count),
		asm.I32(own), asm.Load64(0), asm.I64(faultAfter), asm.Op(0x55), asm.If(asm.Empty, wrong), // i64.gt_s
		asm.I32(record), asm.I32(0), asm.I32(32), asm.MemoryFill,
		key, asm.I32(record), asm.I32(32), asm.Call(get), asm.Drop,
		asm.FrameTag, last, eq, asm.If(asm.Empty, bump(record+16)),
		asm.FrameTag, last, less, asm.If(asm.Empty, bump(record+24)),
		bump(record), asm.I32(record), asm.FrameTag, store(8),
		key, asm.I32(record), asm.I32(32), asm.I64(0), asm.Call(put), asm.Drop,
		asm.Get(asm.FrameIndex), asm.I32(1), asm.I32Add, asm.Call(done), asm.Drop,
	)
	p := asm.Plugin{
		Frame: frame,
		Save:  asm.Seq(asm.I32(1), asm.I32(count), asm.I32(8), asm.Call(write)),
		Load:  asm.Seq(asm.I32(count), asm.I32(int32(b.Pages)<<16), asm.Load64(0), store(0), asm.I32(0)),
	}
	switch fault {
	case faultInit:
		p.Init = asm.Unreachable
	case faultLoad:
		p.Load = asm.Unreachable
	}
	b.Plugin(p)
	b.Custom(abi.ManifestSection, []byte(`{"events":["MESSAGE_CREATE"]}`))
	b.Custom("version", []byte(version))
	return b.Module()
}
