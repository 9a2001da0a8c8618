package plugin

import (
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A disk that takes two seconds for a write holds nothing up but what waits for
// it: events without effects pass, a backlog shares its writes, and positions
// and messages come after them.
func TestSlowDisk(t *testing.T) {
	const events = 600
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.spec.Limits.Mailbox, w.spec.Limits.Inflight = 128, 10_000
		w.open(scripted{})
		w.settle()
		var mu sync.Mutex
		commits := 0
		w.store.before = func() {
			mu.Lock()
			commits++
			mu.Unlock()
			kept, _ := strconv.Atoi(w.kv("n"))
			if position := int(w.position()); position > kept {
				t.Errorf("the position is %d, of which %d are kept", position, kept)
			}
			if n := len(w.discord.paths()); n > kept {
				t.Errorf("%d messages were sent, of which %d are kept", n, kept)
			}
			time.Sleep(2 * time.Second)
		}
		began := time.Now()
		for i := range events {
			w.send(i, script{}.add("n", 1).expect(0).rest(1, document("POST", "/channels/1/messages", `{"content":"`+itoa(i)+`"}`, "")))
		}
		until(t, func() bool { return w.position() == events })
		if d := time.Since(began); d > time.Minute {
			t.Errorf("%d events took %v", events, d)
		}
		w.wantKV("n", itoa(events))
		if s := w.plugin.Status(); s.Delayed == 0 || s.Failed != 0 || s.Dropped != 0 {
			t.Errorf("status is %+v", s)
		}
		w.wantLog("the session waits, the mailbox is full")

		time.Sleep(time.Hour) // until all messages are sent and their answers handled
		w.settle()
		if n := len(w.discord.paths()); n != events {
			t.Errorf("%d messages were sent, want %d", n, events)
		}
		mu.Lock()
		before := commits
		mu.Unlock()
		w.send(1, nil)
		w.settle()
		w.wantPosition(events + 1)
		if commits != before {
			t.Error("an event without effects has waited for the disk")
		}
	})
}
