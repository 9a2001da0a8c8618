package shard_test

import (
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/shard"
)

// A listener is a sink that counts events by shard tuple and guild.
type listener struct {
	mu   sync.Mutex
	seen map[heard]int
	bell chan struct{}
}

type heard struct {
	shard gateway.Shard
	guild discord.GuildID
	name  string
}

func newListener() *listener {
	return &listener{seen: make(map[heard]int), bell: make(chan struct{}, 1)}
}

func (l *listener) Begin(gateway.Session)   {}
func (l *listener) Position() (int64, bool) { return 0, false }
func (l *listener) Dispatch(e *gateway.Event) {
	l.mu.Lock()
	l.seen[heard{gateway.Shard{e.Shard, e.Of}, e.Guild, e.Name}]++
	l.mu.Unlock()
	select {
	case l.bell <- struct{}{}:
	default:
	}
}

// wait waits until an event was heard.
func (l *listener) wait(t *testing.T, h heard) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		l.mu.Lock()
		n := l.seen[h]
		l.mu.Unlock()
		if n > 0 {
			return
		}
		select {
		case <-l.bell:
		case <-deadline:
			t.Fatalf("%s of guild %d did not reach shard %v", h.name, h.guild, h.shard)
		}
	}
}

// Real gateways against a real server: every guild's messages reach the shard
// that owns it, before and after a rescale, within all limits.
func TestManagerOnDiscord(t *testing.T) {
	t.Parallel()
	server := discordtest.NewServer(discordtest.Options{Shards: 3, MaxConcurrency: 8, Guilds: 30})
	defer server.Close()
	data := gateway.DefaultIdentifyData(server.Token)
	data.AddIntents(gateway.IntentGuilds | gateway.IntentGuildMessages)
	sink := newListener()
	m, err := shard.New(t.Context(), shard.Options{Identify: data, BaseURL: server.REST}, func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
		g := gateway.New(m.GatewayURL(), id, gateway.Options{Sink: sink})
		g.OnShardingRequired(m.Rescale)
		return g, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	open(t, m)
	served := func(n int) {
		t.Helper()
		for _, guild := range server.Guilds() {
			if _, err := server.SendMessage(guild.Channels[0].ID, "hello"); err != nil {
				t.Fatal(err)
			}
			s, ix := m.FromGuildID(guild.ID)
			sink.wait(t, heard{gateway.Shard{ix, n}, guild.ID, "MESSAGE_CREATE"})
			if id := s.(*gateway.Gateway).Identifier.Shard; *id != (gateway.Shard{ix, n}) {
				t.Errorf("shard %d has the tuple %v", ix, *id)
			}
		}
	}
	served(3)
	for _, s := range m.Status() {
		if s.State != gateway.StateReady || s.Of != 3 || s.Session == "" || s.Sequence < 1 || !s.Opened || !s.InCharge {
			t.Errorf("status %+v", s)
		}
	}
	if err := m.RescaleTo(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	served(5)
	closeManager(t, m)
	if n := server.Stats().Identifies; n != 8 {
		t.Errorf("%d IDENTIFYs for 3 and 5 shards", n)
	}
	if v := server.Violations(); len(v) > 0 {
		t.Errorf("violations: %+v", v)
	}
	// The sessions of the last generation may be resumed, the others are gone.
	for _, s := range server.Sessions() {
		if s.Of != 5 {
			t.Errorf("session %+v was left behind", s)
		}
	}
}
