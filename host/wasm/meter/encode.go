package meter

import (
	"fmt"
	"strings"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// encode writes the new module. The code comes first, because it decides which
// types and helpers are added.
func (w *rewriter) encode() ([]byte, error) {
	refillType := w.typeIndex(binary.FuncType{Params: []binary.ValType{binary.I64, binary.I64}, Results: []binary.ValType{binary.I64}})
	code, err := w.encodeCode()
	if err != nil {
		return nil, err
	}
	helperType := uint32(0)
	if len(w.helpers) > 0 {
		helperType = w.typeIndex(binary.FuncType{Params: []binary.ValType{binary.I32, binary.I32, binary.I32}})
	}
	sections := map[byte]func() ([]byte, error){
		binary.SectionType:     w.encodeTypes,
		binary.SectionImport:   func() ([]byte, error) { return w.encodeImports(refillType), nil },
		binary.SectionFunction: func() ([]byte, error) { return w.encodeFunctions(helperType), nil },
		binary.SectionTable:    w.encodeTables,
		binary.SectionGlobal:   w.encodeGlobals,
		binary.SectionExport:   w.encodeExports,
		binary.SectionStart:    w.encodeStart,
		binary.SectionElement:  w.encodeElements,
		binary.SectionCode:     func() ([]byte, error) { return code, nil },
	}
	out := make([]byte, 0, w.otherSize()+len(code))
	out = append(out, "\x00asm\x01\x00\x00\x00"...)
	section := func(id byte, data []byte) {
		out = append(binary.AppendU32(append(out, id), uint32(len(data))), data...)
	}
	// Sections that must be there, in their order.
	missing := []byte{binary.SectionType, binary.SectionImport, binary.SectionGlobal, binary.SectionExport}
	add := func(before byte) error {
		for len(missing) > 0 && binary.SectionBefore(missing[0], before) {
			data, err := sections[missing[0]]()
			if err != nil {
				return err
			}
			section(missing[0], data)
			missing = missing[1:]
		}
		return nil
	}
	named := false
	for _, s := range w.m.Sections {
		if s.ID == binary.SectionCustom {
			data, keep := w.custom(s, &named)
			if keep {
				section(s.ID, append(binary.AppendName(nil, s.Name), data...))
			}
			continue
		}
		if err := add(s.ID); err != nil {
			return nil, err
		}
		if len(missing) > 0 && missing[0] == s.ID {
			missing = missing[1:]
		}
		data := s.Data
		if encode := sections[s.ID]; encode != nil {
			if data, err = encode(); err != nil {
				return nil, fmt.Errorf("section %s: %w", binary.SectionName(s.ID), err)
			}
		}
		section(s.ID, data)
	}
	if err := add(binary.SectionCustom); err != nil {
		return nil, err
	}
	return out, nil
}

// otherSize is what the sections without code take, roughly.
func (w *rewriter) otherSize() (n int) {
	for _, s := range w.m.Sections {
		if s.ID != binary.SectionCode {
			n += len(s.Data) + len(s.Name) + 16
		}
	}
	return n + 1024
}

// custom returns the content of a custom section, and whether it is kept.
func (w *rewriter) custom(s binary.Section, named *bool) ([]byte, bool) {
	switch {
	case s.Name == "name":
		if *named { // only one is allowed, and the first is taken
			return nil, false
		}
		*named = true
		return w.encodeNames(s), true
	case strings.HasPrefix(s.Name, ".debug_"), strings.HasPrefix(s.Name, "metadata.code."),
		s.Name == "sourceMappingURL", s.Name == "external_debug_info":
		return nil, false // they speak of positions in the code
	}
	return s.Data, true
}

func (w *rewriter) encodeTypes() ([]byte, error) {
	added := w.types[len(w.m.Types):]
	var count uint32
	var old []byte
	for _, s := range w.m.Sections {
		if s.ID == binary.SectionType {
			r := binary.NewReader(s.Data, s.Offset)
			count = r.U32() // of groups, which may hold several types
			old = s.Data[r.Pos():]
		}
	}
	dst := append(binary.AppendU32(nil, count+uint32(len(added))), old...)
	for _, t := range added {
		dst = t.Append(dst)
	}
	return dst, nil
}

func (w *rewriter) encodeImports(refillType uint32) []byte {
	var count uint32
	var old []byte
	for _, s := range w.m.Sections {
		if s.ID == binary.SectionImport {
			r := binary.NewReader(s.Data, s.Offset)
			count = r.U32()
			old = s.Data[r.Pos():]
		}
	}
	dst := append(binary.AppendU32(nil, count+1), old...)
	dst = binary.AppendName(binary.AppendName(dst, Module), Refill)
	return binary.AppendU32(append(dst, byte(binary.KindFunc)), refillType)
}

func (w *rewriter) encodeFunctions(helperType uint32) []byte {
	dst := binary.AppendU32(nil, uint32(len(w.m.Funcs)+len(w.helpers)))
	for _, t := range w.m.Funcs {
		dst = binary.AppendU32(dst, t)
	}
	for range w.helpers {
		dst = binary.AppendU32(dst, helperType)
	}
	return dst
}

func (w *rewriter) encodeTables() ([]byte, error) {
	dst := binary.AppendU32(nil, uint32(len(w.m.Tables)))
	for i := range w.m.Tables {
		t := w.boundTable(i)
		if t.Init != nil {
			var err error
			if t.Init, err = w.expr(t.Init); err != nil {
				return nil, err
			}
		}
		dst = t.Append(dst)
	}
	return dst, nil
}

func (w *rewriter) encodeGlobals() ([]byte, error) {
	dst := binary.AppendU32(nil, uint32(len(w.m.Globals)+2))
	for _, g := range w.m.Globals {
		var err error
		if g.Init, err = w.expr(g.Init); err != nil {
			return nil, err
		}
		dst = g.Append(dst)
	}
	for _, start := range [...]int64{0, w.o.Stack} { // the counter, the stack that is left
		init := append(constI64(nil, start), binary.OpEnd)
		dst = binary.Global{Type: binary.I64, Mutable: true, Init: init}.Append(dst)
	}
	return dst, nil
}

func (w *rewriter) encodeExports() ([]byte, error) {
	dst := binary.AppendU32(nil, uint32(len(w.m.Exports)+1))
	for _, x := range w.m.Exports {
		switch x.Kind {
		case binary.KindFunc:
			var err error
			if x.Index, err = w.functionIndex(x.Index); err != nil {
				return nil, err
			}
		case binary.KindGlobal:
			if x.Index >= w.fuel {
				return nil, errGlobal
			}
		}
		dst = binary.AppendU32(append(binary.AppendName(dst, x.Name), byte(x.Kind)), x.Index)
	}
	return binary.AppendU32(append(binary.AppendName(dst, DepthExport), byte(binary.KindGlobal)), w.depth), nil
}

func (w *rewriter) encodeStart() ([]byte, error) {
	f, err := w.functionIndex(*w.m.Start)
	return binary.AppendU32(nil, f), err
}

func (w *rewriter) encodeElements() ([]byte, error) {
	var dst []byte
	for _, s := range w.m.Sections {
		if s.ID != binary.SectionElement {
			continue
		}
		r := binary.NewReader(s.Data, s.Offset)
		n := r.Count(2)
		dst = binary.AppendU32(make([]byte, 0, len(s.Data)+len(s.Data)/8), uint32(n))
		for ; n > 0; n-- {
			e := r.Element()
			var err error
			if e.Offset != nil {
				if e.Offset, err = w.expr(e.Offset); err != nil {
					return nil, err
				}
			}
			for i, f := range e.Funcs {
				if e.Funcs[i], err = w.functionIndex(f); err != nil {
					return nil, err
				}
			}
			for i, x := range e.Exprs {
				if e.Exprs[i], err = w.expr(x); err != nil {
					return nil, err
				}
			}
			dst = e.Append(dst)
		}
	}
	return dst, nil
}

// expr moves the functions that a constant expression refers to.
func (w *rewriter) expr(x []byte) ([]byte, error) {
	r := binary.NewReader(x, 0)
	var in binary.Instruction
	var dst []byte
	last := 0
	for r.More() {
		r.Next(&in)
		switch in.Op {
		case binary.OpRefFunc:
			f, err := w.functionIndex(in.A)
			if err != nil {
				return nil, err
			}
			dst = index(append(dst, x[last:in.Start]...), binary.OpRefFunc, f)
			last = in.End
		case binary.OpGlobalGet:
			if in.A >= w.fuel {
				return nil, errGlobal
			}
		}
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	if last == 0 {
		return x, nil
	}
	return append(dst, x[last:]...), nil
}

func (w *rewriter) encodeCode() ([]byte, error) {
	if len(w.m.Code) == 0 {
		return binary.AppendU32(nil, 0), nil
	}
	b := &w.body
	b.w = w
	bodies := make([]byte, 0, w.size+w.size/3)
	var one []byte
	for i, c := range w.m.Code {
		if err := b.plan(i); err != nil {
			return nil, err
		}
		one = b.emit(one[:0], c.Data)
		bodies = append(binary.AppendU32(bodies, uint32(len(one))), one...)
	}
	for _, h := range w.helpers {
		one := w.helperBody(h.kind)
		bodies = append(binary.AppendU32(bodies, uint32(len(one))), one...)
	}
	return append(binary.AppendU32(nil, uint32(len(w.m.Code)+len(w.helpers))), bodies...), nil
}

// results are those of one of the module's own functions.
func (w *rewriter) results(f *function) []binary.ValType { return w.m.Types[f.typ].Results }
