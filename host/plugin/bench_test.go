package plugin

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/store"
)

// benchPlugin opens a plugin for a benchmark, with room for what it sends ahead.
func benchPlugin(b testing.TB, s store.Store, module []byte, lanes int) *Plugin {
	b.Helper()
	w := newWorld(b)
	spec := testSpec()
	spec.Lanes, spec.Limits.Mailbox = lanes, 4096
	deps := w.deps()
	deps.Log = hclog.NewNullLogger()
	if s != nil {
		deps.Store = s
		deps.Journal = journal.New(s, deps.Log, deps.Now)
	}
	p, err := Open(context.Background(), deps, spec, module)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			b.Error(err)
		}
	})
	return p
}

// run sends b.N events and waits until all are finished.
func run(b *testing.B, p *Plugin, body []byte) {
	b.Helper()
	send := traffic(p, body)
	b.ReportAllocs()
	b.ResetTimer()
	send(b.N)
	b.StopTimer()
}

// traffic returns what sends events and waits until all are finished; rings and
// slices have their size.
func traffic(p *Plugin, body []byte) (send func(n int)) {
	var tracker journal.Tracker
	tracker.Begin("s", -1)
	events := make([]*gateway.Event, 1024)
	for i := range events {
		events[i] = &gateway.Event{
			Of: 1, Session: "s", Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE",
			Guild: guildID(i), Data: body,
		}
		events[i].Retain()
	}
	var sent atomic.Int64
	send = func(n int) {
		for range n {
			seq := sent.Add(1)
			e := events[seq%int64(len(events))]
			ticket, _ := tracker.Receive(seq, 1)
			p.Deliver(e, ticket, nil)
		}
		for {
			if done, _ := tracker.Position(); done == sent.Load() {
				return
			}
		}
	}
	send(20_000)
	return send
}

// asking is a guest that asks for fields and does nothing with them.
func asking() []byte {
	manifest := `{"fields":{"MESSAGE_CREATE":["id","content","author.id","guild_id","channel_id"]}}`
	section := append([]byte{byte(len(abi.ManifestSection))}, abi.ManifestSection+manifest...)
	module := append(conformance.Poison(1), 0) // a custom section
	return append(binary.AppendUvarint(module, uint64(len(section))), section...)
}

func TestRoadAllocatesNothing(t *testing.T) {
	for name, module := range map[string][]byte{"plain": conformance.Poison(1), "with fields": asking()} {
		t.Run(name, func(t *testing.T) {
			body := append([]byte(`{"content":"x","author":{"id":"1"},"rest":"`), make([]byte, 1200)...)
			send := traffic(benchPlugin(t, nil, module, 1), body)
			const events = 20_000
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			send(events)
			runtime.ReadMemStats(&after)
			if n := after.Mallocs - before.Mallocs; n > events/20 { // others of the process allocate now and then
				t.Errorf("%d allocations for %d events", n, events)
			}
		})
	}
}

// BenchmarkRoad is the road of an event from the mailbox to the guest and back,
// with an empty handler and a message of 1.2 KB.
func BenchmarkRoad(b *testing.B) {
	body := make([]byte, 1200)
	b.Run("batches", func(b *testing.B) {
		run(b, benchPlugin(b, nil, conformance.Poison(1), 1), body)
	})
	b.Run("one by one", func(b *testing.B) {
		run(b, benchPlugin(b, nil, conformance.Silent(), 1), body)
	})
	b.Run("two lanes", func(b *testing.B) {
		run(b, benchPlugin(b, nil, conformance.Poison(1), 2), body)
	})
}

// BenchmarkCommit is a frame with one kv write each, on the file store.
func BenchmarkCommit(b *testing.B) {
	for _, lanes := range []int{1, 8} {
		b.Run(itoa(lanes)+" lanes", func(b *testing.B) {
			dir, err := os.MkdirTemp("", "commit")
			if err != nil {
				b.Fatal(err)
			}
			defer os.RemoveAll(dir)
			s, err := store.OpenFile(filepath.Join(dir, "store.db"), store.FileOptions{})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			run(b, benchPlugin(b, s, scripted{}.module(), lanes), script{}.add("n", 1))
		})
	}
}
