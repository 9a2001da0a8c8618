package shard

import (
	"sync/atomic"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

// A relay stands between a gateway and its sink. Most of the time it does
// nothing; while one generation takes over from another it asks the handover
// which events are to pass.
type relay struct {
	sink     gateway.Sink
	selector gateway.Selector // the sink, if it is one
	shard    gateway.Shard

	handover atomic.Pointer[handover] // nil: everything passes
	last     atomic.Int64             // sequence that was received last, -1: none
	passed   atomic.Int64             // sequence that the sink was given last
	base     atomic.Int64             // up to here nothing was for the sink, which knows positions; -1: none
	withheld atomic.Bool              // a new shard's: the sink is not given anything yet
}

func newRelay(sink gateway.Sink, shard gateway.Shard, last int64) *relay {
	r := &relay{sink: sink, shard: shard}
	r.selector, _ = sink.(gateway.Selector)
	r.last.Store(last)
	r.passed.Store(-1)
	r.base.Store(-1)
	return r
}

// Begin implements gateway.Sink.
func (r *relay) Begin(s gateway.Session) {
	r.last.Store(-1)
	r.passed.Store(-1)
	r.base.Store(-1)
	if h := r.handover.Load(); h != nil {
		h.begin(r)
	}
	r.sink.Begin(s)
}

// Dispatch implements gateway.Sink.
func (r *relay) Dispatch(e *gateway.Event) {
	if e.Seq > r.last.Load() {
		r.last.Store(e.Seq)
	}
	if h := r.handover.Load(); h != nil {
		h.dispatch(r, e)
		return
	}
	r.pass(e)
}

// pass gives an event to the sink.
func (r *relay) pass(e *gateway.Event) {
	if e.Seq > r.passed.Load() {
		r.passed.Store(e.Seq)
	}
	r.sink.Dispatch(e)
}

// Position implements gateway.Sink. What was never for the sink is finished.
func (r *relay) Position() (seq int64, ok bool) {
	if r.withheld.Load() {
		last := r.last.Load()
		return last, last >= 0
	}
	seq, ok = r.sink.Position()
	if base := r.base.Load(); base > seq || !ok && base >= 0 {
		return base, true
	}
	return seq, ok
}

// behind reports whether the sink has not finished what it was given.
func (r *relay) behind() bool {
	seq, ok := r.sink.Position()
	return ok && seq < r.passed.Load()
}

// Selects implements gateway.Selector. A handover has to see which guilds are
// there.
func (r *relay) Selects(t discord.EventType) bool {
	if r.handover.Load() != nil && (t == discord.EventGuildCreate || t == discord.EventGuildDelete) {
		return true
	}
	return r.selector == nil || r.selector.Selects(t)
}
