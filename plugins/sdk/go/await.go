package sdk

import (
	"errors"
	"iter"

	"github.com/shardhost/shardhost/abi"
)

// A worker is a coroutine that handles frames. It handles whole batches, so
// that handlers which never wait cost one switch a batch. When a handler waits
// for an answer, its worker stays with it, and another one goes on with the
// batch.
type worker struct {
	guest  *Guest
	next   func() (struct{}, bool) // lets the worker go on until it pauses
	pause  func(struct{}) bool
	stop   func()
	parked *parked // what it waits with; nil: nothing
}

// parked is a handler that waits, or did: its frame is open beyond its batch.
// The host's functions stand in variables: a plugin that never waits imports
// none of them.
type parked struct {
	handle int32
	tag    uint64 // of the request it waits for
	answer *Response
	void   bool // the host has given the handler up
	enter  func() int32
	finish func(err error)
}

// take returns a worker that has nothing to do.
func (g *Guest) take() *worker {
	if n := len(g.idle); n > 0 {
		w := g.idle[n-1]
		g.idle = g.idle[:n-1]
		return w
	}
	w := &worker{guest: g}
	g.workers++
	w.next, w.stop = iter.Pull(func(yield func(struct{}) bool) {
		w.pause = yield
		for {
			g.frames(w)
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return w
}

// run lets a worker go on until it has nothing to do or waits.
func (g *Guest) run(w *worker) {
	before := g.working
	g.working = w
	w.next()
	g.working = before
	if w.parked == nil {
		g.idle = append(g.idle, w)
	}
}

// resume gives a handler that waits its answer.
func (g *Guest) resume(w *worker, r *Response) {
	p := w.parked
	if p.enter() < 0 {
		return // the host has given it up, and says so in a frame of its own
	}
	p.answer = r
	g.run(w)
}

// unpark lets go of a handler that the host has given up: it unwinds, and what
// it still asks for is refused.
func (g *Guest) unpark(handle int32) {
	w := g.waiting[handle]
	if w == nil {
		return
	}
	w.parked.void = true
	g.run(w)
}

// errGivenUp ends a handler that the host has given up.
var errGivenUp = errors.New("the host has given this handler up")

var errNoHandler = errors.New("answers can be awaited in a handler of a frame only, on its own goroutine: not in OnStart, not after it has returned")

// Await makes a call of Discord's REST API and waits for the answer, without
// holding up other handlers. The error is that of Response.Err; the response
// is nil if there is none.
//
// The call leaves at once. Everything else that the handler asks for, before
// and after, takes effect when it has returned nil; nobody else sees its
// writes until then. When it has to begin anew — after a crash, a reload, a
// restart, an error — it gets the answers that were there already, and Discord
// is not called a second time. So up to its last Await a handler must ask for
// the same calls in the same order whenever it is given the same event: it
// follows from the event, the answers and the configuration, not from variables, the
// clock, or keys that others write.
//
// While a handler waits, others run, of the same guild too: what it has read
// from KV or variables before may be different after. The operator bounds the
// time with limits.park.
func (c *Ctx) Await(r *Request) (*Response, error) {
	if r.Then != nil || r.Continue != "" {
		return nil, errors.New("rest " + r.object() + ": a request that is awaited has no Then and no Continue")
	}
	document, err := r.document()
	if err != nil {
		return nil, errors.New("rest " + r.object() + ": " + err.Error())
	}
	answer, err := c.await(document, func(tag uint64, document string) error {
		return failed("rest", r.object(), c.guest.host.REST(tag, document))
	})
	if err != nil {
		return nil, err
	}
	return answer, answer.Err()
}

// await waits for the answer to the call that ask makes of document, an object.
func (c *Ctx) await(document []byte, ask func(tag uint64, document string) error) (*Response, error) {
	g, w := c.guest, c.worker
	if w == nil || g.working != w {
		return nil, errNoHandler
	}
	if w.parked != nil && w.parked.void {
		panic(errGivenUp)
	}
	if w.parked == nil {
		if err := w.park(); err != nil {
			return nil, err
		}
	}
	p, tag := w.parked, g.calls.next()
	if err := ask(tag, string(append(document[:len(document)-1], `,"await":true}`...))); err != nil {
		return nil, err
	}
	g.calls.await(tag, w)
	g.host.Enter(0)
	w.pause(struct{}{})
	if p.void {
		panic(errGivenUp)
	}
	return p.answer, nil
}

// park keeps the frame in work open.
func (w *worker) park() error {
	g := w.guest
	handle := g.host.Park()
	if err := failed("park", "", handle); err != nil {
		return err
	}
	p := &parked{handle: handle, enter: func() int32 { return g.host.Enter(handle) }}
	p.finish = func(err error) {
		status := int32(0)
		if err != nil {
			g.host.Fail(err.Error())
			status = int32(abi.Internal)
		}
		g.host.Finish(handle, status)
	}
	if g.waiting == nil {
		g.waiting = map[int32]*worker{}
	}
	g.waiting[handle] = w
	w.parked = p
	return nil
}

// leave ends the frame that a handler had parked.
func (w *worker) leave(err error) {
	p := w.parked
	delete(w.guest.waiting, p.handle)
	w.guest.calls.forget(w)
	w.parked = nil
	if !p.void {
		p.finish(err)
	}
}
