package sdktest

import (
	"maps"

	"github.com/shardhost/shardhost/abi"
)

// parked is a frame whose handler waits. What it did is kept back until it
// finishes: base is the state that it began from, own that state with what it
// did.
type parked struct {
	base, own state
	guild     uint64
	frame     abi.Frame
	calls     []*pending // that its handlers have waited for, in their order
	asked     int        // of calls, by the present one
}

// entered is the parked frame whose effects are recorded, and what the state is
// for everyone else.
type entered struct {
	*parked
	handle int32
	others state
	guild  uint64 // of the frame in work
}

func (h *host) Park() int32 {
	if !h.busy || h.starting || h.entered != nil {
		return int32(abi.Invalid)
	}
	h.handles++
	p := &parked{base: h.before, own: h.state, guild: h.guild, frame: h.frame}
	if h.again != nil {
		p.calls = h.again.calls
	}
	h.parked[h.handles] = p
	h.state = h.before
	h.enter(h.handles, p)
	return h.handles
}

func (h *host) enter(handle int32, p *parked) {
	h.entered = &entered{p, handle, h.state, h.guild}
	own := p.own.since(p.base).on(h.state.clone())
	p.base = h.state.clone()
	h.state, h.guild = own, p.guild
}

func (h *host) leave() {
	if e := h.entered; e != nil {
		e.own = h.state
		h.state, h.guild, h.entered = e.others, e.guild, nil
	}
}

func (h *host) Enter(handle int32) int32 {
	p := h.parked[handle]
	switch {
	case handle == 0:
		h.leave()
		return 0
	case p == nil:
		return int32(abi.NotFound)
	case h.entered != nil || !h.busy:
		return int32(abi.Invalid)
	}
	h.enter(handle, p)
	return 0
}

func (h *host) Finish(handle, status int32) int32 {
	p := h.parked[handle]
	switch {
	case p == nil:
		return int32(abi.NotFound)
	case h.entered != nil && h.entered.handle != handle || !h.busy:
		return int32(abi.Invalid)
	}
	h.leave()
	delete(h.parked, handle)
	if status < 0 {
		h.failures = append(h.failures, h.failText)
		return 0
	}
	h.state = p.own.since(p.base).on(h.state)
	return 0
}

// await is the call of a handler that waits: it leaves at once. One that an
// earlier handler of the same event has made is not made again.
func (h *host) await(r *pending) int32 {
	e := h.entered
	if e == nil || r.tag == 0 {
		return int32(abi.Invalid)
	}
	if e.asked < len(e.calls) {
		known := e.calls[e.asked]
		if known.Method != r.Method || known.Path != r.Path {
			return int32(abi.Exists)
		}
		known.tag, known.generation = r.tag, r.generation
		if known.answer != nil {
			e.others.waiting = append(e.others.waiting, known)
		}
		e.asked++
		return 0
	}
	e.calls, e.asked = append(e.calls, r), e.asked+1
	e.others.requests = append(e.others.requests, r.Request)
	e.others.waiting = append(e.others.waiting, r)
	return 0
}

// changes are what a handler did to a state.
type changes struct {
	state
	noValues []string
	noTimers []uint64
}

// since tells what became of base.
func (s state) since(base state) changes {
	c := changes{state: state{version: s.version, values: map[string]value{}, timers: map[uint64]timer{}}}
	for key, v := range s.values {
		if base.values[key] != v {
			c.values[key] = v
		}
	}
	for key := range base.values {
		if _, ok := s.values[key]; !ok {
			c.noValues = append(c.noValues, key)
		}
	}
	for tag, t := range s.timers {
		if base.timers[tag] != t {
			c.timers[tag] = t
		}
	}
	for tag := range base.timers {
		if _, ok := s.timers[tag]; !ok {
			c.noTimers = append(c.noTimers, tag)
		}
	}
	c.requests, c.waiting = s.requests[len(base.requests):], s.waiting[len(base.waiting):]
	c.commands, c.posts = s.commands[len(base.commands):], s.posts[len(base.posts):]
	return c
}

// on makes the changes to a state.
func (c changes) on(s state) state {
	s.version = max(s.version, c.version)
	maps.Copy(s.values, c.values)
	for _, key := range c.noValues {
		delete(s.values, key)
	}
	maps.Copy(s.timers, c.timers)
	for _, tag := range c.noTimers {
		delete(s.timers, tag)
	}
	s.requests = append(s.requests, c.requests...)
	s.waiting = append(s.waiting, c.waiting...)
	s.commands = append(s.commands, c.commands...)
	s.posts = append(s.posts, c.posts...)
	return s
}
