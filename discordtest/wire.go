package discordtest

import (
	"bufio"
	"encoding/binary"
	"net"
	"net/http"
	"sync"
)

// wire is a network connection that gathers what is written until flush, so
// that a burst of events costs one system call. Only the connection's writer
// flushes it; the websocket library may answer a broken frame from the reader.
type wire struct {
	net.Conn
	mu  sync.Mutex
	buf []byte
}

const wireBuffer = 32 << 10 // bytes gathered at most

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.buf)+len(p) > wireBuffer {
		if err := w.send(); err != nil {
			return 0, err
		}
		if len(p) > wireBuffer {
			return w.Conn.Write(p)
		}
	}
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// message writes one unmasked websocket message in one frame, as a server
// sends it. The websocket library would do the same with more copies, which
// count at tens of thousands of messages a second.
// See https://www.rfc-editor.org/rfc/rfc6455#section-5.2.
func (w *wire) message(kind int, data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	const header = 10 // at most
	if len(w.buf)+header+len(data) > wireBuffer {
		if err := w.send(); err != nil {
			return err
		}
	}
	w.buf = append(w.buf, 0x80|byte(kind))
	switch n := len(data); {
	case n < 126:
		w.buf = append(w.buf, byte(n))
	case n < 1<<16:
		w.buf = binary.BigEndian.AppendUint16(append(w.buf, 126), uint16(n))
	default:
		w.buf = binary.BigEndian.AppendUint64(append(w.buf, 127), uint64(n))
	}
	if len(w.buf)+len(data) > wireBuffer {
		if err := w.send(); err != nil {
			return err
		}
		_, err := w.Conn.Write(data)
		return err
	}
	w.buf = append(w.buf, data...)
	return nil
}

// send needs the lock.
func (w *wire) send() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.Conn.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// flush sends what was gathered. A large buffer is given back: the burst is
// over, and a thousand idle connections shall cost little.
func (w *wire) flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	err := w.send()
	if cap(w.buf) > 4<<10 {
		w.buf = nil
	}
	return err
}

// reset cuts the connection as a crash would: with a TCP reset where the
// system can, and with no close frame.
func (w *wire) reset() {
	conn := w.Conn
	if t, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = t.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// wiredWriter is a ResponseWriter whose connection becomes a wire when the
// websocket takes it over.
type wiredWriter struct {
	http.ResponseWriter
	wire *wire
}

// Hijack implements http.Hijacker.
func (w *wiredWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.wire = &wire{Conn: conn}
	return w.wire, rw, nil
}
