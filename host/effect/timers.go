package effect

import (
	"container/heap"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// Timers are the timers of one plugin: durable, owned by the host. The records
// are written by the journal with the effects of the frame that set them; Set
// and Unset tell this clock of it afterwards. Each timer that is due is handed
// on once, until it is set again.
//
// A lane has a namespace of tags of its own, and a timer set while a guild's
// frame was handled is that guild's: it fires on the lane that owns the guild.
// When the number of lanes changes, a lane may therefore own timers that
// another one has set. To the guest one tag is one timer: setting it or
// stopping it means all that its lane owns.
//
// A timer's name says how many lanes there were when it was set. So a timer that a
// lane sets now and one that another lane removes, set by that index before the
// change, are never the same record.
type Timers struct {
	now func() time.Time

	mu    sync.Mutex
	byTag map[uint64][]*Timer // of all lanes: rarely more than one
	count int
	queue timerQueue
	wake  chan struct{}

	ctx  context.Context
	halt context.CancelFunc
	wg   sync.WaitGroup
}

// TimerName is what tells a timer from all others of its plugin.
type TimerName struct {
	Lane int // that set it
	Of   int // how many lanes there were; 0: set by a host that did not note it
	Tag  uint64
}

// Timer is one of them.
type Timer struct {
	TimerName
	Due    time.Time
	Period time.Duration // 0: once
	Guild  uint64        // of the frame that set it, 0: none
	Shard  int
	Asker  uint64 // the guest that set it, see Lane.Guest; 0: before the host was started

	index int // in the queue; -1: handed on, or gone
}

// Owner tells which of n lanes the timer fires on.
func (t *Timer) Owner(n int) int {
	if t.Guild != 0 {
		return LaneOf(t.Guild, n)
	}
	return t.Lane % n
}

// OpenTimers reads the timers that the store holds. Start lets them fire.
func OpenTimers(ctx context.Context, s store.Store, plugin string, now func() time.Time) (*Timers, error) {
	t := &Timers{now: now, byTag: map[uint64][]*Timer{}, wake: make(chan struct{}, 1)}
	t.ctx, t.halt = context.WithCancel(context.Background())
	prefix := "timer/" + plugin + "/"
	for after := ""; ; {
		entries, err := s.List(ctx, prefix, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			timer, err := decodeTimer(e.Key[len(prefix):], e.Value)
			if err != nil {
				return nil, fmt.Errorf("timer record %q: %w", e.Key, err)
			}
			t.Set(timer)
			after = e.Key
		}
		if len(entries) < 1000 {
			return t, nil
		}
	}
}

// Count is the number of timers set.
func (t *Timers) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

// Owned appends to found the timers with a tag that a lane owns.
func (t *Timers) Owned(found []Timer, tag uint64, lane Lane) []Timer {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, timer := range t.byTag[tag] {
		if timer.Owner(lane.Of) == lane.Index {
			found = append(found, *timer)
		}
	}
	return found
}

// Current tells whether a timer that was handed on still stands: it was neither
// stopped nor set anew since.
func (t *Timers) Current(timer *Timer) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.find(timer.TimerName)
	return now != nil && now.index < 0 && now.Due.Equal(timer.Due)
}

// Set sets a timer, in the place of the one of its name.
func (t *Timers) Set(timer Timer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(timer.TimerName)
	t.byTag[timer.Tag] = append(t.byTag[timer.Tag], &timer)
	t.count++
	heap.Push(&t.queue, &timer)
	if timer.index == 0 {
		t.poke()
	}
}

// Unset forgets a timer.
func (t *Timers) Unset(name TimerName) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(name)
}

func (t *Timers) find(name TimerName) *Timer {
	for _, timer := range t.byTag[name.Tag] {
		if timer.TimerName == name {
			return timer
		}
	}
	return nil
}

func (t *Timers) remove(name TimerName) {
	same := t.byTag[name.Tag]
	for i, timer := range same {
		if timer.TimerName != name {
			continue
		}
		if timer.index >= 0 {
			heap.Remove(&t.queue, timer.index)
		}
		t.count--
		if len(same) == 1 {
			delete(t.byTag, name.Tag)
		} else {
			same[i] = same[len(same)-1]
			t.byTag[name.Tag] = same[:len(same)-1]
		}
		return
	}
}

// Next is the timer after it has fired at now; ok is false when it fires once.
// Periods that were missed while the host was down are skipped.
func (t Timer) Next(now time.Time) (next Timer, ok bool) {
	if t.Period <= 0 {
		return t, false
	}
	t.Due = t.Due.Add(t.Period)
	if late := now.Sub(t.Due); late > 0 {
		t.Due = t.Due.Add((late/t.Period + 1) * t.Period)
	}
	return t, true
}

// Key is where a timer of a plugin stands in the store.
func (n TimerName) Key(plugin string) string {
	if n.Of == 0 {
		return fmt.Sprintf("timer/%s/%d/%016x", plugin, n.Lane, n.Tag)
	}
	return fmt.Sprintf("timer/%s/%d-%d/%016x", plugin, n.Lane, n.Of, n.Tag)
}

// timerRecord is the length of a timer's record: due (unix nanoseconds), period
// (nanoseconds), guild and shard, 8 bytes each.
const timerRecord = 32

// Encode is a timer's record.
func (t Timer) Encode() []byte {
	b := make([]byte, 0, timerRecord)
	for _, n := range [...]uint64{uint64(t.Due.UnixNano()), uint64(t.Period), t.Guild, uint64(t.Shard)} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

var errBadTimer = errors.New("not LANE-OF/TAG with a due time, a period, a guild and a shard; the store's file is damaged")

func decodeTimer(key string, value []byte) (Timer, error) {
	laneText, tagText, ok := strings.Cut(key, "/")
	laneText, ofText, counted := strings.Cut(laneText, "-")
	if !counted {
		ofText = "0"
	}
	of, ofErr := strconv.ParseUint(ofText, 10, 31)
	lane, laneErr := strconv.ParseUint(laneText, 10, 31)
	tag, tagErr := strconv.ParseUint(tagText, 16, 64)
	if !ok || laneErr != nil || ofErr != nil || tagErr != nil || len(value) != timerRecord {
		return Timer{}, errBadTimer
	}
	field := func(i int) uint64 { return binary.BigEndian.Uint64(value[8*i:]) }
	t := Timer{
		TimerName: TimerName{Lane: int(lane), Of: int(of), Tag: tag}, Due: time.Unix(0, int64(field(0))), Period: time.Duration(field(1)),
		Guild: field(2), Shard: int(field(3)),
	}
	if t.Period < 0 || t.Shard < 0 {
		return Timer{}, errBadTimer
	}
	return t, nil
}
