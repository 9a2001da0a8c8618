package gateway

import (
	"net"
	"sync/atomic"
	"time"
)

// A line is the network connection below the websocket and TLS. It knows
// whether anything comes, also in the middle of a long message, and whether
// anyone is listening.
type line struct {
	net.Conn

	turn atomic.Uint64 // odd while a Read waits; each Read makes it two more
	last atomic.Int64  // when bytes came last, unix nanoseconds

	writeBy atomic.Pointer[time.Time] // deadline of the next writes; nil: that of Conn
}

// SetWriteDeadline holds for the writes that follow. It is no deadline of Conn
// between them: each would end in a timer that wakes the process up for nothing.
func (l *line) SetWriteDeadline(t time.Time) error {
	l.writeBy.Store(&t)
	return nil
}

// Write takes no longer than the deadline allows.
func (l *line) Write(p []byte) (int, error) {
	by := l.writeBy.Load()
	if by == nil || by.IsZero() {
		return l.Conn.Write(p)
	}
	if err := l.Conn.SetWriteDeadline(*by); err != nil {
		return 0, err
	}
	n, err := l.Conn.Write(p)
	if err == nil {
		err = l.Conn.SetWriteDeadline(time.Time{})
	}
	return n, err
}

// Read is called on the reader's goroutine alone.
func (l *line) Read(p []byte) (int, error) {
	l.turn.Add(1)
	n, err := l.Conn.Read(p)
	if n > 0 {
		l.last.Store(time.Now().UnixNano())
	}
	l.turn.Add(1)
	return n, err
}

// silentSince tells whether the reader has been listening, without hearing
// anything, ever since turn was loaded. While it does something else, nobody
// can say whether the line is silent.
func (l *line) silentSince(turn uint64) bool {
	return turn%2 == 1 && l.turn.Load() == turn
}
