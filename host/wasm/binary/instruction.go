package binary

// Opcodes that decoding or rewriting must know.
const (
	OpUnreachable  byte = 0x00
	OpBlock        byte = 0x02
	OpLoop         byte = 0x03
	OpIf           byte = 0x04
	OpElse         byte = 0x05
	OpThrow        byte = 0x08
	OpThrowRef     byte = 0x0a
	OpEnd          byte = 0x0b
	OpBr           byte = 0x0c
	OpBrIf         byte = 0x0d
	OpBrTable      byte = 0x0e
	OpReturn       byte = 0x0f
	OpCall         byte = 0x10
	OpCallIndirect byte = 0x11

	OpReturnCall         byte = 0x12
	OpReturnCallIndirect byte = 0x13
	OpCallRef            byte = 0x14
	OpReturnCallRef      byte = 0x15

	OpTypedSelect byte = 0x1c
	OpTryTable    byte = 0x1f
	OpLocalGet    byte = 0x20
	OpLocalSet    byte = 0x21
	OpLocalTee    byte = 0x22
	OpGlobalGet   byte = 0x23
	OpGlobalSet   byte = 0x24
	OpTableGet    byte = 0x25
	OpTableSet    byte = 0x26
	OpMemorySize  byte = 0x3f
	OpMemoryGrow  byte = 0x40
	OpI32Const    byte = 0x41
	OpI64Const    byte = 0x42
	OpF32Const    byte = 0x43
	OpF64Const    byte = 0x44

	OpRefNull     byte = 0xd0
	OpRefFunc     byte = 0xd2
	OpBrOnNull    byte = 0xd5
	OpBrOnNonNull byte = 0xd6

	PrefixMisc   byte = 0xfc
	PrefixVector byte = 0xfd
	PrefixAtomic byte = 0xfe
)

// Sub-opcodes behind PrefixMisc that move much at once.
const (
	MiscMemoryInit uint32 = 8
	MiscDataDrop   uint32 = 9
	MiscMemoryCopy uint32 = 10
	MiscMemoryFill uint32 = 11
	MiscTableInit  uint32 = 12
	MiscElemDrop   uint32 = 13
	MiscTableCopy  uint32 = 14
	MiscTableGrow  uint32 = 15
	MiscTableSize  uint32 = 16
	MiscTableFill  uint32 = 17
)

const vecConst = 12

// Sub-opcodes behind PrefixAtomic with a meaning of their own.
const (
	AtomicNotify uint32 = 0
	AtomicWait32 uint32 = 1
	AtomicWait64 uint32 = 2
	atomicFence  uint32 = 3
)

// BlockType is the type of a block: empty, one result, or a function type.
type BlockType int64

// BlockEmpty is the type of a block without parameters and results.
const BlockEmpty BlockType = -64

// Index is the function type of the block, false if it is empty or one value.
func (t BlockType) Index() (uint32, bool) { return uint32(t), t >= 0 }

// Instruction is one decoded instruction. Which fields mean something depends
// on the opcode; immediates that nobody needs are skipped.
type Instruction struct {
	Op    byte
	Sub   uint32 // behind a prefix
	A, B  uint32 // indices: label, function, local, global, table, segment, type
	Block BlockType
	Start int // position in the Reader's slice
	End   int

	// Labels are the targets of br_table, the default last, or of the catch
	// clauses of try_table. The slice is reused by the next instruction.
	Labels []uint32
}

// Next reads one instruction into i.
func (r *Reader) Next(i *Instruction) {
	i.Start = r.pos
	i.Op = r.Byte()
	i.Labels = i.Labels[:0]
	switch op := i.Op; {
	case op >= 0x28 && op <= 0x3e: // loads and stores
		r.memArg()
	case op >= 0x45 && op <= 0xc4: // numeric
	case op == OpBlock, op == OpLoop, op == OpIf:
		i.Block = r.blockType()
	case op == OpUnreachable, op == 0x01, op == OpElse, op == OpEnd, op == OpReturn, op == 0x1a, op == 0x1b, op == OpThrowRef, op == 0xd1, op == 0xd4:
	case op == OpBr, op == OpBrIf, op == OpCall, op == OpReturnCall, op == OpCallRef, op == OpReturnCallRef,
		op >= OpLocalGet && op <= OpTableSet, op == OpRefFunc, op == OpBrOnNull, op == OpBrOnNonNull, op == OpThrow:
		i.A = r.U32()
	case op == OpCallIndirect, op == OpReturnCallIndirect:
		i.A = r.U32() // type
		i.B = r.U32() // table
	case op == OpBrTable:
		for n := r.Count(1); n >= 0 && r.err == nil; n-- {
			i.Labels = append(i.Labels, r.U32())
		}
	case op == OpTypedSelect:
		for n := r.Count(1); n > 0 && r.err == nil; n-- {
			r.ValType()
		}
	case op == OpTryTable:
		i.Block = r.blockType()
		r.catches(i)
	case op == OpMemorySize, op == OpMemoryGrow:
		r.zero()
	case op == OpI32Const:
		r.Signed(32)
	case op == OpI64Const:
		r.Signed(64)
	case op == OpF32Const:
		r.Bytes(4)
	case op == OpF64Const:
		r.Bytes(8)
	case op == OpRefNull:
		r.heapType()
	case op == PrefixMisc:
		r.misc(i)
	case op == PrefixVector:
		r.vector(i)
	case op == PrefixAtomic:
		r.atomic(i)
	default:
		r.unknown(i)
	}
	i.End = r.pos
}

func (r *Reader) unknown(i *Instruction) {
	if r.err == nil {
		r.pos = i.Start
		if i.Op >= PrefixMisc {
			r.Fail("instruction 0x%02x 0x%x is not known", i.Op, i.Sub)
		} else {
			r.Fail("instruction 0x%02x is not known", i.Op)
		}
	}
}

func (r *Reader) zero() {
	if r.Byte() != 0 {
		r.Fail("only memory 0 exists")
	}
}

func (r *Reader) memArg() {
	if r.U32() > 63 {
		r.Fail("only memory 0 exists")
	}
	r.U32()
}

func (r *Reader) blockType() BlockType {
	switch t := r.Peek(); ValType(t) {
	case 0x40:
		r.Byte()
		return BlockEmpty
	case I32, I64, F32, F64, V128, FuncRef, ExternRef, ExnRef, ref, refNull:
		r.ValType()
		return -1
	}
	t := r.heapType()
	if t < 0 {
		r.Fail("a block has no valid type")
	}
	return BlockType(t)
}

func (r *Reader) catches(i *Instruction) {
	for n := r.Count(2); n > 0 && r.err == nil; n-- {
		kind := r.Byte()
		switch kind {
		case 0, 1: // catch, catch_ref
			r.U32()
		case 2, 3: // catch_all, catch_all_ref
		default:
			r.Fail("catch clause of kind %d", kind)
		}
		i.Labels = append(i.Labels, r.U32())
	}
}

func (r *Reader) misc(i *Instruction) {
	i.Sub = r.U32()
	switch i.Sub {
	case MiscMemoryInit:
		i.A = r.U32()
		r.zero()
	case MiscMemoryCopy:
		r.zero()
		r.zero()
	case MiscMemoryFill:
		r.zero()
	case MiscTableInit, MiscTableCopy: // segment and table; tables to and from
		i.A = r.U32()
		i.B = r.U32()
	case MiscDataDrop, MiscElemDrop, MiscTableGrow, MiscTableSize, MiscTableFill:
		i.A = r.U32()
	default:
		if i.Sub > MiscTableFill {
			r.unknown(i)
		}
	}
}

func (r *Reader) vector(i *Instruction) {
	i.Sub = r.U32()
	switch s := i.Sub; {
	case s <= 11, s >= 92 && s <= 93: // loads and stores
		r.memArg()
	case s == vecConst, s == 13: // const, shuffle
		r.Bytes(16)
	case s >= 21 && s <= 34: // lanes
		r.Byte()
	case s >= 84 && s <= 91: // loads and stores of a lane
		r.memArg()
		r.Byte()
	case s > 0xff:
		r.unknown(i)
	}
}

func (r *Reader) atomic(i *Instruction) {
	i.Sub = r.U32()
	switch s := i.Sub; {
	case s == atomicFence:
		r.Byte()
	case s <= AtomicWait64, s >= 0x10 && s <= 0x4e:
		r.memArg()
	default:
		r.unknown(i)
	}
}
