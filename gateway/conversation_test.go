package gateway

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// conversation is what a service may send, frame by frame.
func conversation(messages ...string) []byte {
	var r reel
	for _, m := range messages {
		r.frame(websocket.TextMessage, []byte(m))
	}
	return r.wire
}

func closeFrame(code int, reason string) []byte {
	var r reel
	r.frame(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason))
	return r.wire
}

// FuzzConversation lets a service send any bytes behind the handshake: HELLO,
// READY, close frames, garbage. Whatever it is, the connection ends without a
// crash, everything it started ends with it, and a sink sees a session begin
// before its events and sequences rise.
func FuzzConversation(f *testing.F) {
	hello := `{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}`
	ready := `{"t":"READY","s":1,"op":0,"d":{"session_id":"s1","resume_gateway_url":"wss://x","shard":[0,1]}}`
	f.Add(false, conversation(hello, ready, `{"t":"X","s":2,"op":0,"d":null}`, `{"op":7}`))
	f.Add(true, conversation(hello, `{"t":"X","s":8,"op":0,"d":{}}`, `{"t":"RESUMED","s":9,"op":0,"d":{}}`, `{"op":1}`, `{"op":11}`))
	f.Add(true, append(conversation(hello, ready, ready, `{"op":9,"d":true}`), closeFrame(4009, "x")...))
	f.Add(false, append(conversation(`{"op":10,"d":{"heartbeat_interval":-1}}`), closeFrame(4014, "Disallowed intent(s).")...))
	f.Add(false, append(conversation(hello), closeFrame(4004, "\xff\xfe")...))
	f.Add(false, closeFrame(1005, ""))
	f.Add(true, conversation(hello, `{"t":"READY","s":1,"op":0,"d":[1]}`, `{"t":"READY","s":5,"op":0,"d":{"session_id":7}}`, `{"op":9}`))
	f.Add(true, conversation(hello, `{"t":"RATE_LIMITED","s":8,"op":0,"d":{"retry_after":1e99}}`, `{"t":"GUILD_MEMBERS_CHUNK","s":9,"op":0,"d":{}}`))
	f.Fuzz(func(t *testing.T, resumes bool, wire []byte) {
		var wg sync.WaitGroup
		dial := func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			wg.Go(func() {
				ws, _ := upgrade(server)
				if ws == nil {
					return
				}
				wg.Go(func() { io.Copy(io.Discard, server) })
				server.Write(wire)
				server.Close()
			})
			return client, nil
		}
		ordered := &orderly{t: t}
		g := New("ws://127.0.0.1:1", &Identifier{}, Options{Sink: ordered, Dial: dial, MaxMessage: 1 << 16})
		if resumes {
			g.course.begun(Session{ID: "old", Seq: 5})
			g.seq.Store(5)
			ordered.session = "old"
		}
		e := g.connect(t.Context())
		wg.Wait()
		if e.err == nil {
			t.Fatal("a connection ended without a reason")
		}
		g.course.after(e)
	})
}

// orderly is a sink that checks the promises made to it.
type orderly struct {
	t       *testing.T
	session string
	last    int64
}

func (o *orderly) Begin(s Session) { o.session, o.last = s.ID, none }

func (o *orderly) Dispatch(e *Event) {
	if e.Session != o.session {
		o.t.Errorf("event of session %q in session %q", e.Session, o.session)
	}
	if e.Seq <= o.last && e.Seq > 0 && e.Name != "RESUMED" {
		o.t.Errorf("%s/%d after %d", e.Name, e.Seq, o.last)
	}
	o.last = max(o.last, e.Seq)
	if e.Data == nil {
		o.t.Errorf("%s without a body", e.Name)
	}
}

func (o *orderly) Position() (int64, bool) { return 0, false }
