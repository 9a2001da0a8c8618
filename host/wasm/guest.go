package wasm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// GuestConfig is what one instance gets.
type GuestConfig struct {
	Env    any       // what host functions find through Guest.Env
	Stderr io.Writer // gets what the guest prints, a line at a time; nil: nobody
	Clock  *Clock    // what time the guest reads; nil: the real one
	Random io.Reader // where its random bytes come from; nil: the operating system
}

// A Clock is the time of guests that do not live now. It stands still but where
// a guest sleeps, which takes no time. It belongs to the goroutine of its guests.
type Clock struct{ Now time.Time }

// A Guest is one instance of a module. It belongs to one goroutine.
type Guest struct {
	module *Module
	env    any
	ctx    context.Context // carries the Guest to host functions
	mod    api.Module
	mem    api.Memory
	output output

	batch, buffer, init, save, load, stop api.Function

	stack    [4]uint64 // parameters and result of a call, reused
	ptr, cap uint32    // the guest's buffer
	state    atomic.Int32

	born   time.Time // when the guest was made
	time   *Clock    // that the guest reads; nil: the real one
	epoch  time.Time // when that clock began
	random io.Reader // nil: the operating system's
	allowance
	way
}

// States of a Guest.
const (
	idle int32 = iota
	running
	dead
	closed
)

// guestContext is the context of every call: wazero hands it to host functions.
type guestContext struct {
	context.Context
	guest *Guest
}

type guestKey struct{}

// Value finds the guest behind contexts that wazero derives.
func (c *guestContext) Value(key any) any {
	if key == (guestKey{}) {
		return c.guest
	}
	return c.Context.Value(key)
}

func guestOf(ctx context.Context) *Guest {
	if c, ok := ctx.(*guestContext); ok {
		return c.guest
	}
	return ctx.Value(guestKey{}).(*Guest)
}

// Instantiate makes an instance and runs its _initialize, within the module's
// Init limit. A guest that traps there gives a *Trap.
func (m *Module) Instantiate(ctx context.Context, c GuestConfig) (*Guest, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	g := &Guest{module: m, env: c.Env, born: time.Now(), time: c.Clock, random: c.Random}
	if g.time != nil {
		g.epoch = g.time.Now
	}
	g.output.to = c.Stderr
	g.ctx = &guestContext{context.Background(), g}
	g.quantum = refillFirst
	g.allow(m.config.Init, m.instructions(1))
	g.state.Store(running)
	m.guests.Add(1)
	mod, err := m.runtime.InstantiateModule(experimental.WithMemoryAllocator(g.ctx, allocator(m.config.Memory)), m.compiled,
		wazero.NewModuleConfig().WithName("").WithStartFunctions())
	g.endTurn()
	if err != nil {
		m.guests.Add(-1)
		g.state.Store(closed)
		return nil, g.instantiateError("start", err)
	}
	g.mod, g.mem = mod, mod.Memory()
	g.state.Store(idle)
	if initialize := mod.ExportedFunction(abi.ExportInitialize); initialize != nil {
		if err := g.call(abi.ExportInitialize, initialize, m.config.Init, 1); err != nil {
			return nil, errors.Join(err, g.Close())
		}
	}
	g.batch = mod.ExportedFunction(abi.ExportBatch)
	g.buffer = mod.ExportedFunction(abi.ExportBuffer)
	g.init = mod.ExportedFunction(abi.ExportInit)
	g.save = mod.ExportedFunction(abi.ExportSave)
	g.load = mod.ExportedFunction(abi.ExportLoad)
	g.stop = mod.ExportedFunction(abi.ExportStop)
	if g.batch == nil || g.buffer == nil || g.init == nil || g.mem == nil {
		return nil, errors.Join(fmt.Errorf("plugin %q: the module lacks an export that the contract asks for", m.name), g.Close())
	}
	return g, nil
}

func (g *Guest) instantiateError(export string, err error) error {
	t := newTrap(export, err)
	if t.Stack == "" && t.Kind == TrapOther {
		return fmt.Errorf("plugin %q: instantiate: %w", g.module.name, err)
	}
	t.Stderr = g.output.tail()
	return t
}

// Env is what GuestConfig gave. A nil Guest has none.
func (g *Guest) Env() any {
	if g == nil {
		return nil
	}
	return g.env
}

// Section returns a custom section of the guest's module whose name begins with
// abi.SectionPrefix, and whether there is one.
func (g *Guest) Section(name string) ([]byte, bool) {
	b, ok := g.module.sections[name]
	return b, ok
}

// Bytes returns a view of n bytes of the guest's memory, for host functions
// while they run: the guest may change or move on as soon as they return. A
// range outside the memory ends the guest: Bytes does not return then.
func (g *Guest) Bytes(ptr, n uint32) []byte {
	b, ok := g.mem.Read(ptr, n)
	if !ok {
		panic(&stop{TrapMemory, fmt.Sprintf("it passed the host %d bytes at %d, outside its memory of %d bytes", n, ptr, g.mem.Size())})
	}
	return b
}

// Buffer returns a view of the guest's buffer, at least size bytes long. It is
// valid until the next call of any other method.
func (g *Guest) Buffer(size int) ([]byte, error) {
	if err := g.usable(); err != nil {
		return nil, err
	}
	if size < 0 || int64(size) > int64(g.mem.Size()) && int64(size) > g.module.config.Memory {
		return nil, fmt.Errorf("%w: a buffer of %d bytes cannot fit into %d bytes", ErrMemory, size, g.module.config.Memory)
	}
	if uint64(size) > uint64(g.cap) {
		g.stack[0] = uint64(uint32(size))
		if err := g.call(abi.ExportBuffer, g.buffer, g.module.config.Init, 1); err != nil {
			return nil, err
		}
		answer := g.stack[0]
		if answer == 0 {
			return nil, fmt.Errorf("%w: %s refused a buffer of %d bytes; raise limits.memory above %d bytes", ErrMemory, abi.ExportBuffer, size, g.module.config.Memory)
		}
		g.ptr, g.cap = uint32(answer>>32), uint32(answer)
		if uint64(g.cap) < uint64(size) || uint64(g.ptr)+uint64(g.cap) > uint64(g.mem.Size()) {
			ptr, n := g.ptr, g.cap
			g.cap = 0
			return nil, g.die(&Trap{Export: abi.ExportBuffer, Kind: TrapContract,
				Message: fmt.Sprintf("it answered %d bytes at %d when asked for %d bytes, with a memory of %d bytes", n, ptr, size, g.mem.Size())})
		}
	}
	b, ok := g.mem.Read(g.ptr, g.cap)
	if !ok {
		return nil, g.die(&Trap{Export: abi.ExportBuffer, Kind: TrapContract, Message: "its buffer is outside its memory"})
	}
	return b, nil
}

// Init gives the guest its init document. *Refused is its own refusal.
func (g *Guest) Init(doc []byte) error {
	b, err := g.Buffer(len(doc))
	if err != nil {
		return err
	}
	copy(b, doc)
	g.stack[0] = uint64(len(doc))
	return g.answer(abi.ExportInit, g.init)
}

// Batch lets the guest handle count frames, n bytes in all, that were written
// into Buffer. It returns the guest's result, or a *Trap. Nothing is allocated
// unless it fails.
func (g *Guest) Batch(n, count int, deadline time.Duration) (int32, error) {
	g.stack[0], g.stack[1] = uint64(uint32(n)), uint64(uint32(count))
	if err := g.call(abi.ExportBatch, g.batch, deadline, max(count, 1)); err != nil {
		return 0, err
	}
	return int32(g.stack[0]), nil
}

// CanSave says whether the guest can hand its state over.
func (g *Guest) CanSave() bool { return g != nil && g.save != nil }

// CanLoad says whether the guest can take an older generation's state.
func (g *Guest) CanLoad() bool { return g != nil && g.load != nil }

// Save has the guest stream its state out with the function state_write. A
// guest that exports no shard_save does nothing.
func (g *Guest) Save() error {
	if g.save == nil {
		return nil
	}
	return g.answer(abi.ExportSave, g.save)
}

// Load gives the guest an older generation's state. *Refused with
// abi.Unsupported says that it cannot migrate that schema, as does the error
// for a guest that exports no shard_load.
func (g *Guest) Load(schema int32, state []byte) error {
	if g.load == nil {
		return &Refused{abi.ExportLoad, int32(abi.Unsupported)}
	}
	b, err := g.Buffer(len(state))
	if err != nil {
		return err
	}
	copy(b, state)
	g.stack[0], g.stack[1] = uint64(uint32(schema)), uint64(len(state))
	return g.answer(abi.ExportLoad, g.load)
}

// Stop tells the guest that it is about to be closed, and why: abi.StopReload
// and its like. A guest that exports no shard_stop is not told.
func (g *Guest) Stop(reason int32) error {
	if g == nil || g.stop == nil {
		return nil
	}
	g.stack[0] = uint64(uint32(reason))
	return g.answer(abi.ExportStop, g.stop)
}

// Memory is the size of the guest's memory in bytes; it never shrinks.
func (g *Guest) Memory() int64 {
	if g == nil || g.mem == nil || g.state.Load() == closed {
		return 0
	}
	return int64(g.mem.Size())
}

// Alive tells whether the guest can be called: it has neither trapped nor been
// closed.
func (g *Guest) Alive() bool { return g.usable() == nil }

// Close releases the instance and its memory. It may be called more than
// once, but only by the owner, and not from a host function.
func (g *Guest) Close() error {
	if g == nil {
		return nil
	}
	for {
		switch s := g.state.Load(); s {
		case running:
			return ErrBusy
		case closed:
			return nil
		default:
			if !g.state.CompareAndSwap(s, closed) {
				continue
			}
		}
		g.output.flush()
		err := g.mod.Close(context.Background())
		g.module.guests.Add(-1)
		return err
	}
}

// answer calls an export that refuses with a negative number.
func (g *Guest) answer(name string, f api.Function) error {
	if err := g.call(name, f, g.module.config.Init, 1); err != nil {
		return err
	}
	if code := int32(g.stack[0]); code < 0 {
		return &Refused{name, code}
	}
	return nil
}

func (g *Guest) usable() error {
	if g == nil {
		return ErrClosed
	}
	switch g.state.Load() {
	case running:
		return ErrBusy
	case dead:
		return ErrDead
	case closed:
		return ErrClosed
	}
	return nil
}

// call runs an export with the parameters in g.stack and leaves its result
// there. It may take the time of limit and the instructions of so many frames.
// A failure kills the guest.
func (g *Guest) call(name string, f api.Function, limit time.Duration, frames int) error {
	if err := g.usable(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if !g.state.CompareAndSwap(idle, running) {
		return fmt.Errorf("%s: %w", name, ErrBusy)
	}
	g.allow(limit, g.module.instructions(frames))
	err := f.CallWithStack(g.ctx, g.stack[:])
	g.endTurn()
	g.state.Store(idle)
	if err == nil {
		return nil
	}
	t := newTrap(name, err)
	t.Ran, t.Limit = g.ran(), g.limit
	return g.die(t)
}

// die marks the guest as dead and completes the report.
func (g *Guest) die(t *Trap) *Trap {
	g.state.CompareAndSwap(idle, dead)
	g.output.flush()
	t.Stderr = g.output.tail()
	return t
}
