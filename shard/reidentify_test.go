package shard_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// Other intents take other sessions: they are opened beside the old ones, which
// stay when Discord refuses. Either way the next start resumes what is there.
func TestReidentify(t *testing.T) {
	for _, test := range []struct {
		name    string
		refused bool
	}{{"taken", false}, {"refused", true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := discordtest.Options{Shards: 2, MaxConcurrency: 16, BucketWindow: 20 * time.Millisecond, Guilds: 4, NoRateLimits: true}
			if test.refused {
				o.DisallowedIntents = discord.IntentGuildMembers
			}
			server := discordtest.NewServer(o)
			defer server.Close()
			records := store.NewMemory()
			run := func(intents discord.Intents) *shard.Manager {
				data := gateway.DefaultIdentifyData(server.Token)
				data.Intents = intents
				var books bookkeeper
				m, err := shard.New(t.Context(), shard.Options{Identify: data, BaseURL: server.REST, Count: 2, Store: records},
					func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
						return gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{Sink: &ledgerSink{all: &books}})), nil
					})
				if err != nil {
					t.Fatal(err)
				}
				open(t, m)
				return m
			}
			few := discord.Intents(discord.IntentGuilds)
			more := few | discord.IntentGuildMembers
			m := run(few)
			err := m.Reidentify(t.Context(), 2, more)
			if (err != nil) != test.refused {
				t.Fatalf("error %v", err)
			}
			want := more
			if test.refused {
				want = few
				var closed *gateway.CloseError
				if !errors.As(err, &closed) || closed.Code != discord.CloseDisallowedIntents {
					t.Errorf("error %v", err)
				}
			}
			if err := server.WaitFor(t.Context(), func() bool {
				for _, s := range server.Sessions() {
					if s.Connected && s.Intents != want {
						return false
					}
				}
				return true
			}); err != nil {
				t.Fatal(err)
			}
			closeManager(t, m)
			before := server.Stats()
			again := run(want)
			after := server.Stats()
			if after.Identifies != before.Identifies || after.Resumes < before.Resumes+2 {
				t.Errorf("the next start sent %d IDENTIFYs and %d RESUMEs", after.Identifies-before.Identifies, after.Resumes-before.Resumes)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := again.Reidentify(ctx, 0, want); err == nil {
				t.Error("0 shards are taken")
			}
			closeManager(t, again)
		})
	}
}
