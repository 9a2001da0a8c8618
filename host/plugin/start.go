package plugin

import (
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// ready makes sure that the lane has a guest, waiting out the pause after a
// crash, or until the lane gets its earlier guest back. It is false when the
// lane is to stop or to leave.
func (l *lane) ready() bool {
	for l.requests(); !l.ending(); l.requests() {
		switch {
		case l.gen.condemned.Load():
			l.await(nil)
		case l.guest != nil:
			return true
		case !l.plugin.failing(l.gen, l.crash, false):
			l.recover()
		}
	}
	return false
}

// recover waits as long as the breaker says and makes a new guest.
func (l *lane) recover() {
	gen := l.gen
	pause, rest := l.plugin.breaker.crash()
	if rest {
		l.plugin.rest(l, pause)
	} else {
		l.plugin.log.Warn("lane starts anew", "lane", l.index, "generation", gen.number, "pause", pause)
	}
	l.pause(pause)
	if rest {
		l.plugin.wake(l)
	}
	if l.guest == nil && l.gen == gen && !gen.condemned.Load() && !l.ending() {
		l.restart()
	}
}

// restart makes a new guest of the lane's generation.
func (l *lane) restart() {
	p := l.plugin
	g, err := p.newGuest(p.closing, l.gen, l.index)
	if p.closing.Err() != nil && err != nil {
		return
	}
	if err != nil {
		l.crash = err
		p.note(err)
		p.log.Error("lane did not start", "lane", l.index, "generation", l.gen.number, "error", err)
		return
	}
	p.restarts.Add(1)
	l.change(l.gen, g, false)
}

// adopt commits what the lane's new guest asked for while it started.
func (l *lane) adopt() {
	g := l.guest
	l.memory.Store(g.wasm.Memory())
	l.made.Store(g.made.UnixNano())
	if len(g.starting) == 0 {
		return
	}
	r := l.record(nil, g.starting)
	id := fmt.Sprintf("init/%d/%d/%d", l.index, g.gen.started.UnixNano(), g.lane.Guest)
	r.FrameID = func(int) string { return id }
	err := l.keep(r)
	if err == nil {
		g.starting = nil
		return
	}
	var lost *journal.ConflictError
	if errors.As(err, &lost) {
		l.plugin.log.Warn("lane starts anew: what it read while it started has changed", "lane", l.index, "error", err)
	}
	l.crash = err
	l.discard()
}

// pause waits out a crash; a new guest that a swap brings ends it early.
func (l *lane) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	gen := l.gen
	for l.requests(); l.guest == nil && l.gen == gen && !gen.condemned.Load() && !l.ending(); l.requests() {
		if l.await(t.C) {
			return
		}
	}
}

// await waits for a request, the plugin's end, or the timer, which makes it
// true.
func (l *lane) await(timer <-chan time.Time) bool {
	select {
	case <-l.plugin.closing.Done():
	case <-l.box.requested:
	case <-timer:
		return true
	}
	return false
}

// requests runs what others have asked the lane to do between two calls.
func (l *lane) requests() {
	for request := l.box.pendingRequest(); request != nil; request = l.box.pendingRequest() {
		request()
	}
}

// change puts the lane onto a generation and a guest of it, between two batches,
// and returns the guest that it had. Everything that gives a lane another guest
// ends here: a swap, a rollback, a restart. Without a guest the lane makes one.
// With handOver the new one gets what the old one wants to hand over.
func (l *lane) change(gen *generation, to *guest, handOver bool) (had *guest) {
	var state *effect.State
	if handOver {
		state = l.save(to)
	}
	if had = l.guest; had != nil {
		l.loseAll()
		had.paused = l.plugin.deps.Now()
	}
	if had != nil && !had.wasm.Alive() { // shard_save was its end
		l.discard()
		had = nil
	}
	if gen != l.gen {
		l.alone, l.counted = 0, false
		l.box.configure(gen.bounds)
	}
	l.guest, l.gen = to, gen
	if to == nil {
		l.memory.Store(0)
		return had
	}
	l.unparkAll()
	l.cold, l.news = "", nil
	loaded, alive := false, true
	if state != nil {
		loaded, alive = l.load(state)
	}
	if !alive {
		l.discard()
		return had
	}
	switch {
	case loaded:
	case handOver:
		l.greet(coldReload)
	default:
		l.greet(coldCrash)
	}
	l.adopt()
	return had
}

// retire stops the lane's guest in good order.
func (l *lane) retire(reason int32) {
	if l.guest == nil {
		return
	}
	if err := l.guest.wasm.Stop(reason); err != nil {
		l.plugin.log.Warn("plugin did not stop in good order", "lane", l.index, "generation", l.gen.number, "error", err)
	}
	l.discard()
}

// discard closes the lane's guest.
func (l *lane) discard() {
	l.loseAll()
	l.loseAll()
	if err := l.guest.discard(); err != nil {
		l.plugin.log.Error("guest not closed", "lane", l.index, "generation", l.gen.number, "error", err)
	}
	l.guest = nil
	l.memory.Store(0)
}
