package gateway

import "time"

// A connection may send 120 messages in any 60 seconds, heartbeats included;
// the 121st ends it with 4008. Of presence updates, 5 in 20 seconds count.
// See https://docs.discord.com/developers/events/gateway#rate-limiting.
//
// Spans are a second longer than Discord's: it counts when messages arrive, we
// when they leave, and the network may bring two closer together.
const (
	sendLimit = 120
	sendSpan  = 61 * time.Second

	// sendReserve are slots that only heartbeats, IDENTIFY and RESUME may use.
	// At the usual 41 s an interval brings two beats into a span; the rest is for
	// beats that Discord asks for.
	sendReserve = 8

	presenceLimit = 5
	presenceSpan  = 21 * time.Second
)

// A window counts what was sent, exactly: unlike a token bucket it never lets
// through more than the limit in any span, however the span is laid.
type window struct {
	limit, reserve int
	span           time.Duration

	sent []time.Time // in order, none older than a span
}

// wait returns how long a message must wait, 0 if it may go now. Urgent ones
// may use the reserved slots.
func (w *window) wait(now time.Time, urgent bool) time.Duration {
	w.forget(now)
	allowed := w.limit - w.reserve
	if urgent {
		allowed = w.limit
	}
	if len(w.sent) < allowed {
		return 0
	}
	leaves := w.sent[len(w.sent)-allowed]
	return leaves.Add(w.span).Sub(now)
}

// add counts a message that was sent now.
func (w *window) add(now time.Time) {
	w.forget(now)
	w.sent = append(w.sent, now)
}

func (w *window) forget(now time.Time) {
	old := 0
	for old < len(w.sent) && now.Sub(w.sent[old]) >= w.span {
		old++
	}
	if old > 0 {
		w.sent = append(w.sent[:0], w.sent[old:]...)
	}
}
