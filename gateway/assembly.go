package gateway

import (
	"errors"
	"fmt"
	"io"
)

// DefaultMaxMessage is the size, in bytes, above which a message is not kept.
// The largest ones that bots are known to get have about 6 MB.
const DefaultMaxMessage = 16 << 20

const (
	// keptHead is what is kept of a message that is too large: enough to see
	// what it was and to go on behind its sequence.
	keptHead = 1 << 10

	// hopeless is how many times the limit is read before the connection is
	// given up: it is the bound on what a stream that never ends can cost.
	hopeless = 8
)

// errEndless ends a connection whose message does not end.
var errEndless = errors.New("message does not end")

// An assembly collects one message in a pooled buffer. Of a message above the
// limit only the head is kept, so that it can be named and left out without
// losing the connection: RESUME would bring it again, and again.
type assembly struct {
	limit int
	b     *buffer // nil between messages
	size  int     // bytes so far, also those that were not kept
}

// Write appends decompressed bytes.
func (a *assembly) Write(p []byte) (int, error) {
	if a.b == nil {
		a.b = getBuffer(max(firstBuffer, min(len(p), a.limit)))
	}
	keep := p
	if a.size+len(p) > a.limit {
		keep = p[:min(len(p), max(0, keptHead-len(a.b.data)))]
	}
	for cap(a.b.data)-len(a.b.data) < len(keep) {
		a.b = a.b.grow()
	}
	a.b.data = append(a.b.data, keep...)
	if err := a.count(len(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// readFrom appends all that r has.
func (a *assembly) readFrom(r io.Reader) error {
	if a.b == nil {
		a.b = getBuffer(firstBuffer)
	}
	for {
		if len(a.b.data) == cap(a.b.data) {
			a.b = a.b.grow()
		}
		room := a.b.data[len(a.b.data):cap(a.b.data)]
		n, err := r.Read(room)
		if a.size <= a.limit {
			a.b.data = a.b.data[:len(a.b.data)+n]
		}
		if err := a.count(n); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// count adds n bytes and, when they lead above the limit, keeps the head alone.
func (a *assembly) count(n int) error {
	within := a.size <= a.limit
	a.size += n
	if a.size <= a.limit {
		return nil
	}
	if within {
		head := getBuffer(keptHead)
		head.data = append(head.data, a.b.data[:min(len(a.b.data), keptHead)]...)
		a.b.free()
		a.b = head
	}
	if a.size/hopeless > a.limit {
		return fmt.Errorf("%w: %d bytes of it and more to come, the limit is %d", errEndless, a.size, a.limit)
	}
	return nil
}

// take returns the message and its size, which is larger than what the buffer
// holds when it was above the limit. b is nil when nothing was collected.
func (a *assembly) take() (b *buffer, size int) {
	b, size = a.b, a.size
	a.b, a.size = nil, 0
	return b, size
}

// drop forgets what was collected.
func (a *assembly) drop() {
	if b, _ := a.take(); b != nil {
		b.free()
	}
}
