package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zlib"
)

// floorName is a command of its own process and no experiment: what a program
// costs that holds n connections, reads them and does nothing else.
const floorName = "floor"

// floorBeat is how often the floor sends heartbeats.
const floorBeat = 40 * time.Second

// A floor is a bare gorilla read loop over n connections.
type floor struct {
	url, token, compress string
	n                    int
	intents              uint64
}

// runFloor connects, says "ready" on stdout and reads until the context ends.
func runFloor(ctx context.Context, args []string) error {
	f := floor{token: os.Getenv("DISCORD_TOKEN")}
	flags := flag.NewFlagSet(floorName, flag.ContinueOnError)
	flags.IntVar(&f.n, "n", 1, "connections")
	flags.StringVar(&f.url, "url", "", "of the gateway")
	flags.StringVar(&f.compress, "compress", "none", "none or zlib-stream")
	flags.Uint64Var(&f.intents, "intents", 0, "of IDENTIFY")
	if err := flags.Parse(args); err != nil {
		return err
	}
	f.url += "/?v=10&encoding=json"
	if f.compress != "none" {
		f.url += "&compress=" + f.compress
	}
	failed := make(chan error, f.n)
	conns := make([]*websocket.Conn, f.n)
	var wg sync.WaitGroup
	defer wg.Wait()
	for i := range conns {
		conn, err := f.open(ctx, i)
		if err != nil {
			return err
		}
		defer conn.Close()
		conns[i] = conn
		wg.Go(func() { failed <- f.read(conn) })
	}
	fmt.Println("ready")
	beat := time.NewTicker(floorBeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case <-beat.C:
			for _, conn := range conns {
				if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"op":1,"d":null}`)); err != nil {
					return err
				}
			}
		}
	}
}

// open connects and identifies. HELLO is not waited for: the server takes
// IDENTIFY whenever it comes.
func (f floor) open(ctx context.Context, shard int) (*websocket.Conn, error) {
	conn, _, err := websocket.DefaultDialer.DialContext(ctx, f.url, nil)
	if err != nil {
		return nil, err
	}
	identify, err := json.Marshal(map[string]any{"op": 2, "d": map[string]any{
		"token": f.token, "intents": f.intents, "shard": []int{shard, f.n}, "large_threshold": 50,
		"properties": map[string]string{"os": "linux", "browser": "floor", "device": "floor"},
	}})
	if err != nil {
		return nil, err
	}
	return conn, conn.WriteMessage(websocket.TextMessage, identify)
}

func (f floor) read(conn *websocket.Conn) error {
	if f.compress == "none" {
		buf := make([]byte, 4096)
		for {
			_, r, err := conn.NextReader()
			if err != nil {
				return err
			}
			for err == nil {
				_, err = r.Read(buf)
			}
		}
	}
	z, err := zlib.NewReader(&messages{conn: conn})
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(io.Discard, struct{ io.Reader }{z}, make([]byte, 4096))
	return err
}

// messages reads a connection's messages as one stream.
type messages struct {
	conn    *websocket.Conn
	current io.Reader
}

// Read implements io.Reader.
func (m *messages) Read(p []byte) (int, error) {
	for {
		if m.current == nil {
			_, r, err := m.conn.NextReader()
			if err != nil {
				return 0, err
			}
			m.current = r
		}
		n, err := m.current.Read(p)
		if err == io.EOF {
			m.current = nil
			if n == 0 {
				continue
			}
			err = nil
		}
		return n, err
	}
}
