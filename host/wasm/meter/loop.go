package meter

import "github.com/shardhost/shardhost/host/wasm/binary"

// A loop is charged at every turn, so the code for that must be short, and what
// happens when the counter has run dry must stand elsewhere. wazero lays out
// blocks in the order of the control flow, and a value that lives across a call
// is written to the stack where it is defined, which for a variable of the loop
// is at every turn. So a loop
//
//	loop $l
//	  ...
//	end
//
// becomes
//
//	block $out
//	  loop $l
//	    block $dry
//	      charge, br_if $dry
//	      block
//	        ...
//	      end
//	      br $out
//	    end
//	    give the variables that the loop assigns new names
//	    call the host
//	    br $l
//	  end
//	end
//
// and branches out of it count three blocks more. The innermost block has the
// loop's type, so that what was not valid in the loop stays so.

// maxRenamed is the most variables that get new names.
const maxRenamed = 24

// turn notes a loop and begins its region. It leaves alone loops that take
// parameters, because those would be lost, and functions that catch exceptions.
func (b *body) turn(in *binary.Instruction) bool {
	if t, ok := in.Block.Index(); ok && len(b.w.m.Types[t].Params) > 0 || b.f.try {
		return false
	}
	f := &b.frames[len(b.frames)-1]
	b.begin(in.End, b.region, true, true)
	f.turned, f.turns, f.site = true, f.turns+1, b.region
	if f.region == entryRegion && b.first == 0 {
		b.first = b.region
	}
	b.edits = append(b.edits, edit{at: in.Start, end: in.End, kind: editLoop, region: uint32(b.region)})
	return true
}

// turnEnd notes the end of such a loop.
func (b *body) turnEnd(in *binary.Instruction, f frame) {
	from := len(b.renamed)
	b.loops++
	if len(b.seen) < int(b.locals) {
		b.seen = make([]uint32, b.locals)
	} else if b.loops == 1 {
		clear(b.seen[:b.locals])
	}
	for _, l := range b.sets[f.sets:] {
		if b.seen[l] != b.loops && len(b.renamed)-from < maxRenamed {
			b.seen[l] = b.loops
			b.renamed = append(b.renamed, l)
		}
	}
	// For the loop around it, these few stand for all of them.
	b.sets = append(b.sets[:f.sets], b.renamed[from:]...)
	b.edits = append(b.edits, edit{at: in.Start, end: in.End, kind: editLoopEnd, n: uint32(from), m: uint32(len(b.renamed)), region: uint32(f.site)})
}

// label is what a branch to the given label is in the new code.
func (b *body) label(l uint32) uint32 {
	target := b.frames[len(b.frames)-1-int(l)]
	out := 3 * (b.frames[len(b.frames)-1].turns - target.turns)
	if target.turned {
		out += 2
	}
	return l + out
}

// branchTable notes a br_table if any of its labels changes.
func (b *body) branchTable(in *binary.Instruction) {
	from := len(b.labels)
	changed := false
	for _, l := range in.Labels {
		n := b.label(l)
		changed = changed || n != l
		b.labels = append(b.labels, n)
	}
	if !changed {
		b.labels = b.labels[:from]
		return
	}
	b.edits = append(b.edits, edit{at: in.Start, end: in.End, kind: editBranchTable, n: uint32(from), m: uint32(len(b.labels))})
}

func (b *body) loopStart(dst []byte, e edit, s scratch) []byte {
	w := b.w
	typ := b.code[e.at+1 : e.end]
	dst = append(append(dst, binary.OpBlock), typ...)
	dst = append(append(dst, binary.OpLoop), typ...)
	dst = append(dst, binary.OpBlock, blockEmpty)
	dst = w.lower(dst, b.regions[e.region].cost)
	dst = index(dst, binary.OpLocalTee, s.t)
	dst = global(dst, binary.OpGlobalSet, w.fuel)
	dst = index(dst, binary.OpLocalGet, s.t)
	dst = append(constI64(dst, 0), opI64LtS)
	dst = index(dst, binary.OpBrIf, 0)
	return append(append(dst, binary.OpBlock), typ...)
}

func (b *body) loopEnd(dst []byte, e edit, s scratch) []byte {
	w := b.w
	dst = index(append(dst, binary.OpEnd), binary.OpBr, 2)
	dst = append(dst, binary.OpEnd)
	for _, l := range b.renamed[e.n:e.m] {
		dst = b.rename(dst, l)
	}
	dst = w.callRefill(dst, s.t)
	// The next turn charges once more what was paid for this one.
	dst = append(constI64(dst, b.regions[e.region].cost), opI64Add)
	dst = global(dst, binary.OpGlobalSet, w.fuel)
	dst = index(dst, binary.OpBr, 0)
	return append(dst, binary.OpEnd, binary.OpEnd)
}

// rename gives a local a new value that is the same.
func (b *body) rename(dst []byte, l uint32) []byte {
	if len(b.local) == 0 {
		b.local = append(b.local, b.w.m.Types[b.f.typ].Params...)
		for _, g := range b.types {
			for range g.Count {
				b.local = append(b.local, g.Type)
			}
		}
	}
	get := index(dst, binary.OpLocalGet, l)
	switch b.local[l] {
	case binary.I32:
		dst = append(constI32(get, 0), opI32Or)
	case binary.I64:
		dst = append(constI64(get, 0), opI64Or)
	case binary.F32: // by way of its bits
		dst = append(append(constI32(append(get, 0xbc), 0), opI32Or), 0xbe)
	case binary.F64:
		dst = append(append(constI64(append(get, 0xbd), 0), opI64Or), 0xbf)
	default:
		return dst
	}
	return index(dst, binary.OpLocalSet, l)
}
