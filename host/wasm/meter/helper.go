package meter

import "github.com/shardhost/shardhost/host/wasm/binary"

// helperKind is a function that the module gets when it needs it.
type helperKind int

const (
	helperFill helperKind = iota // (to, value, bytes)
	helperCopy                   // (to, from, bytes)
)

type helper struct {
	kind  helperKind
	index uint32
}

func (k helperKind) name() string {
	return [...]string{"shard_meter.fill", "shard_meter.copy"}[k]
}

// helper returns the index of a helper in the new module.
func (w *rewriter) helper(kind helperKind) uint32 {
	for _, h := range w.helpers {
		if h.kind == kind {
			return h.index
		}
	}
	h := helper{kind, w.refill + 1 + uint32(len(w.m.Funcs)+len(w.helpers))}
	w.helpers = append(w.helpers, h)
	return h.index
}

// Locals of the helpers.
const (
	helperTo, helperFrom, helperBytes, helperT = 0, 1, 2, 3
)

// helperBody fills or copies in pieces, each charged before it is done. A range
// outside the memory goes to the instruction itself, which traps before it
// changes anything.
func (w *rewriter) helperBody(kind helperKind) []byte {
	dst := []byte{1, 1, byte(binary.I64)}
	instruction := []byte{binary.PrefixMisc, byte(binary.MiscMemoryFill), 0}
	pointers := []uint32{helperTo}
	if kind == helperCopy {
		instruction = []byte{binary.PrefixMisc, byte(binary.MiscMemoryCopy), 0, 0}
		pointers = []uint32{helperTo, helperFrom}
	}
	get := func(l uint32) { dst = index(dst, binary.OpLocalGet, l) }
	rest := func() {
		get(helperTo)
		get(helperFrom)
		get(helperBytes)
		dst = append(dst, instruction...)
		dst = append(dst, binary.OpReturn)
	}
	for _, p := range pointers {
		get(p)
		dst = append(dst, opI64ExtendU)
		get(helperBytes)
		dst = append(dst, opI64ExtendU, opI64Add, binary.OpMemorySize, 0, opI64ExtendU)
		dst = append(constI64(dst, 16), opI64Shl, opI64GtU, binary.OpIf, blockEmpty)
		rest()
		dst = append(dst, binary.OpEnd)
	}
	// begin opens a loop that charges a piece and does the last one.
	begin := func() {
		dst = append(dst, binary.OpLoop, blockEmpty)
		dst = w.charge(dst, unitsPerPiece, helperT)
		get(helperBytes)
		dst = append(constI32(dst, pieceMove), opI32LeU, binary.OpIf, blockEmpty)
		rest()
		dst = append(dst, binary.OpEnd)
	}
	step := func(l uint32, op byte) {
		get(l)
		dst = append(constI32(dst, pieceMove), op)
		dst = index(dst, binary.OpLocalSet, l)
	}
	again := func() { dst = append(index(dst, binary.OpBr, 0), binary.OpEnd) }

	if kind == helperCopy { // from the end when the target lies above the source
		get(helperTo)
		get(helperFrom)
		dst = append(dst, opI32GtU, binary.OpIf, blockEmpty)
		begin()
		step(helperBytes, opI32Sub)
		for _, p := range pointers {
			get(p)
			get(helperBytes)
			dst = append(dst, opI32Add)
		}
		dst = append(constI32(dst, pieceMove), instruction...)
		again()
		dst = append(dst, binary.OpEnd)
	}
	begin()
	get(helperTo)
	get(helperFrom)
	dst = append(constI32(dst, pieceMove), instruction...)
	for _, p := range pointers {
		step(p, opI32Add)
	}
	step(helperBytes, opI32Sub)
	again()
	return append(dst, binary.OpEnd)
}
