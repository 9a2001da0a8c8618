package meter

import (
	"github.com/shardhost/shardhost/host/wasm/binary"
)

// A region is code that runs equally often, or less often than where it
// begins. It is charged at its beginning.
type region struct {
	at       int   // position in the body
	cost     int64 // units
	absorbed int64 // part of cost that stands for regions that run only sometimes
	parent   int   // region that runs before it at least as often, -1 for none
	check    bool  // look at the counter here
	must     bool  // cannot become part of its parent
	merged   bool
}

// Bounds that keep charges near what runs, and checks near each other.
const (
	maxRegion         = 4096     // units after which a region is divided
	freeMerge         = 8        // units that a region may take on from rare ones in any case
	frameBytesPerUnit = 8        // entering a function costs its frame's bytes divided by this
	longBody          = 64 << 10 // bytes of a body in which every charge is a check
	deadRegion        = -1       // code that nothing reaches
	entryRegion       = 0
)

// A frame is one open block.
type frame struct {
	op     byte
	region int // where it began: what follows its end runs no more often
	target int // outermost frame that a branch out of it leads to
	catch  bool

	// turned says that the frame is a loop in its new form, see loop.go; turns
	// counts those among this frame and the ones around it.
	turned bool
	turns  uint32
	site   int // region of the loop
	sets   int // where in body.sets the assignments of the frame begin

	branches int64 // that lead here, without those of br_table, which cost no search
}

// open begins a region, and has it charged there.
func (b *body) open(at, parent int, must, check bool) {
	b.begin(at, parent, must, check)
	b.edit(at, at, editCharge, 0, uint32(b.region))
}

// begin begins a region.
func (b *body) begin(at, parent int, must, check bool) {
	b.regions = append(b.regions, region{at: at, parent: parent, must: must, check: check || b.long})
	b.region = len(b.regions) - 1
}

// pay adds the price of an instruction that begins at the given position.
func (b *body) pay(at int, units int64) {
	if b.region == deadRegion {
		return
	}
	if r := &b.regions[b.region]; r.cost+units > maxRegion {
		b.open(at, b.region, true, true)
	}
	b.regions[b.region].cost += units
}

// settle decides which regions are charged by themselves.
func (b *body) settle() {
	for i := len(b.regions) - 1; i > 0; i-- {
		r := &b.regions[i]
		if r.must {
			r.cost = max(r.cost, 1)
			continue
		}
		if r.cost == 0 {
			r.merged = true
			continue
		}
		p := &b.regions[r.parent]
		if p.absorbed+r.cost <= max(freeMerge, (p.cost-p.absorbed)/2) && p.cost+r.cost <= maxRegion {
			p.cost += r.cost
			p.absorbed += r.cost
			r.merged = true
		}
	}
	e := &b.regions[entryRegion]
	e.cost = max(e.cost, 1)
	if b.first > 0 {
		e.check = false // the loop looks at the counter before long
	}
}

// branch notes that something leaves for the block with the given label.
func (b *body) branch(label uint32) bool {
	if int64(label) >= int64(len(b.frames)) {
		return false
	}
	target := len(b.frames) - 1 - int(label)
	top := &b.frames[len(b.frames)-1]
	top.target = min(top.target, target)
	if target == 0 {
		b.exits = true
	}
	return true
}

// enter opens a block.
func (b *body) enter(in *binary.Instruction) {
	b.frames = append(b.frames, frame{
		op: in.Op, region: b.region, target: len(b.frames),
		turns: b.frames[len(b.frames)-1].turns, sets: len(b.sets),
	})
	if b.region == deadRegion {
		return
	}
	switch in.Op {
	case binary.OpLoop:
		if !b.turn(in) {
			b.open(in.End, b.region, true, true)
		}
	case binary.OpIf:
		b.open(in.End, b.region, false, false)
	}
}

// leave closes the innermost block at its end, or ends the first arm of an if.
func (b *body) leave(in *binary.Instruction) {
	depth := len(b.frames) - 1
	f := b.frames[depth]
	if in.Op == binary.OpElse {
		b.frames[depth].op = binary.OpElse
		if b.region = f.region; f.region != deadRegion {
			b.open(in.End, f.region, false, false)
		}
		return
	}
	b.w.branchWork += f.branches * f.branches
	b.blocks++
	b.w.joinWork += int64(b.locals)
	if f.turned {
		b.turnEnd(in, f)
	}
	b.frames = b.frames[:depth]
	if depth == 0 {
		return
	}
	up := &b.frames[depth-1]
	up.target = min(up.target, f.target)
	b.region = f.region
	if f.region != deadRegion && f.target < depth {
		// Something may have left for further out: what follows may run less
		// often than what came before.
		b.open(in.End, f.region, false, false)
	}
}
