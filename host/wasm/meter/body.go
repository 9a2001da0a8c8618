package meter

import (
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// An edit replaces the bytes from at to end of a body.
type edit struct {
	at, end int
	kind    editKind
	op      byte
	n, m    uint32
	region  uint32
}

type editKind byte

const (
	editCharge       editKind = iota // n: region
	editIndex                        // op and an index
	editReturn                       // n: label of the block around the body
	editTailCall                     // before it, the depth is given back
	editBySize                       // a charge by the i32 on the stack; n: units are its value shifted right by it
	editFill                         // memory.fill
	editCopy                         // memory.copy
	editDepthRestore                 // where an exception may have been caught
	editLoop                         // n: region
	editLoopEnd                      // n, m: range of body.renamed
	editBranch                       // op and n: label
	editBranchTable                  // n, m: range of body.labels
)

// body is the second pass over one function. Its slices are reused.
type body struct {
	w       *rewriter
	f       *function
	long    bool
	regions []region
	frames  []frame
	edits   []edit
	region  int  // that of the next instruction
	exits   bool // something branches to the end of the function
	returns bool
	sized   bool // some charge is by size
	moves   bool // memory is filled or copied
	locals  uint32
	own     int // position behind the declared locals
	types   []binary.Local

	sets    []uint32 // locals assigned so far, as often as they are
	seen    []uint32 // by local: 1 + the last loop that listed it
	loops   uint32
	blocks  int64            // blocks and branches
	first   int              // region of the first loop that runs whenever the function does, 0 for none
	renamed []uint32         // locals, see loop.go
	labels  []uint32         // of new br_tables
	local   []binary.ValType // types of all locals, in functions with loops
	code    []byte
}

// plan reads a body and notes what to change. Positions count from the start
// of the body's bytes, locals included.
func (b *body) plan(i int) error {
	w, code := b.w, b.w.m.Code[i]
	b.f = &w.funcs[i]
	b.long = len(code.Data) > longBody
	b.regions, b.frames, b.edits = b.regions[:0], b.frames[:0], b.edits[:0]
	b.sets, b.renamed, b.labels, b.local = b.sets[:0], b.renamed[:0], b.labels[:0], b.local[:0]
	b.loops, b.first, b.blocks = 0, 0, 0
	b.code = code.Data
	b.exits, b.returns, b.sized, b.moves = false, false, false, false

	r := binary.NewReader(code.Data, code.Offset)
	r.LimitTypes(len(w.m.Types))
	locals, n := r.Locals()
	b.types = locals
	b.locals = uint32(n) + uint32(len(w.m.Types[w.m.Funcs[i]].Params))
	b.own = r.Pos()
	if b.f.leaf {
		b.regions = append(b.regions, region{merged: true})
		b.region = deadRegion
	} else {
		b.open(b.own, -1, true, true)
		if b.f.counted {
			b.pay(b.own, min(b.f.weight/frameBytesPerUnit, maxRegion-1))
		}
	}
	b.frames = append(b.frames, frame{op: binary.OpBlock, region: b.region})
	var in binary.Instruction
	for r.More() {
		if len(b.frames) == 0 {
			return fmt.Errorf("function %d: there is code behind its end", w.number(i))
		}
		r.Next(&in)
		if r.Err() != nil {
			break
		}
		if err := b.instruction(&in); err != nil {
			return fmt.Errorf("function %d: at byte %d: %w", w.number(i), code.Offset+in.Start, err)
		}
	}
	if r.Err() != nil {
		return fmt.Errorf("function %d: %w", w.number(i), r.Err())
	}
	if len(b.frames) > 0 {
		return fmt.Errorf("function %d: it has no end", w.number(i))
	}
	b.settle()
	w.blockWork += b.blocks * b.blocks
	if err := w.checkWork(); err != nil {
		return fmt.Errorf("function %d: %w", w.number(i), err)
	}
	return nil
}

var (
	errLabel  = errors.New("a branch leads to a block that does not exist")
	errLocal  = errors.New("a local does not exist")
	errGlobal = errors.New("a global does not exist")
	errType   = errors.New("a type does not exist")
	errElse   = errors.New("an else without an if")
)

func (b *body) instruction(in *binary.Instruction) error {
	w := b.w
	b.pay(in.Start, cost(in))
	switch in.Op {
	case binary.OpBlock, binary.OpLoop, binary.OpIf, binary.OpTryTable:
		return b.block(in)
	case binary.OpElse, binary.OpEnd:
		if in.Op == binary.OpElse && b.frames[len(b.frames)-1].op != binary.OpIf {
			return errElse
		}
		catch := in.Op == binary.OpEnd && b.frames[len(b.frames)-1].catch
		b.leave(in)
		if catch && b.f.counted && len(b.frames) > 0 {
			b.edit(in.End, in.End, editDepthRestore, 0, 0)
		}
	case binary.OpBr, binary.OpBrIf, binary.OpBrOnNull, binary.OpBrOnNonNull:
		if !b.branch(in.A) {
			return errLabel
		}
		b.frames[len(b.frames)-1-int(in.A)].branches++
		b.blocks++
		if l := b.label(in.A); l != in.A {
			b.edit(in.Start, in.End, editBranch, in.Op, l)
		}
		if in.Op == binary.OpBr {
			b.region = deadRegion
		} else {
			b.fork(in.End)
		}
	case binary.OpBrTable:
		for _, l := range in.Labels {
			if !b.branch(l) {
				return errLabel
			}
		}
		b.branchTable(in)
		b.region = deadRegion
	case binary.OpReturn:
		b.branch(uint32(len(b.frames) - 1))
		b.frames[0].branches++
		if b.f.counted {
			b.returns = true
			b.edit(in.Start, in.End, editReturn, 0, b.label(uint32(len(b.frames)-1)))
		}
		b.region = deadRegion
	case binary.OpUnreachable, binary.OpThrow, binary.OpThrowRef:
		b.region = deadRegion
	case binary.OpCall, binary.OpReturnCall, binary.OpRefFunc:
		return b.function(in)
	case binary.OpCallIndirect, binary.OpCallRef, binary.OpReturnCallIndirect, binary.OpReturnCallRef:
		if int64(in.A) >= int64(len(w.m.Types)) {
			return errType
		}
		if in.Op == binary.OpReturnCallIndirect || in.Op == binary.OpReturnCallRef {
			b.tail(in)
		}
	case binary.OpLocalGet, binary.OpLocalSet, binary.OpLocalTee:
		if in.A >= b.locals {
			return errLocal
		}
		if in.Op != binary.OpLocalGet {
			b.sets = append(b.sets, in.A)
		}
	case binary.OpGlobalGet, binary.OpGlobalSet:
		if in.A >= w.fuel {
			return errGlobal
		}
	case binary.PrefixMisc:
		b.bulk(in)
	}
	return nil
}

func (b *body) edit(at, end int, kind editKind, op byte, n uint32) {
	b.edits = append(b.edits, edit{at: at, end: end, kind: kind, op: op, n: n})
}

// fork begins a region that runs at most as often as the one before it.
func (b *body) fork(at int) {
	if b.region != deadRegion {
		b.open(at, b.region, false, false)
	}
}

func (b *body) block(in *binary.Instruction) error {
	if t, ok := in.Block.Index(); ok && int64(t) >= int64(len(b.w.m.Types)) {
		return errType
	}
	if len(b.frames) >= maxNesting {
		return limit("blocks are nested deeper than %d", maxNesting)
	}
	if in.Op == binary.OpTryTable {
		for _, l := range in.Labels { // labels count from outside of the try_table
			if !b.branch(l) {
				return errLabel
			}
			b.frames[len(b.frames)-1-int(l)].catch = true
		}
	}
	b.enter(in)
	if in.Op == binary.OpLoop && b.f.try {
		// A catch may lead here as well.
		b.edit(in.End, in.End, editDepthRestore, 0, 0)
	}
	return nil
}

func (b *body) function(in *binary.Instruction) error {
	f, err := b.w.functionIndex(in.A)
	if err != nil {
		return err
	}
	if in.Op != binary.OpRefFunc {
		if own := int64(in.A) - int64(b.w.m.ImportedFuncs); own < 0 {
			b.pay(in.Start, hostCall)
		} else if callee := &b.w.funcs[own]; callee.leaf {
			b.pay(in.Start, callee.cost)
		}
	}
	if in.Op == binary.OpReturnCall {
		b.tail(in)
	}
	b.edit(in.Start, in.End, editIndex, in.Op, f)
	return nil
}

// hostCall is the price of leaving for the host and coming back.
const hostCall = 50

// tail notes a call that replaces this function on the stack.
func (b *body) tail(in *binary.Instruction) {
	if b.f.counted {
		b.edit(in.Start, in.Start, editTailCall, 0, 0)
	}
	b.branch(uint32(len(b.frames) - 1))
	b.region = deadRegion
}

// bulk charges the instructions whose work is their operand.
func (b *body) bulk(in *binary.Instruction) {
	switch in.Sub {
	case binary.MiscMemoryFill:
		b.moves = true
		b.edit(in.Start, in.End, editFill, 0, 0)
	case binary.MiscMemoryCopy:
		b.moves = true
		b.edit(in.Start, in.End, editCopy, 0, 0)
	case binary.MiscMemoryInit:
		b.sized = true
		b.edit(in.Start, in.Start, editBySize, 0, 3)
	case binary.MiscTableInit, binary.MiscTableCopy, binary.MiscTableFill, binary.MiscTableGrow:
		b.sized = true
		b.edit(in.Start, in.Start, editBySize, 0, 0)
	}
}
