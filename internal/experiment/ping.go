package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ping writes !ping as a user, n times, and measures until the bot's answer
// stands in the channel: socket, host, guest, commit, REST.
func ping(ctx context.Context, b *bench, o options) (report, error) {
	// Discord allows 5 messages in 5 seconds a channel and 50 requests a second:
	// many guilds keep the limits out of the figure.
	guilds := min(o.n, 250)
	s, err := b.sim("--guilds", fmt.Sprint(guilds), "--shards", "2", "--max-concurrency", "2", "--seed", fmt.Sprint(o.seed))
	if err != nil {
		return report{}, err
	}
	defer s.kill()
	plugin, err := examplePlugin(ctx, "ping")
	if err != nil {
		return report{}, err
	}
	h, err := b.host(ctx, s, plugin)
	if err != nil {
		return report{}, err
	}
	defer h.kill()
	answers, stop, err := s.botMessages(ctx)
	if err != nil {
		return report{}, err
	}
	defer stop()
	var ms []float64
	pace := time.NewTicker(25 * time.Millisecond)
	defer pace.Stop()
	for i := range o.n {
		<-pace.C
		began := time.Now()
		var at struct {
			Channel string `json:"channel_id"`
		}
		if err := s.post("/messages", map[string]any{"guild": i % guilds, "content": "!ping"}, &at); err != nil {
			return report{}, err
		}
		select {
		case a := <-answers:
			if a.channel != at.Channel || a.content != "pong" {
				return report{}, fmt.Errorf("!ping %d in channel %s was answered with %+v", i, at.Channel, a)
			}
			ms = append(ms, float64(a.at.Sub(began).Microseconds())/1000)
		case <-time.After(30 * time.Second):
			return report{}, fmt.Errorf("!ping %d was not answered within 30 s", i)
		}
	}
	slices.Sort(ms)
	var st simStats
	var violations []any
	if err := s.get("/stats", &st); err != nil {
		return report{}, err
	}
	if err := s.get("/violations", &violations); err != nil {
		return report{}, err
	}
	r := report{figures: map[string]any{
		"round_trip_ms_p50": quantile(ms, 0.5), "round_trip_ms_p99": quantile(ms, 0.99), "round_trip_ms_max": quantile(ms, 1),
		"identifies": st.Identifies, "violations": len(violations), "lost": o.n - len(ms), "doubled": st.MessagesCreated - o.n,
	}}
	if st.MessagesCreated != o.n || len(violations) > 0 {
		r.broken = append(r.broken, fmt.Sprintf("%d answers to %d messages, violations: %v", st.MessagesCreated, o.n, violations))
	}
	return r, h.stop()
}

// botMessage is a message that the bot has created.
type botMessage struct {
	channel, content string
	at               time.Time
}

// botMessages follows the sim's stream.
func (s *sim) botMessages(ctx context.Context) (<-chan botMessage, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	req, err := http.NewRequestWithContext(ctx, "GET", s.Control+"/stream", nil)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	out := make(chan botMessage, 1024)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, math.MaxInt32)
		event := ""
		for lines.Scan() {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = name
				continue
			}
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok || event != "message" {
				continue
			}
			var m struct {
				Channel string `json:"channel_id"`
				Content string `json:"content"`
				Author  struct {
					Bot bool `json:"bot"`
				} `json:"author"`
			}
			if json.Unmarshal([]byte(data), &m) == nil && m.Author.Bot {
				out <- botMessage{m.Channel, m.Content, time.Now()}
			}
		}
	}()
	return out, func() { cancel(); <-ended }, nil
}
