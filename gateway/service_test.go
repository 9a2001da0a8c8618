package gateway

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"github.com/shardhost/shardhost/discord"
)

// Addresses of the service that tests play by hand.
const (
	homeURL   = "ws://127.0.0.1:1/home"
	resumeURL = "ws://127.0.0.1:2/resume"
)

// A service is a gateway service inside a synctest bubble: tests take its part
// message by message, in false time.
type service struct {
	t     *testing.T
	peers chan *peer
	down  map[string]bool // by address: dialing fails
	mu    sync.Mutex
	wg    sync.WaitGroup
	open  []*peer
}

func newService(t *testing.T) *service {
	s := &service{t: t, peers: make(chan *peer, 100), down: map[string]bool{}}
	t.Cleanup(func() {
		s.mu.Lock()
		for _, p := range s.open {
			p.ws.Close()
		}
		s.mu.Unlock()
		s.wg.Wait()
	})
	return s
}

func (s *service) setDown(address string, down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down[address] = down
}

func (s *service) dial(_ context.Context, _, address string) (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down[address] {
		return nil, fmt.Errorf("dial %s: connection refused", address)
	}
	client, server := net.Pipe()
	s.wg.Go(func() { s.accept(address, server) })
	return client, nil
}

// accept lets a connection in and plays its part until it ends.
func (s *service) accept(address string, conn net.Conn) {
	ws, request := upgrade(conn)
	if ws == nil {
		return
	}
	p := &peer{
		t: s.t, ws: ws, address: address, request: request,
		got:  make(chan json.RawMessage, 10000),
		send: make(chan func() error, 10000),
		gone: make(chan struct{}),
	}
	s.mu.Lock()
	s.open = append(s.open, p)
	s.mu.Unlock()
	s.wg.Go(p.write)
	s.peers <- p
	p.read()
}

// upgrade plays the HTTP server's part; it returns nil when the client left.
func upgrade(conn net.Conn) (*websocket.Conn, *http.Request) {
	in := bufio.NewReader(conn)
	request, err := http.ReadRequest(in)
	if err == nil {
		var upgrader websocket.Upgrader
		var ws *websocket.Conn
		if ws, err = upgrader.Upgrade(hijacker{conn, in}, request, nil); err == nil {
			return ws, request
		}
	}
	conn.Close()
	return nil, nil
}

// next waits for the next connection.
func (s *service) next() *peer {
	s.t.Helper()
	select {
	case p := <-s.peers:
		return p
	case <-time.After(time.Hour):
		s.t.Fatal("nobody connected for an hour")
		return nil
	}
}

// quiet checks that nobody connects for a while.
func (s *service) quiet(d time.Duration) {
	s.t.Helper()
	select {
	case p := <-s.peers:
		s.t.Fatalf("unexpected connection to %s", p.address)
	case <-time.After(d):
	}
}

type hijacker struct {
	conn net.Conn
	in   *bufio.Reader
}

func (h hijacker) Header() http.Header         { return http.Header{} }
func (h hijacker) Write(b []byte) (int, error) { return h.conn.Write(b) }
func (h hijacker) WriteHeader(int)             {}
func (h hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return h.conn, bufio.NewReadWriter(h.in, bufio.NewWriter(h.conn)), nil
}

// A peer is one connection, seen from the service.
type peer struct {
	t       *testing.T
	ws      *websocket.Conn
	address string
	request *http.Request
	got     chan json.RawMessage
	send    chan func() error
	gone    chan struct{}
	code    int // close code received, once gone
}

func (p *peer) read() {
	defer close(p.gone)
	defer p.ws.Close()
	for {
		_, message, err := p.ws.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				p.code = closed.Code
			}
			return
		}
		p.got <- message
	}
}

func (p *peer) write() {
	for {
		select {
		case f := <-p.send:
			if f() != nil {
				return
			}
		case <-p.gone:
			return
		}
	}
}

// says sends a text message.
func (p *peer) says(format string, args ...any) {
	text := format
	if len(args) > 0 {
		text = fmt.Sprintf(format, args...)
	}
	p.send <- func() error { return p.ws.WriteMessage(websocket.TextMessage, []byte(text)) }
}

func (p *peer) saysBinary(b []byte) {
	p.send <- func() error { return p.ws.WriteMessage(websocket.BinaryMessage, b) }
}

// dispatch sends an event.
func (p *peer) dispatch(name string, seq int, d string) {
	p.says(`{"t":%q,"s":%d,"op":0,"d":%s}`, name, seq, d)
}

func (p *peer) hello() { p.says(`{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}`) }

func (p *peer) ready(seq int) {
	p.dispatch("READY", seq, fmt.Sprintf(`{"v":10,"session_id":"s1","resume_gateway_url":%q,"guilds":[]}`, resumeURL))
}

// closes ends the connection with a code, 0: without one.
func (p *peer) closes(code int) {
	p.send <- func() error {
		if code != 0 {
			p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "because"), time.Now().Add(time.Second))
		}
		p.ws.Close()
		return net.ErrClosed
	}
}

type sentMessage struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

// hears waits for the next message that is not a heartbeat.
func (p *peer) hears(op int) sentMessage {
	p.t.Helper()
	for {
		m := p.hearsAny()
		if m.Op == 1 && op != 1 {
			p.says(`{"op":11}`)
			continue
		}
		if m.Op != op {
			p.t.Fatalf("heard op %d %s, want op %d", m.Op, m.D, op)
		}
		return m
	}
}

func (p *peer) hearsAny() sentMessage {
	p.t.Helper()
	var text json.RawMessage
	select {
	case text = <-p.got:
	default:
		select {
		case text = <-p.got:
		case <-p.gone:
			p.t.Fatal("connection ended while a message was awaited")
		case <-time.After(time.Hour):
			p.t.Fatal("heard nothing for an hour")
		}
	}
	var m sentMessage
	if err := json.Unmarshal(text, &m); err != nil {
		p.t.Fatalf("heard %s: %v", text, err)
	}
	return m
}

// beats answers heartbeats until the connection ends.
func (p *peer) beats(wg *sync.WaitGroup) {
	wg.Go(func() {
		for {
			select {
			case <-p.got:
				p.says(`{"op":11}`)
			case <-p.gone:
				return
			}
		}
	})
}

// ended waits for the end of the connection and returns the code it was closed
// with, 0: none.
func (p *peer) ended() int {
	p.t.Helper()
	select {
	case <-p.gone:
		return p.code
	case <-time.After(time.Hour):
		p.t.Fatal("connection did not end in an hour")
		return 0
	}
}

// A recorder is a sink that remembers.
type recorder struct {
	mu       sync.Mutex
	begins   []Session
	events   []string // NAME/seq, with ! when replayed
	bodies   []string
	guilds   []discord.GuildID
	position int64 // -2: not tracked
	block    chan struct{}
	hook     func(*Event)
}

func newRecorder() *recorder { return &recorder{position: -2} }

func (r *recorder) Begin(s Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.begins = append(r.begins, s)
}

func (r *recorder) Dispatch(e *Event) {
	r.mu.Lock()
	mark := ""
	if e.Replayed {
		mark = "!"
	}
	r.events = append(r.events, fmt.Sprintf("%s/%d%s", e.Name, e.Seq, mark))
	r.bodies = append(r.bodies, string(e.Data))
	r.guilds = append(r.guilds, e.Guild)
	block, hook := r.block, r.hook
	r.mu.Unlock()
	if hook != nil {
		hook(e)
	}
	if block != nil {
		<-block
	}
}

func (r *recorder) Position() (int64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.position, r.position > -2
}

func (r *recorder) set(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

func (r *recorder) list() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.events, " ")
}

const secretToken = "MTk4NjIyNDgzNDcxOTI1MjQ4.secret"

// testGateway is a gateway of shard 1 of 4 on a service.
func testGateway(s *service, opts Options) (*Gateway, *recorder) {
	r := newRecorder()
	if opts.Sink == nil {
		opts.Sink = r
	}
	opts.Dial = s.dial
	id := DefaultIdentifier("Bot " + secretToken)
	id.SetShard(1, 4)
	id.AddIntents(IntentGuilds | IntentGuildMessages)
	g := New(homeURL, id, opts)
	s.t.Cleanup(func() { g.Close() })
	return g, r
}

// opening opens in the background.
func opening(g *Gateway) chan error {
	opened := make(chan error, 1)
	go func() { opened <- g.Open(context.Background()) }()
	return opened
}

// opened brings a gateway to ready.
func opened(t *testing.T, s *service, g *Gateway) *peer {
	t.Helper()
	result := opening(g)
	p := s.next()
	p.hello()
	p.hears(2)
	p.ready(1)
	if err := <-result; err != nil {
		t.Fatal(err)
	}
	return p
}

// bubble runs a test in false time.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

type governorFunc func(ctx context.Context, shard int) (func(bool), error)

func (f governorFunc) Acquire(ctx context.Context, shard int) (func(bool), error) {
	return f(ctx, shard)
}
