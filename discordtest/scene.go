package discordtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

// A Scene is one connection on which the server does what a test says, step by
// step, instead of what it would do. Heartbeats are acknowledged by
// themselves, unless muted. A step that does not come true ends the scene; its
// error is the Story's. When the script returns the connection is cut.
type Scene struct {
	conn  *conn
	inbox chan Command // closed when the client's connection has ended
	muted atomic.Bool
	seq   int64
	code  discord.CloseCode // of the client's close; set before inbox is closed
}

// A Command is one payload from the client. Op is -1 when it was none, and D
// is what came instead.
type Command struct {
	Op discord.Opcode
	D  json.RawMessage
}

// A Story is a scene that is played, or will be on a later connection.
type Story struct {
	script func(*Scene)
	played chan struct{}
	err    error
}

// Next lets the next connection be played by a test. Several stories are
// played one after another, each on a connection of its own; then the server
// is itself again.
//
//	story := srv.Next(func(c *discordtest.Scene) {
//		c.Hello(time.Minute)
//		c.Expect(discord.OpIdentify)
//		c.Send(`{"t":null,"s":null,"op":7,"d":null}`)
//		c.ExpectClose()
//	})
//	… let the client connect …
//	err := story.Wait(ctx)
func (s *Server) Next(script func(*Scene)) *Story {
	story := &Story{script: script, played: make(chan struct{})}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.stories = append(s.hub.stories, story)
	return story
}

// Wait returns when the story is over: nil when each step came true, else what
// did not, or the context's error.
func (st *Story) Wait(ctx context.Context) error {
	select {
	case <-st.played:
		return st.err
	case <-ctx.Done():
		return fmt.Errorf("discordtest: waiting for the end of a story: %w", ctx.Err())
	}
}

// story takes the story that waits for a connection, if one does.
func (h *hub) story() *Story {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.stories) == 0 {
		return nil
	}
	st := h.stories[0]
	h.stories = slices.Delete(h.stories, 0, 1)
	return st
}

// play reads a connection for a story until it ends, and returns the code with
// which the client closed it.
func (h *hub) play(c *conn, st *Story) discord.CloseCode {
	sc := &Scene{conn: c, inbox: make(chan Command, 256)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		st.run(sc)
	}()
	sc.code = c.read(func(data []byte) { sc.receive(data, done) })
	close(sc.inbox)
	<-done
	return sc.code
}

// sceneEnd carries the error of a step out of a script.
type sceneEnd struct{ err error }

var errLeft = errors.New("discordtest: the script of a story was left early, by t.FailNow or runtime.Goexit")

func (st *Story) run(sc *Scene) {
	st.err = errLeft
	defer close(st.played)
	defer sc.conn.leaveScene()
	defer func() {
		switch end := recover().(type) {
		case nil:
		case sceneEnd:
			st.err = end.err
		default:
			panic(end)
		}
	}()
	st.script(sc)
	st.err = nil
}

// leaveScene cuts the connection once all that was sent is on its way.
func (c *conn) leaveScene() {
	c.act(func(c *conn) error { return cmp.Or(c.wire.flush(), errEnd) })
}

func (sc *Scene) receive(data []byte, done <-chan struct{}) {
	var j struct {
		Op *discord.Opcode `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	m := Command{Op: -1, D: slices.Clone(data)}
	if err := json.Unmarshal(data, &j); err == nil && j.Op != nil {
		m = Command{*j.Op, j.D}
	}
	if m.Op == discord.OpHeartbeat && !sc.muted.Load() {
		sc.conn.control(discord.OpHeartbeatAck, "null")
	}
	select {
	case sc.inbox <- m:
	case <-done:
	}
}

func (sc *Scene) fail(format string, args ...any) {
	panic(sceneEnd{fmt.Errorf("discordtest: story: "+format, args...)})
}

// Hello sends HELLO with a heartbeat interval.
func (sc *Scene) Hello(interval time.Duration) {
	sc.conn.control(discord.OpHello, fmt.Sprintf(`{"heartbeat_interval":%d}`, interval.Milliseconds()))
}

// Send sends a payload as it is, through the connection's compression.
func (sc *Scene) Send(payload string) { sc.conn.enqueue(item{frame: []byte(payload)}) }

// SendRaw sends a websocket message as it is, behind the compression's back.
func (sc *Scene) SendRaw(binary bool, data []byte) {
	kind := websocket.TextMessage
	if binary {
		kind = websocket.BinaryMessage
	}
	data = slices.Clone(data)
	sc.conn.act(func(c *conn) error { return c.wire.message(kind, data) })
}

// Dispatch sends an event with the scene's next sequence, from 1. d has a JSON
// form; a json.RawMessage goes out as it is.
func (sc *Scene) Dispatch(name string, d any) {
	raw, isRaw := d.(json.RawMessage)
	if !isRaw {
		raw = encode(d)
	}
	sc.seq++
	sc.conn.dispatch(sc.seq, name, raw)
}

// Ready dispatches a READY with a session id, and these guilds as unavailable.
func (sc *Scene) Ready(id string, guilds ...discord.GuildID) {
	list := make([]*Guild, len(guilds))
	for i, guild := range guilds {
		list[i] = &Guild{ID: guild}
	}
	sc.Dispatch("READY", json.RawMessage(sc.conn.hub.ready(&session{id: id}, list)))
}

// Sequence makes the next dispatch have a sequence, for gaps and repeats.
func (sc *Scene) Sequence(next int64) { sc.seq = next - 1 }

// MuteAcks leaves heartbeats without an answer from now on.
func (sc *Scene) MuteAcks() { sc.muted.Store(true) }

// Close sends a close frame and returns when the connection has ended.
func (sc *Scene) Close(code discord.CloseCode) {
	sc.conn.act(closing(code, closeReason(code)))
	sc.drain()
}

// Reset breaks the connection.
func (sc *Scene) Reset() {
	sc.conn.stop()
	sc.drain()
}

func (sc *Scene) drain() {
	for range sc.inbox {
	}
}

// scenePatience is how long a step waits for what must come. It is the
// network's time, not the server's clock.
const scenePatience = 10 * time.Second

// Expect returns the client's next command, which must have the opcode.
// Heartbeats before it are passed over.
func (sc *Scene) Expect(op discord.Opcode) Command {
	timer := time.NewTimer(scenePatience)
	defer timer.Stop()
	for {
		select {
		case m, more := <-sc.inbox:
			switch {
			case !more:
				sc.fail("expected %s, but the client's connection ended", op)
			case m.Op == op:
				return m
			case m.Op == discord.OpHeartbeat:
			case m.Op < 0:
				sc.fail("expected %s, but the client sent no payload: %.200q", op, m.D)
			default:
				sc.fail("expected %s, but the client sent %s", op, m.Op)
			}
		case <-timer.C:
			sc.fail("expected %s, but nothing came in %s", op, scenePatience)
		}
	}
}

// ExpectClose returns once the client has ended the connection, with its close
// code or 0. Heartbeats before it are passed over.
func (sc *Scene) ExpectClose() discord.CloseCode {
	timer := time.NewTimer(scenePatience)
	defer timer.Stop()
	for {
		select {
		case m, more := <-sc.inbox:
			switch {
			case !more:
				return sc.code
			case m.Op != discord.OpHeartbeat:
				sc.fail("expected the end of the connection, but the client sent %s", m.Op)
			}
		case <-timer.C:
			sc.fail("expected the end of the connection, but nothing came in %s", scenePatience)
		}
	}
}

// ExpectQuiet checks that for a time, the network's, nothing comes but
// heartbeats.
func (sc *Scene) ExpectQuiet(span time.Duration) {
	timer := time.NewTimer(span)
	defer timer.Stop()
	for {
		select {
		case m, more := <-sc.inbox:
			switch {
			case !more:
				sc.fail("expected nothing, but the client's connection ended")
			case m.Op != discord.OpHeartbeat:
				sc.fail("expected nothing, but the client sent %s", m.Op)
			}
		case <-timer.C:
			return
		}
	}
}
