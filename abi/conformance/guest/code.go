package guest

import (
	"encoding/binary"
	"math"
)

// Code is a sequence of instructions in the binary format.
type Code []byte

// Types of values, and of blocks without a result.
const (
	I32Type byte = 0x7f
	I64Type byte = 0x7e
	F32Type byte = 0x7d
	F64Type byte = 0x7c
	V128    byte = 0x7b
	FuncRef byte = 0x70
	Empty   byte = 0x40
)

// Instructions without immediates. Op makes the others of the specification.
var (
	Unreachable = Op(0x00)
	Nop         = Op(0x01)
	Else        = Op(0x05)
	End         = Op(0x0b)
	Return      = Op(0x0f)
	Drop        = Op(0x1a)
	Select      = Op(0x1b)
	I32Eqz      = Op(0x45)
	I32Eq       = Op(0x46)
	I32Ne       = Op(0x47)
	I32LtS      = Op(0x48)
	I32LtU      = Op(0x49)
	I32GtU      = Op(0x4b)
	I32GeU      = Op(0x4f)
	I64Eqz      = Op(0x50)
	I64LtS      = Op(0x53)
	I32Add      = Op(0x6a)
	I32Sub      = Op(0x6b)
	I32Mul      = Op(0x6c)
	I32DivS     = Op(0x6d)
	I32And      = Op(0x71)
	I32Or       = Op(0x72)
	I32Xor      = Op(0x73)
	I32Shl      = Op(0x74)
	I32ShrU     = Op(0x76)
	I64Add      = Op(0x7c)
	I64Sub      = Op(0x7d)
	I64Mul      = Op(0x7e)
	I64Or       = Op(0x84)
	I64Shl      = Op(0x86)
	I32Wrap     = Op(0xa7)
	I64ExtendU  = Op(0xad)
	I64ExtendS  = Op(0xac)
	MemorySize  = Op(0x3f, 0)
	MemoryGrow  = Op(0x40, 0)
	MemoryCopy  = Op(0xfc, 10, 0, 0)
	MemoryFill  = Op(0xfc, 11, 0)
)

// Op is any instruction, byte by byte.
func Op(b ...byte) Code { return b }

// Seq puts code together.
func Seq(parts ...Code) Code {
	var c Code
	for _, p := range parts {
		c = append(c, p...)
	}
	return c
}

func u32(v uint32) Code { return binary.AppendUvarint(nil, uint64(v)) }

func op(b byte, v uint32) Code { return append(Code{b}, u32(v)...) }

// I32 is i32.const.
func I32(v int32) Code { return append(Code{0x41}, sleb(int64(v))...) }

// I64 is i64.const.
func I64(v int64) Code { return append(Code{0x42}, sleb(v)...) }

// F64 is f64.const.
func F64(v float64) Code {
	return binary.LittleEndian.AppendUint64(Code{0x44}, math.Float64bits(v))
}

func sleb(v int64) (c Code) {
	for {
		b := byte(v) & 0x7f
		v >>= 7
		if v == 0 && b&0x40 == 0 || v == -1 && b&0x40 != 0 {
			return append(c, b)
		}
		c = append(c, b|0x80)
	}
}

// Get is local.get, Set local.set, Tee local.tee.
func Get(local uint32) Code { return op(0x20, local) }
func Set(local uint32) Code { return op(0x21, local) }
func Tee(local uint32) Code { return op(0x22, local) }

// GlobalGet and GlobalSet access a global.
func GlobalGet(g uint32) Code { return op(0x23, g) }
func GlobalSet(g uint32) Code { return op(0x24, g) }

// Call is call, CallIndirect call_indirect of table 0.
func Call(f uint32) Code             { return op(0x10, f) }
func CallIndirect(typ uint32) Code   { return append(op(0x11, typ), 0) }
func ReturnCall(f uint32) Code       { return op(0x12, f) }
func Br(label uint32) Code           { return op(0x0c, label) }
func BrIf(label uint32) Code         { return op(0x0d, label) }
func Block(typ byte, b ...Code) Code { return nest(0x02, typ, b) }
func Loop(typ byte, b ...Code) Code  { return nest(0x03, typ, b) }

// If takes its condition from the stack; put Else between its arms.
func If(typ byte, b ...Code) Code { return nest(0x04, typ, b) }

func nest(op, typ byte, b []Code) Code {
	return append(append(Code{op, typ}, Seq(b...)...), 0x0b)
}

// Load32, Load64 and Load8 read at the address on the stack plus offset.
func Load32(offset uint32) Code { return append(Code{0x28, 0}, u32(offset)...) }
func Load64(offset uint32) Code { return append(Code{0x29, 0}, u32(offset)...) }
func Load8(offset uint32) Code  { return append(Code{0x2d, 0}, u32(offset)...) }

// Store32 and Store8 write the value on the stack at the address below it.
func Store32(offset uint32) Code { return append(Code{0x36, 0}, u32(offset)...) }
func Store8(offset uint32) Code  { return append(Code{0x3a, 0}, u32(offset)...) }
