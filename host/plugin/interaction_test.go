package plugin

import (
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

func (w *world) interaction(guild int, s script) *gateway.Event {
	e := w.event(guild, s)
	e.Type, e.Name = discord.EventInteractionCreate, "INTERACTION_CREATE"
	return e
}

func TestInteractionsGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		release := hold(p, 0)
		for n := range 5 {
			w.send(1, order(1, n).put("seen", itoa(n)))
		}
		w.deliver(w.interaction(1, script{}.failIf("seen", "too late").put("interaction", "1")))
		release()
		w.settle()
		w.wantKV("interaction", "1")
		w.wantKV("g1", "5")
		w.wantPosition(6)
		if s := p.Status(); s.Failed != 0 {
			t.Errorf("it failed: %v", s.LastError)
		}
	})
}

// An interaction that was handled out of turn is known after a crash, and so is
// what it has overtaken.
func TestInteractionsAndPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.open(scripted{})
		send := func(replayed bool) {
			for i := range 6 {
				e := w.event(1, script{}.add("messages", 1))
				if i%3 == 2 {
					e = w.eventAt(e.Seq, 1, script{}.add("interactions", 1))
					e.Type, e.Name = discord.EventInteractionCreate, "INTERACTION_CREATE"
				}
				e.Replayed = replayed
				w.deliver(e)
			}
		}
		release := hold(p, 0)
		send(false)
		// Only the batch of the interactions is committed: the messages of the
		// same batch fail for ever.
		commits := 0
		w.store.mu.Lock()
		w.store.chance = func() bool { commits++; return commits > 1 }
		w.store.mu.Unlock()
		(*p.lanes.Load())[0].alone = 6 // one commit a frame
		release()
		w.settle()
		w.closeNow()
		w.store.mu.Lock()
		w.store.chance = nil
		w.store.mu.Unlock()
		w.wantKV("interactions", "1")
		w.wantKV("messages", "")
		for range 3 { // the position is not kept, and the host dies again and again
			w.open(scripted{})
			w.seq = 0
			w.tracker.Begin(w.session, 0)
			send(true)
			w.settle()
			w.wantKV("interactions", "2")
			w.wantKV("messages", "4")
			w.wantPosition(6)
			w.closeNow()
		}
	})
}
