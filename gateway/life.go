package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/shardhost/shardhost/discord"
)

// live is the goroutine of an open gateway: connection after connection, until
// it is closed or refused for good. It is also the goroutine that reads.
func (g *Gateway) live(ctx context.Context, done chan struct{}) {
	var sharding func()
	final := StateClosed
	for ctx.Err() == nil {
		g.setState(StateDialing)
		e := g.connect(ctx)
		if ctx.Err() != nil {
			break
		}
		g.mu.Lock()
		g.lastErr = e.err
		g.mu.Unlock()
		if e.action == discord.ActionStop {
			final = StateFailed
			if e.code == discord.CloseShardingRequired {
				g.mu.Lock()
				sharding = g.onSharding
				g.mu.Unlock()
			}
			break
		}
		g.mu.Lock()
		pause, lost := g.course.after(e)
		resume := g.course.session != nil
		g.mu.Unlock()
		g.log.Info("connection ended", "error", e.err, "resume", resume, "again_in", pause.Round(time.Millisecond))
		if lost {
			g.seq.Store(none)
			if g.opts.OnSession != nil {
				g.opts.OnSession(Session{})
			}
		}
		g.counters.reconnects.Add(1)
		g.setState(StateWaiting)
		if sleep(ctx, pause) != nil {
			break
		}
	}
	g.mu.Lock()
	g.openRun = false
	g.cancel()
	if final == StateFailed {
		g.err = g.fault(g.lastErr)
		g.log.Error("ended for good", "error", g.err)
	}
	g.mu.Unlock()
	g.setState(final)
	close(done)
	// The last act, so that what it calls may wait for done.
	if sharding != nil {
		sharding()
	}
}

// connect makes one connection and runs it to its end.
func (g *Gateway) connect(ctx context.Context) ending {
	g.mu.Lock()
	target := g.course.url()
	session := g.course.session
	g.mu.Unlock()
	ws, l, err := g.dial(ctx, target)
	if err != nil {
		return ending{err: err}
	}
	if session != nil {
		copied := *session
		session = &copied
	}
	c := newConnection(g, ws, l, session)
	g.mu.Lock()
	g.conn = c
	code := g.code
	g.mu.Unlock()
	if ctx.Err() != nil { // closed before it could see the connection
		c.close(code)
	}
	e := c.run()
	g.mu.Lock()
	if g.ready == c {
		e.ready = time.Since(g.readySince)
	}
	g.conn, g.ready = nil, nil
	g.mu.Unlock()
	return e
}

// writeBuffers are needed only while a message is written.
var writeBuffers sync.Pool

// readBuffer is what one read of the socket brings at most: several events of a
// busy connection, without a copy more. An idle one pays for it in memory.
const readBuffer = 8 << 10

// dial makes a websocket. The URL carries no secret: the token is sent later.
func (g *Gateway) dial(ctx context.Context, target string) (*websocket.Conn, *line, error) {
	u, err := dialURL(target, g.opts.Compress)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, helloLimit)
	defer cancel()
	var made atomic.Pointer[line]
	dialer := websocket.Dialer{
		Proxy:           http.ProxyFromEnvironment,
		ReadBufferSize:  readBuffer,
		WriteBufferSize: MaxCommand,
		WriteBufferPool: &writeBuffers,
		TLSClientConfig: g.opts.TLS,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dial := g.opts.Dial
			if dial == nil {
				dial = new(net.Dialer).DialContext
			}
			conn, err := dial(ctx, network, address)
			if err != nil {
				return nil, err
			}
			l := &line{Conn: conn}
			made.Store(l)
			return l, nil
		},
	}
	// The handshake itself does not look at ctx.
	var cut sync.WaitGroup
	cut.Add(1)
	stop := context.AfterFunc(ctx, func() {
		defer cut.Done()
		if l := made.Load(); l != nil {
			l.SetDeadline(time.Unix(1, 0))
		}
	})
	header := http.Header{"User-Agent": {"DiscordBot (https://github.com/shardhost/shardhost, 1)"}}
	ws, response, err := dialer.DialContext(ctx, u.String(), header)
	if !stop() {
		cut.Wait()
		if err == nil {
			ws.Close()
			err = ctx.Err()
		}
	}
	if err != nil {
		if response != nil {
			err = fmt.Errorf("%w: %s%s", err, response.Status, excerpt(response.Body))
		}
		return nil, nil, fmt.Errorf("connecting to %s: %w", u.Host, err)
	}
	return ws, made.Load(), nil
}

// excerpt returns a little of what an HTTP answer says.
func excerpt(body io.ReadCloser) string {
	text, _ := io.ReadAll(io.LimitReader(body, 200))
	if len(text) == 0 {
		return ""
	}
	return ": " + strings.ToValidUTF8(strings.Join(strings.Fields(string(text)), " "), "?")
}

// setState notes where the gateway stands and wakes those who wait for it.
func (g *Gateway) setState(s State) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setStateLocked(s)
}

func (g *Gateway) setStateLocked(s State) {
	g.state, g.since = s, time.Now()
	close(g.changed)
	g.changed = make(chan struct{})
	g.log.Debug("state", "state", s)
}

// begun notes a new session. READY is dispatched after it.
func (g *Gateway) begun(c *connection, s Session) {
	g.log.Info("session began")
	g.sink.Begin(s)
	if g.opts.OnSession != nil {
		g.opts.OnSession(s)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.course.begun(s)
	g.setReadyLocked(c)
	g.repeatRequestsLocked()
}

// wentOn notes that the session was resumed.
func (g *Gateway) wentOn(c *connection) {
	g.log.Info("session resumed")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.course.begun(*c.session)
	g.setReadyLocked(c)
}

func (g *Gateway) setReadyLocked(c *connection) {
	g.ready, g.readySince = c, time.Now()
	g.lastErr = nil
	g.setStateLocked(StateReady)
}

// position is the sequence to resume from, negative: none.
func (g *Gateway) position() int64 {
	last := g.seq.Load()
	if p, ok := g.sink.Position(); ok {
		return min(p, last)
	}
	return last
}

func (g *Gateway) token() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.Identifier.bareToken()
}

// identity is what IDENTIFY carries now.
func (g *Gateway) identity() any {
	g.mu.Lock()
	defer g.mu.Unlock()
	data := g.Identifier.IdentifyData
	data.Token = data.bareToken()
	data.Shard = &g.shard
	data.Compress = g.opts.Compress == CompressPayload
	return struct {
		IdentifyData
		Presence json.RawMessage `json:"presence,omitempty"`
	}{data, g.currentPresence()}
}

// currentPresence is the last one sent, or what the identify data asks for.
func (g *Gateway) currentPresence() json.RawMessage {
	if g.presence != nil {
		return g.presence
	}
	if g.Identifier.Presence == nil {
		return nil
	}
	text, err := encodeJSON(g.Identifier.Presence)
	if err != nil {
		return nil
	}
	return text
}

// A CloseError is a close code that the service sent.
type CloseError struct {
	Code   discord.CloseCode
	Reason string // what came with it
}

func (e *CloseError) Error() string {
	text := "closed by the service with " + e.Code.String()
	if e.Reason != "" && !strings.EqualFold(strings.TrimRight(e.Reason, "."), e.Code.Name()) {
		text += fmt.Sprintf(" (%q)", e.Reason)
	}
	if remedy := e.Code.Remedy(); remedy != "" {
		text += ": " + remedy
	}
	return text
}

// remedy is what a person can do about an error, "" if nothing.
func remedy(err error) string {
	var closed *CloseError
	if errors.As(err, &closed) {
		return closed.Code.Remedy()
	}
	return ""
}
