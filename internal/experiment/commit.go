package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

const (
	commitGuilds  = 1000
	commitFlush   = 2 * time.Millisecond
	commitReplies = 400 // replies that are timed on each store
	commitSyncs   = 200
)

// commit measures n frames with one kv write each, on one core: how many a
// second on one lane and on four, how long a reply waits for the disk, and what
// the disk itself takes.
func commit(ctx context.Context, b *bench, o options) (r report, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	syncs, err := fsyncs(b.dir, commitSyncs/2)
	if err != nil {
		return r, err
	}
	r.figures = map[string]any{"frames": o.n}
	for _, lanes := range []int{1, 4} {
		rate, commits, err := frameRate(ctx, b, counter(), lanes, o.n)
		if err != nil {
			return r, err
		}
		name := "frames_per_second"
		if lanes > 1 {
			name = fmt.Sprintf("frames_per_second_%d_lanes", lanes)
		}
		r.figures[name], r.figures[fmt.Sprintf("frames_per_commit_%d_lanes", lanes)] = int(rate), float64(o.n)/float64(max(1, commits))
	}
	rate, commits, err := frameRate(ctx, b, idler(), 1, o.n)
	if err != nil {
		return r, err
	}
	r.figures["frames_per_second_without_effects"], r.figures["commits_without_effects"] = int(rate), commits
	r.expect(commits == 0, "%d commits for frames without effects", commits)
	for name, file := range map[string]string{"reply_ms": filepath.Join(b.dir, "reply.db"), "reply_ms_memory": ""} {
		ms, err := replies(ctx, file, commitReplies)
		if err != nil {
			return r, err
		}
		r.figures[name+"_p50"], r.figures[name+"_p99"] = quantile(ms, 0.5), quantile(ms, 0.99)
	}
	more, err := fsyncs(b.dir, commitSyncs/2)
	syncs = append(syncs, more...)
	slices.Sort(syncs)
	sum := 0.0
	for _, ms := range syncs {
		sum += ms
	}
	r.figures["fsync_ms_p50"], r.figures["fsync_ms_p99"], r.figures["fsync_ms_mean"] = quantile(syncs, 0.5), quantile(syncs, 0.99), sum/float64(len(syncs))
	return r, err
}

// fsyncs is how long the disk takes to keep one page, in milliseconds.
func fsyncs(dir string, n int) (ms []float64, err error) {
	f, err := os.CreateTemp(dir, "fsync")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	page := make([]byte, 4096)
	for i := range n {
		began := time.Now()
		if _, err := f.WriteAt(page, int64(i%16)*int64(len(page))); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
	}
	return ms, nil
}

// done tells the host that the frame in hand is finished.
func done(f map[string]uint32) guest.Code {
	return guest.Seq(guest.Get(guest.FrameIndex), guest.I32(1), guest.I32Add, guest.Call(f["done"]), guest.Drop)
}

// counter is a guest that counts the events of each guild in a key.
func counter() []byte {
	return guest.Batch([]string{"done", "kv_add"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		const guildAt = 16 // in a frame's header
		return guest.Seq(
			guest.Get(guest.FramePtr), guest.I32(guildAt), guest.I32Add, guest.I32(8), guest.I64(1), guest.I32(guest.Scratch), guest.Call(f["kv_add"]), guest.Drop,
			done(f),
		)
	})
}

// idler is a guest that asks for nothing.
func idler() []byte {
	return guest.Batch([]string{"done"}, func(_ *guest.Builder, f map[string]uint32) guest.Code { return done(f) })
}

// replier is a guest that answers every event with a message.
func replier() []byte {
	return guest.Batch([]string{"done", "rest"}, func(b *guest.Builder, f map[string]uint32) guest.Code {
		document := b.Data(`{"method":"POST","path":"/channels/1/messages","body":{"content":"pong"}}`)
		return guest.Seq(guest.I64(0), document.Both(), guest.Call(f["rest"]), guest.Drop, done(f))
	})
}

// A road is one plugin on a store, without a gateway and without Discord.
type road struct {
	engine  *wasm.Engine
	store   *countingStore
	plugin  *plugin.Plugin
	tracker journal.Tracker
	events  []gateway.Event
	sent    int64
}

// countingStore counts commits.
type countingStore struct {
	store.Store
	commits atomic.Int64
}

func (s *countingStore) Commit(ctx context.Context, b store.Batch) (store.Revision, error) {
	s.commits.Add(1)
	return s.Store.Commit(ctx, b)
}

// newRoad opens a plugin on a store in a file, or in memory.
func newRoad(ctx context.Context, file string, module []byte, lanes int, client journal.Client) (w *road, err error) {
	w = &road{store: &countingStore{Store: store.NewMemory()}}
	if file != "" {
		if w.store.Store, err = store.OpenFile(file, store.FileOptions{Flush: commitFlush}); err != nil {
			return nil, err
		}
	}
	if w.engine, err = wasm.NewEngine(wasm.Options{}); err != nil {
		return nil, errors.Join(err, w.store.Close())
	}
	log := hclog.NewNullLogger()
	w.plugin, err = plugin.Open(ctx, plugin.Deps{
		Engine: w.engine, Journal: journal.New(w.store, log, time.Now), Store: w.store, Client: client, Log: log, Version: "experiment", Now: time.Now,
		Send: func(context.Context, effect.Command) error { return nil },
	}, config.Plugin{
		Name: "p", Lanes: lanes, Events: []string{"*"}, Config: []byte("{}"),
		Grant: config.Grant{KV: &config.KVGrant{Quota: 1 << 40}, Discord: &config.DiscordGrant{Allow: []string{"* /**"}}},
		Limits: config.Limits{
			Memory: 64 << 20, Deadline: time.Minute, Init: time.Minute, Mailbox: 4096, Inflight: 10000, Overflow: "block", ModuleSize: 1 << 20,
		},
		Failure: config.Failure{Retry: 2, Max: 5, Within: time.Minute, Backoff: time.Second},
	}, module)
	if err != nil {
		return nil, errors.Join(err, w.engine.Close(ctx), w.store.Close())
	}
	w.tracker.Begin("s", -1)
	w.events = make([]gateway.Event, 8*4096) // more than may wait
	return w, nil
}

// deliver sends one event.
func (w *road) deliver(body []byte) {
	w.sent++
	e := &w.events[w.sent%int64(len(w.events))]
	*e = gateway.Event{
		Of: 1, Session: "s", Seq: w.sent, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE",
		Guild: discord.GuildID(1+w.sent%commitGuilds) << 22, Data: body,
	}
	e.Retain()
	ticket, _ := w.tracker.Receive(w.sent, 1)
	w.plugin.Deliver(e, ticket, nil)
	e.Release()
}

// wait returns once every event is finished.
func (w *road) wait(ctx context.Context) error {
	for {
		if done, _ := w.tracker.Position(); done == w.sent {
			return nil
		}
		if err := pause(ctx, 100*time.Microsecond); err != nil {
			return err
		}
	}
}

func (w *road) close() error {
	ctx := context.Background()
	return errors.Join(w.plugin.Close(ctx), w.engine.Close(ctx), w.store.Close())
}

// frameRate is how many frames a second a guest handles, and how many commits
// that took.
func frameRate(ctx context.Context, b *bench, module []byte, lanes, n int) (rate float64, commits int64, err error) {
	dir, err := os.MkdirTemp(b.dir, "frames")
	if err != nil {
		return 0, 0, err
	}
	w, err := newRoad(ctx, filepath.Join(dir, "store.db"), module, lanes, &waitingClient{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	body := make([]byte, 1200)
	send := func(n int) error {
		for range n {
			w.deliver(body)
		}
		return w.wait(ctx)
	}
	if err := send(min(n, 20000)); err != nil { // every guild has its key, memory its size
		return 0, 0, err
	}
	before, began := w.store.commits.Load(), time.Now()
	err = send(n)
	return float64(n) / time.Since(began).Seconds(), w.store.commits.Load() - before, err
}

// waitingClient tells when a request would leave.
type waitingClient struct {
	calls chan time.Time // nil: nobody wants to know
}

func (c *waitingClient) Do(context.Context, rest.Request) (rest.Response, error) {
	if c.calls != nil {
		c.calls <- time.Now()
	}
	return rest.Response{Status: 200, Body: []byte("{}")}, nil
}

// replies is how long it takes from an event until its answer leaves, in
// milliseconds, one after the other.
func replies(ctx context.Context, file string, n int) (ms []float64, err error) {
	client := &waitingClient{calls: make(chan time.Time, 1)}
	w, err := newRoad(ctx, file, replier(), 1, client)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for range n {
		began := time.Now()
		w.deliver(nil)
		select {
		case at := <-client.calls:
			ms = append(ms, float64(at.Sub(began).Microseconds())/1000)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if err := cmp.Or(w.wait(ctx), pause(ctx, time.Millisecond)); err != nil { // its record is gone
			return nil, err
		}
	}
	slices.Sort(ms)
	return ms, nil
}
