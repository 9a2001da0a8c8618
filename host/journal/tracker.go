package journal

import (
	"sort"
	"sync"
)

// A Tracker knows the position of one shard: the highest sequence up to which
// every plugin that wanted an event has finished it. It is safe for use by many
// goroutines.
type Tracker struct {
	mu      sync.Mutex
	session string
	epoch   uint64 // counts sessions, so that late Dones of an old one are recognised
	last    int64  // the highest sequence received
	done    int64  // everything up to here is finished
	open    []openEvent
	head    int // open[:head] is finished and counted in done
}

type openEvent struct {
	seq     int64
	holders int
}

// Ticket names one received event towards Done.
type Ticket struct {
	Tracker *Tracker
	Epoch   uint64
	Seq     int64
}

// Begin starts a session, or goes on with a stored one whose position is seq.
// A session that has received nothing has the position -1.
func (t *Tracker) Begin(session string, seq int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.session = session
	t.epoch++
	t.last, t.done = seq, seq
	t.open, t.head = t.open[:0], 0
}

// Receive takes note of an event that holders plugins want. new is false when
// the event was received before: it is finished, or still in a mailbox.
func (t *Tracker) Receive(seq int64, holders int) (ticket Ticket, new bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq <= t.last {
		return Ticket{}, false
	}
	t.last = seq
	if holders == 0 && t.head == len(t.open) {
		t.done = seq
	} else {
		if len(t.open) == cap(t.open) {
			t.compact()
		}
		t.open = append(t.open, openEvent{seq, holders})
	}
	return Ticket{Tracker: t, Epoch: t.epoch, Seq: seq}, true
}

// compact makes room: behind an event that is not finished for long, finished
// ones are worth one entry together.
func (t *Tracker) compact() {
	kept := t.open[:0]
	for i := t.head; i < len(t.open); i++ {
		finished := t.open[i].holders <= 0 && i+1 < len(t.open) && t.open[i+1].holders <= 0
		if !finished {
			kept = append(kept, t.open[i])
		}
	}
	if len(kept) > cap(t.open)/2 {
		kept = append(make([]openEvent, 0, max(64, 2*cap(t.open))), kept...)
	}
	t.open, t.head = kept, 0
}

// Session is the id that Begin was given.
func (t *Tracker) Session() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.session
}

// Done says that one holder has finished the event. The zero Ticket, of an
// event without a sequence, moves nothing.
func (k Ticket) Done() {
	t := k.Tracker
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if k.Epoch != t.epoch {
		return
	}
	open := t.open[t.head:]
	i := sort.Search(len(open), func(i int) bool { return open[i].seq >= k.Seq })
	if i == len(open) || open[i].seq != k.Seq {
		return
	}
	open[i].holders--
	for t.head < len(t.open) && t.open[t.head].holders <= 0 {
		t.done = t.open[t.head].seq
		t.head++
	}
	if t.head == len(t.open) {
		t.open, t.head = t.open[:0], 0
	}
}

// Position is the highest sequence up to which everything is finished; ok is
// false before the first event.
func (t *Tracker) Position() (seq int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done, t.done >= 0
}

// Last is the highest sequence received, -1 before the first.
func (t *Tracker) Last() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// Open is the number of events that somebody still works on.
func (t *Tracker) Open() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.open) - t.head
}
