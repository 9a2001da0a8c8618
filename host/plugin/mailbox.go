package plugin

import "sync"

// A mailbox holds the entries that wait for a lane, in their order, but for
// interactions: they go first, because Discord gives them three seconds, after
// the answers that handlers wait for, which have begun before; they have room of
// their own. Answers and timers are bounded by what may be in flight and always
// find room.
type mailbox struct {
	mu       sync.Mutex
	arrived  *sync.Cond // the lane waits: an entry, a request, the end
	room     *sync.Cond // the shard's reader waits
	answers  ring
	urgent   ring
	rest     ring
	bytes    int
	bounds   bounds
	shedding bool // the lane rests: what finds no room is dropped
	closed   bool
	relieved bool     // a call has ended since takeAnswers
	requests []func() // run by the lane between two batches

	requested chan struct{} // holds a token when there may be a request

	// waits is told, without the lock, of an event that is about to wait for
	// room, and of the limit that is in its way; nil: nobody.
	waits func(e entry, limit string) // a copy: a pointer would move every entry to the heap
}

func newMailbox(b bounds) *mailbox {
	m := &mailbox{bounds: b, requested: make(chan struct{}, 1)}
	m.arrived = sync.NewCond(&m.mu)
	m.room = sync.NewCond(&m.mu)
	return m
}

func (m *mailbox) count() int { return m.answers.count + m.urgent.count + m.rest.count }

// full names the limit that keeps an entry out, "" if there is room.
func (m *mailbox) full(e *entry) string {
	n := m.rest.count
	if e.urgent() {
		n = m.urgent.count
	}
	switch {
	case n >= m.bounds.frames:
		return "limits.mailbox"
	case m.count() > 0 && m.bytes+e.size() > m.bounds.bytes:
		return "limits.mailbox_bytes"
	}
	return ""
}

// put adds an event. While there is no room the oldest event that may be dropped
// goes for it; without one it blocks, or is dropped itself. What had to go is
// appended to dropped. limit names the limit that was in the way, "" if none was.
// closed is true when the mailbox is closed; the entry is still the caller's then.
func (m *mailbox) put(e *entry, dropped []entry) (_ []entry, limit string, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	told := false
	for !m.closed {
		full := m.full(e)
		if full == "" {
			m.push(e)
			return dropped, limit, false
		}
		limit = full
		if !e.urgent() || full == "limits.mailbox_bytes" {
			if old, ok := m.rest.take(func(e *entry) bool { return m.bounds.overflow.of(e) == dropOldest }); ok {
				m.bytes -= old.size()
				dropped = append(dropped, old)
				continue
			}
		}
		if m.shedding || m.bounds.overflow.of(e) != block {
			return append(dropped, *e), limit, false
		}
		if !told && m.waits != nil {
			told = true
			m.mu.Unlock()
			m.waits(*e, full)
			m.mu.Lock()
			continue
		}
		m.room.Wait()
	}
	return dropped, limit, true
}

// putAlways adds an answer or a timer; false when the mailbox is closed.
func (m *mailbox) putAlways(e *entry) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.push(e)
	}
	return !m.closed
}

func (m *mailbox) push(e *entry) {
	m.bytes += e.size()
	switch {
	case e.answer():
		m.answers.push(*e)
	case e.urgent():
		m.urgent.push(*e)
	default:
		m.rest.push(*e)
	}
	m.arrived.Signal()
}

// putFirst puts what is not finished before all else; false when the mailbox is
// closed.
func (m *mailbox) putFirst(urgent, rest []entry) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	for _, entries := range [...][]entry{urgent, rest} {
		for i := range entries {
			m.bytes += entries[i].size()
		}
	}
	m.urgent.pushFront(urgent)
	m.rest.pushFront(rest)
	m.arrived.Signal()
	return true
}

// take waits for something to do: a request, which is returned alone, or up to
// most entries of together about bytes, appended to batch. Urgent ones are
// taken first, and without a limit to their number: when another entry is
// taken, every urgent one that came before it has been. ok is false at the end.
func (m *mailbox) take(batch []entry, most, bytes int) (_ []entry, request func(), ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.count() == 0 && len(m.requests) == 0 && !m.closed {
		m.arrived.Wait()
	}
	if len(m.requests) > 0 {
		return batch, m.nextRequest(), true
	}
	if m.closed {
		return batch, nil, false
	}
	size, waiting := 0, m.rest.count > 0
	batch = m.popAnswers(batch)
	for m.urgent.count > 0 || (m.rest.count > 0 && len(batch) < most) {
		from := &m.urgent
		if from.count == 0 {
			from = &m.rest
		}
		n := from.at(0).size()
		if len(batch) > 0 && size+n > bytes && from == &m.rest {
			break
		}
		size += n
		e := from.pop()
		e.ahead = from == &m.urgent && waiting
		batch = append(batch, e)
	}
	m.bytes -= size
	m.room.Broadcast()
	return batch, nil, true
}

// takeMore appends up to most entries of together about bytes, without waiting:
// none where less than that is there, or where something else comes first. A
// mailbox that is half full has always enough.
func (m *mailbox) takeMore(batch []entry, most, bytes int) []entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rest.count < min(most, m.bounds.frames/2) || m.answers.count+m.urgent.count+len(m.requests) > 0 || m.closed {
		return batch
	}
	size, had := 0, len(batch)
	for m.rest.count > 0 && len(batch)-had < most {
		n := m.rest.at(0).size()
		if size > 0 && size+n > bytes {
			break
		}
		size += n
		batch = append(batch, m.rest.pop())
	}
	m.bytes -= size
	m.room.Broadcast()
	return batch
}

func (m *mailbox) popAnswers(batch []entry) []entry {
	for m.answers.count > 0 {
		e := m.answers.pop()
		m.bytes -= e.size()
		batch = append(batch, e)
	}
	return batch
}

// takeAnswers waits for something that lets handlers go on which wait: answers,
// a request, or a relief. ok is false at the end.
func (m *mailbox) takeAnswers() (batch []entry, request func(), ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.answers.count == 0 && len(m.requests) == 0 && !m.relieved && !m.closed {
		m.arrived.Wait()
	}
	m.relieved = false
	switch {
	case len(m.requests) > 0:
		return nil, m.nextRequest(), true
	case m.closed:
		return nil, nil, false
	}
	return m.popAnswers(nil), nil, true
}

// relieve tells a lane whose handlers found no room to wait that there may be
// some.
func (m *mailbox) relieve() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.relieved = true
	m.arrived.Signal()
}

// request asks the lane to run f between two batches; false when it has ended
// or is about to.
func (m *mailbox) request(f func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.requests = append(m.requests, f)
	m.arrived.Signal()
	select {
	case m.requested <- struct{}{}:
	default:
	}
	return true
}

// pendingRequest returns a request if there is one, without waiting.
func (m *mailbox) pendingRequest() func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.requests) == 0 {
		return nil
	}
	return m.nextRequest()
}

func (m *mailbox) nextRequest() func() {
	f := m.requests[0]
	m.requests = m.requests[1:]
	return f
}

// configure changes the bounds.
func (m *mailbox) configure(b bounds) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bounds = b
	m.room.Broadcast()
}

// shed lets what finds no room be dropped instead of blocking the shard.
func (m *mailbox) shed(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shedding = on
	m.room.Broadcast()
}

// close wakes everyone and returns what is left. Requests that are left are
// still to be run.
func (m *mailbox) close() []entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	left := m.popAnswers(make([]entry, 0, m.count()))
	for m.urgent.count > 0 {
		left = append(left, m.urgent.pop())
	}
	for m.rest.count > 0 {
		left = append(left, m.rest.pop())
	}
	m.bytes = 0
	m.closed = true
	m.arrived.Broadcast()
	m.room.Broadcast()
	return left
}

func (m *mailbox) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count()
}
