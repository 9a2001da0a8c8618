package discordtest

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestStory(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script func(*Scene)
		client func(*client, *Server)
		err    string // part of it; "": the story comes true
	}{
		{"comes true", func(c *Scene) {
			c.Hello(time.Minute)
			c.Expect(2)
			c.Ready("s1", 7)
			c.Dispatch("FUTURE_EVENT", nil)
			c.Sequence(10)
			c.Dispatch("FUTURE_EVENT", nil)
			c.Expect(1)
			c.Send(`{"op":7,"d":null}`)
			if code := c.ExpectClose(); code != 4000 {
				c.fail("closed with %d", code)
			}
		}, func(c *client, s *Server) {
			c.want(10)
			c.send(1, nil) // passed over, acknowledged
			c.want(11)
			c.send(2, login(s, 0, 0, 1))
			c.event("READY")
			c.event("FUTURE_EVENT")
			if f := c.event("FUTURE_EVENT"); *f.S != 10 {
				c.t.Errorf("sequence %d, want 10", *f.S)
			}
			c.send(1, 10)
			for range 2 { // the acknowledgement and op 7, in either order
				if _, err := c.read(); err != nil {
					c.t.Error(err)
				}
			}
			c.bye(4000)
		}, ""},
		{"closes", func(c *Scene) { c.Close(4009) }, func(c *client, _ *Server) {
			if code := c.closed(); code != 4009 {
				c.t.Errorf("closed with %d", code)
			}
		}, ""},
		{"breaks", func(c *Scene) { c.Reset() }, func(c *client, _ *Server) { c.closed() }, ""},
		{"another opcode", func(c *Scene) { c.Hello(time.Minute); c.Expect(2) }, func(c *client, s *Server) {
			c.want(10)
			c.resume(s, "x", 1)
			c.closed()
		}, "expected identify, but the client sent resume"},
		{"no payload", func(c *Scene) { c.Expect(2) }, func(c *client, _ *Server) {
			_ = c.ws.WriteMessage(1, []byte("hm"))
			c.closed()
		}, `sent no payload: "hm"`},
		{"end instead of a command", func(c *Scene) { c.Expect(2) }, func(c *client, _ *Server) { c.bye(1000) }, "connection ended"},
		{"noise instead of silence", func(c *Scene) { c.ExpectQuiet(time.Minute) }, func(c *client, _ *Server) {
			c.send(3, nil)
			c.closed()
		}, "expected nothing, but the client sent presence update"},
		{"silence", func(c *Scene) { c.MuteAcks(); c.ExpectQuiet(10 * time.Millisecond) }, func(c *client, _ *Server) {
			c.send(1, nil)
			c.closed()
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := start(t, Options{})
			story := s.Next(tt.script)
			tt.client(dial(t, s.Gateway, "v=10"), s)
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			err := story.Wait(ctx)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("the story ended with %v, want %q", err, tt.err)
			}
			open(t, s) // afterwards the server is itself again
		})
	}
}
