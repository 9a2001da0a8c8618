package effect

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/trace"
)

// Bounds of what handlers that wait may ask for.
const (
	maxAwaited     = 1000     // calls of one frame
	maxAnswerBytes = 64 << 20 // answers that the frames of one lane keep, together
)

// Parked is a frame whose handler waits for answers beyond its batch. The
// journal keeps it with its own bytes, and with every call whose answer a
// handler of it has waited for, so that the frame can be given to a handler
// again, which gets the same answers without a second call. It belongs to the
// goroutine of the lane that has the frame.
type Parked struct {
	ID    string // stable name of the frame
	Lane  int    // that it belongs to where it is of no guild
	Guild uint64
	Shard int
	Bytes []byte // the frame, as abi.Frame encodes it
	Asker uint64 // of a completion or a timer: the guest that asked for it, see Lane.Guest

	Calls    []*Awaited // in the order in which they were asked for
	Attempts int        // that have failed,
	Tried    int        // of this generation
	Arrival  uint64     // counts what came for the plugin
	Stored   bool       // the journal holds it
	Queued   bool       // it is in a mailbox or a batch, to be given again
	Over     bool       // it has ended: what comes for it is nothing to anybody

	Span *trace.Span // of the frame in which its handler ran last; nil: it is not traced

	handler
}

// handler is what belongs to the present handler of a Parked.
type handler struct {
	handle  int32 // 0: none waits
	asked   int   // of Calls, by this handler
	effects []Effect
	own     map[string]pendingValue
	timers  int    // set and new
	size    int    // bytes that the effects hold
	fragile bool   // it relies on what its batch has not committed
	fault   string // why it must fail, whatever it says
}

// Awaited is one call of a Parked.
type Awaited struct {
	Key    string // of its record in the outbox; "" until the journal has it
	Call   *Call
	Answer *Answer // nil: not there yet
	Tag    uint64  // by which the present handler knows it; 0: it has not asked for it
	Queued bool    // the answer is on its way to the present handler
	Given  bool    // it has got it
}

// Answer is that of a REST call.
type Answer struct {
	Status int32 // HTTP status, or a negative abi.Code
	Body   []byte
}

// Owner tells which of n lanes the frame belongs to.
func (p *Parked) Owner(n int) int {
	if p.Guild != 0 {
		return LaneOf(p.Guild, n)
	}
	return p.Lane % n
}

// Handle names the present handler to its guest; 0: none waits.
func (p *Parked) Handle() int32 { return p.handle }

// Asked are the calls that the present handler has asked for.
func (p *Parked) Asked() []*Awaited { return p.Calls[:p.asked] }

// Change is one thing that happened to a parked frame while the guest handled
// the frame of that index in its batch.
type Change struct {
	Frame  int
	Kind   ChangeKind
	Parked *Parked
}

// ChangeKind says what happened.
type ChangeKind uint8

const (
	Enters ChangeKind = iota // its handler went on
	Parks                    // the frame of the batch itself was parked
	Asks                     // its handler asked for a call
	Ends                     // its handler has finished: its effects are among those of the batch
)

// Failure is a parked frame whose handler has failed.
type Failure struct {
	Parked  *Parked
	Text    string
	Code    abi.Code
	Crowded bool // there was no room for what it wanted to wait for
}

// Lost is a parked frame whose handler is void, although it did nothing wrong.
type Lost struct {
	Parked *Parked
	Handle int32 // that the guest still knows; 0: none
}

// Waiting is the number of parked frames whose handlers this guest holds.
func (r *Recorder) Waiting() int { return len(r.parked) }

// Waits tells whether the guest holds the present handler of a parked frame.
func (r *Recorder) Waits(p *Parked) bool { return p.handle != 0 && r.parked[p.handle] == p }

// Entered is the parked frame that was being handled when the guest failed, nil
// when that was a frame of the batch.
func (r *Recorder) Entered() *Parked {
	if r.entered == nil || r.current < len(r.frames) && r.here == r.entered {
		return nil
	}
	return r.entered
}

// Room tells whether one more handler may wait for an answer.
func (r *Recorder) Room() bool {
	return len(r.parked) < r.env.Limits.Parked && r.lane.Inflight.Load() < int64(r.env.Limits.Inflight)
}

// Crowded tells whether the frame that failed had found no room to wait.
func (r *Recorder) Crowded() bool { return r.crowded }

// Changes are those of the batch, in their order.
func (r *Recorder) Changes() []Change { return r.changes }

// Failures are the parked frames that have failed in the batch.
func (r *Recorder) Failures() []Failure { return r.failures }

// Lost returns the parked frames that were lost since it was last asked.
func (r *Recorder) Lost() []Lost {
	lost := r.lost
	r.lost = nil
	return lost
}

// LoseFrom undoes the changes of the frames from n on: handlers that went on
// there have done so for nothing.
func (r *Recorder) LoseFrom(n int) {
	for _, c := range slices.Clone(r.changes) {
		if c.Frame >= n {
			r.Lose(c.Parked)
		}
	}
	r.changes = slices.DeleteFunc(r.changes, func(c Change) bool { return c.Frame >= n })
}

// LoseAll makes every handler void: the guest is at its end.
func (r *Recorder) LoseAll() {
	for _, handle := range slices.Sorted(maps.Keys(r.parked)) {
		r.Lose(r.parked[handle])
	}
}

// Lose makes the present handler of a parked frame void. Calls that it asked for
// and that are not journalled are forgotten.
func (r *Recorder) Lose(p *Parked) {
	if slices.ContainsFunc(r.lost, func(l Lost) bool { return l.Parked == p }) {
		return
	}
	l := Lost{Parked: p}
	if r.Waits(p) {
		l.Handle = p.handle
	}
	r.leave(p)
	r.changes = slices.DeleteFunc(r.changes, func(c Change) bool { return c.Parked == p && c.Kind != Parks && c.Kind != Ends })
	r.lost = append(r.lost, l)
}

// leave forgets the present handler of a parked frame, with all that it did.
func (r *Recorder) leave(p *Parked) {
	if r.Waits(p) {
		delete(r.parked, p.handle)
	}
	if r.entered == p {
		r.entered = nil
	}
	r.Forget(p.effects)
	r.release(p)
	p.Calls = slices.DeleteFunc(p.Calls, func(a *Awaited) bool {
		if a.Key == "" {
			r.lane.Inflight.Add(-1)
		}
		return a.Key == ""
	})
	for _, a := range p.Calls {
		a.Tag, a.Queued, a.Given = 0, false, false
	}
	p.handler = handler{}
}

// release gives back the room that a handler's effects took.
func (r *Recorder) release(p *Parked) {
	r.heldSize -= p.size
	r.heldCount -= len(p.effects)
	r.heldTimers -= p.timers
}

// park takes the frame in work out of its batch. What it did so far, and what
// follows until enter(0) or done, is kept back until finish.
func park(r *Recorder, _ *wasm.Guest, _ []uint64) abi.Code {
	if r.starting || r.entered != nil || !r.inFrame() {
		return abi.Invalid
	}
	p := r.frames[r.current].Parked
	if p == nil {
		if len(r.parked) >= r.env.Limits.Parked {
			r.limit("limits.parked", `raise parked in the block "limits", or lanes, or wait for less`)
			r.crowded = true
			return abi.TryAgain
		}
		p = &Parked{Guild: r.frame().Guild, Shard: r.frame().Shard}
	}
	before, own := Split(r.effects, r.current)
	p.effects, p.own, p.size, p.timers = slices.Clone(own), maps.Clone(r.own), r.ownSize, len(r.ownTimers)
	clear(own)
	r.effects = before
	r.size -= p.size
	r.heldSize += p.size
	r.heldCount += len(p.effects)
	r.heldTimers += p.timers
	r.forgetOwn()
	if r.handles++; r.handles <= 0 {
		r.handles = 1
	}
	p.handle = r.handles
	r.parked[p.handle] = p
	r.here, r.entered = p, p
	r.changes = append(r.changes, Change{r.current, Parks, p})
	return abi.Code(p.handle)
}

// enter says whose effects follow.
func enter(r *Recorder, _ *wasm.Guest, stack []uint64) abi.Code {
	handle := int32(stack[0])
	if handle == 0 {
		r.entered = nil
		return abi.OK
	}
	p := r.parked[handle]
	switch {
	case p == nil:
		return abi.NotFound
	case r.entered != nil || r.current >= len(r.frames) || r.frames[r.current].Mute:
		return abi.Invalid
	}
	r.entered = p
	r.changes = append(r.changes, Change{r.current, Enters, p})
	return abi.OK
}

// finish ends a parked frame. Its effects become part of the batch, before those
// of the frame in work.
func finish(r *Recorder, _ *wasm.Guest, stack []uint64) abi.Code {
	handle, status := int32(stack[0]), abi.Code(int32(stack[1]))
	p := r.parked[handle]
	switch {
	case p == nil:
		return abi.NotFound
	case r.entered != nil && r.entered != p || r.current >= len(r.frames) || r.frames[r.current].Mute:
		return abi.Invalid
	}
	r.entered = nil
	if status < 0 || p.fault != "" {
		f := Failure{Parked: p, Code: status, Text: r.failText, Crowded: r.crowded}
		if p.fault != "" {
			f.Text = p.fault
		}
		r.failText, r.crowded = "", false
		r.leave(p)
		r.changes = slices.DeleteFunc(r.changes, func(c Change) bool { return c.Parked == p && c.Kind != Parks })
		r.failures = append(r.failures, f)
		return abi.OK
	}
	delete(r.parked, handle)
	r.release(p)
	before, _ := Split(r.effects, r.current)
	for i := range p.effects {
		p.effects[i].Frame, p.effects[i].Of = r.current, p
	}
	r.effects = slices.Insert(r.effects, len(before), p.effects...)
	r.size += p.size
	maps.Copy(r.pending, p.own)
	p.handler = handler{asked: p.asked}
	r.changes = append(r.changes, Change{r.current, Ends, p})
	return abi.OK
}

// ask takes note that the entered handler waits for a call's answer. A call that
// an earlier handler of the frame has asked for at this place is not made again.
func (r *Recorder) ask(call *Call, tag uint64, size int) abi.Code {
	p := r.entered
	if p == nil || tag == 0 {
		return abi.Invalid
	}
	if p.fault != "" {
		return abi.Exists
	}
	if p.asked < len(p.Calls) {
		known := p.Calls[p.asked]
		if known.Call.Method != call.Method || known.Call.Path != call.Path || known.Call.URL != call.URL {
			p.fault = fmt.Sprintf("call %d of the handler is %s, and was %s when the event was given to it before: "+
				"what a handler asks for must follow from the event and from the answers; drop the dead letter, or replay it to begin anew",
				p.asked+1, call, known.Call)
			return abi.Exists
		}
		known.Tag = tag
		p.asked++
		r.changes = append(r.changes, Change{r.current, Asks, p})
		return abi.OK
	}
	if len(p.Calls) >= maxAwaited {
		r.limit("calls of one handler", fmt.Sprintf("wait for at most %d answers in one handler", maxAwaited))
		return abi.TooBig
	}
	if r.answerBytes() >= maxAnswerBytes || !r.room(size) {
		r.limit("answers that handlers keep", fmt.Sprintf("ask for less in handlers that wait: the host keeps at most %d bytes of answers for a lane", maxAnswerBytes))
		return abi.TooBig
	}
	if !r.fly() {
		r.crowded = true
		return abi.TryAgain
	}
	call.Tag, call.Guild, call.Shard, call.Asker = tag, p.Guild, p.Shard, r.lane.Guest
	p.Calls = append(p.Calls, &Awaited{Call: call, Tag: tag})
	p.asked++
	r.changes = append(r.changes, Change{r.current, Asks, p})
	return abi.OK
}

// answerBytes is what the answers hold that the guest's handlers have got.
func (r *Recorder) answerBytes() (n int) {
	for _, p := range r.parked {
		for _, a := range p.Calls {
			if a.Answer != nil {
				n += len(a.Answer.Body)
			}
		}
	}
	return n
}
