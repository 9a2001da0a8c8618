package wasm

import (
	"fmt"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// checkStart refuses a start function from which the host can be reached: it
// runs while the instance is being made, before there is a guest to serve.
func (i *Info) checkStart(p []Problem) []Problem {
	m := i.module
	if m.Start == nil {
		return p
	}
	const hint = "move the work to _initialize"
	if int64(*m.Start) >= int64(m.ImportedFuncs+len(m.Funcs)) {
		return append(p, Problem{Text: fmt.Sprintf("its start function %d does not exist", *m.Start)})
	}
	seen := make(map[uint32]bool)
	next := []uint32{*m.Start}
	var in binary.Instruction
	for len(next) > 0 {
		f := next[len(next)-1]
		next = next[:len(next)-1]
		if seen[f] {
			continue
		}
		seen[f] = true
		if int64(f) < int64(m.ImportedFuncs) {
			return append(p, Problem{Text: "its start function calls the host", Hint: hint})
		}
		if int64(f) >= int64(m.ImportedFuncs+len(m.Code)) {
			return append(p, Problem{Text: fmt.Sprintf("its start function calls function %d, which does not exist", f)})
		}
		code := m.Code[int(f)-m.ImportedFuncs]
		r := binary.NewReader(code.Data, code.Offset)
		r.Locals()
		for r.More() {
			r.Next(&in)
			switch in.Op {
			case binary.OpCall, binary.OpReturnCall:
				next = append(next, in.A)
			case binary.OpCallIndirect, binary.OpReturnCallIndirect, binary.OpCallRef, binary.OpReturnCallRef:
				return append(p, Problem{Text: "its start function makes indirect calls, which may reach the host", Hint: hint})
			}
		}
		if r.Err() != nil {
			return append(p, Problem{Text: "its start function is broken: " + r.Err().Error()})
		}
	}
	return p
}
