package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/bwmarrin/discordgo"
	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/journal"
)

// A spoken is what handlers of the bench languages have made of events.
type spoken struct{ hits, sum uint64 }

func (s *spoken) message(content, author, channel, guild string) {
	if strings.HasPrefix(content, "!ping") {
		s.hits++
	}
	for _, id := range [...]string{author, channel, guild} {
		var n uint64
		fmt.Sscan(id, &n)
		s.sum += n % 1000
	}
	if n := len(content); n > 0 {
		s.sum += uint64(content[n-1])
	}
}

// spokenEvents are bodies of messages of 1.2 KB, and what one round of them comes
// to.
func spokenEvents() (events [][]byte, once spoken, err error) {
	sample, err := os.ReadFile(filepath.Join(corpus, "message_create.json"))
	if err != nil {
		return nil, once, err
	}
	for i := range 64 {
		body := sample
		for old, new := range map[string]string{
			"178512384401637376": fmt.Sprint(178512384401637376 + i), "712038117266964484": fmt.Sprint(712038117266964484 + 7*i),
			"times today": fmt.Sprint("times today ", i),
		} {
			body = bytes.ReplaceAll(body, []byte(old), []byte(new))
		}
		if i%8 > 0 {
			body = bytes.ReplaceAll(body, []byte("!ping"), []byte("?ping"))
		}
		var m discordgo.Message
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, once, err
		}
		once.message(m.Content, m.Author.ID, m.ChannelID, m.GuildID)
		events = append(events, body)
	}
	return events, once, nil
}

// nativeSide handles events as programs do that are written with discordgo: in
// its structs, in the same process.
func nativeSide(events [][]byte, once spoken) *side {
	var got spoken
	rounds := uint64(0)
	return &side{
		name: "native Go on discordgo", events: len(events), each: map[int]int{}, close: func() {}, memory: func() int64 { return 0 },
		give: func(int) error {
			rounds++
			for _, body := range events {
				m := &discordgo.MessageCreate{}
				if err := json.Unmarshal(body, m); err != nil {
					return err
				}
				if strings.HasPrefix(m.Content, "!ping") {
					got.hits++
				}
				for _, id := range [...]string{m.Author.ID, m.ChannelID, m.GuildID} {
					n := uint64(0)
					for _, c := range []byte(id) {
						n = n*10 + uint64(c-'0')
					}
					got.sum += n % 1000
				}
				if n := len(m.Content); n > 0 {
					got.sum += uint64(m.Content[n-1])
				}
			}
			return nil
		},
		check: func() error { return got.want(once, rounds) },
	}
}

func (s spoken) want(once spoken, rounds uint64) error {
	if want := (spoken{once.hits * rounds, once.sum * rounds}); s != want {
		return fmt.Errorf("it counted %+v, want %+v", s, want)
	}
	return nil
}

// guestSide handles events in a guest, on the whole way inside the host:
// position, mailbox, the lane's goroutine, the guest, and back to the position.
func guestSide(ctx context.Context, name string, module []byte, events [][]byte, once spoken) (*side, error) {
	var said bytes.Buffer // the lane writes, and this goroutine reads when it waits for nothing
	p, close, err := openPlugin(ctx, module, 1, hclog.New(&hclog.LoggerOptions{Output: &said, Level: hclog.Info, DisableTime: true}))
	if err != nil {
		return nil, err
	}
	var tracker journal.Tracker
	tracker.Begin("s", -1)
	seq, rounds := int64(0), uint64(0)
	event := func(body []byte) *gateway.Event {
		e := &gateway.Event{
			Of: 1, Session: "s", Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE", Guild: 712038117266964480, Data: body,
		}
		e.Retain()
		return e
	}
	give := func(events []*gateway.Event) error {
		for _, e := range events {
			seq++
			ticket, _ := tracker.Receive(seq, 1)
			p.Deliver(e, ticket, nil)
		}
		for {
			if done, _ := tracker.Position(); done == seq {
				return nil
			}
			runtime.Gosched()
		}
	}
	all := make([]*gateway.Event, len(events))
	for i, body := range events {
		all[i] = event(body)
	}
	return &side{
		name: name, events: len(events), each: map[int]int{}, close: close, memory: func() int64 { return p.Status().Memory },
		give: func(together int) error {
			rounds++
			for i := 0; i < len(all); i += together {
				if err := give(all[i:min(i+together, len(all))]); err != nil {
					return err
				}
			}
			return nil
		},
		check: func() error {
			if s := p.Status(); s.Failed > 0 || s.Dropped+s.Buried > 0 {
				return fmt.Errorf("%d frames failed: %w\n%s", s.Failed, s.LastError, &said)
			}
			last := event([]byte(`{"content":"!sum","channel_id":"1","guild_id":"2","author":{"id":"3"}}`))
			if err := give([]*gateway.Event{last}); err != nil {
				return err
			}
			var got spoken
			for line := range strings.Lines(said.String()) {
				if _, text, ok := strings.Cut(line, "bench: "); ok {
					fmt.Sscan(text, &got.hits, &got.sum)
				}
			}
			return got.want(once, rounds)
		},
	}, nil
}
