package meter

import (
	"fmt"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// function is what the first pass finds out about one of the module's own
// functions.
type function struct {
	callees  []uint32 // indices of the functions it calls, each once
	indirect []uint32 // types it calls through tables or references, each once
	cost     int64    // units of all its instructions together
	weight   int64    // estimate of its stack frame in bytes
	typ      uint32   // index of its type
	leaf     bool     // charged by its callers
	try      bool     // has a try_table
	counted  bool     // counts the depth of calls
}

// leafCost is the most units of a function that its callers pay for.
const leafCost = 16

// scan reads every function once: for the graph of calls, for costs that their
// callers must know, and for limits.
func (w *rewriter) scan() error {
	w.funcs = make([]function, len(w.m.Funcs))
	calledBy := make([]uint32, w.m.ImportedFuncs+len(w.m.Funcs)) // 1 + the last caller seen
	typeBy := make([]uint32, len(w.m.Types))
	var locals, work uint64
	var in binary.Instruction
	for i := range w.funcs {
		f, code := &w.funcs[i], w.m.Code[i]
		if len(code.Data) > maxBody {
			return limit("function %d has %d bytes of code, more than %d", w.number(i), len(code.Data), maxBody)
		}
		r := binary.NewReader(code.Data, code.Offset)
		variables, own := r.Locals()
		if own > maxLocals {
			return limit("function %d has %d locals, more than %d", w.number(i), own, maxLocals)
		}
		if locals += own; locals > maxAllLocals {
			return limit("more than %d locals in all functions", maxAllLocals)
		}
		f.typ, f.leaf = w.m.Funcs[i], true
		var values int64
		var widest uint64
		for r.More() {
			r.Next(&in)
			f.cost += cost(&in)
			values++
			switch in.Op {
			case binary.OpCall, binary.OpReturnCall:
				f.leaf = false
				if int64(in.A) < int64(len(calledBy)) {
					t, _ := w.m.TypeIndex(in.A)
					work += w.width(t)
					widest = max(widest, w.width(t))
					if calledBy[in.A] != uint32(i+1) {
						calledBy[in.A] = uint32(i + 1)
						f.callees = append(f.callees, in.A)
					}
				}
			case binary.OpCallIndirect, binary.OpReturnCallIndirect, binary.OpCallRef, binary.OpReturnCallRef:
				f.leaf = false
				if int64(in.A) < int64(len(typeBy)) {
					work += w.width(in.A)
					widest = max(widest, w.width(in.A))
					if typeBy[in.A] != uint32(i+1) {
						typeBy[in.A] = uint32(i + 1)
						f.indirect = append(f.indirect, in.A)
					}
				}
			case binary.OpBlock, binary.OpIf, binary.OpLoop, binary.OpTryTable:
				if t, ok := in.Block.Index(); ok {
					work += w.width(t)
				}
				if in.Op == binary.OpLoop {
					f.leaf = false
				}
				f.try = f.try || in.Op == binary.OpTryTable
			case binary.OpBrTable:
				if len(in.Labels) > maxLabels {
					return limit("function %d has a br_table of %d labels, more than %d", w.number(i), len(in.Labels), maxLabels)
				}
				if w.labels += len(in.Labels); w.labels > maxAllLabels+w.size/16 {
					return limit("br_tables with more than %d labels in all functions", maxAllLabels+w.size/16)
				}
			case binary.PrefixMisc:
				if in.Sub >= binary.MiscMemoryInit {
					f.leaf = false
				}
			case binary.OpMemoryGrow:
				f.leaf = false
			}
		}
		if r.Err() != nil {
			return fmt.Errorf("function %d: %w", w.number(i), r.Err())
		}
		f.leaf = f.leaf && f.cost <= leafCost && !f.try
		f.weight = weight(variables, w.m.Types[f.typ].Params, values, widest)
	}
	if most := 32*uint64(w.size) + 1<<24; work > most {
		return limit("its blocks and calls pass %d values, more than %d", work, most)
	}
	return nil
}

func (w *rewriter) number(own int) int { return w.m.ImportedFuncs + own }

func (w *rewriter) width(t uint32) uint64 {
	if int64(t) >= int64(len(w.m.Types)) {
		return 0
	}
	return uint64(len(w.m.Types[t].Params) + len(w.m.Types[t].Results))
}

// weight estimates the native stack frame of a function in bytes: what its
// variables take, something for values in between, and the widest call. It is
// within a factor of two of what wazero does, but for functions that keep
// thousands of values on the operand stack; wazero's own limit of 50 MB is
// behind it.
func weight(variables []binary.Local, params []binary.ValType, instructions int64, widest uint64) int64 {
	n := 48 + min(instructions, 1024)/2 + 16*int64(widest)
	for _, p := range params {
		n += size(p)
	}
	for _, l := range variables {
		n += int64(l.Count) * size(l.Type)
	}
	return n
}

// size is that of a value on the native stack.
func size(t binary.ValType) int64 {
	switch t {
	case binary.I32, binary.F32:
		return 4
	case binary.V128:
		return 16
	}
	return 8
}

// cost is the price of an instruction in units: one for each that becomes
// machine code, more for slow ones. A unit takes a quarter of a nanosecond to a
// nanosecond as long as memory is in the cache.
func cost(in *binary.Instruction) int64 {
	switch op := in.Op; op {
	case 0x01, binary.OpBlock, binary.OpLoop, binary.OpElse, binary.OpEnd, 0x1a, // nop, drop
		binary.OpLocalGet, binary.OpLocalSet, binary.OpLocalTee,
		binary.OpI32Const, binary.OpI64Const, binary.OpF32Const, binary.OpF64Const:
		return 0
	case 0x6d, 0x6e, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0x91, 0x95, 0x9f, 0xa3: // division, remainder, square root
		return 8
	case binary.OpCall, binary.OpReturnCall:
		return 4 // and what the callee costs
	case binary.OpCallIndirect, binary.OpReturnCallIndirect, binary.OpCallRef, binary.OpReturnCallRef:
		return leafCost // the callee may be one that does not charge
	case binary.OpMemoryGrow, binary.OpTryTable, binary.OpThrow, binary.OpThrowRef:
		return 500
	case binary.PrefixMisc:
		if in.Sub >= binary.MiscMemoryInit {
			return 16 // and what is charged by size
		}
	case binary.PrefixAtomic:
		return 8
	}
	return 1
}
