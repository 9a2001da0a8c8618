package plugin

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
)

// message and interaction make an entry with a number.
func message(n int64) *entry {
	return &entry{event: &gateway.Event{Seq: n, Type: discord.EventMessageCreate, Name: "MESSAGE_CREATE"}}
}

func interaction(n int64) *entry {
	return &entry{event: &gateway.Event{Seq: n, Type: discord.EventInteractionCreate, Name: "INTERACTION_CREATE"}}
}

func timerEntry() *entry { return &entry{timer: &effect.Timer{}} }

// numbers are the sequences of entries, 0 for what is no event.
func numbers(entries []entry) []int64 {
	out := []int64{}
	for _, e := range entries {
		if e.event == nil {
			out = append(out, 0)
		} else {
			out = append(out, e.event.Seq)
		}
	}
	return out
}

func wantNumbers(t *testing.T, what string, got []entry, want ...int64) {
	t.Helper()
	if !slices.Equal(numbers(got), want) {
		t.Errorf("%s are %v, want %v", what, numbers(got), want)
	}
}

const testBytes = 32 << 20

func boundsFor(frames int, p policy) bounds { return bounds{frames, testBytes, overflow{rest: p}} }

func TestMailboxOverflow(t *testing.T) {
	for _, c := range []struct {
		name     string
		overflow policy
		shed     bool
		in       []*entry
		dropped  []int64
		left     []int64
	}{
		{"drop_newest", dropNewest, false, []*entry{message(1), message(2), message(3), message(4)}, []int64{3, 4}, []int64{1, 2}},
		{"drop_oldest", dropOldest, false, []*entry{message(1), message(2), message(3), message(4)}, []int64{1, 2}, []int64{3, 4}},
		{"drop_oldest spares interactions", dropOldest, false, []*entry{interaction(1), message(2), message(3), message(4)}, []int64{2}, []int64{1, 3, 4}},
		{"interactions have room of their own", dropOldest, false, []*entry{interaction(1), message(2), message(3), interaction(4)}, nil, []int64{1, 4, 2, 3}},
		{"interactions while the lane rests", dropNewest, true, []*entry{interaction(1), interaction(2), interaction(3)}, []int64{3}, []int64{1, 2}},
		{"block while the lane rests", block, true, []*entry{message(1), message(2), message(3)}, []int64{3}, []int64{1, 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMailbox(boundsFor(2, c.overflow))
			m.shed(c.shed)
			var dropped []entry
			for _, e := range c.in {
				var closed bool
				if dropped, _, closed = m.put(e, dropped); closed {
					t.Fatal("closed")
				}
			}
			wantNumbers(t, "dropped", dropped, c.dropped...)
			wantNumbers(t, "left", m.close(), c.left...)
		})
	}
}

// Each event goes by its own policy, and makes room of what may go first.
func TestMailboxOverflowByEvent(t *testing.T) {
	named := func(n int64, kind discord.EventType, name string) *entry {
		e := message(n)
		e.event.Type, e.event.Name = kind, name
		return e
	}
	typing := func(n int64) *entry { return named(n, discord.EventTypingStart, "TYPING_START") }
	presence := func(n int64) *entry { return named(n, discord.EventPresenceUpdate, "PRESENCE_UPDATE") }
	novel := func(n int64) *entry { return named(n, discord.EventUnknown, "NOVELTY") }
	limits := config.Limits{Mailbox: 2, Overflow: "drop_newest", OverflowBy: map[string]string{
		"TYPING_START": "drop_oldest", "T*": "block", "PRESENCE_*": "drop_newest", "NOVELTY": "drop_oldest",
	}}
	for _, c := range []struct {
		name          string
		in            []*entry
		dropped, left []int64
	}{
		{"the oldest that may go makes room", []*entry{typing(1), typing(2), message(3)}, []int64{1}, []int64{2, 3}},
		{"wherever it stands", []*entry{message(1), typing(2), presence(3)}, []int64{2}, []int64{1, 3}},
		{"nothing may go but the newest", []*entry{message(1), message(2), presence(3)}, []int64{3}, []int64{1, 2}},
		{"one that may go gives way itself", []*entry{message(1), message(2), typing(3)}, []int64{3}, []int64{1, 2}},
		{"an event that nobody knows", []*entry{novel(1), message(2), message(3)}, []int64{1}, []int64{2, 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMailbox(boundsOf(limits))
			var dropped []entry
			limit := ""
			for _, e := range c.in {
				dropped, limit, _ = m.put(e, dropped)
			}
			wantNumbers(t, "dropped", dropped, c.dropped...)
			wantNumbers(t, "left", m.close(), c.left...)
			if limit != "limits.mailbox" {
				t.Errorf("the limit is %q", limit)
			}
		})
	}
}

func TestMailboxNeverDropsAnswers(t *testing.T) {
	m := newMailbox(boundsFor(2, dropOldest))
	for range 5 {
		if !m.putAlways(timerEntry()) {
			t.Fatal("closed")
		}
	}
	dropped, _, _ := m.put(message(1), nil)
	wantNumbers(t, "dropped", dropped, 1)
	wantNumbers(t, "left", m.close(), 0, 0, 0, 0, 0)
	if m.putAlways(timerEntry()) {
		t.Error("a closed mailbox takes an answer")
	}
}

func TestMailboxBoundsBytes(t *testing.T) {
	m := newMailbox(boundsFor(100, dropNewest))
	big := func(n int64) *entry {
		e := message(n)
		e.event.Data = make([]byte, testBytes/2)
		return e
	}
	huge := message(1)
	huge.event.Data = make([]byte, 2*testBytes)
	if dropped, _, _ := m.put(huge, nil); dropped != nil {
		t.Fatal("one frame must find room whatever its size")
	}
	batch, _, _ := m.take(nil, 10, 1)
	wantNumbers(t, "taken", batch, 1)
	if dropped, _, _ := m.put(big(2), nil); dropped != nil {
		t.Fatal("the bytes of what was taken still count")
	}
	dropped, _, _ := m.put(big(3), nil)
	wantNumbers(t, "dropped", dropped, 3)
	if m.bytes != big(2).size() {
		t.Errorf("%d bytes are counted, want %d", m.bytes, big(2).size())
	}
}

func TestMailboxTakesInteractionsFirst(t *testing.T) {
	m := newMailbox(boundsFor(100, block))
	for n := int64(1); n <= 6; n++ {
		e := message(n)
		if n%3 == 0 {
			e = interaction(n)
		}
		m.put(e, nil)
	}
	batch, _, _ := m.take(nil, 3, 1<<20)
	wantNumbers(t, "taken", batch, 3, 6, 1)
	for i, ahead := range []bool{true, true, false} {
		if batch[i].ahead != ahead {
			t.Errorf("entry %d is ahead: %v, want %v", i, batch[i].ahead, ahead)
		}
	}
	batch, _, _ = m.take(nil, 100, 1<<20)
	wantNumbers(t, "taken", batch, 2, 4, 5)
	m.put(interaction(7), nil)
	if batch, _, _ = m.take(nil, 100, 1<<20); batch[0].ahead {
		t.Error("an interaction that nothing waits behind is in turn")
	}
}

func TestMailboxBlocksUntilThereIsRoom(t *testing.T) {
	for _, c := range []struct {
		name   string
		free   func(m *mailbox)
		closed bool
		shed   bool
	}{
		{"taken", func(m *mailbox) { m.take(nil, 1, 1<<20) }, false, false},
		{"larger", func(m *mailbox) { m.configure(boundsFor(2, block)) }, false, false},
		{"another policy", func(m *mailbox) { m.configure(boundsFor(1, dropNewest)) }, false, true},
		{"the lane rests", func(m *mailbox) { m.shed(true) }, false, true},
		{"closed", func(m *mailbox) { m.close() }, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMailbox(boundsFor(1, block))
				m.put(message(1), nil)
				returned := false
				go func() {
					dropped, _, closed := m.put(message(2), nil)
					returned = true
					if closed != c.closed || (len(dropped) == 1) != c.shed {
						t.Errorf("put dropped %v, closed: %v", numbers(dropped), closed)
					}
				}()
				synctest.Wait()
				if returned {
					t.Fatal("there was no room")
				}
				c.free(m)
				synctest.Wait()
				if !returned {
					t.Fatal("it still blocks")
				}
			})
		})
	}
}

func TestMailboxRequestsGoBeforeEntries(t *testing.T) {
	m := newMailbox(boundsFor(10, block))
	m.put(message(1), nil)
	ran := false
	if !m.request(func() { ran = true }) {
		t.Fatal("refused")
	}
	batch, request, ok := m.take(nil, 10, 1<<20)
	if len(batch) != 0 || request == nil || !ok {
		t.Fatal("the request must come alone and first")
	}
	if request(); !ran {
		t.Fatal("another request")
	}
	m.close()
	if m.request(func() {}) {
		t.Error("a closed mailbox takes a request")
	}
	if _, _, ok := m.take(nil, 10, 1<<20); ok {
		t.Error("take goes on after the end")
	}
}

// TestRingAgainstSlice compares the ring with a slice under random work.
func TestRingAgainstSlice(t *testing.T) {
	r := newRand(t)
	var q ring
	var model []entry
	next := int64(1)
	for range 20_000 {
		switch n := r.IntN(10); {
		case n < 4:
			e := message(next)
			if r.IntN(3) == 0 {
				e = timerEntry()
			}
			next++
			q.push(*e)
			model = append(model, *e)
		case n < 7 && len(model) > 0:
			if got := q.pop(); got != model[0] {
				t.Fatalf("popped %v, want %v", got, model[0])
			}
			model = model[1:]
		case n < 8:
			var front []entry
			for range r.IntN(4) {
				front = append(front, *message(next))
				next++
			}
			q.pushFront(front)
			model = append(front, model...)
		case n < 9:
			got, ok := q.take(func(e *entry) bool { return e.event != nil })
			i := slices.IndexFunc(model, func(e entry) bool { return e.event != nil })
			if ok != (i >= 0) || (ok && got != model[i]) {
				t.Fatalf("took %v, %v; want the one at %d", got, ok, i)
			}
			if ok {
				model = slices.Delete(model, i, i+1)
			}
		}
		if q.count != len(model) {
			t.Fatalf("%d entries, want %d", q.count, len(model))
		}
		for i := range model {
			if *q.at(i) != model[i] {
				t.Fatalf("entry %d is %v, want %v", i, *q.at(i), model[i])
			}
		}
	}
}
