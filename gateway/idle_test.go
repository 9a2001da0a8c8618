package gateway

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// idleServer is set in a process that plays the service for TestIdleMemory, so
// that its memory is not counted.
//
// See TestMain.
const idleServer = "GATEWAY_TEST_IDLE_SERVER"

// idleServe lets every client get READY, a GUILD_CREATE of 60 KB and 200 small
// events, and then answers heartbeats. It ends with its standard input.
func idleServe(compress string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go idlePeer(conn, compress)
		}
	}()
	bufio.NewReader(os.Stdin).ReadByte()
}

func idlePeer(conn net.Conn, compress string) {
	ws, _ := upgrade(conn)
	if ws == nil {
		return
	}
	var mu sync.Mutex
	e := newEncoder(new(testing.B), compress)
	say := func(msg string) {
		mu.Lock()
		defer mu.Unlock()
		if compress == CompressNone {
			ws.WriteMessage(websocket.TextMessage, []byte(msg))
		} else {
			ws.WriteMessage(websocket.BinaryMessage, e.message(msg))
		}
	}
	say(`{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}}`)
	for {
		_, msg, err := ws.ReadMessage()
		switch {
		case err != nil:
			return
		case bytes.HasPrefix(msg, []byte(`{"op":2`)):
			say(`{"t":"READY","s":1,"op":0,"d":{"session_id":"s","resume_gateway_url":"ws://127.0.0.1:1"}}`)
			say(`{"t":"GUILD_CREATE","s":2,"op":0,"d":{"id":"1","x":"` + strings.Repeat("member ", 60_000/7) + `"}}`)
			for seq := 3; seq < 203; seq++ {
				say(fmt.Sprintf(`{"t":"MESSAGE_CREATE","s":%d,"op":0,"d":{"content":%q,"guild_id":"1"}}`, seq, strings.Repeat("word ", 200)))
			}
		default:
			say(`{"op":11}`)
		}
	}
}

// An idle shard takes little memory, also after it had a large guild: what a
// large message needed is shared by all.
func TestIdleMemory(t *testing.T) {
	if raceEnabled || runtime.GOOS != "linux" {
		t.Log("not measured: it takes Linux and no race detector")
		return
	}
	const shards = 200
	for _, test := range []struct {
		compress string
		limit    int // KB
	}{{CompressNone, 45}, {CompressZlib, 90}, {CompressZstd, 400}} {
		t.Run(test.compress, func(t *testing.T) {
			server := exec.Command(os.Args[0])
			server.Env = append(os.Environ(), idleServer+"="+test.compress)
			server.Stderr = os.Stderr
			stdin, err := server.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := server.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				stdin.Close()
				server.Wait()
			}()
			address, err := bufio.NewReader(stdout).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			open := func() *Gateway {
				done := make(chan struct{})
				g := New("ws://"+strings.TrimSpace(address), &Identifier{}, Options{Compress: test.compress, Sink: waiting{done}})
				if err := g.Open(t.Context()); err != nil {
					t.Fatal(err)
				}
				<-done
				return g
			}
			first := open()
			defer first.Close()
			before := rss(t)
			var gateways []*Gateway
			for range shards {
				gateways = append(gateways, open())
			}
			defer func() {
				for _, g := range gateways {
					g.Close()
				}
			}()
			each := (rss(t) - before) / shards
			t.Logf("%d KB of RSS a shard, %d goroutines for %d shards", each, runtime.NumGoroutine(), shards)
			if each > test.limit {
				t.Errorf("%d KB a shard, want at most %d", each, test.limit)
			}
		})
	}
}

// waiting closes a channel at the last event.
type waiting struct{ done chan struct{} }

func (w waiting) Begin(Session)           {}
func (w waiting) Position() (int64, bool) { return 0, false }
func (w waiting) Dispatch(e *Event) {
	if e.Seq == 202 {
		close(w.done)
	}
}

// rss is the resident memory in KB after the collector has run.
func rss(t *testing.T) int {
	t.Helper()
	for range 3 {
		runtime.GC()
	}
	debug.FreeOSMemory()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, resident int
	if _, err := fmt.Sscan(string(statm), &size, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * os.Getpagesize() / 1024
}
