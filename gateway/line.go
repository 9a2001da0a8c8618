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
