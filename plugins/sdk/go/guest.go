package sdk

import (
	"errors"
	"runtime"

	"github.com/shardhost/shardhost/abi"
)

// Guest is one instance of the plugin, as the host drives it: through the
// module's exports, or in a native test through sdktest. Plugins do not use
// it. A Guest belongs to one goroutine.
type Guest struct {
	host   hostCalls
	buffer []byte
	setup  setup
	calls  calls
	routes routes

	batch   batch
	idle    []*worker
	waiting map[int32]*worker // by handle: whose handlers wait
	working *worker           // the one that runs; nil: none
	workers int

	goroutines int // that there are without the plugin's and the workers
	unrested   int // bytes handled since the last rest
}

// Buffer returns the memory that the host writes the next document or batch
// into: at least that many bytes, the same as before where they suffice.
func (g *Guest) Buffer(least int) []byte {
	const smallest = 64 << 10
	if least < 0 || least > 1<<30 {
		return nil
	}
	if len(g.buffer) < least || g.buffer == nil {
		size := max(least, 2*len(g.buffer), smallest)
		g.buffer = nil // let the old one go before the new one comes
		g.buffer = make([]byte, size)
	}
	return g.buffer
}

// Init reads the init document, the first size bytes of the buffer, and lets
// the plugin start. A negative result refuses; the text is at the host.
func (g *Guest) Init(size int) int32 {
	if size < 0 || size > len(g.buffer) {
		return int32(abi.Invalid)
	}
	g.setup = parseSetup(JSON(g.buffer[:size]).Clone())
	c := &Ctx{guest: g, received: g.host.Now().UnixNano()}
	if err := g.start(c); err != nil {
		g.host.Fail(err.Error())
		return int32(abi.Internal)
	}
	runtime.Gosched()
	g.goroutines = runtime.NumGoroutine() - g.workers
	return 0
}

func (g *Guest) start(c *Ctx) error {
	for _, h := range plugin.starts {
		if err := run(h.handler, func() error { return h.call(c) }); err != nil {
			return err
		}
	}
	for _, h := range plugin.timers {
		if h.start != nil {
			if err := run(h.handler, func() error { return h.start(c) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// batch is what the host has given to handle.
type batch struct {
	rest         []byte
	index, count int
	err          error // of the frame before index
}

// Batch handles count frames, which are the first size bytes of the buffer.
// Negative: the frame after those it declared done has failed.
func (g *Guest) Batch(size, count int) int32 {
	if size < 0 || size > len(g.buffer) {
		g.host.Fail("the batch is longer than the buffer")
		return int32(abi.Invalid)
	}
	g.batch = batch{rest: g.buffer[:size], count: count}
	for g.skip(); g.batch.more(); {
		g.run(g.take())
	}
	if err := g.batch.err; err != nil {
		g.host.Fail(err.Error())
		return int32(abi.Internal)
	}
	g.rest(size)
	return 0
}

func (b *batch) more() bool { return b.err == nil && b.index < b.count }

// skip goes over events that nobody handles: they need no worker.
func (g *Guest) skip() {
	for b := &g.batch; b.more(); b.index++ {
		f, rest, err := abi.Parse(b.rest)
		if err != nil || f.Kind != abi.KindEvent {
			return
		}
		if len(g.routes.of(&f).handlers) > 0 {
			return
		}
		if b.index > 0 {
			g.host.Done(int32(b.index))
		}
		b.rest = rest
	}
}

// frames handles what is left of the batch, on a worker. It returns too when a
// handler that has waited is at its end: the batch of then is over.
func (g *Guest) frames(w *worker) {
	for b := &g.batch; b.more(); {
		if b.index > 0 {
			g.host.Done(int32(b.index))
		}
		b.index++
		var f abi.Frame
		var err error
		if f, b.rest, err = abi.Parse(b.rest); err == nil {
			err = g.handle(&f)
		}
		if w.parked != nil {
			w.leave(err)
			return
		}
		b.err = err
	}
}

// rest lets the collector and goroutines of the plugin have their turn, which
// run only while the guest does (https://github.com/golang/go/issues/65199).
// It takes longer than a small event, so the collector gets it by the amount of
// what was handled.
func (g *Guest) rest(size int) {
	const enough = 64 << 10
	g.unrested += size
	if g.unrested >= enough || runtime.NumGoroutine() > g.goroutines+g.workers {
		g.unrested = 0
		runtime.Gosched()
	}
}

// handle gives a frame to its handlers. Kinds that this SDK does not know are
// of a later host and are nothing to it.
func (g *Guest) handle(f *abi.Frame) error {
	if f.Kind == abi.KindEvent {
		return g.event(g.routes.of(f), f)
	}
	switch f.Kind {
	case abi.KindCompletion:
		return g.completion(g.ctx(f), f)
	case abi.KindTimer:
		return g.timer(g.ctx(f), f)
	case abi.KindControl:
		return g.control(g.ctx(f), f)
	case abi.KindMessage:
		return g.post(g.ctx(f), f)
	}
	return nil
}

func (g *Guest) ctx(f *abi.Frame) *Ctx {
	c := &Ctx{}
	g.setCtx(c, f)
	return c
}

func (g *Guest) setCtx(c *Ctx, f *abi.Frame) {
	*c = Ctx{guest: g, worker: g.working, guild: ID(f.Guild), shard: int(f.Shard), flags: f.Flags, received: f.Received}
}

func (g *Guest) event(r *route, f *abi.Frame) error {
	if len(r.handlers) == 0 {
		return nil
	}
	var d struct { // one piece of memory
		ctx   Ctx
		event Event
	}
	g.setCtx(&d.ctx, f)
	// The handler and its closures may keep the event; the buffer is used again.
	kept := make([]byte, len(f.Body)+len(f.Fields))
	copy(kept, f.Body)
	copy(kept[len(f.Body):], f.Fields)
	d.event.Name, d.event.Data = r.name, kept[:len(f.Body):len(f.Body)]
	if len(f.Fields) == abi.FieldSize*len(r.fields) {
		d.event.table, d.event.paths = kept[len(f.Body):], r.fields
	}
	for _, h := range r.handlers {
		if err := run(h.handler, func() error { return h.call(&d.ctx, &d.event) }); err != nil {
			return errors.New(r.name + ": " + err.Error())
		}
	}
	return nil
}
