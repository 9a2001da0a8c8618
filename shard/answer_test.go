package shard_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// asked is how often a server was asked where to connect.
func asked(server *discordtest.Server) (n int) {
	for _, r := range server.RESTRequests(0) {
		if strings.HasSuffix(r.Path, "/gateway/bot") {
			n++
		}
	}
	return n
}

// A bot that is started again and again resumes each time, at once: Discord
// answers gateway/bot only so often.
func TestQuickRestarts(t *testing.T) {
	t.Parallel()
	server := discordtest.NewServer(discordtest.Options{Shards: 2, MaxConcurrency: 2, Guilds: 4})
	defer server.Close()
	s := store.NewMemory()
	p := start(t, server, s)
	began := time.Now()
	for range 4 {
		p.store.kill()
		closeManager(t, p.Manager)
		p = start(t, server, s)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("four restarts took %s", took)
	}
	closeManager(t, p.Manager)
	if stats := server.Stats(); stats.Identifies != 2 || stats.Resumes != 8 || asked(server) != 1 {
		t.Errorf("%d IDENTIFYs, %d RESUMEs, asked %d times", stats.Identifies, stats.Resumes, asked(server))
	}
	if v := server.Violations(); len(v) > 0 {
		t.Errorf("violations: %+v", v)
	}
}

// While Discord does not say where to connect, a restart goes on with what it
// said last.
func TestStartWithoutAnswer(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		script discordtest.Script
	}{
		{"failing", discordtest.Script{Status: 500}},
		{"limited", discordtest.Script{Status: 429, Body: `{"retry_after":60}`}},
		{"garbage", discordtest.Script{Status: 200, Body: `<html>`}},
		{"no address", discordtest.Script{Status: 200, Body: `{"shards":0}`}},
		{"slow", discordtest.Script{Delay: 20 * time.Second}},
		{"broken off", discordtest.Script{Abort: true}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := discordtest.NewServer(discordtest.Options{Shards: 2, MaxConcurrency: 2, Guilds: 4, NoRateLimits: true})
			defer server.Close()
			s := store.NewMemory()
			closeManager(t, start(t, server, s).Manager)
			age(t, s, "gateway.")

			c.script.Path, c.script.Times = "/gateway/bot", 100
			if err := server.Script(c.script); err != nil {
				t.Fatal(err)
			}
			p := start(t, server, s)
			closeManager(t, p.Manager)
			if stats := server.Stats(); stats.Identifies != 2 || stats.Resumes != 2 {
				t.Errorf("%d IDENTIFYs and %d RESUMEs", stats.Identifies, stats.Resumes)
			}
			if asked(server) < 2 {
				t.Error("an old answer was taken without asking")
			}
		})
	}
}

// age makes the records below a prefix look an hour old.
func age(t *testing.T, s store.Store, prefix string) {
	t.Helper()
	entries, err := s.List(t.Context(), prefix, "", 0)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d records below %s, %v", len(entries), prefix, err)
	}
	for _, e := range entries {
		var record map[string]any
		if err := json.Unmarshal(e.Value, &record); err != nil {
			t.Fatal(err)
		}
		record["at"] = time.Now().Add(-time.Hour).UnixMilli()
		text, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: e.Key, Value: text}}}); err != nil {
			t.Fatal(err)
		}
	}
}

// What another service said is of no use, and neither is what cannot be read.
func TestAnswerOfAnotherService(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, record string }{
		{"another service", ""},
		{"damaged", `{"url":"wss://`},
		{"not an address", `{"url":"https://elsewhere","shards":2,"at":1}`},
		{"no shards", `{"url":"wss://elsewhere","shards":0,"at":1}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := store.NewMemory()
			first := discordtest.NewServer(discordtest.Options{Shards: 1})
			closeManager(t, start(t, first, s).Manager)
			first.Close()
			if c.record != "" {
				entries, err := s.List(t.Context(), "gateway.", "", 0)
				if err != nil || len(entries) != 1 {
					t.Fatalf("%d records, %v", len(entries), err)
				}
				if _, err := s.Commit(t.Context(), store.Batch{Writes: []store.Write{{Key: entries[0].Key, Value: []byte(c.record)}}}); err != nil {
					t.Fatal(err)
				}
			}
			server := discordtest.NewServer(discordtest.Options{Shards: 1})
			defer server.Close()
			data := gateway.DefaultIdentifyData(server.Token)
			m, err := shard.New(t.Context(), shard.Options{Identify: data, BaseURL: server.REST, Store: s}, shard.NewGatewayShardFunc)
			if err != nil {
				t.Fatal(err)
			}
			if asked(server) != 1 || !strings.HasPrefix(m.GatewayURL(), server.Gateway) {
				t.Errorf("asked %d times, connects to %s instead of %s", asked(server), m.GatewayURL(), server.Gateway)
			}
			aside, err := s.List(t.Context(), "damaged.gateway.", "", 0)
			if err != nil || len(aside) > 1 || (len(aside) == 1) != (c.record != "") || len(aside) == 1 && string(aside[0].Value) != c.record {
				t.Errorf("kept aside: %+v, %v", aside, err)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}
