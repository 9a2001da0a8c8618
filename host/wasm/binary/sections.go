package binary

// section decodes the sections that the module keeps in decoded form and
// skips the others.
func (m *Module) section(r *Reader, id byte) {
	switch id {
	case SectionType:
		m.readTypes(r)
	case SectionImport:
		m.readImports(r)
	case SectionFunction:
		m.Funcs = r.indices()
	case SectionTable:
		for n := r.Count(3); n > 0 && r.err == nil; n-- {
			m.Tables = append(m.Tables, r.table())
		}
	case SectionMemory:
		for n := r.Count(2); n > 0 && r.err == nil; n-- {
			m.Memories = append(m.Memories, r.limits())
		}
	case SectionTag:
		for n := r.Count(2); n > 0 && r.err == nil; n-- {
			m.Tags = append(m.Tags, r.tag())
		}
	case SectionGlobal:
		for n := r.Count(4); n > 0 && r.err == nil; n-- {
			g := r.globalType()
			g.Init = r.ConstExpr()
			m.Globals = append(m.Globals, g)
		}
	case SectionExport:
		for n := r.Count(3); n > 0 && r.err == nil; n-- {
			m.Exports = append(m.Exports, Export{Name: r.Name(), Kind: r.kind(), Index: r.U32()})
		}
	case SectionStart:
		start := r.U32()
		m.Start = &start
	case SectionCode:
		for n := r.Count(3); n > 0 && r.err == nil; n-- {
			size := r.Count(1)
			m.Code = append(m.Code, Code{Offset: r.Offset(), Data: r.Bytes(size)})
		}
	case SectionElement:
		for n := r.Count(2); n > 0 && r.err == nil; n-- {
			r.Element()
		}
	case SectionData:
		for n := r.Count(2); n > 0 && r.err == nil; n-- {
			r.Data()
		}
	case SectionDataCount:
		r.U32()
	}
}

func (m *Module) readTypes(r *Reader) {
	for n := r.Count(1); n > 0 && r.err == nil; n-- {
		if r.Peek() != 0x4e {
			m.Types = append(m.Types, r.funcType())
			continue
		}
		r.Byte()
		m.RecGroups = true
		for n := r.Count(3); n > 0 && r.err == nil; n-- {
			m.Types = append(m.Types, r.funcType())
		}
	}
}

func (r *Reader) funcType() (t FuncType) {
	if c := r.Byte(); c != 0x60 && r.err == nil {
		r.pos--
		r.Fail("type form 0x%02x is not supported: only functions are", c)
		return t
	}
	t.Params = r.valTypes()
	t.Results = r.valTypes()
	return t
}

func (r *Reader) valTypes() []ValType {
	n := r.Count(1)
	if n == 0 {
		return nil
	}
	list := make([]ValType, n)
	for i := range list {
		list[i] = r.ValType()
	}
	return list
}

func (r *Reader) indices() []uint32 {
	list := make([]uint32, r.Count(1))
	for i := range list {
		list[i] = r.U32()
	}
	return list
}

func (r *Reader) kind() Kind {
	k := Kind(r.Byte())
	if k > KindTag {
		r.Fail("0x%02x is not a kind of import or export", byte(k))
	}
	return k
}

func (r *Reader) tag() uint32 {
	if r.Byte() != 0 {
		r.Fail("a tag has an unknown attribute")
	}
	return r.U32()
}

func (m *Module) readImports(r *Reader) {
	for n := r.Count(4); n > 0 && r.err == nil; n-- {
		i := Import{Module: r.Name(), Name: r.Name(), Kind: r.kind()}
		switch i.Kind {
		case KindFunc:
			i.Type = r.U32()
			m.ImportedFuncs++
			m.importedFuncTypes = append(m.importedFuncTypes, i.Type)
		case KindTable:
			i.Table = r.table()
			m.ImportedTables++
		case KindMemory:
			i.Memory = r.limits()
			m.ImportedMemories++
		case KindGlobal:
			i.Global = r.globalType()
			m.ImportedGlobals++
		case KindTag:
			i.Type = r.tag()
			m.ImportedTags++
		}
		m.Imports = append(m.Imports, i)
	}
}

// ConstExpr reads a constant expression with its end and returns its bytes.
func (r *Reader) ConstExpr() []byte {
	start := r.pos
	for r.err == nil {
		switch op := r.Byte(); op {
		case OpEnd:
			return r.Since(start)
		case OpI32Const:
			r.Signed(32)
		case OpI64Const:
			r.Signed(64)
		case OpF32Const:
			r.Bytes(4)
		case OpF64Const:
			r.Bytes(8)
		case OpGlobalGet, OpRefFunc:
			r.U32()
		case OpRefNull:
			r.heapType()
		case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e: // extended-const: add, sub, mul
		case PrefixVector:
			if sub := r.U32(); sub != vecConst {
				r.Fail("vector instruction 0x%x in a constant expression", sub)
			}
			r.Bytes(16)
		default:
			if r.err == nil {
				r.pos--
				r.Fail("instruction 0x%02x in a constant expression", op)
			}
		}
	}
	return nil
}

// Element is one element segment.
type Element struct {
	Flags  uint32 // bit 0 passive or declarative, 1 index or declarative, 2 expressions
	Table  uint32
	Offset []byte  // constant expression, nil if the segment is not active
	Type   ValType // with expressions
	Funcs  []uint32
	Exprs  [][]byte
}

// Element reads one element segment.
func (r *Reader) Element() (e Element) {
	e.Flags = r.U32()
	if e.Flags > 7 {
		r.Fail("element segment of kind %d", e.Flags)
		return e
	}
	if e.Flags&1 == 0 {
		if e.Flags&2 != 0 {
			e.Table = r.U32()
		}
		e.Offset = r.ConstExpr()
	}
	exprs := e.Flags&4 != 0
	if e.Flags&3 != 0 {
		if exprs {
			e.Type = r.ValType()
		} else if r.Byte() != 0 {
			r.Fail("element segment with an unknown element kind")
		}
	}
	if !exprs {
		e.Funcs = r.indices()
		return e
	}
	for n := r.Count(1); n > 0 && r.err == nil; n-- {
		e.Exprs = append(e.Exprs, r.ConstExpr())
	}
	return e
}

// Append encodes the segment.
func (e Element) Append(dst []byte) []byte {
	dst = AppendU32(dst, e.Flags)
	if e.Flags&1 == 0 {
		if e.Flags&2 != 0 {
			dst = AppendU32(dst, e.Table)
		}
		dst = append(dst, e.Offset...)
	}
	exprs := e.Flags&4 != 0
	if e.Flags&3 != 0 {
		if exprs {
			dst = e.Type.Append(dst)
		} else {
			dst = append(dst, 0)
		}
	}
	if !exprs {
		dst = AppendU32(dst, uint32(len(e.Funcs)))
		for _, f := range e.Funcs {
			dst = AppendU32(dst, f)
		}
		return dst
	}
	dst = AppendU32(dst, uint32(len(e.Exprs)))
	for _, x := range e.Exprs {
		dst = append(dst, x...)
	}
	return dst
}

// Data is one data segment.
type Data struct {
	Flags  uint32
	Offset []byte // constant expression, nil if the segment is passive
	Init   []byte
}

// Data reads one data segment.
func (r *Reader) Data() (d Data) {
	d.Flags = r.U32()
	switch d.Flags {
	case 2:
		if r.U32() != 0 {
			r.Fail("a data segment names a memory other than 0")
		}
		fallthrough
	case 0:
		d.Offset = r.ConstExpr()
	case 1:
	default:
		r.Fail("data segment of kind %d", d.Flags)
	}
	d.Init = r.Bytes(r.Count(1))
	return d
}

// Local is a run of locals of one type.
type Local struct {
	Count uint32
	Type  ValType
}

// Locals reads the locals that a function body declares, and their number.
func (r *Reader) Locals() (list []Local, total uint64) {
	n := r.Count(2)
	list = make([]Local, 0, n)
	for ; n > 0 && r.err == nil; n-- {
		l := Local{Count: r.U32(), Type: r.ValType()}
		total += uint64(l.Count)
		list = append(list, l)
	}
	return list, total
}
