package discordtest

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

// conn is one connection of the gateway. One goroutine reads it, one writes
// it; everything that is sent goes through its queue, in order.
type conn struct {
	hub    *hub
	ws     *websocket.Conn
	wire   *wire
	codec  codec
	rng    *rand.Rand
	opened time.Time

	mu      sync.Mutex
	queue   []item
	stopped bool          // nothing more is taken into the queue
	wake    chan struct{} // holds one token when there is something to write
	gone    chan struct{} // closed when the reader has ended

	farewell discord.CloseCode // what the client closed with; set before gone is closed

	// Of the reader only.
	sends     *window // everything, 120 in 60 s
	presences *window // presence updates, 5 in 20 s
	resumeURL bool    // it came in by the resume listener

	// Of the hub's lock.
	session   *session
	beat      Timer // ends the connection when no heartbeat comes
	firstBeat time.Duration
	beats     int
	presence  string // what the client shows
	muted     bool   // heartbeats are not acknowledged
	ending    bool   // a close is on its way: what still comes is not handled
}

// item is one thing for the writer to do.
type item struct {
	seq   int64
	name  string // of a dispatch
	d     []byte
	frame []byte            // any other frame, complete
	do    func(*conn) error // an act; errEnd ends the connection in order
}

// enqueue hands an item to the writer. A reader that is too slow loses its
// connection rather than the memory of the server.
func (c *conn) enqueue(it item) {
	c.mu.Lock()
	if c.stopped {
		c.mu.Unlock()
		return
	}
	slow := len(c.queue) >= c.hub.opts.SendQueue
	if slow {
		c.stopped = true
		c.queue = nil
	} else {
		c.queue = append(c.queue, it)
	}
	c.mu.Unlock()
	if slow {
		c.wire.reset()
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) dispatch(seq int64, name string, d []byte) {
	c.enqueue(item{seq: seq, name: name, d: d})
}

func (c *conn) control(op discord.Opcode, d string) { c.enqueue(item{frame: control(op, d)}) }

// act lets the writer do something once all before it is sent.
func (c *conn) act(f func(*conn) error) { c.enqueue(item{do: f}) }

// take swaps the queue for an empty one.
func (c *conn) take(spare []item) []item {
	c.mu.Lock()
	defer c.mu.Unlock()
	full := c.queue
	c.queue = spare[:0]
	return full
}

// stop ends the connection without a word. It may be called by anyone.
func (c *conn) stop() {
	c.mute()
	c.wire.reset()
}

// write is the writer's goroutine. It ends when the connection does.
func (c *conn) write() {
	defer c.codec.close()
	defer func() { _ = c.wire.Close() }()
	defer c.mute()
	var spare []item
	var payload []byte
	for {
		select {
		case <-c.wake:
		case <-c.gone:
			if c.farewell != 0 {
				_ = c.wire.message(websocket.CloseMessage, websocket.FormatCloseMessage(int(c.farewell), ""))
				_ = c.wire.flush()
			}
			return
		}
		for {
			batch := c.take(spare)
			spare = batch // only once it is done with
			if len(batch) == 0 {
				break
			}
			for _, it := range batch {
				var err error
				if it.do != nil {
					err = it.do(c)
				} else {
					payload = payload[:0]
					if it.frame != nil {
						payload = append(payload, it.frame...)
					} else {
						payload = appendDispatch(payload, it.name, it.seq, it.d)
					}
					err = c.send(payload)
				}
				if err != nil {
					return
				}
			}
			clear(batch)
			if cap(spare) > 1024 {
				spare = nil
			}
		}
		if cap(payload) > 16<<10 {
			payload = nil
		}
		if c.wire.flush() != nil {
			return
		}
	}
}

// mute lets nothing more into the queue.
func (c *conn) mute() {
	c.mu.Lock()
	c.stopped = true
	c.queue = nil
	c.mu.Unlock()
}

// send writes one payload.
func (c *conn) send(payload []byte) error {
	kind, messages, err := c.codec.encode(payload)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := c.wire.message(kind, m); err != nil {
			return err
		}
	}
	return nil
}

// closeGrace is how long a client may take to answer a close frame.
const closeGrace = 2 * time.Second

// closing is the act of sending a close frame and waiting for the other side
// to answer it.
func closing(code discord.CloseCode, reason string) func(*conn) error {
	return func(c *conn) error {
		if err := c.wire.message(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), reason)); err != nil {
			return err
		}
		if err := c.wire.flush(); err != nil {
			return err
		}
		_ = c.wire.SetReadDeadline(time.Now().Add(closeGrace)) // the network's time, not the clock's
		<-c.gone
		return errEnd
	}
}
