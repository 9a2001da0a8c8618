package shard_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/shard"
)

// A ledgerSink notes every event that it is given.
type ledgerSink struct {
	all *bookkeeper

	mu   sync.Mutex
	done int64
}

type bookkeeper struct {
	mu     sync.Mutex
	events []received
}

type received struct {
	session string
	seq     int64
}

func (s *ledgerSink) Begin(gateway.Session) {}

func (s *ledgerSink) Dispatch(e *gateway.Event) {
	s.all.mu.Lock()
	s.all.events = append(s.all.events, received{e.Session, e.Seq})
	s.all.mu.Unlock()
	s.mu.Lock()
	s.done = e.Seq
	s.mu.Unlock()
}

func (s *ledgerSink) Position() (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done, s.done > 0
}

// Under load, from 2 to 4 shards and back: the server's books and what the sinks
// were given agree, event for event, also when connections break meanwhile.
func TestRescaleWithoutAGap(t *testing.T) {
	for _, c := range []struct {
		name   string
		faults []discordtest.FaultKind
	}{
		{"quiet", nil},
		{"connections break", []discordtest.FaultKind{discordtest.FaultReset, discordtest.FaultReconnect}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rescaleUnderLoad(t, c.faults)
		})
	}
}

func rescaleUnderLoad(t *testing.T, faults []discordtest.FaultKind) {
	server := discordtest.NewServer(discordtest.Options{Shards: 2, MaxConcurrency: 16, BucketWindow: time.Second, HeartbeatInterval: 8 * time.Second, Guilds: 40, NoRateLimits: true})
	defer server.Close()
	data := gateway.DefaultIdentifyData(server.Token)
	data.AddIntents(gateway.IntentGuilds | gateway.IntentGuildMessages | gateway.IntentGuildMessageTyping | gateway.IntentGuildMessageReactions | gateway.IntentGuildPresences)
	var books bookkeeper
	m, err := shard.New(t.Context(), shard.Options{Identify: data, BaseURL: server.REST}, func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
		return gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{Sink: &ledgerSink{all: &books}})), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	open(t, m)
	loaded := make(chan error, 1)
	go func() {
		_, err := server.Load(t.Context(), discordtest.Load{Rate: 400, Seconds: 16, Seed: 1})
		loaded <- err
	}()
	ctx, stop := context.WithCancel(t.Context())
	var disturbing sync.WaitGroup
	disturbing.Go(func() {
		for i := 0; len(faults) > 0 && i < 5; i++ {
			select {
			case <-time.After(3 * time.Second):
			case <-ctx.Done():
				return
			}
			if _, err := server.Fault(discordtest.Fault{Kind: faults[i%len(faults)], Shard: i % 3}); err != nil {
				t.Error(err)
			}
		}
	})
	for _, n := range []int{4, 2} {
		if err := m.RescaleTo(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	disturbing.Wait()
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	if err := server.WaitForAcks(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeManager(t, m)

	type numbered struct {
		number uint64
		guild  discord.GuildID
	}
	sent, forgotten := server.Books()
	if forgotten > 0 {
		t.Fatalf("%d events are not in the books", forgotten)
	}
	find := make(map[received]numbered)
	expected := make(map[uint64]bool)
	for _, s := range sent {
		switch s.Type {
		case "READY", "RESUMED", "GUILD_CREATE":
			continue
		}
		find[received{s.Session, s.Seq}] = numbered{s.Number, s.Guild}
		expected[s.Number] = true
	}
	times := make(map[uint64]int)
	last := make(map[discord.GuildID]uint64)
	lost, doubled, reordered := 0, 0, 0
	for _, r := range books.events {
		e, ok := find[r]
		if !ok {
			continue
		}
		if times[e.number]++; times[e.number] > 1 {
			doubled++
		} else if e.number < last[e.guild] {
			reordered++
		}
		last[e.guild] = max(last[e.guild], e.number)
	}
	for number := range expected {
		if times[number] == 0 {
			lost++
			for _, s := range sent {
				if s.Number == number {
					t.Logf("lost: %+v", s)
				}
			}
		}
	}
	t.Logf("%d events, %d dispatches", len(expected), len(find))
	if lost+doubled+reordered > 0 || len(expected) < 5000 {
		t.Errorf("%d events: %d lost, %d doubled, %d reordered", len(expected), lost, doubled, reordered)
	}
	if v := server.Violations(); len(v) > 0 {
		t.Errorf("violations: %+v", v)
	}
}
