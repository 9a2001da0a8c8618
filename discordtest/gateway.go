package discordtest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

// payloadLimit is how many bytes one message from a client may have.
const payloadLimit = 4096

// serve makes a request a connection of the gateway and reads it to its end.
func (h *hub) serve(w http.ResponseWriter, r *http.Request, byResumeURL bool) {
	query := r.URL.Query()
	if e := query.Get("encoding"); e != "" && e != "json" {
		http.Error(w, "encoding="+e+" is not spoken here, only json", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	rng := rand.New(rand.NewPCG(h.rng.Uint64(), h.rng.Uint64()))
	// The codec works on the writer's goroutine, faults strike on others.
	splits := rand.New(rand.NewPCG(h.rng.Uint64(), h.rng.Uint64()))
	h.mu.Unlock()
	codec, err := newCodec(query.Get("compress"), h.opts.SplitFrames, splits)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	upgrader := websocket.Upgrader{WriteBufferSize: 1 << 10, CheckOrigin: func(*http.Request) bool { return true }}
	wired := &wiredWriter{ResponseWriter: w}
	ws, err := upgrader.Upgrade(wired, r, nil)
	if err != nil {
		codec.close()
		return // the upgrader has answered
	}
	if wired.wire.flush() != nil {
		codec.close()
		wired.wire.reset()
		return
	}
	c := &conn{
		hub: h, ws: ws, wire: wired.wire, codec: codec, rng: rng, opened: h.clock.Now(), resumeURL: byResumeURL,
		wake: make(chan struct{}, 1), gone: make(chan struct{}),
		sends: newWindow(120, time.Minute), presences: newWindow(5, 20*time.Second),
	}
	// Pongs go through the queue, like everything that is written.
	ws.SetPingHandler(func(data string) error {
		c.act(func(c *conn) error { return c.wire.message(websocket.PongMessage, []byte(data)) })
		return nil
	})
	ws.SetCloseHandler(func(int, string) error { return nil })
	if !h.admit(c) {
		codec.close()
		c.wire.reset()
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	var code discord.CloseCode
	if st := h.story(); st != nil {
		code = h.play(c, st)
	} else {
		h.greet(c, query.Get("v"))
		code = c.read(func(data []byte) {
			if r := h.handle(c, data); r != nil {
				h.refuse(c, r)
			}
		})
	}
	h.leave(c, code)
	<-written
}

// admit counts a connection in, unless the server is closing.
func (h *hub) admit(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.conns[c] = struct{}{}
	return true
}

// greet says HELLO, or why not.
func (h *hub) greet(c *conn, version string) {
	switch v, err := strconv.Atoi(version); {
	case version == "":
		h.violate(c, RuleVersion, "the gateway URL has no v: Discord takes its oldest version then")
	case err != nil || v < 6 || v > 10:
		h.refuse(c, &refusal{discord.CloseInvalidAPIVersion, RuleVersion, "v=" + version + " is not a version of the gateway"})
		return
	}
	if h.strike(c, AtConnect, AllShards) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hello(c)
}

// hello sends HELLO and starts to wait for heartbeats, unless the client is gone
// meanwhile. It needs the lock.
func (h *hub) hello(c *conn) {
	if _, there := h.conns[c]; !there {
		return
	}
	interval := h.opts.HeartbeatInterval
	if interval <= 0 {
		interval = time.Hour // nobody insists on it
	}
	c.control(discord.OpHello, `{"heartbeat_interval":`+strconv.FormatInt(interval.Milliseconds(), 10)+`,"_trace":["[\"discordtest\",{\"micros\":0.0}]"]}`)
	h.awaitBeat(c)
}

// awaitBeat gives the client one and a half intervals for its next heartbeat.
// It needs the lock.
func (h *hub) awaitBeat(c *conn) {
	if c.beat != nil {
		c.beat.Stop()
	}
	if h.opts.HeartbeatInterval <= 0 {
		return
	}
	c.beat = h.after(h.opts.HeartbeatInterval*3/2, func() {
		h.refuse(c, &refusal{discord.CloseUnknownError, RuleHeartbeatMissing, "no heartbeat in one and a half intervals"})
	})
}

// read hands messages to handle until the connection ends, and returns the
// code with which the client closed it, 0 for none. A message is valid until
// handle returns.
func (c *conn) read(handle func([]byte)) discord.CloseCode {
	var buf bytes.Buffer
	for {
		buf.Reset()
		_, r, err := c.ws.NextReader()
		if err == nil {
			// What is too long is not read to its end.
			_, err = buf.ReadFrom(io.LimitReader(r, payloadLimit+1))
		}
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed) && closed.Code != websocket.CloseNoStatusReceived && closed.Code != websocket.CloseAbnormalClosure:
			return discord.CloseCode(closed.Code)
		case err != nil:
			return 0
		}
		handle(buf.Bytes())
	}
}

// leave takes a connection out. Closed by the client with 1000 or 1001 its
// session ends with it, otherwise it waits for a RESUME.
func (h *hub) leave(c *conn, code discord.CloseCode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if code == 0 {
		c.stop()
	} else {
		if !c.ending {
			c.farewell = code // the writer answers the close as a websocket must
		}
		_ = c.wire.SetWriteDeadline(time.Now().Add(closeGrace))
	}
	close(c.gone)
	delete(h.conns, c)
	if c.beat != nil {
		c.beat.Stop()
	}
	if s := c.session; s != nil {
		if code.EndsSession() {
			h.end(s)
		} else {
			h.detach(s)
		}
	}
	h.rec.changed()
}

// refuse books a breach and closes the connection with the code for it. A code
// after which nothing can be resumed ends the session too.
func (h *hub) refuse(c *conn, r *refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.ending {
		return
	}
	h.rec.violate(c.violation(r.rule, r.detail))
	h.close(c, r.code)
}

// close ends a connection with a code, and what the code says of the session.
// It needs the lock.
func (h *hub) close(c *conn, code discord.CloseCode) {
	if c.ending {
		return
	}
	c.ending = true
	if c.beat != nil {
		c.beat.Stop()
	}
	if s := c.session; s != nil {
		if endsSession(code) {
			h.end(s)
		} else {
			h.detach(s)
		}
	}
	c.act(closing(code, closeReason(code)))
}

// endsSession tells whether nothing can be resumed after the server has closed
// with a code. What follows its 1000 is not documented; here it is the end.
func endsSession(code discord.CloseCode) bool {
	return !code.Resumable() || code == discord.CloseNormal
}

// closeReason is the text of a close frame.
func closeReason(code discord.CloseCode) string {
	name := code.Name()
	if strings.HasPrefix(name, "close code") {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:] + "."
}

func (h *hub) violate(c *conn, rule Rule, detail string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rec.violate(c.violation(rule, detail))
}
