package gateway

import (
	"bytes"
	"sync"
	"testing"
)

func TestBufferClasses(t *testing.T) {
	for _, test := range []struct {
		name       string
		need, room int
	}{
		{"none", 0, 1 << 10}, {"smallest", 1, 1 << 10}, {"fits", 1 << 10, 1 << 10}, {"next", 1<<10 + 1, 2 << 10},
		{"largest class", 4 << 20, 4 << 20}, {"above", 4<<20 + 1, 4<<20 + 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := getBuffer(test.need)
			if len(b.data) != 0 || cap(b.data) < test.need || cap(b.data) != test.room && test.need <= 4<<20 {
				t.Errorf("room %d, want %d", cap(b.data), test.room)
			}
			b.data = append(b.data, "content"...)
			if b = b.grow(); string(b.data) != "content" || cap(b.data) < 2*test.room {
				t.Errorf("grown to %d with %q", cap(b.data), b.data)
			}
			b.free()
		})
	}
}

// Events that are retained keep their bytes while others come and go.
func TestRetainedEventsKeepTheirBytes(t *testing.T) {
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			held := make([]*Event, 0, 64)
			for i := range 5000 {
				b := getBuffer(100)
				for range 20 + i%50 {
					b.data = append(b.data, byte(worker), byte(i))
				}
				e := &b.event
				e.buf, e.Data, e.Seq = b, b.data, int64(i)
				e.refs.Store(1)
				e.Retain()
				held = append(held, e)
				e.Release()
				if len(held) == cap(held) {
					for _, e := range held {
						if !bytes.Equal(e.Data, bytes.Repeat([]byte{byte(worker), byte(e.Seq)}, 20+int(e.Seq)%50)) {
							t.Error("an event lost its bytes")
						}
						e.Release()
					}
					held = held[:0]
				}
			}
			for _, e := range held {
				e.Release()
			}
		})
	}
	wg.Wait()
}

func TestReleaseTooOften(t *testing.T) {
	e := new(Event)
	e.Retain()
	e.Release()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	e.Release()
}
