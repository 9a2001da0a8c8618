package plugin

import "sync"

// A mailbox holds the entries that wait for a lane, in their order. Events are
// bounded by limit; completions and timers are bounded by what may be in flight
// and always find room.
type mailbox struct {
	mu       sync.Mutex
	arrived  *sync.Cond // the lane waits: an entry, a request, the end
	room     *sync.Cond // the shard's reader waits
	ring     []entry
	head     int
	count    int
	limit    int
	overflow overflow
	shedding bool // the plugin rests: what finds no room is dropped
	closed   bool
	requests []func() // run by the lane between two batches

	requested chan struct{} // holds a token when there may be a request
}

// overflow says what becomes of an event that finds no room.
type overflow uint8

const (
	overflowBlock overflow = iota
	overflowDropOldest
	overflowDropNewest
)

func newMailbox(limit int, o overflow) *mailbox {
	m := &mailbox{limit: limit, overflow: o, requested: make(chan struct{}, 1)}
	m.arrived = sync.NewCond(&m.mu)
	m.room = sync.NewCond(&m.mu)
	return m
}

// put adds an event. It blocks while there is no room and the policy is to
// block. What had to go instead is returned: the entry itself (also when the
// mailbox is closed), an older one, or the zero entry.
func (m *mailbox) put(e entry) (dropped entry, closed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.count >= m.limit && !m.closed {
		switch {
		case m.overflow == overflowDropNewest || (m.overflow == overflowBlock && m.shedding):
			return e, false
		case m.overflow == overflowDropOldest:
			old, ok := m.oldestEvent()
			if !ok {
				return e, false
			}
			m.push(e)
			return old, false
		}
		m.room.Wait()
	}
	if m.closed {
		return e, true
	}
	m.push(e)
	return entry{}, false
}

// putAlways adds a completion or a timer.
func (m *mailbox) putAlways(e entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.push(e)
	}
}

func (m *mailbox) push(e entry) {
	if m.count == len(m.ring) {
		bigger := make([]entry, max(16, 2*len(m.ring)))
		for i := range m.count {
			bigger[i] = m.ring[(m.head+i)%len(m.ring)]
		}
		m.ring, m.head = bigger, 0
	}
	m.ring[(m.head+m.count)%len(m.ring)] = e
	m.count++
	m.arrived.Signal()
}

func (m *mailbox) pop() entry {
	e := m.ring[m.head]
	m.ring[m.head] = entry{}
	m.head = (m.head + 1) % len(m.ring)
	m.count--
	return e
}

// oldestEvent takes the oldest event out of the middle of the ring.
func (m *mailbox) oldestEvent() (entry, bool) {
	for i := range m.count {
		at := (m.head + i) % len(m.ring)
		if m.ring[at].event == nil {
			continue
		}
		old := m.ring[at]
		for ; i > 0; i-- {
			to, from := (m.head+i)%len(m.ring), (m.head+i-1)%len(m.ring)
			m.ring[to] = m.ring[from]
		}
		m.pop()
		return old, true
	}
	return entry{}, false
}

// take waits for something to do: a request, which is returned alone, or up to
// most entries of together about bytes, appended to batch. ok is false at the
// end.
func (m *mailbox) take(batch []entry, most, bytes int) (_ []entry, request func(), ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.count == 0 && len(m.requests) == 0 && !m.closed {
		m.arrived.Wait()
	}
	if len(m.requests) > 0 {
		return batch, m.nextRequest(), true
	}
	if m.closed {
		return batch, nil, false
	}
	for size := 0; m.count > 0 && len(batch) < most; {
		size += m.ring[m.head].size()
		if len(batch) > 0 && size > bytes {
			break
		}
		batch = append(batch, m.pop())
	}
	m.room.Broadcast()
	return batch, nil, true
}

// request asks the lane to run f between two batches; false when it has ended.
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

// configure changes the bound and the policy.
func (m *mailbox) configure(limit int, o overflow) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.limit, m.overflow = limit, o
	m.room.Broadcast()
}

// shed lets what finds no room be dropped instead of blocking the shard.
func (m *mailbox) shed(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shedding = on
	m.room.Broadcast()
}

// close wakes everyone and returns what is left.
func (m *mailbox) close() []entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var left []entry
	for m.count > 0 {
		left = append(left, m.pop())
	}
	m.closed = true
	m.arrived.Broadcast()
	m.room.Broadcast()
	return left
}

func (m *mailbox) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}
