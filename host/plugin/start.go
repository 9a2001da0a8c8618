package plugin

import (
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/journal"
)

// ready makes sure that the lane has a guest, waiting out the pause after a
// crash. It is false when the lane is to stop or to leave.
func (l *lane) ready() bool {
	l.requests()
	for l.guest == nil && !l.ending() {
		pause, rest := l.plugin.breaker.crash()
		if rest {
			l.plugin.rest(l, pause)
		} else {
			l.plugin.log.Warn("lane starts anew", "lane", l.index, "generation", l.gen.number, "pause", pause)
		}
		l.pause(pause)
		if rest {
			l.plugin.wake(l)
		}
		if l.guest == nil && !l.ending() {
			l.restart()
		}
	}
	return !l.ending()
}

// restart makes a new guest of the lane's generation.
func (l *lane) restart() {
	p := l.plugin
	g, err := p.newGuest(p.closing, l.gen, l.index)
	if p.closing.Err() != nil && err != nil {
		return
	}
	if err != nil {
		p.note(err)
		p.log.Error("lane did not start", "lane", l.index, "generation", l.gen.number, "error", err)
		return
	}
	l.guest = g
	l.adopt()
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
	l.discard()
}

// pause waits out a crash; a new guest that a swap brings ends it early.
func (l *lane) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	for l.requests(); l.guest == nil && !l.ending(); l.requests() {
		select {
		case <-l.plugin.closing.Done():
		case <-l.box.requested:
		case <-t.C:
			return
		}
	}
}

// requests runs what others have asked the lane to do between two calls.
func (l *lane) requests() {
	for request := l.box.pendingRequest(); request != nil; request = l.box.pendingRequest() {
		request()
	}
}

// swap puts the lane onto a new guest, which gets what the old one wants to hand
// over. It runs between two batches.
func (l *lane) swap(g *guest) {
	state := l.save(g)
	l.retire(abi.StopReload)
	l.guest = g
	l.gen = g.gen
	if state != nil && !l.load(state) {
		l.discard()
		return
	}
	l.alone, l.counted = 0, false
	l.box.configure(g.gen.spec.Limits.Mailbox, g.gen.overflow)
	l.adopt()
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
	if err := l.guest.discard(); err != nil {
		l.plugin.log.Error("guest not closed", "lane", l.index, "generation", l.gen.number, "error", err)
	}
	l.guest = nil
	l.memory.Store(0)
}
