package discordtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
)

func TestTrafficIsRealistic(t *testing.T) {
	s, _ := start(t, Options{})
	traffic := newTraffic(s, 7)
	counts := map[string]int{}
	bytes := 0
	ids := map[string]bool{}
	const n = 4000
	for range n {
		e := traffic.next(epoch)
		counts[e.name]++
		bytes += len(e.d)
		var d struct {
			ID        string  `json:"id"`
			GuildID   string  `json:"guild_id"`
			ChannelID *string `json:"channel_id"`
			Content   *string `json:"content"`
			Timestamp any     `json:"timestamp"`
		}
		if err := json.Unmarshal(e.d, &d); err != nil {
			t.Fatalf("%s: %v: %s", e.name, err, e.d)
		}
		if d.GuildID != e.guild.String() {
			t.Fatalf("%s of guild %s says %s", e.name, e.guild, d.GuildID)
		}
		if strings.Contains(string(e.d), "91000000") || strings.Contains(string(e.d), "@text@") {
			t.Fatalf("%s has a hole that was not filled: %s", e.name, e.d)
		}
		if e.name == "MESSAGE_CREATE" {
			if ids[d.ID] || d.Content == nil || d.ChannelID == nil {
				t.Fatalf("message %s", e.d)
			}
			ids[d.ID] = true
		}
	}
	if counts["MESSAGE_CREATE"] < n/2 || counts["PRESENCE_UPDATE"] < n/5 || counts["TYPING_START"] < n/10 || len(counts) < 5 {
		t.Errorf("events by name: %v", counts)
	}
	if mean := bytes / n; mean < 400 || mean > 1500 {
		t.Errorf("an event has %d bytes on average", mean)
	}
}

func TestLoadKeepsItsRateOnTheClock(t *testing.T) {
	s, clock := start(t, Options{HeartbeatInterval: -1})
	identified(t, s, allIntents, 0, 2)
	before := s.Stats().EventsSent
	type result struct {
		done Loaded
		err  error
	}
	results := make(chan result, 1)
	go func() {
		done, err := s.Load(context.Background(), Load{Rate: 1000, Seconds: 2})
		results <- result{done, err}
	}()
	for {
		select {
		case r := <-results:
			if r.err != nil || r.done.Events != 2000 || r.done.Seconds < 2 || r.done.Seconds > 2.1 {
				t.Fatalf("%+v, %v", r.done, r.err)
			}
			if sent := s.Stats().EventsSent - before; r.done.Sent != sent || sent < 500 || sent > 1500 {
				t.Errorf("%d dispatches to a session with half of the guilds, the stats say %d", r.done.Sent, sent)
			}
			return
		default:
			if clock.Pending() > 0 { // the load waits for its next step
				clock.Advance(time.Millisecond)
			}
		}
	}
}

func TestLoadEnds(t *testing.T) {
	s, _ := start(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Load(ctx, Load{Rate: 1, Seconds: 10}); err != context.Canceled {
		t.Errorf("with the context cancelled: %v", err)
	}
	for _, l := range []Load{{Rate: 0, Seconds: 1}, {Rate: -1, Seconds: 1}, {Rate: 1, Seconds: 0}, {Rate: 1e9, Seconds: 1}} {
		if _, err := s.Load(context.Background(), l); err == nil {
			t.Errorf("%+v is taken", l)
		}
	}
}

// BenchmarkDispatch measures events over many sessions, each with a client
// that throws away what it reads; the clients' share is in it.
func BenchmarkDispatch(b *testing.B) {
	for _, shards := range []int{1, 100, 1000} {
		for _, compress := range []string{"", "zlib-stream", "zstd-stream"} {
			b.Run(fmt.Sprintf("shards=%d/compress=%s", shards, compress), func(b *testing.B) {
				s := NewServer(Options{Guilds: 2000, MaxConcurrency: shards, SendQueue: 1 << 30, BookLimit: 1 << 16, HeartbeatInterval: -1})
				defer s.Close()
				for i := range shards {
					c := dial(b, s.Gateway, "v=10&compress="+compress)
					c.send(2, login(s, discord.IntentsValid, i, shards))
					go func() { _, _ = io.Copy(io.Discard, c.ws.NetConn()) }()
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				if err := s.WaitForSessions(ctx, shards); err != nil {
					b.Fatal(err)
				}
				traffic := newTraffic(s, rand.Uint64())
				now := time.Now()
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					s.hub.dispatch(traffic.next(now))
					if i%256 == 0 {
						runtime.Gosched() // as a load at a rate: no queue grows long
					}
				}
				s.hub.settle()
			})
		}
	}
}

// settle returns when no connection has anything to write.
func (h *hub) settle() {
	for {
		waiting := false
		h.mu.Lock()
		for c := range h.conns {
			c.mu.Lock()
			waiting = waiting || len(c.queue) > 0
			c.mu.Unlock()
		}
		h.mu.Unlock()
		if !waiting {
			return
		}
		runtime.Gosched()
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		NewServer(Options{Guilds: 1000}).Close()
	}
}

func BenchmarkGuildCreate(b *testing.B) {
	s := NewServer(Options{})
	defer s.Close()
	b.ReportAllocs()
	for b.Loop() {
		for _, g := range s.Guilds() {
			s.world.createBody(g, discord.IntentsValid, 50)
		}
	}
}
