package discordtest

import (
	"fmt"

	"github.com/shardhost/shardhost/discord"
)

// A Delivery says that a client took one dispatch, once: what it did with it
// is its own affair.
type Delivery struct {
	Session string
	Seq     int64
}

// An Audit compares the books with what a client took. An event is what
// happened once, however many sessions got it.
type Audit struct {
	Events    int // in the books
	Delivered int // of them, at least once
	Lost      int // taken by nobody, though a session that had it could be resumed, or was closed by the client
	Forgone   int // taken by nobody, and the server itself ended every session that had it
	Doubled   int // deliveries of an event beyond its first
	Reordered int // deliveries of an event behind a later one of its guild, or without a guild, of its session
	Unknown   int // deliveries that are not in the books
	Forgotten uint64

	Examples []string // what the first few faults are
}

// Sound tells whether nothing was lost, doubled or reordered, and the books
// are whole.
func (a Audit) Sound() bool {
	return a.Lost == 0 && a.Doubled == 0 && a.Reordered == 0 && a.Unknown == 0 && a.Forgotten == 0
}

// auditExamples is how many faults an audit spells out.
const auditExamples = 20

// Audit compares the books with the deliveries, which stand in the order in
// which the client took them, at least within a guild. Of the books only the
// lines for which counts is true count; nil counts all. RESUMED never does.
func (s *Server) Audit(deliveries []Delivery, counts func(Sent) bool) Audit {
	sent, forgotten := s.Books()
	ended := s.hub.endedByServer()
	a := Audit{Forgotten: forgotten}
	type happening struct {
		Sent
		taken    int
		survives bool // in a session that the server did not end
	}
	events := make(map[uint64]*happening)
	lines := make(map[Delivery]*happening, len(sent))
	order := []*happening{}
	for _, line := range sent {
		at := Delivery{line.Session, line.Seq}
		if line.Type == "RESUMED" || counts != nil && !counts(line) {
			lines[at] = nil
			continue
		}
		e := events[line.Number]
		if e == nil {
			e = &happening{Sent: line}
			events[line.Number] = e
			order = append(order, e)
		}
		e.survives = e.survives || !ended[line.Session]
		lines[at] = e
	}
	note := func(format string, args ...any) {
		if len(a.Examples) < auditExamples {
			a.Examples = append(a.Examples, fmt.Sprintf(format, args...))
		}
	}
	type course struct { // within which events have an order
		guild   discord.GuildID
		session string // of those without a guild
	}
	latest := make(map[course]uint64)
	for _, d := range deliveries {
		e, known := lines[d]
		switch {
		case !known:
			a.Unknown++
			note("unknown: sequence %d of session %s", d.Seq, d.Session)
			continue
		case e == nil:
			continue
		}
		if e.taken++; e.taken > 1 {
			a.Doubled++
			note("doubled: event %d, %s, again as sequence %d of session %s", e.Number, e.Type, d.Seq, d.Session)
			continue
		}
		within := course{guild: e.Guild}
		if e.Guild == 0 {
			within.session = e.Session
		}
		if e.Number < latest[within] {
			a.Reordered++
			note("reordered: event %d, %s of guild %s, after event %d", e.Number, e.Type, e.Guild, latest[within])
		}
		latest[within] = max(latest[within], e.Number)
	}
	a.Events = len(order)
	for _, e := range order {
		switch {
		case e.taken > 0:
			a.Delivered++
		case e.survives:
			a.Lost++
			note("lost: event %d, %s, sequence %d of session %s, shard %d", e.Number, e.Type, e.Seq, e.Session, e.Shard)
		default:
			a.Forgone++
		}
	}
	return a
}

// endedByServer are the sessions that ended without the client wishing it.
func (h *hub) endedByServer() map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	ended := make(map[string]bool, len(h.revoked))
	for _, id := range h.revoked {
		ended[id] = true
	}
	return ended
}
