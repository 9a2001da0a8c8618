package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

const (
	kvPlugin    = "p" // as newRoad names it
	kvValue     = 100 // bytes
	kvPerFrame  = 100 // gets
	kvFrames    = 2000
	kvPerCommit = 20000
)

// kv puts n keys into a store, starts the host on it, and lets a guest get keys
// at random.
func kv(ctx context.Context, b *bench, o options) (r report, err error) {
	file := filepath.Join(b.data(), "shardhost.db")
	if err := fillStore(ctx, file, o.n); err != nil {
		return r, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return r, err
	}
	us, err := gets(ctx, file, o.n)
	if err != nil {
		return r, err
	}
	r.figures = map[string]any{"keys": o.n, "file_mb": info.Size() >> 20, "get_us_p50": quantile(us, 0.5), "get_us_p99": quantile(us, 0.99)}
	return r, r.startOnKeys(ctx, b, o)
}

// fillStore writes the keys of a plugin, as the journal does.
func fillStore(ctx context.Context, file string, n int) (err error) {
	s, err := store.OpenFile(file, store.FileOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	space, err := effect.OpenSpace(ctx, s, kvPlugin, time.Now)
	if err != nil {
		return err
	}
	value := effect.EncodeValue([]byte(strings.Repeat("v", kvValue)), time.Time{})
	keys := make([]string, n)
	for i := range keys {
		keys[i] = string(binary.LittleEndian.AppendUint64(nil, uint64(i)))
	}
	slices.Sort(keys)
	for part := range slices.Chunk(keys, kvPerCommit) {
		var batch store.Batch
		for _, key := range part {
			batch.Writes = append(batch.Writes, store.Write{Key: space.StoreKey(key), Value: value})
		}
		grow := int64(len(part) * (8 + kvValue))
		batch.Writes = append(batch.Writes, space.Grow(0, grow))
		if _, err := s.Commit(ctx, batch); err != nil {
			return err
		}
		space.Grown(0, grow)
	}
	return nil
}

// getter is a guest that gets kvPerFrame keys a frame, at random out of n, and
// traps when one is not there.
func getter(n int) []byte {
	const (
		number   = guest.Scratch
		value    = guest.Scratch + 8
		tagAt    = 8
		i64RemU  = 0x82
		i64ShrU  = 0x88
		i64Store = 0x37
	)
	return guest.Batch([]string{"done", "kv_get"}, func(_ *guest.Builder, f map[string]uint32) guest.Code {
		return guest.Seq(
			guest.FrameTag, guest.I64(-7046029254386353131), guest.I64Mul, guest.Set(guest.FrameI64),
			guest.I32(kvPerFrame), guest.Set(guest.FrameI32),
			guest.Loop(guest.Empty,
				guest.Get(guest.FrameI64), guest.I64(6364136223846793005), guest.I64Mul, guest.I64(1442695040888963407), guest.I64Add, guest.Set(guest.FrameI64),
				guest.I32(number),
				guest.Get(guest.FrameI64), guest.I64(20), guest.Op(i64ShrU), guest.I64(int64(n)), guest.Op(i64RemU), guest.Op(i64Store, 0, 0),
				guest.I32(number), guest.I32(8), guest.I32(value), guest.I32(kvValue), guest.Call(f["kv_get"]),
				guest.I32(kvValue), guest.I32Ne, guest.If(guest.Empty, guest.Unreachable),
				guest.Get(guest.FrameI32), guest.I32(1), guest.I32Sub, guest.Tee(guest.FrameI32), guest.BrIf(0),
			),
			done(f),
		)
	})
}

// gets is how long a guest waits for a value, in microseconds: the mean of each
// frame, sorted.
func gets(ctx context.Context, file string, n int) (us []float64, err error) {
	w, err := newRoad(ctx, file, getter(n), 1, &waitingClient{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	for range kvFrames {
		began := time.Now()
		w.deliver(nil)
		for done := int64(0); done != w.sent; done, _ = w.tracker.Position() {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		us = append(us, float64(time.Since(began).Nanoseconds())/1000/kvPerFrame)
	}
	slices.Sort(us)
	return us, nil
}

// startOnKeys starts the host as a process on the store, and lets its guest get
// as many keys as there are.
func (r *report) startOnKeys(ctx context.Context, b *bench, o options) error {
	module := filepath.Join(b.dir, "getter.wasm")
	if err := os.WriteFile(module, getter(o.n), 0o600); err != nil {
		return err
	}
	hcl := fmt.Sprintf(`
plugin %q {
  source = %q
  events = ["MESSAGE_CREATE"]
  grant {
    kv {
      quota = "1GiB"
    }
  }
  limits {
    deadline = "10s"
  }
}
`, kvPlugin, module)
	s, err := b.sim("--seed", fmt.Sprint(o.seed), "--shards", "1")
	if err != nil {
		return err
	}
	defer s.kill()
	began := time.Now()
	h, err := b.host(ctx, s, hcl)
	if err != nil {
		return err
	}
	defer h.kill()
	r.figures["open_s"] = time.Since(began).Seconds()
	before, err := h.rss()
	if err != nil {
		return err
	}
	messages := max(1, o.n/kvPerFrame)
	if err := s.post("/load", map[string]any{"rate": 5000, "seconds": max(0.1, float64(messages)/0.55/5000), "seed": o.seed}, nil); err != nil {
		return err
	}
	handled, err := h.idle(ctx)
	if err != nil {
		return err
	}
	after, err := h.rss()
	if err != nil {
		return err
	}
	anon, err := h.memory("RssAnon:")
	if err != nil {
		return err
	}
	r.figures["gets"], r.figures["rss_mb_at_start"] = handled*kvPerFrame, before>>10
	r.figures["rss_mb"], r.figures["rss_mb_without_file"] = after>>10, anon>>10
	r.expect(handled > 0, "the guest has handled nothing")
	return h.stop()
}

// idle returns once the host's plugin has handled everything, and how much that
// was.
func (h *hostProcess) idle(ctx context.Context) (handled uint64, err error) {
	for {
		st, err := h.admin.Status(ctx)
		if err != nil {
			return 0, err
		}
		p := st.Plugins[0]
		if p.Handled > 0 && p.Handled == handled && p.Queued == 0 {
			if p.Failed > 0 {
				return 0, fmt.Errorf("%d frames failed: %s", p.Failed, p.LastError)
			}
			return handled, nil
		}
		handled = p.Handled
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return 0, err
		}
	}
}
