package meter

import "github.com/shardhost/shardhost/host/wasm/binary"

// Subsections of the name section. Names of locals and labels are by function;
// the others do not mention functions.
// Source: https://webassembly.github.io/spec/core/appendix/custom.html and
// https://github.com/WebAssembly/extended-name-section
const (
	namesFunctions = 1
	namesLocals    = 2
	namesLabels    = 3
)

// encodeNames moves the functions in the name section. What is broken in it is
// left out: names are for people, and no reason to refuse a module.
func (w *rewriter) encodeNames(s binary.Section) []byte {
	var dst []byte
	r := binary.NewReader(s.Data, s.Offset)
	for r.More() {
		id := r.Byte()
		data := r.Bytes(r.Count(1))
		if r.Err() != nil {
			break
		}
		switch id {
		case namesFunctions:
			data = w.moveNames(data, true)
		case namesLocals, namesLabels:
			data = w.moveNames(data, false)
		case 0:
			if n := binary.NewReader(data, 0); n.Name() == "" || n.Err() != nil || n.More() {
				continue
			}
		}
		if data != nil {
			dst = append(binary.AppendU32(append(dst, id), uint32(len(data))), data...)
		}
	}
	return dst
}

// moveNames rewrites a map from functions to names, or from functions to maps
// of their own. It returns nil when the map is broken.
func (w *rewriter) moveNames(data []byte, flat bool) []byte {
	r := binary.NewReader(data, 0)
	n := r.Count(2)
	var count uint32
	list := make([]byte, 0, len(data)+len(data)/8)
	for ; n > 0 && r.Err() == nil; n-- {
		f := r.U32()
		start := r.Pos()
		if flat {
			r.Name()
		} else {
			for k := r.Count(2); k > 0 && r.Err() == nil; k-- {
				r.U32()
				r.Name()
			}
		}
		if f, err := w.functionIndex(f); err == nil && r.Err() == nil {
			list = append(binary.AppendU32(list, f), r.Since(start)...)
			count++
		}
	}
	if r.Err() != nil || r.More() {
		return nil
	}
	if flat {
		for _, h := range w.helpers {
			list = binary.AppendName(binary.AppendU32(list, h.index), h.kind.name())
			count++
		}
	}
	return append(binary.AppendU32(nil, count), list...)
}
