package gateway

import (
	"math/bits"
	"sync"
)

// Buffers come in powers of two. What is larger than the largest class is left
// to the garbage collector: it is the READY of an enormous bot, once a session.
const (
	minBufferClass = 10 // 1 KiB
	maxBufferClass = 22 // 4 MiB

	// firstBuffer is what a message of unknown length starts with: most
	// dispatches fit.
	firstBuffer = 2 << 10
)

// A buffer holds one message and the Event made from it, so that receiving an
// event allocates nothing. An idle connection holds none.
type buffer struct {
	event Event
	data  []byte
}

// buffers are shared by all connections of the process: the memory that one
// shard's large GUILD_CREATE needed serves the next shard's.
var buffers [maxBufferClass + 1]sync.Pool

// getBuffer returns an empty buffer with room for at least n bytes.
func getBuffer(n int) *buffer {
	class := max(bits.Len(uint(max(n, 1)-1)), minBufferClass)
	if class > maxBufferClass {
		return &buffer{data: make([]byte, 0, n)}
	}
	if b, _ := buffers[class].Get().(*buffer); b != nil {
		return b
	}
	return &buffer{data: make([]byte, 0, 1<<class)}
}

// free gives the buffer back. Nobody may look at its data or event any more.
func (b *buffer) free() {
	b.data = b.data[:0]
	if c := cap(b.data); c <= 1<<maxBufferClass {
		buffers[bits.Len(uint(c-1))].Put(b)
	}
}

// grow returns a buffer of twice the room with the same content; b is given
// back.
func (b *buffer) grow() *buffer {
	bigger := getBuffer(2 * cap(b.data))
	bigger.data = append(bigger.data, b.data...)
	b.free()
	return bigger
}

// recycle is called at the last release: the message's buffer is used again.
func (e *Event) recycle() {
	b := e.buf
	if b == nil { // made by hand, in a test or by a replay
		return
	}
	e.Session, e.Name, e.Data = "", "", nil
	b.free()
}
