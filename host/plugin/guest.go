package plugin

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// A guest is one instance of a generation's module, with what it has asked for
// while it started.
type guest struct {
	gen      *generation
	lane     int
	wasm     *wasm.Guest
	recorder *effect.Recorder
	starting []effect.Effect // of shard_init; committed when the lane adopts the guest
	extend   func()
}

// newGuest makes and initialises an instance for a lane.
func (gen *generation) newGuest(ctx context.Context, index int, inflight *atomic.Int64) (*guest, error) {
	g := &guest{gen: gen, lane: index, recorder: effect.NewRecorder(gen.env, inflight)}
	output := &guestOutput{log: gen.env.Log}
	g.recorder.BeginInit()
	var err error
	g.wasm, err = gen.module.Instantiate(ctx, wasm.GuestConfig{Env: g.recorder, Stderr: output})
	if err != nil {
		return nil, fmt.Errorf("start of lane %d: %w", index, err)
	}
	if gen.manifest == nil {
		if gen.manifest, err = g.wasm.Manifest(); err != nil {
			g.wasm.Close()
			return nil, fmt.Errorf("manifest: %w", err)
		}
		if gen.manifest == nil {
			gen.manifest = &wasm.Manifest{}
		}
	}
	deadline := gen.spec.Limits.Deadline
	g.extend = func() { g.wasm.Extend(deadline) }
	if err := g.wasm.Init(gen.initDocument(index)); err != nil {
		g.wasm.Close()
		if text := g.recorder.FailText(); text != "" {
			err = fmt.Errorf("%w: %s", err, text)
		}
		return nil, fmt.Errorf("start of lane %d: %w", index, err)
	}
	g.starting = append([]effect.Effect(nil), g.recorder.Take(1)...)
	return g, nil
}

// discard closes a guest that never came to work.
func (g *guest) discard(inflight *atomic.Int64) {
	g.gen.env.Forget(g.starting, inflight)
	g.wasm.Close()
}

// guestOutput turns what a guest prints into log lines.
type guestOutput struct{ log *effect.Log }

func (o *guestOutput) Write(line []byte) (int, error) {
	o.log.Guest(hclog.Info, effect.Line(line))
	return len(line), nil
}

// adopt commits what the lane's new guest asked for while it started.
func (l *lane) adopt() {
	g := l.guest
	l.gen = g.gen
	l.memory.Store(g.wasm.Memory())
	if len(g.starting) == 0 {
		return
	}
	r := l.record(nil, g.starting)
	r.FrameID = func(int) string { return fmt.Sprintf("init/%d/%d", l.index, g.gen.started.UnixNano()) }
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		err := l.plugin.deps.Journal.Commit(l.ctx, r)
		if err == nil {
			break
		}
		l.plugin.log.Error("effects of the start not committed, trying again", "lane", l.index, "error", err)
		if !l.sleep(pause) {
			break
		}
	}
	g.starting = nil
}

// dead discards the guest after a trap and returns the trap. An error that is
// none (a frame too large for the guest) leaves it alive.
func (l *lane) dead(cause error) error {
	var trap *wasm.Trap
	if !errors.As(cause, &trap) && !errors.Is(cause, wasm.ErrDead) {
		return cause
	}
	l.guest.wasm.Close()
	l.guest = nil
	l.memory.Store(0)
	return cause
}

// retire stops a guest in good order.
func (l *lane) retire(reason int32) {
	if l.guest == nil {
		return
	}
	if err := l.guest.wasm.Stop(reason); err != nil {
		l.plugin.log.Warn("plugin did not stop in good order", "lane", l.index, "generation", l.gen.number, "error", err)
	}
	l.guest.wasm.Close()
	l.guest = nil
}

// requests runs what others have asked the lane to do between two calls.
func (l *lane) requests() {
	for request := l.box.pendingRequest(); request != nil; request = l.box.pendingRequest() {
		request()
	}
}

// ready makes sure that the lane has a guest, waiting out the pause after a
// crash. It is false when the lane is to stop or to leave.
func (l *lane) ready() bool {
	l.requests()
	for l.guest == nil && l.leaving == nil {
		pause, rest := l.plugin.breaker.crash()
		if rest {
			l.plugin.rest(pause)
		} else {
			l.plugin.log.Warn("lane starts anew", "lane", l.index, "generation", l.gen.number, "pause", pause)
		}
		if !l.pause(pause) {
			return false
		}
		if rest {
			l.plugin.wake()
		}
		if l.guest != nil {
			break // a swap has brought a new one meanwhile
		}
		g, err := l.gen.newGuest(l.ctx, l.index, &l.inflight)
		if err != nil {
			l.plugin.note(err)
			l.plugin.log.Error("lane did not start", "lane", l.index, "generation", l.gen.number, "error", err)
			continue
		}
		l.guest = g
		l.adopt()
	}
	return l.ctx.Err() == nil && l.leaving == nil
}

// pause waits out a crash; a swap ends it early.
func (l *lane) pause(d time.Duration) bool {
	deadline := time.Now().Add(d)
	for {
		l.requests()
		left := time.Until(deadline)
		if l.guest != nil || l.leaving != nil || left <= 0 {
			return l.ctx.Err() == nil && l.leaving == nil
		}
		t := time.NewTimer(left)
		select {
		case <-l.ctx.Done():
			t.Stop()
			return false
		case <-l.box.requested:
			t.Stop()
		case <-t.C:
		}
	}
}

// swap puts the lane onto a new guest. It runs between two batches.
func (l *lane) swap(g *guest) {
	l.retire(abi.StopReload)
	l.guest = g
	l.alone = 0
	l.adopt()
}
