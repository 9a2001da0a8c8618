package guest

import (
	"bytes"
	"fmt"

	"github.com/shardhost/shardhost/abi"
)

// Builder is a module in the making. Import everything before the first Func:
// the indices of imported functions come first.
type Builder struct {
	// Pages and MaxPages are the limits of the memory; MaxPages 0: none.
	// Pages < 0: the module has no memory.
	Pages, MaxPages int
	HideMemory      bool // defined, but not exported

	Start *uint32 // the start function

	types   [][]byte
	imports [][]byte
	funcs   []uint32 // types
	bodies  [][]byte
	globals [][]byte
	tables  [][]byte
	exports [][]byte
	elems   [][]byte
	names   map[uint32]string
	data    []byte
	sects   []byte // behind everything
	nimport uint32
}

// dataStart is where Data puts strings; below it is scratch space.
const dataStart = 1024

// Scratch is an address with 1000 bytes that nothing else uses.
const Scratch = 16

// New starts a module with a memory of two pages.
func New() *Builder { return &Builder{Pages: 2, names: make(map[uint32]string)} }

// Type returns the index of a function type, given in the letters of
// abi.Function: i = i32, l = i64, f = f32, d = f64, v = v128.
func (b *Builder) Type(params, results string) uint32 {
	t := append([]byte{0x60}, letters(params)...)
	t = append(t, letters(results)...)
	for i, have := range b.types {
		if bytes.Equal(have, t) {
			return uint32(i)
		}
	}
	b.types = append(b.types, t)
	return uint32(len(b.types) - 1)
}

func letters(s string) []byte {
	t := u32(uint32(len(s)))
	for _, c := range s {
		switch c {
		case 'i':
			t = append(t, I32Type)
		case 'l':
			t = append(t, I64Type)
		case 'f':
			t = append(t, F32Type)
		case 'd':
			t = append(t, F64Type)
		case 'v':
			t = append(t, V128)
		default:
			panic(fmt.Sprintf("guest: no type is written %q", c))
		}
	}
	return t
}

// Import imports a function of the contract and returns its index.
func (b *Builder) Import(name string) uint32 {
	f, ok := abi.LookupFunction(name)
	if !ok {
		panic("guest: the contract has no function " + name)
	}
	return b.ImportFrom(abi.Module, name, f.Params, f.Results)
}

// ImportFrom imports any function and returns its index.
func (b *Builder) ImportFrom(module, name, params, results string) uint32 {
	if len(b.funcs) > 0 {
		panic("guest: import before the first function")
	}
	b.RawImport(module, name, append([]byte{0}, u32(b.Type(params, results))...))
	b.nimport++
	return b.nimport - 1
}

// RawImport imports anything: desc is the kind and the description.
func (b *Builder) RawImport(module, name string, desc []byte) {
	b.imports = append(b.imports, append(append(str(module), str(name)...), desc...))
}

func str(s string) []byte { return append(u32(uint32(len(s))), s...) }

// Func adds a function and returns its index. locals are the types of its
// variables in letters; their indices follow those of the parameters. It is
// exported as name unless name begins with "$", which only names it.
func (b *Builder) Func(name, params, results, locals string, body ...Code) uint32 {
	index := b.nimport + uint32(len(b.funcs))
	b.funcs = append(b.funcs, b.Type(params, results))
	code := u32(uint32(len(locals)))
	for _, c := range locals {
		code = append(append(code, 1), letters(string(c))[1])
	}
	b.bodies = append(b.bodies, append(append(code, Seq(body...)...), 0x0b))
	if name != "" && name[0] == '$' {
		b.names[index] = name[1:]
	} else if name != "" {
		b.names[index] = name
		b.Export(name, 0, index)
	}
	return index
}

// Next is the index that the next Func will have.
func (b *Builder) Next() uint32 { return b.nimport + uint32(len(b.funcs)) }

// Export exports anything: kind 0 function, 1 table, 2 memory, 3 global.
func (b *Builder) Export(name string, kind byte, index uint32) {
	b.exports = append(b.exports, append(append(str(name), kind), u32(index)...))
}

// Global adds a mutable global and returns its index.
func (b *Builder) Global(typ byte, init Code) uint32 {
	b.globals = append(b.globals, append(append([]byte{typ, 1}, init...), 0x0b))
	return uint32(len(b.globals) - 1)
}

// Table adds a table of functions that holds the given ones, grown to size.
func (b *Builder) Table(size uint32, funcs ...uint32) {
	b.tables = append(b.tables, append([]byte{FuncRef, 0}, u32(max(size, uint32(len(funcs))))...))
	if len(funcs) == 0 {
		return
	}
	e := Seq(Code{0}, I32(0), End, u32(uint32(len(funcs))))
	for _, f := range funcs {
		e = append(e, u32(f)...)
	}
	b.elems = append(b.elems, e)
}

// Section appends a section behind all others, for instance a custom one.
func (b *Builder) Section(id byte, data []byte) {
	b.sects = append(append(append(b.sects, id), u32(uint32(len(data)))...), data...)
}

// Custom appends a custom section.
func (b *Builder) Custom(name string, data []byte) { b.Section(0, append(str(name), data...)) }

// A Text is a string in the memory of the guest.
type Text struct{ ptr, n int32 }

// Data puts a string into the memory.
func (b *Builder) Data(s string) Text {
	t := Text{dataStart + int32(len(b.data)), int32(len(s))}
	b.data = append(b.data, s...)
	return t
}

// Ptr pushes the address, Len the length, Both the one and then the other.
func (t Text) Ptr() Code  { return I32(t.ptr) }
func (t Text) Len() Code  { return I32(t.n) }
func (t Text) Both() Code { return Seq(t.Ptr(), t.Len()) }

// Module encodes the module.
func (b *Builder) Module() []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	section := func(id byte, data []byte) {
		out = append(append(append(out, id), u32(uint32(len(data)))...), data...)
	}
	vector := func(id byte, items [][]byte) {
		if len(items) > 0 {
			section(id, append(u32(uint32(len(items))), bytes.Join(items, nil)...))
		}
	}
	exports := b.exports
	if b.Pages >= 0 && !b.HideMemory {
		exports = append([][]byte{append(str(abi.ExportMemory), 2, 0)}, exports...)
	}
	vector(1, b.types)
	vector(2, b.imports)
	if len(b.funcs) > 0 {
		list := u32(uint32(len(b.funcs)))
		for _, t := range b.funcs {
			list = append(list, u32(t)...)
		}
		section(3, list)
	}
	vector(4, b.tables)
	if b.Pages >= 0 {
		limits := append([]byte{1, 0}, u32(uint32(b.Pages))...)
		if b.MaxPages > 0 {
			limits[1] = 1
			limits = append(limits, u32(uint32(b.MaxPages))...)
		}
		section(5, limits)
	}
	vector(6, b.globals)
	vector(7, exports)
	if b.Start != nil {
		section(8, u32(*b.Start))
	}
	vector(9, b.elems)
	bodies := make([][]byte, len(b.bodies))
	for i, body := range b.bodies {
		bodies[i] = append(u32(uint32(len(body))), body...)
	}
	vector(10, bodies)
	if len(b.data) > 0 {
		section(11, Seq(Code{1, 0}, I32(dataStart), End, u32(uint32(len(b.data))), b.data))
	}
	if len(b.names) > 0 {
		section(0, append(str("name"), b.nameSection()...))
	}
	return append(out, b.sects...)
}

// nameSection names the functions, so that traps can.
func (b *Builder) nameSection() []byte {
	list := u32(uint32(len(b.names)))
	for i := uint32(0); i < b.Next(); i++ {
		if name, ok := b.names[i]; ok {
			list = append(append(list, u32(i)...), str(name)...)
		}
	}
	return append(append([]byte{1}, u32(uint32(len(list)))...), list...)
}
