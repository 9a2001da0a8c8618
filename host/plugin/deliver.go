package plugin

import (
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/trace"
)

// Deliver puts an event into the mailbox of the lane that owns its guild. The
// plugin retains the event and ends the ticket. It blocks while the mailbox is
// full, unless the plugin's policy is to drop or the lane rests after too many
// crashes. Where the event is traced, what happens here descends from span.
func (p *Plugin) Deliver(ev *gateway.Event, t journal.Ticket, span *trace.Span) {
	e := entry{event: ev, ticket: t, arrival: p.arrivals.Add(1)}
	if ev.Replayed && ev.Seq >= 0 && p.ledger.Positions.Holds(e.position(), uint64(ev.Guild)) {
		t.Done()
		return
	}
	ev.Retain()
	e.road = p.newRoad(span)
	if e.urgent() {
		p.deferrals.begin(&e)
	}
	for {
		lanes := *p.lanes.Load()
		dropped, limit, closed := lanes[e.owner(len(lanes))].box.put(&e, nil)
		p.overflows(limit, dropped)
		switch {
		case !closed:
			return
		case p.closing.Err() != nil:
			p.leave(&e)
			return
		}
		// The number of lanes has changed while the mailbox was full.
	}
}

// putAlways gives an answer or a timer to its lane. When the plugin is closed,
// the store keeps it for the next start.
func (p *Plugin) putAlways(e entry) {
	e.received = p.deps.Now().UnixNano()
	e.arrival = p.arrivals.Add(1)
	for {
		lanes := *p.lanes.Load()
		if lanes[e.owner(len(lanes))].box.putAlways(&e) || p.closing.Err() != nil {
			return
		}
	}
}

// callEnded gets the answers of REST calls.
func (p *Plugin) callEnded(lane int, c *journal.Completion) {
	p.inflight(lane).Add(-1)
	if lanes := *p.lanes.Load(); lane < len(lanes) {
		lanes[lane].box.relieve()
	}
	if c != nil {
		p.putAlways(entry{completion: c, lane: lane, road: p.newRoad(c.Span)})
	}
}

func (p *Plugin) timerDue(t effect.Timer) { p.putAlways(entry{timer: &t, road: p.timerRoad()}) }

// overflows ends the hold on events that had to go because a mailbox was full.
func (p *Plugin) overflows(limit string, dropped []entry) {
	for i := range dropped {
		p.full("events dropped, the mailbox is full", &dropped[i], limit, "dropped", p.dropped.Add(1))
		p.deferrals.ended(&dropped[i])
		dropped[i].road.fail("the mailbox is full")
		dropped[i].finish()
	}
}

// waits takes note that a session waits for room in a mailbox.
func (p *Plugin) waits(e entry, limit string) {
	p.full("the session waits, the mailbox is full", &e, limit, "waits", p.waited.Add(1))
}

// full tells of the 1st, 2nd, 4th, 8th … time: loud, but no flood.
func (p *Plugin) full(message string, e *entry, limit, key string, n uint64) {
	if n&(n-1) != 0 {
		return
	}
	p.mu.Lock()
	at := p.gen.spec.Line(limit)
	p.mu.Unlock()
	p.log.Warn(message, "event", e.event.Name, key, n, "limit", limit,
		"change", at.Prefix()+"raise "+limit+" or lanes, or make the handler faster")
}

// leave ends the hold on what a lane has not finished when it stops: Discord
// sends it again at the next start, unless the plugin is gone for good.
func (p *Plugin) leave(e *entry) {
	if p.retired.Load() && e.letter == nil {
		e.finish()
	} else {
		e.abandon()
	}
}

func (p *Plugin) leaveAll(entries []entry) {
	for i := range entries {
		p.leave(&entries[i])
	}
}
