package binary

import (
	"slices"
	"strconv"
	"strings"
)

// ValType is a value type. Abstract types are their byte in the binary; a
// reference to a type of the module is Ref or RefNull plus its index.
type ValType uint64

// The value types.
const (
	I32       ValType = 0x7f
	I64       ValType = 0x7e
	F32       ValType = 0x7d
	F64       ValType = 0x7c
	V128      ValType = 0x7b
	FuncRef   ValType = 0x70
	ExternRef ValType = 0x6f
	ExnRef    ValType = 0x69

	refNull ValType = 0x63
	ref     ValType = 0x64
)

// heapShift moves a heap type (33 bits, signed) above the prefix byte.
const heapShift = 8

func (t ValType) String() string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	case ExnRef:
		return "exnref"
	}
	return "ref " + strconv.FormatInt(int64(t)>>heapShift, 10)
}

// Append encodes the type.
func (t ValType) Append(dst []byte) []byte {
	dst = append(dst, byte(t))
	if k := t & 0xff; k == ref || k == refNull {
		dst = AppendSigned(dst, int64(t)>>heapShift)
	}
	return dst
}

// ValType reads a value type.
func (r *Reader) ValType() ValType {
	c := ValType(r.Byte())
	switch c {
	case I32, I64, F32, F64, V128, FuncRef, ExternRef, ExnRef:
		return c
	case ref, refNull:
		return c | ValType(r.heapType())<<heapShift
	}
	if r.err == nil {
		r.pos--
		r.Fail("0x%02x is not a value type", byte(c))
	}
	return 0
}

// heapType reads an abstract heap type, which is negative, or the index of a
// type.
func (r *Reader) heapType() int64 {
	t := r.Signed(33)
	if r.types >= 0 && t >= int64(r.types) {
		r.Fail("type %d does not exist", t)
	}
	return t
}

// FuncType is the type of a function.
type FuncType struct{ Params, Results []ValType }

func (t FuncType) String() string {
	return "(" + join(t.Params) + ") -> (" + join(t.Results) + ")"
}

// Equal says whether two types are the same.
func (t FuncType) Equal(u FuncType) bool {
	return slices.Equal(t.Params, u.Params) && slices.Equal(t.Results, u.Results)
}

// Append encodes the type.
func (t FuncType) Append(dst []byte) []byte {
	dst = append(dst, 0x60)
	for _, list := range [2][]ValType{t.Params, t.Results} {
		dst = AppendU32(dst, uint32(len(list)))
		for _, v := range list {
			dst = v.Append(dst)
		}
	}
	return dst
}

func join(list []ValType) string {
	var b strings.Builder
	for i, t := range list {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.String())
	}
	return b.String()
}

// Limits are the size of a memory in pages or of a table in elements.
type Limits struct {
	Min, Max uint32
	HasMax   bool
	Shared   bool
}

// Append encodes the limits.
func (l Limits) Append(dst []byte) []byte {
	var flags byte
	if l.HasMax {
		flags |= 1
	}
	if l.Shared {
		flags |= 2
	}
	dst = AppendU32(append(dst, flags), l.Min)
	if l.HasMax {
		dst = AppendU32(dst, l.Max)
	}
	return dst
}

func (r *Reader) limits() (l Limits) {
	flags := r.Byte()
	if flags > 3 {
		r.Fail("limits with flags 0x%02x are not supported", flags)
		return l
	}
	l.HasMax, l.Shared = flags&1 != 0, flags&2 != 0
	l.Min = r.U32()
	if l.HasMax {
		l.Max = r.U32()
	}
	return l
}

// Table is the type of a table and the expression that fills it, nil for none.
type Table struct {
	Type ValType
	Limits
	Init []byte
}

// Append encodes the table; the expression is taken as it is.
func (t Table) Append(dst []byte) []byte {
	if t.Init != nil {
		dst = append(dst, 0x40, 0)
	}
	dst = t.Limits.Append(t.Type.Append(dst))
	return append(dst, t.Init...)
}

func (r *Reader) table() (t Table) {
	init := r.Peek() == 0x40
	if init {
		r.Byte()
		if r.Byte() != 0 {
			r.Fail("a table with an initializer needs a zero byte after 0x40")
		}
	}
	t.Type = r.ValType()
	t.Limits = r.limits()
	if init {
		t.Init = r.ConstExpr()
	}
	return t
}

// Global is the type of a global and the constant expression that initializes
// it, nil if it is imported.
type Global struct {
	Type    ValType
	Mutable bool
	Init    []byte
}

// Append encodes the global; the expression is taken as it is.
func (g Global) Append(dst []byte) []byte {
	dst = append(g.Type.Append(dst), 0)
	if g.Mutable {
		dst[len(dst)-1] = 1
	}
	return append(dst, g.Init...)
}

func (r *Reader) globalType() (g Global) {
	g.Type = r.ValType()
	switch r.Byte() {
	case 0:
	case 1:
		g.Mutable = true
	default:
		r.Fail("a global is neither constant nor mutable")
	}
	return g
}

// Kind is what an import or export is.
type Kind byte

// The kinds of imports and exports.
const (
	KindFunc Kind = iota
	KindTable
	KindMemory
	KindGlobal
	KindTag
)

func (k Kind) String() string {
	switch k {
	case KindFunc:
		return "function"
	case KindTable:
		return "table"
	case KindMemory:
		return "memory"
	case KindGlobal:
		return "global"
	case KindTag:
		return "tag"
	}
	return "unknown"
}

// Import is one import; the field that Kind names describes it.
type Import struct {
	Module, Name string
	Kind         Kind
	Type         uint32 // of a function or tag: index of its type
	Table        Table
	Memory       Limits
	Global       Global
}

// Export is one export.
type Export struct {
	Name  string
	Kind  Kind
	Index uint32
}
