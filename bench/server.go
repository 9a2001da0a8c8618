package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// settle is how long the server waits between READY and the first event, so
// that a client's start is over when its CPU is first read.
const settle = 400 * time.Millisecond

// A server serves one stream to whoever connects.
type server struct {
	stream *stream
	http   *http.Server
	addr   string
	wires  map[string]*wire // by compression
}

// A wire is the stream as bytes of a connection: HELLO and READY as messages,
// then all events as websocket frames, ready to be written.
type wire struct {
	hello, ready []byte
	binary       bool
	events       []byte
}

func serve(s *stream, compressions []string) (*server, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	srv := &server{stream: s, addr: ln.Addr().String(), wires: map[string]*wire{}}
	for _, c := range compressions {
		if srv.wires[c], err = newWire(s, c); err != nil {
			return nil, err
		}
	}
	mux := http.NewServeMux()
	bot := func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{
			"url": "ws://" + srv.addr + "/gateway", "shards": 1,
			"session_start_limit": map[string]any{"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1},
		})
	}
	for _, v := range []string{"", "/v9", "/v10"} {
		mux.HandleFunc("GET /api"+v+"/gateway", bot)
		mux.HandleFunc("GET /api"+v+"/gateway/bot", bot)
	}
	mux.HandleFunc("/gateway", srv.gateway)
	mux.HandleFunc("/gateway/", srv.gateway)
	srv.http = &http.Server{Handler: mux}
	go srv.http.Serve(ln)
	return srv, nil
}

func (s *server) close() { s.http.Close() }

func (s *server) gateway(w http.ResponseWriter, r *http.Request) {
	wire := s.wires[r.URL.Query().Get("compress")]
	if wire == nil {
		http.Error(w, "compression not served", http.StatusBadRequest)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	kind := websocket.TextMessage
	if wire.binary {
		kind = websocket.BinaryMessage
	}
	if conn.WriteMessage(kind, wire.hello) != nil {
		return
	}
	for { // until IDENTIFY
		_, msg, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var m struct{ Op int }
		if json.Unmarshal(msg, &m) == nil && m.Op == 2 {
			break
		}
	}
	if conn.WriteMessage(kind, wire.ready) != nil {
		return
	}
	time.Sleep(settle)
	if _, err := conn.NetConn().Write(wire.events); err != nil {
		return
	}
	for { // until the client goes
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

const (
	helloText = `{"t":null,"s":null,"op":10,"d":{"heartbeat_interval":6000000,"_trace":["bench"]}}`
	readyText = `{"t":"READY","s":1,"op":0,"d":{"v":10,"user":{"id":"300000000000000001","username":"bench","discriminator":"0","bot":true,"avatar":null},"guilds":[],"session_id":"0123456789abcdef","resume_gateway_url":"ws://127.0.0.1:1","session_type":"normal","private_channels":[],"relationships":[],"application":{"id":"300000000000000001","flags":0}}}`
)

// newWire encodes the stream once; every client gets the same bytes.
func newWire(s *stream, compression string) (*wire, error) {
	var out bytes.Buffer
	encode := func(msg []byte) []byte { return msg }
	w := &wire{binary: compression != ""}
	switch compression {
	case "":
	case "zlib-stream":
		z := zlib.NewWriter(&out)
		encode = func(msg []byte) []byte {
			out.Reset()
			z.Write(msg)
			z.Flush()
			return bytes.Clone(out.Bytes())
		}
	case "zstd-stream":
		z, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(256<<10))
		if err != nil {
			return nil, err
		}
		encode = func(msg []byte) []byte {
			out.Reset()
			z.Write(msg)
			z.Flush()
			return bytes.Clone(out.Bytes())
		}
	default:
		return nil, fmt.Errorf("compression %q is not served", compression)
	}
	w.hello, w.ready = encode([]byte(helloText)), encode([]byte(readyText))
	for _, m := range s.messages {
		w.events = appendFrame(w.events, encode(m), w.binary)
	}
	return w, nil
}

// appendFrame appends a whole message as one unmasked frame (RFC 6455, 5.2).
func appendFrame(dst, payload []byte, isBinary bool) []byte {
	first := byte(0x81)
	if isBinary {
		first = 0x82
	}
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, first, byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, first, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, first, 127), uint64(n))
	}
	return append(dst, payload...)
}
