package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"
)

// messages reads the websocket messages of a connection until the time is up,
// and calls take with each until it is true.
func (c *client) messages(take func(kind int, data []byte) bool) {
	c.t.Helper()
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(patience))
		kind, data, err := c.ws.ReadMessage()
		if err != nil {
			c.t.Fatal(err)
		}
		if take(kind, data) {
			return
		}
	}
}

func TestZlibStream(t *testing.T) {
	for _, tt := range []struct {
		name  string
		split bool
	}{{"one message a payload", false}, {"payloads in several messages", true}} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{SplitFrames: tt.split})
			c := dial(t, s.Gateway, "v=10&encoding=json&compress=zlib-stream")
			pr, pw := io.Pipe()
			frames := make(chan frame, 100)
			inflated := make(chan error, 1)
			go func() {
				zr, err := zlib.NewReader(pr)
				if err != nil {
					inflated <- err
					return
				}
				dec := json.NewDecoder(zr)
				for {
					var f frame
					if err := dec.Decode(&f); err != nil {
						inflated <- nil // the pipe is closed at the end of the test
						return
					}
					frames <- f
				}
			}()
			suffixed, others, payloads := 0, 0, 0
			next := func() frame {
				c.messages(func(kind int, data []byte) bool {
					if kind != websocket.BinaryMessage {
						t.Fatalf("a message of kind %d", kind)
					}
					if _, err := pw.Write(data); err != nil {
						t.Fatal(err)
					}
					if bytes.HasSuffix(data, []byte{0, 0, 0xFF, 0xFF}) {
						suffixed++
						return true
					}
					others++
					// The suffix may be cut: what ends in it counts as a whole.
					return tt.split && len(data) < 4
				})
				payloads++
				return <-frames
			}
			if f := next(); f.Op != 10 {
				t.Fatalf("got op %d", f.Op)
			}
			c.send(2, login(s, allIntents, 0, 2))
			if f := next(); f.T != "READY" {
				t.Fatalf("got %s", f.T)
			}
			for range 10 {
				if f := next(); f.T != "GUILD_CREATE" {
					t.Fatalf("got %s", f.T)
				}
			}
			if tt.split == (others == 0) {
				t.Errorf("%d messages ended a payload, %d did not", suffixed, others)
			}
			_ = pw.Close()
			if err := <-inflated; err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestZstdStreamGivesOnePayloadAMessage(t *testing.T) {
	s, _ := start(t, Options{})
	c := dial(t, s.Gateway, "v=10&encoding=json&compress=zstd-stream")
	pr, pw := io.Pipe()
	zr, err := zstd.NewReader(pr, zstd.WithDecoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer zr.Close()
	defer pw.Close()
	dec := json.NewDecoder(zr)
	next := func() frame {
		c.messages(func(kind int, data []byte) bool {
			if kind != websocket.BinaryMessage {
				t.Fatalf("a message of kind %d", kind)
			}
			go func() { _, _ = pw.Write(data) }()
			return true
		})
		var f frame
		if err := dec.Decode(&f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := next(); f.Op != 10 {
		t.Fatalf("got op %d", f.Op)
	}
	c.send(2, login(s, allIntents, 0, 2))
	if f := next(); f.T != "READY" {
		t.Fatalf("got %s", f.T)
	}
	for range 10 {
		if f := next(); f.T != "GUILD_CREATE" {
			t.Fatalf("got %s", f.T)
		}
	}
}

func TestPayloadCompressionMixesTextAndBinary(t *testing.T) {
	s, _ := start(t, Options{})
	c := open(t, s)
	d := login(s, allIntents, 0, 2)
	d["compress"] = true
	c.send(2, d)
	kinds := map[int]int{}
	c.send(1, nil)
	acked := false
	for events := 0; events < 11 || !acked; {
		c.messages(func(kind int, data []byte) bool {
			kinds[kind]++
			if kind == websocket.BinaryMessage {
				zr, err := zlib.NewReader(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				if data, err = io.ReadAll(zr); err != nil {
					t.Fatalf("a message is no whole zlib stream: %v", err)
				}
			}
			f := c.parse(data)
			acked = acked || f.Op == 11
			if f.Op == 0 {
				events++
			}
			return true
		})
	}
	if kinds[websocket.BinaryMessage] != 11 || kinds[websocket.TextMessage] != 1 {
		t.Errorf("messages by kind: %v, want 11 binary and the acknowledgement as text", kinds)
	}
}

func TestUnknownEncodings(t *testing.T) {
	s, _ := start(t, Options{})
	for _, query := range []string{"v=10&encoding=etf", "v=10&compress=gzip-stream"} {
		_, resp, err := websocket.DefaultDialer.Dial(s.Gateway+"/?"+query, nil)
		if err == nil || resp == nil || resp.StatusCode != 400 {
			t.Errorf("%s: %v, %v", query, resp, err)
			continue
		}
		_ = resp.Body.Close()
	}
}
