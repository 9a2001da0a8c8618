package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"

	"github.com/bwmarrin/discordgo"
	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
)

// loop is the floor: gorilla with a reused buffer. It looks for the sequence
// only to prove that it read everything.
func loop(ctx context.Context, addr, _ string, m *meter, _ int) error {
	d := websocket.Dialer{ReadBufferSize: 16 << 10}
	conn, _, err := d.DialContext(ctx, "ws://"+addr+"/gateway?v=10&encoding=json", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	buf := make([]byte, 0, 128<<10)
	read := func() error {
		_, r, err := conn.NextReader()
		if err != nil {
			return err
		}
		for buf = buf[:0]; ; {
			n, err := r.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	}
	if err := read(); err != nil { // HELLO
		return err
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"op":2,"d":{"token":"t","intents":1,"properties":{}}}`)); err != nil {
		return err
	}
	if err := read(); err != nil { // READY
		return err
	}
	m.begin()
	for m.count < m.want {
		if err := read(); err != nil {
			return err
		}
		at := bytes.Index(buf, []byte(`"s":`)) + 4
		end := at + bytes.IndexByte(buf[at:], ',')
		seq, err := strconv.ParseInt(string(buf[at:end]), 10, 64)
		if err != nil {
			return err
		}
		m.event(seq)
	}
	return nil
}

// discordGo answers !ping on discordgo's structs, as its users write it.
func discordGo(ctx context.Context, addr, _ string, m *meter, _ int) error {
	discordgo.EndpointGateway = "http://" + addr + "/api/gateway"
	s, err := discordgo.New("Bot t")
	if err != nil {
		return err
	}
	s.SyncEvents = true
	s.StateEnabled = false
	s.Identify.Intents = discordgo.IntentsAll
	ready := make(chan struct{})
	s.AddHandlerOnce(func(*discordgo.Session, *discordgo.Ready) { close(ready) })
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.MessageCreate) {
		if e.Content == "!ping" {
			fmt.Println("pong")
		}
	})
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Sequence > 1 {
			m.event(e.Sequence)
		}
	})
	if err := s.Open(); err != nil {
		return err
	}
	defer s.Close()
	<-ready
	m.begin()
	return m.wait(ctx)
}

// disGo does the same on disgo's gateway.
func disGo(ctx context.Context, addr, _ string, m *meter, _ int) error {
	ready := make(chan struct{})
	g := gateway.New("t", func(t gateway.EventType, seq int, _ int, e gateway.EventData) {
		switch e := e.(type) {
		case gateway.EventReady:
			close(ready)
			return
		case gateway.EventMessageCreate:
			if e.Content == "!ping" {
				fmt.Println("pong")
			}
		}
		if seq > 1 {
			m.event(int64(seq))
		}
	}, nil, gateway.WithURL("ws://"+addr+"/gateway"), gateway.WithCompress(false),
		gateway.WithIntents(gateway.IntentsAll), gateway.WithLogger(slog.New(slog.DiscardHandler)))
	if err := g.Open(ctx); err != nil {
		return err
	}
	defer g.Close(context.Background())
	<-ready
	m.begin()
	return m.wait(ctx)
}
