package meter

import (
	"fmt"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// Bounds of a module. They are beyond what compilers produce, and near those of
// browsers: https://webassembly.github.io/spec/js-api/#limits. They keep the
// work of validating and compiling in proportion to the size of the module.
const (
	maxFuncs     = 200_000
	maxTypes     = 100_000
	maxImports   = 10_000
	maxExports   = 50_000
	maxGlobals   = 100_000
	maxTables    = 100
	maxSegments  = 100_000
	maxElements  = 2_000_000 // functions in all element segments
	maxTypeWidth = 1_000     // parameters, or results, of a function
	maxBody      = 4 << 20   // bytes of one function
	maxLocals    = 20_000    // of one function
	maxAllLocals = 4_000_000 // of all functions
	maxNesting   = 10_000    // blocks in blocks
	maxLabels    = 65_520    // of one br_table
	maxAllLabels = 128 << 10 // of all br_tables, and one more for 16 bytes of code; each costs 14 µs, and Go writes one in 40 bytes
	maxName      = 64 << 10  // bytes of an import's or export's name

	maxTableGrowth = 64 << 10 // elements by which a table may grow: each time, wazero copies it
)

// checkSizes refuses a module that is out of proportion.
func (w *rewriter) checkSizes() error {
	m := w.m
	for _, c := range []struct {
		what string
		n    int
		most int
	}{
		{"functions", len(m.Funcs), maxFuncs},
		{"types", len(m.Types), maxTypes},
		{"imports", len(m.Imports), maxImports},
		{"exports", len(m.Exports), maxExports},
		{"globals", len(m.Globals), maxGlobals},
		{"tables", len(m.Tables), maxTables},
		{"tags", len(m.Tags), maxTypes},
	} {
		if c.n > c.most {
			return limit("%d %s, more than %d", c.n, c.what, c.most)
		}
	}
	for i, t := range m.Types {
		if n := max(len(t.Params), len(t.Results)); n > maxTypeWidth {
			return limit("type %d has %d parameters or results, more than %d", i, n, maxTypeWidth)
		}
	}
	for _, i := range m.Imports {
		if len(i.Module) > maxName || len(i.Name) > maxName {
			return limit("the name of an import has %d bytes, more than %d", max(len(i.Module), len(i.Name)), maxName)
		}
	}
	return w.checkSegments()
}

func (w *rewriter) checkSegments() error {
	for _, s := range w.m.Sections {
		if s.ID != binary.SectionElement && s.ID != binary.SectionData {
			continue
		}
		r := binary.NewReader(s.Data, s.Offset)
		n := r.Count(2)
		if n > maxSegments {
			return limit("%d %s segments, more than %d", n, binary.SectionName(s.ID), maxSegments)
		}
		if s.ID == binary.SectionData {
			continue
		}
		for all := 0; n > 0 && r.Err() == nil; n-- {
			e := r.Element()
			if all += len(e.Funcs) + len(e.Exprs); all > maxElements {
				return limit("more than %d functions in element segments", maxElements)
			}
		}
	}
	return nil
}

// checkWork refuses what takes wazero's compiler out of proportion: its work
// grows with the square of the branches that lead to one place, with the
// square of the blocks and branches of a function, and with the product of
// locals and places where control flow joins. Measured, a unit of the first
// costs it 35 ns, of the second 20 ns and of the third 4 µs.
func (w *rewriter) checkWork() error {
	size := int64(w.size)
	if most := 1<<24 + 64*size; w.branchWork > most {
		return limit("branches to the same few places, %d in square, more than %d", w.branchWork, most)
	}
	if most := 1<<27 + 64*size; w.blockWork > most {
		return limit("blocks and branches of its functions are %d in square, more than %d", w.blockWork, most)
	}
	if most := 1<<20 + 8*size; w.joinWork > most {
		return limit("locals times blocks are %d, more than %d", w.joinWork, most)
	}
	return nil
}

// checkTables shares the elements that all tables may have among the tables:
// tables live outside the memory that a plugin is limited to.
func (w *rewriter) checkTables() error {
	w.added = -1
	if w.o.Table < 0 {
		return nil
	}
	left := w.o.Table
	growing := int64(0)
	tables := w.m.Tables
	for _, i := range w.m.Imports {
		if i.Kind == binary.KindTable {
			left -= int64(i.Table.Min) // belongs to somebody else, but counts
		}
	}
	for _, t := range tables {
		left -= int64(t.Min)
		if !t.HasMax || t.Max > t.Min {
			growing++
		}
	}
	if left < 0 {
		return limit("tables of more than %d elements", w.o.Table)
	}
	w.added = min(left/max(growing, 1), maxTableGrowth)
	return nil
}

// boundTable returns the table with its maximum lowered to its share.
func (w *rewriter) boundTable(i int) binary.Table {
	t := w.m.Tables[i]
	if most := int64(t.Min) + w.added; w.added >= 0 && (!t.HasMax || int64(t.Max) > most) {
		t.HasMax, t.Max = true, uint32(most)
	}
	return t
}

func (w *rewriter) checkExports() error {
	for _, x := range w.m.Exports {
		if x.Name == DepthExport {
			return fmt.Errorf("it exports %q, a name that this host needs itself", DepthExport)
		}
		if len(x.Name) > maxName {
			return limit("the name of an export has %d bytes, more than %d", len(x.Name), maxName)
		}
	}
	for _, i := range w.m.Imports {
		if i.Module == Module {
			return fmt.Errorf("it imports from %q, which this host adds itself", Module)
		}
	}
	return nil
}
