package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/shardhost/shardhost/discord"
)

// Time limits of a connection.
const (
	helloLimit = 20 * time.Second // from the connection to HELLO

	// readyLimit is long: in an outage the service keeps the heartbeat and sends
	// READY when it can, and each new IDENTIFY costs one of the day's 1000.
	readyLimit = 5 * time.Minute

	resumedLimit = time.Minute      // from RESUME to RESUMED, or between two missed events
	writeLimit   = 10 * time.Second // for one message to leave
	closeLimit   = time.Second      // for the close frame to leave, and for its answer
)

// Why a connection ended, where the service did not say it with a close code.
var (
	errReconnect = errors.New("the service asked for a new connection (op 7)")
	errInvalid   = errors.New("the session is invalid (op 9)")
	errHello     = errors.New("no HELLO came in " + helloLimit.String())
	errNoReady   = errors.New("no READY came in " + readyLimit.String())
	errNoResumed = errors.New("no RESUMED and no missed event came in " + resumedLimit.String())
	errWrite     = errors.New("sending failed")
	errOver      = errors.New("the connection is over")
)

// A connection is one websocket and all that lives and dies with it.
type connection struct {
	g    *Gateway
	ctx  context.Context // ends with the connection
	stop context.CancelFunc
	ws   *websocket.Conn
	line *line
	over chan struct{} // closed when nothing more is read or written

	heart heart
	wg    sync.WaitGroup // heart and identify

	// Of the reader's goroutine.
	session  *Session // what it is to resume, then what it serves; nil: none yet
	spoke    bool     // any message came
	hello    bool     // HELLO came
	resuming bool     // RESUME was sent, RESUMED has not come
	progress bool
	envelope envelope

	asked   atomic.Uint32 // State: what was sent
	serving atomic.Bool   // a session is resumed or begun: positions count
	closing atomic.Bool   // we close it; what still comes is left to the RESUME

	cause   atomic.Pointer[error]            // why it was ended from our side
	release atomic.Pointer[func(ready bool)] // the identify slot, while held

	mu     sync.Mutex // held while writing: whoever must not wait for the network stays away
	window window

	turn chan struct{} // commands go one after another; heartbeats do not wait for them
}

func newConnection(g *Gateway, ws *websocket.Conn, l *line, session *Session) *connection {
	c := &connection{
		g: g, ws: ws, line: l, session: session,
		over: make(chan struct{}),
		turn: make(chan struct{}, 1),

		window: window{limit: sendLimit, reserve: sendReserve, span: sendSpan},
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.heart.asked = make(chan struct{}, 1)
	ws.SetCloseHandler(func(int, string) error {
		// The usual answer repeats the code, but 1000 and 1001 from our side end
		// the session.
		c.sayClose(discord.CloseUnknownError)
		return nil
	})
	c.serving.Store(session != nil)
	return c
}

// run reads until the connection ends and waits for all that belongs to it.
func (c *connection) run() ending {
	c.g.setState(StateAwaitingHello)
	c.deadline(helloLimit)
	err := readMessages(c.ws, c.g.opts.Compress, c.g.opts.MaxMessage, c.take)
	var closed *websocket.CloseError
	if !errors.As(err, &closed) && !c.closing.Load() {
		// Any code but 1000 and 1001 keeps the session.
		c.sayClose(discord.CloseUnknownError)
	}
	close(c.over)
	c.stop()
	c.ws.Close()
	c.wg.Wait()
	c.releaseSlot(false)
	if cause := c.cause.Load(); cause != nil && !(errors.Is(*cause, errWrite) && closed != nil && closed.Code != websocket.CloseAbnormalClosure) {
		err = *cause
	}
	return c.ending(err)
}

// ending says what an error means for the session.
func (c *connection) ending(err error) ending {
	e := ending{err: err, asked: State(c.asked.Load()), spoke: c.spoke, progress: c.progress}
	var closed *websocket.CloseError
	var invalid invalidSession
	switch {
	case errors.As(err, &closed):
		e.code = discord.CloseCode(closed.Code)
		if e.code == discord.CloseAbnormal {
			e.code = discord.CloseNone // gorilla's word for a connection that broke
		}
		e.action = e.code.Action()
		if e.code != discord.CloseNone {
			e.err = &CloseError{Code: e.code, Reason: closed.Text}
		}
	case errors.Is(err, errReconnect):
		e.moved = true
	case errors.As(err, &invalid):
		e.doubt = invalid.resumable
		if !invalid.resumable {
			e.action = discord.ActionIdentify
		}
	case isTimeout(err) && !c.hello:
		e.err = errHello
	case isTimeout(err) && e.asked == StateIdentifying:
		e.err = errNoReady
	case isTimeout(err) && e.asked == StateResuming:
		e.err = errNoResumed
	}
	return e
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// An invalidSession is op 9.
type invalidSession struct{ resumable bool }

func (i invalidSession) Error() string {
	if i.resumable {
		return errInvalid.Error() + " but may be resumed"
	}
	return errInvalid.Error()
}

func (i invalidSession) Unwrap() error { return errInvalid }

// fail ends the connection from another goroutine than the reader's.
func (c *connection) fail(err error) {
	c.cause.CompareAndSwap(nil, &err)
	c.closing.Store(true)
	c.sayClose(discord.CloseUnknownError)
	c.ws.Close()
}

// broke ends the connection because a message could not be written. The service
// may have closed it, with a code that is still to be read.
func (c *connection) broke(err error) {
	c.cause.CompareAndSwap(nil, &err)
	c.closing.Store(true)
	c.ws.SetReadDeadline(time.Now().Add(closeLimit))
}

// close ends the connection because the gateway is closed. A code that ends the
// session is worth waiting for its answer: closing a socket with unread bytes
// makes the kernel drop what was sent last.
func (c *connection) close(code discord.CloseCode) {
	err := errOver
	c.cause.CompareAndSwap(nil, &err)
	c.closing.Store(true)
	c.sayClose(code)
	if code.EndsSession() {
		c.ws.SetReadDeadline(time.Now().Add(closeLimit))
		return
	}
	c.ws.Close()
}

func (c *connection) sayClose(code discord.CloseCode) {
	// It is a courtesy: the connection ends whether it arrives or not.
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(int(code), ""), time.Now().Add(closeLimit))
}

// deadline limits how long the next message may take, 0: for ever.
func (c *connection) deadline(d time.Duration) {
	var t time.Time
	if d > 0 {
		t = time.Now().Add(d)
	}
	c.ws.SetReadDeadline(t)
	if c.closing.Load() {
		c.ws.SetReadDeadline(time.Now().Add(closeLimit))
	}
}

// position is what heartbeats carry, negative: null. Before READY it is that of
// a session this connection has nothing to do with.
func (c *connection) position() int64 {
	if !c.serving.Load() {
		return none
	}
	position := c.g.position()
	if kept := c.g.opts.Kept; kept != nil {
		position = min(position, kept())
	}
	return position
}

// control takes a message that is not a dispatch.
func (c *connection) control(e *envelope) error {
	switch e.op {
	case discord.OpHello:
		return c.greet(e.data)
	case discord.OpHeartbeatAck:
		c.heart.acknowledged(time.Now())
	case discord.OpHeartbeat:
		if c.hello {
			c.heart.ask()
		}
	case discord.OpReconnect:
		return errReconnect
	case discord.OpInvalidSession:
		return invalidSession{resumable: string(e.data) == "true"}
	default:
		c.g.oddity(&c.g.counters.unknown, "message with an unknown opcode", "op", int(e.op))
	}
	return nil
}

// greet takes HELLO: the heart begins to beat, then the service is told who we
// are.
func (c *connection) greet(data []byte) error {
	var hello struct {
		Interval float64 `json:"heartbeat_interval"` // milliseconds
	}
	if err := json.Unmarshal(data, &hello); err != nil || hello.Interval <= 0 {
		return fmt.Errorf("HELLO without a heartbeat_interval: %.100q", data)
	}
	if c.hello {
		c.g.oddity(&c.g.counters.unknown, "second HELLO on one connection")
		return nil
	}
	c.hello = true
	c.heart.interval = min(max(time.Duration(hello.Interval*float64(time.Millisecond)), minInterval), maxInterval)
	c.wg.Go(c.beats)
	if c.session != nil {
		return c.resume()
	}
	c.deadline(0)
	c.wg.Go(c.identify)
	return nil
}

func (c *connection) resume() error {
	c.resuming = true
	c.asked.Store(uint32(StateResuming))
	c.g.setState(StateResuming)
	c.g.counters.resumes.Add(1)
	message, err := encodeCommand(discord.OpResume, map[string]any{
		"token":      c.g.token(),
		"session_id": c.session.ID,
		"seq":        max(0, c.g.position()),
	})
	if err != nil {
		return err
	}
	c.deadline(resumedLimit)
	if err := c.write(message.text); err != nil {
		c.broke(err)
	}
	return nil
}

// identify waits for its slot on a goroutine of its own, because the reader
// must go on reading, and sends IDENTIFY.
func (c *connection) identify() {
	c.g.setState(StateAwaitingSlot)
	release, err := c.g.Identifier.acquire(c.ctx)
	if err != nil {
		if c.ctx.Err() == nil {
			c.fail(fmt.Errorf("no slot for an IDENTIFY: %w", err))
		}
		return
	}
	c.release.Store(&release)
	message, err := encodeCommand(discord.OpIdentify, c.g.identity())
	if err != nil {
		c.fail(err)
		return
	}
	c.asked.Store(uint32(StateIdentifying))
	c.g.setState(StateIdentifying)
	c.g.counters.identifies.Add(1)
	c.deadline(readyLimit)
	if err := c.write(message.text); err != nil {
		c.broke(err)
	}
}

func (c *connection) releaseSlot(ready bool) {
	if release := c.release.Swap(nil); release != nil {
		(*release)(ready)
	}
}
