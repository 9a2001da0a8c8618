package discordtest

import (
	"bufio"
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
