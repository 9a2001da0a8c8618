package shard_test

import (
	"context"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// A process is what dies and starts again: a manager on a store that lasts.
type process struct {
	*shard.Manager
	sink  *listener
	store *mortalStore
}

// A mortalStore loses every write after its process was killed.
type mortalStore struct {
	store.Store
	mu   sync.Mutex
	dead bool
}

func (s *mortalStore) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
}

func (s *mortalStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	s.mu.Lock()
	dead := s.dead
	s.mu.Unlock()
	if dead {
		return 0, store.ErrClosed
	}
	return s.Store.Commit(ctx, b)
}

func start(t *testing.T, server *discordtest.Server, s store.Store, change ...func(*shard.Options)) *process {
	t.Helper()
	p := &process{sink: newListener(), store: &mortalStore{Store: s}}
	data := gateway.DefaultIdentifyData(server.Token)
	data.AddIntents(gateway.IntentGuilds | gateway.IntentGuildMessages)
	opts := shard.Options{Identify: data, BaseURL: server.REST, Store: p.store}
	for _, c := range change {
		c(&opts)
	}
	m, err := shard.New(t.Context(), opts, func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
		g := gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{Sink: p.sink}))
		g.OnShardingRequired(m.Rescale)
		return g, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p.Manager = m
	open(t, m)
	return p
}

// say writes a message in every guild and returns what has to be heard.
func say(t *testing.T, server *discordtest.Server, m *shard.Manager) []heard {
	t.Helper()
	var all []heard
	for i, guild := range server.Guilds() {
		if _, err := server.SendMessage(guild.Channels[0].ID, "message "+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
		_, ix := m.FromGuildID(guild.ID)
		all = append(all, heard{gateway.Shard{ix, m.NumShards()}, guild.ID, "MESSAGE_CREATE"})
	}
	return all
}

// Sessions outlive the process, however it ends: what was sent in between
// arrives, and no IDENTIFY is spent.
func TestSessionsOutliveTheProcess(t *testing.T) {
	for _, end := range []string{"stopped", "killed"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			server := discordtest.NewServer(discordtest.Options{Shards: 4, MaxConcurrency: 4, Guilds: 12, NoRateLimits: true})
			defer server.Close()
			s, err := store.OpenFile(filepath.Join(t.TempDir(), "state.db"), store.FileOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()

			p := start(t, server, s)
			for _, h := range say(t, server, p.Manager) {
				p.sink.wait(t, h)
			}
			if end == "killed" {
				p.store.kill()
			}
			closeManager(t, p.Manager)
			missed := say(t, server, p.Manager)

			p = start(t, server, s)
			for _, h := range missed {
				p.sink.wait(t, h)
			}
			if stats := server.Stats(); stats.Identifies != 4 || stats.Resumes != 4 {
				t.Errorf("%d IDENTIFYs and %d RESUMEs, want four of each", stats.Identifies, stats.Resumes)
			}
			closeManager(t, p.Manager)

			p = start(t, server, s, func(o *shard.Options) { o.Count = 4; o.Fresh = true })
			if stats := server.Stats(); stats.Identifies != 8 || stats.Resumes != 4 {
				t.Errorf("fresh: %d IDENTIFYs and %d RESUMEs", stats.Identifies, stats.Resumes)
			}
			closeManager(t, p.Manager)
			if v := server.Violations(); len(v) > 0 {
				t.Errorf("violations: %+v", v)
			}
		})
	}
}

// A heartbeat acknowledges what the store has, not what was handled since: after
// a kill Discord still has to know the rest.
func TestHeartbeatsAcknowledgeWhatIsStored(t *testing.T) {
	t.Parallel()
	const shards = 2
	server := discordtest.NewServer(discordtest.Options{Shards: shards, MaxConcurrency: shards, Guilds: 4, HeartbeatInterval: 300 * time.Millisecond, NoRateLimits: true})
	defer server.Close()
	s := store.NewMemory()
	p := start(t, server, s)
	p.store.kill() // from here on nothing is stored
	for _, h := range say(t, server, p.Manager) {
		p.sink.wait(t, h)
	}
	before := len(server.Heartbeats())
	if err := server.WaitFor(t.Context(), func() bool { return len(server.Heartbeats()) >= before+3*shards }); err != nil {
		t.Fatal(err)
	}
	closeManager(t, p.Manager)

	p = start(t, server, s)
	if stats := server.Stats(); stats.Identifies != shards || stats.Resumes != shards {
		t.Errorf("%d IDENTIFYs and %d RESUMEs, want %d of each", stats.Identifies, stats.Resumes, shards)
	}
	closeManager(t, p.Manager)

	// What is stored is acknowledged before long.
	p = start(t, server, s)
	for _, h := range say(t, server, p.Manager) {
		p.sink.wait(t, h)
	}
	if err := server.WaitForAcks(t.Context()); err != nil {
		t.Fatal(err)
	}
	closeManager(t, p.Manager)
}

// With the count left to Discord, a restart keeps the shards it had.
func TestRestartKeepsItsCount(t *testing.T) {
	t.Parallel()
	server := discordtest.NewServer(discordtest.Options{Shards: 2, MaxConcurrency: 8, Guilds: 6})
	defer server.Close()
	s := store.NewMemory()
	p := start(t, server, s)
	if err := p.RescaleTo(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	closeManager(t, p.Manager)
	p = start(t, server, s)
	if n := p.NumShards(); n != 3 {
		t.Errorf("%d shards after the restart, want the 3 that run", n)
	}
	if stats := server.Stats(); stats.Identifies != 5 || stats.Resumes != 3 {
		t.Errorf("%d IDENTIFYs and %d RESUMEs", stats.Identifies, stats.Resumes)
	}
	closeManager(t, p.Manager)
}
