package wasm

import (
	"sync/atomic"
	"time"
)

// How long a call may run before it has to give way, see Guest.giveWay.
const (
	longCall  = 250 * time.Microsecond // then it lets other threads go first, again and again
	longFrame = 5 * time.Millisecond   // of one frame: then it needs a turn
	turnTime  = 2 * time.Millisecond   // of a turn that others wait for
)

// turns bound how many guests compute for long at the same time, so that however
// many there are, processors are left for lanes that have little to do. Whoever
// has waited longest has the next turn.
type turns struct {
	taken   chan struct{}
	waiting atomic.Int32
}

func newTurns(most int) *turns { return &turns{taken: make(chan struct{}, most)} }

// take waits for a turn, but no longer than within, and says whether it has one.
func (t *turns) take(within time.Duration) bool {
	select {
	case t.taken <- struct{}{}:
		return true
	default:
	}
	t.waiting.Add(1)
	defer t.waiting.Add(-1)
	limit := time.NewTimer(within)
	defer limit.Stop()
	select {
	case t.taken <- struct{}{}:
		return true
	case <-limit.C:
		return false
	}
}

func (t *turns) give() { <-t.taken }

// way is how a guest gives way while its call runs. Times are since it was born.
type way struct {
	began  time.Duration // of the call
	stays  time.Duration // until then it lets nobody go first
	turn   bool          // it has a turn
	turnAt time.Duration // since when
}

// giveWay is called at a safe point of a call that has run for longer than
// longCall, and returns the time when the guest goes on.
//
// A thread that wakes waits until the one that computes on its core has used up
// its slice, on Linux until the next tick of 1 to 4 ms. So the guest gives up its
// core for whoever waits. When somebody else computes too, it would never get as
// much as they do: so long as it was away, it stays afterwards.
//
// When the frame at hand takes longer than longFrame, the guest goes on only
// while it has a turn. Waiting is part of its time.
func (g *Guest) giveWay(now time.Duration) time.Duration {
	if now >= g.stays {
		g.module.engine.yield()
		left := now
		now = g.look()
		g.stays = now + now - left
	}
	turns := g.module.engine.turns
	long := now-(g.deadline-g.limit) > longFrame
	if g.turn && (!long || now-g.turnAt > turnTime && turns.waiting.Load() > 0) {
		g.endTurn()
	}
	if long && !g.turn {
		g.turn = turns.take(g.deadline - now)
		now = g.look()
		g.turnAt = now
	}
	return now
}

// endTurn gives back the turn that the guest may have: at the end of its call,
// and when it sleeps.
func (g *Guest) endTurn() {
	if g.turn {
		g.turn = false
		g.module.engine.turns.give()
	}
}
