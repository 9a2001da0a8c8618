package meter

import (
	"github.com/shardhost/shardhost/host/wasm/binary"
)

// Instructions that only the added code uses.
const (
	opI32GtU      = 0x4b
	opI32LeU      = 0x4d
	opI32Or       = 0x72
	opI64LtS      = 0x53
	opI64GeS      = 0x59
	opI64Or       = 0x84
	opI64GtU      = 0x56
	opI32Add      = 0x6a
	opI32Sub      = 0x6b
	opI64Add      = 0x7c
	opI64Sub      = 0x7d
	opI64Shl      = 0x86
	opI64ShrU     = 0x88
	opI64ExtendU  = 0xad
	blockEmpty    = 0x40
	smallMove     = 4096  // bytes of a fill or copy that are not worth a call
	pieceMove     = 65536 // bytes that are filled or copied at once
	unitsPerPiece = pieceMove / 8
)

// scratch are the locals that a body got in addition.
type scratch struct {
	t       uint32 // i64
	depth   uint32 // i64, with try_table
	a, b, n uint32 // i32, with fill and copy
}

// emit appends the new body, without its length.
func (b *body) emit(dst []byte, code []byte) []byte {
	w, f := b.w, b.f
	next := b.locals
	groups := b.types
	var s scratch
	local := func(n uint32, t binary.ValType) uint32 {
		groups = append(groups, binary.Local{Count: n, Type: t})
		next += n
		return next - n
	}
	if !f.leaf || f.counted {
		s.t = local(1, binary.I64)
	}
	if f.counted && f.try {
		s.depth = local(1, binary.I64)
	}
	if b.moves {
		s.a = local(3, binary.I32)
		s.b, s.n = s.a+1, s.a+2
	}
	dst = binary.AppendU32(dst, uint32(len(groups)))
	for _, g := range groups {
		dst = g.Type.Append(binary.AppendU32(dst, g.Count))
	}
	wrap := f.counted && (b.exits || b.returns)
	if f.counted {
		dst = w.enterDepth(dst, f, s)
	}
	if wrap {
		dst = w.blockOf(append(dst, binary.OpBlock), b.f)
	}
	at := b.own
	for _, e := range b.edits {
		dst = append(dst, code[at:e.at]...)
		dst = b.apply(dst, e, s)
		at = e.end
	}
	dst = append(dst, code[at:len(code)-1]...)
	if wrap {
		dst = append(dst, binary.OpEnd)
	}
	if f.counted {
		if f.try {
			dst = restoreDepth(dst, w, s)
		}
		dst = w.leaveDepth(dst, f)
	}
	return append(dst, binary.OpEnd)
}

// apply appends the code of one edit.
func (b *body) apply(dst []byte, e edit, s scratch) []byte {
	w := b.w
	switch e.kind {
	case editCharge:
		switch r := b.regions[e.n]; {
		case r.merged:
		case r.check:
			dst = w.charge(dst, r.cost, s.t)
		default:
			dst = w.lower(dst, r.cost)
			dst = global(dst, binary.OpGlobalSet, w.fuel)
		}
	case editIndex:
		dst = index(dst, e.op, e.n)
	case editReturn:
		dst = index(dst, binary.OpBr, e.n)
	case editTailCall:
		dst = w.leaveDepth(dst, b.f)
	case editDepthRestore:
		dst = restoreDepth(dst, w, s)
	case editBySize:
		dst = w.chargeBySize(dst, e.n, s.t)
	case editLoop:
		dst = b.loopStart(dst, e, s)
	case editLoopEnd:
		dst = b.loopEnd(dst, e, s)
	case editBranch:
		dst = index(dst, e.op, e.n)
	case editBranchTable:
		list := b.labels[e.n:e.m]
		dst = index(dst, binary.OpBrTable, uint32(len(list)-1))
		for _, l := range list {
			dst = binary.AppendU32(dst, l)
		}
	case editFill:
		dst = w.move(dst, s, w.helper(helperFill), binary.PrefixMisc, byte(binary.MiscMemoryFill), 0)
	case editCopy:
		dst = w.move(dst, s, w.helper(helperCopy), binary.PrefixMisc, byte(binary.MiscMemoryCopy), 0, 0)
	}
	return dst
}

func index(dst []byte, op byte, i uint32) []byte { return binary.AppendU32(append(dst, op), i) }

func global(dst []byte, op byte, i uint32) []byte { return index(dst, op, i) }

func constI32(dst []byte, v int64) []byte {
	return binary.AppendSigned(append(dst, binary.OpI32Const), v)
}

func constI64(dst []byte, v int64) []byte {
	return binary.AppendSigned(append(dst, binary.OpI64Const), v)
}

// lower leaves the counter less the units on the stack.
func (w *rewriter) lower(dst []byte, units int64) []byte {
	dst = global(dst, binary.OpGlobalGet, w.fuel)
	return append(constI64(dst, units), opI64Sub)
}

// charge lowers the counter and calls the host when it has run dry.
func (w *rewriter) charge(dst []byte, units int64, t uint32) []byte {
	return w.check(w.lower(dst, units), t)
}

// check stores the new counter, which is on the stack, and calls the host when
// it has run dry. The arm of the if that does nothing comes first, because
// wazero's register allocator continues with the state of the first arm: the
// other one, with its call, then costs only when it runs.
func (w *rewriter) check(dst []byte, t uint32) []byte {
	dst = index(dst, binary.OpLocalTee, t)
	dst = global(dst, binary.OpGlobalSet, w.fuel)
	dst = index(dst, binary.OpLocalGet, t)
	dst = append(constI64(dst, 0), opI64GeS, binary.OpIf, blockEmpty, binary.OpElse)
	dst = w.callRefill(dst, t)
	dst = global(dst, binary.OpGlobalSet, w.fuel)
	return append(dst, binary.OpEnd)
}

// callRefill leaves the counter's new value on the stack.
func (w *rewriter) callRefill(dst []byte, t uint32) []byte {
	dst = index(dst, binary.OpLocalGet, t)
	dst = global(dst, binary.OpGlobalGet, w.depth)
	return index(dst, binary.OpCall, w.refill)
}

// chargeBySize charges for the i32 on the stack, shifted right, and leaves it.
func (w *rewriter) chargeBySize(dst []byte, shift uint32, t uint32) []byte {
	// The i32 goes through the i64 local, which is free here.
	dst = append(dst, opI64ExtendU)
	dst = index(dst, binary.OpLocalTee, t)
	dst = append(dst, 0xa7) // i32.wrap_i64
	dst = global(dst, binary.OpGlobalGet, w.fuel)
	dst = index(dst, binary.OpLocalGet, t)
	if shift > 0 {
		dst = append(constI64(dst, int64(shift)), opI64ShrU)
	}
	return w.check(append(dst, opI64Sub), t)
}

// enterDepth takes the frame from what is left of the stack. Nobody looks at
// it here: that is up to the next refill, and entering is charged by the size
// of the frame, so that it is not far.
func (w *rewriter) enterDepth(dst []byte, f *function, s scratch) []byte {
	dst = global(dst, binary.OpGlobalGet, w.depth)
	dst = append(constI64(dst, f.weight), opI64Sub)
	if f.try {
		dst = index(dst, binary.OpLocalTee, s.depth)
	}
	return global(dst, binary.OpGlobalSet, w.depth)
}

// leaveDepth gives the frame back.
func (w *rewriter) leaveDepth(dst []byte, f *function) []byte {
	dst = global(dst, binary.OpGlobalGet, w.depth)
	dst = append(constI64(dst, f.weight), opI64Add)
	return global(dst, binary.OpGlobalSet, w.depth)
}

// restoreDepth undoes the frames that an exception left without their leave.
func restoreDepth(dst []byte, w *rewriter, s scratch) []byte {
	dst = index(dst, binary.OpLocalGet, s.depth)
	return global(dst, binary.OpGlobalSet, w.depth)
}

// blockOf appends the type of a block with the results of a function.
func (w *rewriter) blockOf(dst []byte, f *function) []byte {
	switch r := w.results(f); len(r) {
	case 0, 5:
		return append(dst, blockEmpty)
	case 1:
		return r[0].Append(dst)
	default:
		return binary.AppendSigned(dst, int64(w.typeIndex(binary.FuncType{Results: r})))
	}
}

// move does a fill or copy at once when it is small, else through the helper.
func (w *rewriter) move(dst []byte, s scratch, helper uint32, instruction ...byte) []byte {
	operands := func() {
		for _, l := range [...]uint32{s.a, s.b, s.n} {
			dst = index(dst, binary.OpLocalGet, l)
		}
	}
	for _, l := range [...]uint32{s.n, s.b, s.a} {
		dst = index(dst, binary.OpLocalSet, l)
	}
	dst = index(dst, binary.OpLocalGet, s.n)
	dst = append(constI32(dst, smallMove), opI32LeU, binary.OpIf, blockEmpty)
	operands()
	dst = append(dst, instruction...)
	dst = append(dst, binary.OpElse)
	operands()
	dst = index(dst, binary.OpCall, helper)
	return append(dst, binary.OpEnd)
}
