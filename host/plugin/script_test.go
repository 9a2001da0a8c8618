package plugin

import (
	"encoding/binary"
	"strings"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
)

// A script is what a scripted guest does with a frame: an event's body is one,
// a completion's context, and the value of the key that timerKey names for a
// timer. It is a sequence of commands: op, length of a, length of b (16 bits),
// x, y, a, b.
type script []byte

const (
	opPut       = 1 + iota // kv_put a = b, ttl x
	opAdd                  // kv_add a += x
	opSwap                 // kv_cas a = b, at the version it has now
	opInsert               // kv_cas a = b, at version x
	opDelete               // kv_del a
	opRest                 // rest tag x, document b
	opTimer                // timer tag x, delay y, period b (64 bits)
	opTimerOff             // timer_off x
	opGateway              // gateway op x, d b, shard -1
	opLog                  // log b
	opTrap                 // unreachable
	opSpin                 // for ever
	opFail                 // fail b, answer -8
	opPanic                // fail b, unreachable
	opTrapIf               // trap if the key a is there
	opFailIf               // fail with b if the key a is there
	opExpect               // fail unless the last result was x
	opHolds                // fail unless the key a holds b
	opList                 // kv_list prefix a after b, kept under the key "listed"
	opCancel               // cancel x
	opFirstOnly            // trap unless the frame is redelivered
	opWork                 // count down from x
	opDone                 // done x
	opPublish              // publish b under the topic a
	opPark                 // park
	opEnter                // enter x
	opFinish               // finish x, y
	opAwait                // park unless that was done, rest with document b, and go on when the answer is there
	opAnswer               // kv_put a = the answer
	opJumpIf               // go on with b if the key a is there
	opHandle               // the parked frame is that with the handle x
	opFetch                // fetch tag x, document b
	opEnd                  // behind the last
)

func (s script) op(op byte, a, b string, x, y int64) script {
	s = append(s, op, byte(len(a)))
	s = binary.LittleEndian.AppendUint16(s, uint16(len(b)))
	s = binary.LittleEndian.AppendUint64(s, uint64(x))
	s = binary.LittleEndian.AppendUint64(s, uint64(y))
	return append(append(s, a...), b...)
}

func (s script) put(key, value string) script       { return s.op(opPut, key, value, 0, 0) }
func (s script) add(key string, n int64) script     { return s.op(opAdd, key, "", n, 0) }
func (s script) swap(key, value string) script      { return s.op(opSwap, key, value, 0, 0) }
func (s script) del(key string) script              { return s.op(opDelete, key, "", 0, 0) }
func (s script) rest(tag int64, doc string) script  { return s.op(opRest, "", doc, tag, 0) }
func (s script) fetch(tag int64, doc string) script { return s.op(opFetch, "", doc, tag, 0) }
func (s script) trap() script                       { return s.op(opTrap, "", "", 0, 0) }
func (s script) trapOnce() script                   { return s.op(opFirstOnly, "", "", 0, 0) }
func (s script) fail(text string) script            { return s.op(opFail, "", text, 0, 0) }
func (s script) panic(text string) script           { return s.op(opPanic, "", text, 0, 0) }
func (s script) trapIf(key string) script           { return s.op(opTrapIf, key, "", 0, 0) }
func (s script) failIf(key, text string) script     { return s.op(opFailIf, key, text, 0, 0) }
func (s script) expect(result int64) script         { return s.op(opExpect, "", "", result, 0) }
func (s script) holds(key, value string) script     { return s.op(opHolds, key, value, 0, 0) }
func (s script) publish(topic string, then script) script {
	return s.op(opPublish, topic, string(then), 0, 0)
}
func (s script) park() script                  { return s.op(opPark, "", "", 0, 0) }
func (s script) enter(h int64) script          { return s.op(opEnter, "", "", h, 0) }
func (s script) finish(h, status int64) script { return s.op(opFinish, "", "", h, status) }
func (s script) answer(key string) script      { return s.op(opAnswer, key, "", 0, 0) }
func (s script) await(method, path, body string) script {
	doc := strings.TrimSuffix(document(method, path, body, ""), "}") + `,"await":true}`
	return s.op(opAwait, "", doc, 0, 0)
}
func (s script) timer(tag, delay, period int64) script {
	return s.op(opTimer, "", string(binary.LittleEndian.AppendUint64(nil, uint64(period))), tag, delay)
}

// timerScript is the key of what a timer with that tag does.
func timerScript(tag uint64) string { return string(binary.LittleEndian.AppendUint64(nil, tag)) }

// scripted describes a scripted guest.
type scripted struct {
	init    script // run by shard_init
	first   script // run before each frame's own
	silent  bool   // never calls done, nor imports it
	version string // makes the module another one
	kv      bool   // imports no more than log, fail and kv where set
}

// Addresses of the scripted guest's buffers, below its first page's end.
const (
	scriptAt = 32 << 10 // a timer's script
	listAt   = 48 << 10
	scratch  = asm.Scratch
)

// What a handler that waits has still to do stands behind the first page, in the
// slot of its handle: length, flags of its frame, script.
const (
	slots    = 1 << 16
	slotSize = 4 << 10
	slotMask = 63
)

// scriptGlobals hold what the ops know of the frame.
type scriptGlobals struct{ handle, body, size uint32 }

// slotOf is the address of the present handle's slot.
func (g scriptGlobals) slot() asm.Code {
	return asm.Seq(asm.GlobalGet(g.handle), asm.I32(slotMask), asm.I32And, asm.I32(slotSize), asm.I32Mul, asm.I32(slots), asm.I32Add)
}

// module assembles it.
func (c scripted) module() []byte {
	b := asm.New()
	f := map[string]uint32{}
	imports := []string{"log", "fail", "kv_get", "kv_put", "kv_add", "kv_cas", "kv_version", "kv_del", "kv_list"}
	if !c.silent {
		imports = append(imports, "done")
	}
	if !c.kv {
		imports = append(imports, "rest", "fetch", "cancel", "timer", "timer_off", "gateway", "publish", "park", "enter", "finish")
	}
	for _, name := range imports {
		f[name] = b.Import(name)
	}
	b.Pages += slotSize * (slotMask + 1) >> 16
	g := scriptGlobals{
		b.Global(asm.I32Type, asm.I32(0)), b.Global(asm.I32Type, asm.I32(0)), b.Global(asm.I32Type, asm.I32(0)),
	}
	init := b.Data(string(c.init))
	unexpected := b.Data("unexpected result")
	run := b.Func("$run", "iii", "i", "iiiiil", c.run(b, f, g, unexpected))
	frame := asm.Seq(
		b.Data(string(c.first)).Both(), flags, asm.Call(run), asm.Set(asm.FrameI32), asm.Get(asm.FrameI32),
		asm.If(asm.Empty, asm.Get(asm.FrameI32), asm.Return),
		// The script: of an event its body, of a completion its name.
		asm.FrameBodyPtr, asm.Set(asm.FrameI32),
		asm.FrameKind, asm.I32(int32(abi.KindTimer)), asm.I32Eq,
		asm.If(asm.I32Type,
			asm.Get(asm.FramePtr), asm.I32(8), asm.I32Add, asm.I32(8), // the tag
			asm.I32(scriptAt), asm.I32(listAt-scriptAt), asm.Call(f["kv_get"]),
			asm.Set(asm.FrameI32),
			asm.I32(scriptAt), asm.Get(asm.FrameI32), flags, asm.Call(run),
			asm.Else,
			asm.FrameKind, asm.I32(int32(abi.KindCompletion)), asm.I32Eq,
			asm.If(asm.I32Type,
				asm.FrameNameLen,
				asm.If(asm.I32Type,
					asm.FrameNamePtr, asm.FrameNameLen, flags, asm.Call(run),
					asm.Else,
					c.resume(f, g, run),
				),
				asm.Else,
				asm.FrameBody, flags, asm.Call(run),
			),
		),
		c.settle(f, g),
		asm.Set(asm.FrameI32), asm.Get(asm.FrameI32),
		asm.If(asm.Empty, asm.Get(asm.FrameI32), asm.Return),
	)
	if !c.silent {
		frame = asm.Seq(frame, asm.Get(asm.FrameIndex), asm.I32(1), asm.I32Add, asm.Call(f["done"]), asm.Drop)
	}
	b.Plugin(asm.Plugin{Frame: frame, Init: asm.Seq(init.Both(), asm.I32(0), asm.Call(run))})
	b.Custom("version", []byte(c.version))
	return b.Module()
}

// flags pushes the frame's flags.
var flags = asm.Seq(asm.Get(asm.FramePtr), asm.Op(0x2f, 0, 6))

// resume lets a handler go on whose answer has come; 2 when there is none.
func (c scripted) resume(f map[string]uint32, g scriptGlobals, run uint32) asm.Code {
	enter, ok := f["enter"]
	if !ok {
		return asm.I32(0)
	}
	return asm.Seq(
		asm.FrameBodyPtr, asm.GlobalSet(g.body), asm.FrameBodyLen, asm.GlobalSet(g.size),
		asm.FrameTag, asm.I32Wrap, asm.GlobalSet(g.handle),
		asm.GlobalGet(g.handle), asm.Call(enter), asm.If(asm.I32Type,
			asm.I32(0), asm.GlobalSet(g.handle), asm.I32(0),
			asm.Else,
			g.slot(), asm.I32(8), asm.I32Add, g.slot(), asm.Load32(0), g.slot(), asm.Load32(4), asm.Call(run),
		),
	)
}

// settle finishes the frame that the handler had parked, unless it waits.
func (c scripted) settle(f map[string]uint32, g scriptGlobals) asm.Code {
	finish, ok := f["finish"]
	if !ok {
		return nil
	}
	return asm.Seq(
		asm.Set(asm.FrameI32),
		asm.Get(asm.FrameI32), asm.I32(1), asm.I32Eq, asm.If(asm.I32Type,
			asm.I32(0),
			asm.Else, asm.GlobalGet(g.handle), asm.If(asm.I32Type,
				asm.GlobalGet(g.handle), asm.Get(asm.FrameI32), asm.Call(finish), asm.Drop,
				asm.I32(0), asm.GlobalSet(g.handle), asm.I32(0),
				asm.Else,
				asm.Get(asm.FrameI32),
			)),
	)
}

// run is the interpreter: (ptr, len, flags) -> 0 or a negative code.
func (c scripted) run(b *asm.Builder, f map[string]uint32, g scriptGlobals, unexpected asm.Text) asm.Code {
	const (
		p, n, fl          uint32 = 0, 1, 2
		end, a, bp, op, r uint32 = 3, 4, 5, 6, 7
		version           uint32 = 8
	)
	na := asm.Seq(asm.Get(p), asm.Load8(1))
	nb := asm.Seq(asm.Get(p), asm.Op(0x2f, 0, 2))
	x := asm.Seq(asm.Get(p), asm.Load64(4))
	y := asm.Seq(asm.Get(p), asm.Load64(12))
	A := asm.Seq(asm.Get(a), na)
	B := asm.Seq(asm.Get(bp), nb)
	wrap := asm.I32Wrap
	get := asm.Seq(A, asm.I32(scratch), asm.I32(900), asm.Call(f["kv_get"]))
	give := func(code ...asm.Code) asm.Code { return asm.Seq(asm.Seq(code...), asm.Set(r)) }
	failing := asm.Seq(asm.Call(f["fail"]), asm.Drop, asm.I32(int32(abi.Internal)), asm.Return)
	call := func(name string, args ...asm.Code) asm.Code {
		index, ok := f[name]
		if !ok {
			return asm.Unreachable
		}
		return give(asm.Seq(args...), asm.Call(index))
	}
	doneOp := asm.Code(nil)
	if !c.silent {
		doneOp = call("done", x, wrap)
	}
	swap := func(version asm.Code) asm.Code { return call("kv_cas", A, version, B, y) }
	ops := map[byte]asm.Code{
		opPut:      call("kv_put", A, B, x),
		opAdd:      call("kv_add", A, x, asm.I32(scratch)),
		opInsert:   swap(x),
		opDelete:   call("kv_del", A),
		opRest:     call("rest", x, B),
		opFetch:    call("fetch", x, B),
		opTimer:    call("timer", x, y, asm.Get(bp), asm.Load64(0)),
		opTimerOff: call("timer_off", x),
		opGateway:  call("gateway", asm.I32(-1), x, wrap, B),
		opCancel:   call("cancel", x),
		opLog:      asm.Seq(asm.I32(abi.LogInfo), B, asm.Call(f["log"]), asm.Drop),
		opTrap:     asm.Unreachable,
		opSpin:     asm.Loop(asm.Empty, asm.Br(0)),
		opFail:     asm.Seq(B, failing),
		opPanic:    asm.Seq(B, asm.Call(f["fail"]), asm.Drop, asm.Unreachable),
		opTrapIf:   asm.Seq(get, asm.I32(0), asm.Op(0x4e), asm.If(asm.Empty, asm.Unreachable)), // i32.ge_s
		opFailIf:   asm.Seq(get, asm.I32(0), asm.Op(0x4e), asm.If(asm.Empty, B, failing)),
		opExpect: asm.Seq(asm.Get(r), x, wrap, asm.I32Ne,
			asm.If(asm.Empty, unexpected.Both(), failing)),
		opHolds: asm.Seq(get, nb, asm.I32Ne, asm.If(asm.Empty, unexpected.Both(), failing),
			// Compare from the last byte to the first.
			nb, asm.Set(op),
			asm.Block(asm.Empty, asm.Loop(asm.Empty,
				asm.Get(op), asm.I32Eqz, asm.BrIf(1),
				asm.Get(op), asm.I32(1), asm.I32Sub, asm.Set(op),
				asm.Get(op), asm.Load8(scratch), asm.Get(bp), asm.Get(op), asm.I32Add, asm.Load8(0), asm.I32Ne,
				asm.If(asm.Empty, unexpected.Both(), failing),
				asm.Br(0),
			)),
		),
		opList: asm.Seq(
			call("kv_list", A, B, asm.I32(listAt), asm.I32(1000)),
			asm.Get(r), asm.I32(0), asm.Op(0x4e), asm.If(asm.Empty,
				b.Data("listed").Both(), asm.I32(listAt), asm.Get(r), asm.I64(0), asm.Call(f["kv_put"]), asm.Drop,
			)),
		opFirstOnly: asm.Seq(asm.Get(fl), asm.I32(int32(abi.FlagRedelivered)), asm.I32And, asm.I32Eqz,
			asm.If(asm.Empty, asm.Unreachable)),
		opWork: asm.Seq(x, asm.Set(version), asm.Loop(asm.Empty,
			asm.Get(version), asm.I64(1), asm.I64Sub, asm.Tee(version), asm.I64Eqz, asm.I32Eqz, asm.BrIf(0))),
		opDone:   doneOp,
		opPark:   asm.Seq(call("park"), asm.Get(r), asm.I32(0), asm.Op(0x4a), asm.If(asm.Empty, asm.Get(r), asm.GlobalSet(g.handle))), // i32.gt_s
		opEnter:  call("enter", x, wrap),
		opFinish: asm.Seq(call("finish", x, wrap, y, wrap), asm.I32(0), asm.GlobalSet(g.handle)),
		opAwait: asm.Seq(
			asm.GlobalGet(g.handle), asm.I32Eqz, asm.If(asm.Empty,
				call("park"), asm.Get(r), asm.I32(0), asm.I32LtS, asm.If(asm.Empty, unexpected.Both(), failing),
				asm.Get(r), asm.GlobalSet(g.handle)),
			call("rest", asm.GlobalGet(g.handle), asm.I64ExtendU, B),
			asm.Get(r), asm.I32(0), asm.I32LtS, asm.If(asm.Empty, unexpected.Both(), failing),
			B, asm.I32Add, asm.Set(p),
			g.slot(), asm.Get(end), asm.Get(p), asm.I32Sub, asm.Store32(0),
			g.slot(), asm.Get(fl), asm.Store32(4),
			g.slot(), asm.I32(8), asm.I32Add, asm.Get(p), asm.Get(end), asm.Get(p), asm.I32Sub, asm.MemoryCopy,
			call("enter", asm.I32(0)),
			asm.I32(0), asm.GlobalSet(g.handle),
			asm.I32(1), asm.Return,
		),
		opAnswer: call("kv_put", A, asm.GlobalGet(g.body), asm.GlobalGet(g.size), asm.I64(0)),
		opHandle: asm.Seq(x, wrap, asm.GlobalSet(g.handle)),
		opJumpIf: asm.Seq(get, asm.I32(0), asm.Op(0x4e), asm.If(asm.Empty,
			asm.Get(bp), nb, asm.I32Add, asm.Set(end), asm.Get(bp), asm.Set(p), asm.Br(2))),
		opPublish: call("publish", A, B),
		opSwap:    asm.Seq(A, asm.Call(f["kv_version"]), asm.Set(version), swap(asm.Get(version))),
	}
	var cases asm.Code
	for code := byte(opPut); code < opEnd; code++ {
		cases = asm.Seq(cases, asm.Get(op), asm.I32(int32(code)), asm.I32Eq, asm.If(asm.Empty, ops[code]))
	}
	return asm.Seq(
		asm.Get(n), asm.I32(0), asm.Op(0x4c), asm.If(asm.Empty, asm.I32(0), asm.Return), // i32.le_s
		asm.Get(p), asm.Get(n), asm.I32Add, asm.Set(end),
		asm.Block(asm.Empty, asm.Loop(asm.Empty,
			asm.Get(p), asm.Get(end), asm.I32GeU, asm.BrIf(1),
			asm.Get(p), asm.Load8(0), asm.Set(op),
			asm.Get(p), asm.I32(20), asm.I32Add, asm.Tee(a), na, asm.I32Add, asm.Set(bp),
			cases,
			B, asm.I32Add, asm.Set(p),
			asm.Br(0),
		)),
		asm.I32(0),
	)
}
