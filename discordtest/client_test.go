package discordtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/shardhost/shardhost/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// epoch is when the manual clocks of these tests start.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// start runs a server on a manual clock until the test ends.
func start(t testing.TB, o Options) (*Server, *ManualClock) {
	t.Helper()
	clock := NewManualClock(epoch)
	o.Clock = clock
	s := NewServer(o)
	t.Cleanup(s.Close)
	return s, clock
}

// frame is a payload as a client sees it.
type frame struct {
	Op int             `json:"op"`
	T  string          `json:"t"`
	S  *int64          `json:"s"`
	D  json.RawMessage `json:"d"`
}

// client is a bare client of the gateway: it does what it is told.
type client struct {
	t    testing.TB
	ws   *websocket.Conn
	last int64
}

// patience is how long a client waits for something that must come.
const patience = 10 * time.Second

func dial(t testing.TB, gateway, query string) *client {
	t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial(gateway+"/?"+query, nil)
	if err != nil {
		t.Fatalf("dialing %s: %v", gateway, err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return &client{t: t, ws: ws}
}

// open dials and takes HELLO.
func open(t testing.TB, s *Server) *client {
	t.Helper()
	c := dial(t, s.Gateway, "v=10&encoding=json")
	c.want(10)
	return c
}

// read returns the next payload, uncompressed.
func (c *client) read() (frame, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	return c.parse(data), nil
}

func (c *client) parse(data []byte) frame {
	c.t.Helper()
	var f frame
	if err := json.Unmarshal(data, &f); err != nil {
		c.t.Fatalf("payload %.200q: %v", data, err)
	}
	if f.S != nil {
		c.last = *f.S
	}
	return f
}

// want takes the next payload, which must have the opcode.
func (c *client) want(op int) frame {
	c.t.Helper()
	f, err := c.read()
	if err != nil {
		c.t.Fatalf("waiting for op %d: %v", op, err)
	}
	if f.Op != op {
		c.t.Fatalf("got op %d %s %.200s, want op %d", f.Op, f.T, f.D, op)
	}
	return f
}

// event takes the next payload, which must be that dispatch.
func (c *client) event(name string) frame {
	c.t.Helper()
	f := c.want(0)
	if f.T != name {
		c.t.Fatalf("got %s %.200s, want %s", f.T, f.D, name)
	}
	return f
}

// until takes payloads up to a dispatch with that name.
func (c *client) until(name string) frame {
	c.t.Helper()
	for {
		if f := c.want(0); f.T == name {
			return f
		}
	}
}

// send writes a payload.
func (c *client) send(op int, d any) {
	c.t.Helper()
	if err := c.ws.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		c.t.Fatal(err)
	}
}

// closed reads until the connection ends and returns the close code, 0 for a
// break.
func (c *client) closed() int {
	c.t.Helper()
	for {
		_, err := c.read()
		var ce *websocket.CloseError
		switch {
		case err == nil:
		case errors.As(err, &ce) && ce.Code != websocket.CloseAbnormalClosure:
			return ce.Code
		default:
			var timeout interface{ Timeout() bool }
			if errors.As(err, &timeout) && timeout.Timeout() {
				c.t.Fatal("the connection did not end")
			}
			return 0
		}
	}
}

// bye closes with a code and waits for the end.
func (c *client) bye(code int) {
	c.t.Helper()
	_ = c.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""))
	c.closed()
}

const allIntents = discord.IntentsValid

func login(s *Server, intents discord.Intents, shard, of int) map[string]any {
	return map[string]any{
		"token": s.Token, "intents": intents, "shard": []int{shard, of},
		"properties": map[string]string{"os": "linux", "browser": "test", "device": "test"},
	}
}

type readyInfo struct {
	V         int      `json:"v"`
	SessionID string   `json:"session_id"`
	ResumeURL string   `json:"resume_gateway_url"`
	Shard     *[2]int  `json:"shard"`
	Guilds    []idInfo `json:"guilds"`
	User      idInfo   `json:"user"`
}

type idInfo struct {
	ID          string `json:"id"`
	Unavailable bool   `json:"unavailable"`
}

// identify logs a new connection in and takes READY and the guilds.
func identified(t testing.TB, s *Server, intents discord.Intents, shard, of int) (*client, readyInfo) {
	t.Helper()
	c := open(t, s)
	c.send(2, login(s, intents, shard, of))
	return c, c.ready(intents)
}

func (c *client) ready(intents discord.Intents) readyInfo {
	c.t.Helper()
	var info readyInfo
	decode(c.t, c.event("READY").D, &info)
	if intents.Has(discord.IntentGuilds) {
		for range info.Guilds {
			c.event("GUILD_CREATE")
		}
	}
	return info
}

func (c *client) resume(s *Server, session string, seq int64) {
	c.t.Helper()
	c.send(6, map[string]any{"token": s.Token, "session_id": session, "seq": seq})
}

func decode(t testing.TB, data []byte, v any) {
	t.Helper()
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatalf("%.300s: %v", data, err)
	}
}

// rules returns the rules that were broken, in order.
func rules(s *Server) []Rule {
	list := []Rule{}
	for _, v := range s.Violations() {
		list = append(list, v.Rule)
	}
	return list
}

// call makes a REST request as the bot and returns the answer.
func restCall(t testing.TB, s *Server, method, path string, body any) (*http.Response, []byte) {
	t.Helper()
	var r io.Reader
	if text, isText := body.(string); isText {
		r = strings.NewReader(text)
	} else if body != nil {
		r = bytes.NewReader(encode(body))
	}
	q, err := http.NewRequest(method, s.REST+path, r)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bot "+s.Token)
	q.Header.Set("User-Agent", "DiscordBot (https://example.com, 1.0)")
	if body != nil {
		q.Header.Set("Content-Type", "application/json")
	}
	return do(t, q)
}

func do(t testing.TB, q *http.Request) (*http.Response, []byte) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	resp, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, data
}

// control makes a request to the controls.
func controlCall(t testing.TB, s *Server, method, path, body string) (int, []byte) {
	t.Helper()
	q, err := http.NewRequest(method, s.Control+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, data := do(t, q)
	return resp.StatusCode, data
}

// eventually waits until the server's state is as wanted.
func eventually(t testing.TB, s *Server, what string, f func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.rec.until(ctx, f); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func quoted(v fmt.Stringer) string { return `"` + v.String() + `"` }

// bareIdentify identifies a shard of four and returns a channel that is closed
// when the connection has ended.
func bareIdentify(s *Server, shard int) (<-chan struct{}, error) {
	ws, resp, err := websocket.DefaultDialer.Dial(s.Gateway+"/?v=10", nil)
	if err != nil {
		return nil, err
	}
	_ = resp.Body.Close()
	if err := ws.WriteJSON(map[string]any{"op": 2, "d": login(s, allIntents, shard, 4)}); err != nil {
		_ = ws.Close()
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer ws.Close()
		for {
			_, data, err := ws.ReadMessage()
			if err != nil || bytes.HasPrefix(data, []byte(`{"t":null,"s":null,"op":9`)) || bytes.HasPrefix(data, []byte(`{"t":null,"s":null,"op":7`)) {
				return
			}
		}
	}()
	return ended, nil
}
