package plugin

// A ring is a queue of entries that grows and is never smaller again.
type ring struct {
	slots []entry
	head  int
	count int
}

func (r *ring) at(i int) *entry { return &r.slots[(r.head+i)%len(r.slots)] }

func (r *ring) push(e entry) {
	r.grow(1)
	*r.at(r.count) = e
	r.count++
}

// pushFront puts entries before all others, in their order.
func (r *ring) pushFront(entries []entry) {
	if len(entries) == 0 {
		return
	}
	r.grow(len(entries))
	r.head = (r.head + len(r.slots) - len(entries)) % len(r.slots)
	r.count += len(entries)
	for i := range entries {
		*r.at(i) = entries[i]
	}
}

func (r *ring) grow(n int) {
	if r.count+n <= len(r.slots) {
		return
	}
	bigger := make([]entry, max(16, 2*len(r.slots), r.count+n))
	for i := range r.count {
		bigger[i] = *r.at(i)
	}
	r.slots, r.head = bigger, 0
}

func (r *ring) pop() entry {
	e := r.slots[r.head]
	r.slots[r.head] = entry{}
	r.head = (r.head + 1) % len(r.slots)
	r.count--
	return e
}

// take takes the oldest entry that fits out of the ring.
func (r *ring) take(fits func(*entry) bool) (entry, bool) {
	for i := range r.count {
		if !fits(r.at(i)) {
			continue
		}
		e := *r.at(i)
		for ; i > 0; i-- {
			*r.at(i) = *r.at(i - 1)
		}
		r.pop()
		return e, true
	}
	return entry{}, false
}
