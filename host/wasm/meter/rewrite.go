package meter

import (
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/host/wasm/binary"
)

// Version changes whenever Rewrite gives another result for some module.
const Version = "3"

// Names that the rewritten module adds.
const (
	// Module and Refill name the imported function (i64, i64) -> (i64). It gets
	// the counter, which is negative, and the stack that is left, in bytes and
	// negative when calls were nested too deep. It answers the counter's new
	// value, which must not be negative, or ends the guest.
	Module = "shard_meter"
	Refill = "refill"

	// Moved is by how much the indices of the module's own functions grow.
	Moved = 1

	// DepthExport is the exported global, an i64, with the bytes of stack that
	// are left. After a trap it is not what it was before the call.
	DepthExport = "shard_meter.depth"
)

// Options bound what a module may do. The zero value has the defaults.
type Options struct {
	Stack int64 // bytes of native stack, as estimated; 0: DefaultStack
	Table int64 // elements of all tables together; 0: DefaultTable; negative: no bound
}

// Defaults of Options.
const (
	DefaultStack int64 = 4 << 20
	DefaultTable int64 = 1 << 20
)

// ErrLimit is wrapped by refusals of modules that are valid, but ask for more
// than a host should spend on loading them.
var ErrLimit = errors.New("too much for this host")

// rewriter is the state of one Rewrite.
type rewriter struct {
	m *binary.Module
	o Options

	refill uint32 // index of the imported function
	fuel   uint32 // index of the counter
	depth  uint32 // index of the stack's counter

	funcs []function // the module's own, in order
	types []binary.FuncType
	index map[string]uint32 // encoded type -> index

	size int // bytes of all code

	labels                          int   // of all br_tables
	branchWork, joinWork, blockWork int64 // see checkWork

	helpers []helper
	body    body
	added   int64 // elements by which each table may grow; negative: no bound
}

// Rewrite returns the metered form of a module that Decode read. It fails for
// a module that is not valid as far as it looks, and with ErrLimit for one that
// is out of proportion. Its time and memory are proportional to the size of the
// module.
func Rewrite(m *binary.Module, o Options) ([]byte, error) {
	if o.Stack == 0 {
		o.Stack = DefaultStack
	}
	if o.Table == 0 {
		o.Table = DefaultTable
	}
	w := &rewriter{
		m:      m,
		o:      o,
		refill: uint32(m.ImportedFuncs),
		fuel:   uint32(m.ImportedGlobals + len(m.Globals)),
		types:  m.Types[:len(m.Types):len(m.Types)],
		index:  make(map[string]uint32),
	}
	w.depth = w.fuel + 1
	for _, c := range m.Code {
		w.size += len(c.Data)
	}
	for _, check := range []func() error{w.checkSizes, w.checkTables, w.checkExports, w.scan} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	w.countDepth()
	return w.encode()
}

// functionIndex is the index in the new module of a function of the old one.
func (w *rewriter) functionIndex(f uint32) (uint32, error) {
	if f < w.refill {
		return f, nil
	}
	if int64(f)-int64(w.refill) >= int64(len(w.m.Funcs)) {
		return 0, fmt.Errorf("function %d does not exist", f)
	}
	return f + Moved, nil
}

// typeIndex finds or adds a function type.
func (w *rewriter) typeIndex(t binary.FuncType) uint32 {
	key := string(t.Append(nil))
	if i, ok := w.index[key]; ok {
		return i
	}
	w.types = append(w.types, t)
	w.index[key] = uint32(len(w.types) - 1)
	return w.index[key]
}

func limit(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}
