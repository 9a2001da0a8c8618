package discordtest

import "time"

// window allows so many events in a time, exactly: any stretch of that length
// counts, not only the current minute. A client with a token bucket that
// allows a burst on top of the rate is caught by it.
type window struct {
	span time.Duration
	past []time.Time // the last events, as a ring
	next int
}

func newWindow(n int, span time.Duration) *window {
	return &window{span: span, past: make([]time.Time, 0, n)}
}

// allow counts an event, or says that it is one too many. What is refused does
// not count.
func (w *window) allow(now time.Time) bool {
	if len(w.past) < cap(w.past) {
		w.past = append(w.past, now)
		return true
	}
	if cap(w.past) == 0 || now.Sub(w.past[w.next]) < w.span {
		return false
	}
	w.past[w.next] = now
	w.next = (w.next + 1) % len(w.past)
	return true
}
