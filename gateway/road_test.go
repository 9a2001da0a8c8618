package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/shardhost/shardhost/discord"
)

// A reel is a stream of events as a service would send it, frames and all.
type reel struct {
	wire   []byte
	events int
	bytes  int // of JSON
}

// newReel makes a stream of the mix of a busy bot: messages 60 %, presences and
// member updates 25 %, typing 15 %.
func newReel(t testing.TB, compress string, events int) reel {
	t.Helper()
	var templates []string
	for _, file := range []string{"6_0_MESSAGE_CREATE", "12_0_TYPING_START", "14_0_GUILD_MEMBER_UPDATE"} {
		msg, err := os.ReadFile("testdata/messages/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		_, behind, _ := strings.Cut(strings.TrimSpace(string(msg)), `,"op"`)
		templates = append(templates, `,"op"`+behind)
	}
	names := []string{"MESSAGE_CREATE", "TYPING_START", "GUILD_MEMBER_UPDATE"}
	random := rand.New(rand.NewPCG(1, 1))
	e := newEncoder(t, compress)
	r := reel{events: events}
	for seq := 1; seq <= events; seq++ {
		kind := 0
		switch n := random.IntN(100); {
		case n < 15:
			kind = 1
		case n < 40:
			kind = 2
		}
		template := templates[kind]
		if kind == 0 {
			template = strings.Replace(template, `"content":"fpoeq"`, `"content":"`+words(random, 500+random.IntN(600))+`"`, 1)
		}
		msg := fmt.Sprintf(`{"t":%q,"s":%d%s`, names[kind], seq, template)
		r.bytes += len(msg)
		if compress == CompressNone {
			r.frame(websocket.TextMessage, []byte(msg))
		} else {
			r.frame(websocket.BinaryMessage, e.message(msg))
		}
	}
	return r
}

func (r *reel) frame(kind int, data []byte) {
	r.wire = append(r.wire, byte(kind)|0x80)
	switch n := len(data); {
	case n < 126:
		r.wire = append(r.wire, byte(n))
	case n < 1<<16:
		r.wire = append(r.wire, 126, byte(n>>8), byte(n))
	default:
		r.wire = append(r.wire, 127, 0, 0, 0, 0, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
	}
	r.wire = append(r.wire, data...)
}

// play serves the reel to one connection and ends it.
func (r *reel) play(t testing.TB) (*websocket.Conn, *line, func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		ws, _ := upgrade(conn)
		if ws == nil {
			return
		}
		ws.NetConn().Write(r.wire)
	})
	g := New("ws://"+listener.Addr().String(), DefaultIdentifier("x"), Options{})
	ws, l, err := g.dial(context.Background(), g.course.home)
	if err != nil {
		t.Fatal(err)
	}
	return ws, l, func() {
		ws.Close()
		listener.Close()
		wg.Wait()
	}
}

// counter counts what reaches a sink.
type counter struct {
	events  int
	guilds  int
	selects bool
}

func (c *counter) Begin(Session)                  {}
func (c *counter) Position() (int64, bool)        { return 0, false }
func (c *counter) Selects(discord.EventType) bool { return c.selects }
func (c *counter) Dispatch(e *Event) {
	c.events++
	if e.Guild != 0 {
		c.guilds++
	}
}

// BenchmarkRoad is one event from a hot socket to the sink, beside the least
// that can be done with a websocket. cpu-ns/event is what the reading thread
// took; the variants take turns, so that they see the same machine.
func BenchmarkRoad(b *testing.B) {
	const events = 20_000
	type variant struct {
		name string
		reel reel
		run  func(reel)
		cpu  time.Duration
	}
	plain, zlib, zstd := newReel(b, CompressNone, events), newReel(b, CompressZlib, events), newReel(b, CompressZstd, events)
	through := func(compress string, selects bool) func(reel) {
		return func(r reel) {
			sink := &counter{selects: selects}
			runReel(b, r, compress, sink)
			if sink.events != events || selects && sink.guilds != events {
				b.Fatalf("%d events, %d guilds", sink.events, sink.guilds)
			}
		}
	}
	variants := []*variant{
		{name: "bare", reel: plain, run: func(r reel) { readBare(b, r) }},
		{name: "none", reel: plain, run: through(CompressNone, false)},
		{name: "none-selected", reel: plain, run: through(CompressNone, true)},
		{name: "zlib", reel: zlib, run: through(CompressZlib, false)},
		{name: "zstd", reel: zstd, run: through(CompressZstd, false)},
	}
	rounds := 0
	for b.Loop() {
		rounds++
		for _, v := range variants {
			v.cpu += threadCPU(b, func() { v.run(v.reel) })
		}
	}
	for _, v := range variants {
		b.ReportMetric(float64(v.cpu.Nanoseconds())/float64(rounds*events), v.name+"-cpu-ns/event")
	}
}

// readBare reads a reel into one buffer and does nothing else.
func readBare(t testing.TB, r reel) {
	ws, _, end := r.play(t)
	defer end()
	buf := make([]byte, 0, 1<<16)
	for {
		_, frame, err := ws.NextReader()
		if err != nil {
			return
		}
		buf = buf[:0]
		for err == nil {
			var n int
			n, err = frame.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
		}
		if err != io.EOF {
			t.Fatal(err)
		}
	}
}

// runReel gives a reel to a connection with a session.
func runReel(t testing.TB, r reel, compress string, sink Sink) {
	t.Helper()
	ws, l, end := r.play(t)
	defer end()
	g := New("ws://127.0.0.1", DefaultIdentifier("x"), Options{Sink: sink, Compress: compress})
	c := newConnection(g, ws, l, &Session{ID: "s"})
	readMessages(c.ws, compress, DefaultMaxMessage, c.take)
	c.stop()
}

// An event costs no allocation beyond the one that gorilla makes for each
// message.
func TestRoadAllocations(t *testing.T) {
	if raceEnabled {
		t.Log("the race detector makes allocations of its own")
		return
	}
	for _, compress := range []string{CompressNone, CompressZlib, CompressZstd} {
		t.Run(compress, func(t *testing.T) {
			const few, many = 1000, 11_000
			short, long := newReel(t, compress, few), newReel(t, compress, many)
			count := func(r reel) float64 {
				return testing.AllocsPerRun(3, func() { runReel(t, r, compress, &counter{selects: true}) })
			}
			perEvent := (count(long) - count(short)) / (many - few)
			if perEvent > 1.1 {
				t.Errorf("%.2f allocations an event, want gorilla's 1", perEvent)
			}
		})
	}
}

func TestReel(t *testing.T) {
	for _, compress := range []string{CompressNone, CompressZlib, CompressZstd} {
		sink := &counter{selects: true}
		r := newReel(t, compress, 500)
		runReel(t, r, compress, sink)
		if sink.events != 500 || sink.guilds != 500 || !bytes.Contains(newReel(t, CompressNone, 1).wire, []byte(`"s":1`)) {
			t.Errorf("%s: %d events, %d guilds", compress, sink.events, sink.guilds)
		}
	}
}
