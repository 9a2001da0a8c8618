package effect

import (
	"container/heap"
	"context"
	"encoding/binary"
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
type Timers struct {
	now func() time.Time

	mu    sync.Mutex
	byKey map[timerKey]*Timer
	queue timerQueue
	wake  chan struct{}

	ctx  context.Context
	halt context.CancelFunc
	wg   sync.WaitGroup
}

// Timer is one of them.
type Timer struct {
	Lane   int
	Tag    uint64
	Due    time.Time
	Period time.Duration // 0: once

	index int // in the queue; -1: handed on, or gone
}

type timerKey struct {
	lane int
	tag  uint64
}

// OpenTimers reads the timers that the store holds. Start lets them fire.
func OpenTimers(ctx context.Context, s store.Store, plugin string, now func() time.Time) (*Timers, error) {
	t := &Timers{now: now, byKey: map[timerKey]*Timer{}, wake: make(chan struct{}, 1)}
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
			break
		}
	}
	return t, nil
}

// Start starts the clock: fire gets each timer that is due. It must not block.
func (t *Timers) Start(fire func(Timer)) {
	t.wg.Go(func() { t.run(fire) })
}

// Stop stops the clock and waits for its end.
func (t *Timers) Stop() {
	t.halt()
	t.wg.Wait()
}

// Count is the number of timers set.
func (t *Timers) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.byKey)
}

// Get returns the timer that a lane has set with a tag.
func (t *Timers) Get(lane int, tag uint64) (Timer, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if timer, ok := t.byKey[timerKey{lane, tag}]; ok {
		return *timer, true
	}
	return Timer{}, false
}

// Set sets a timer, in the place of one with the same lane and tag.
func (t *Timers) Set(timer Timer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(timerKey{timer.Lane, timer.Tag})
	t.byKey[timerKey{timer.Lane, timer.Tag}] = &timer
	heap.Push(&t.queue, &timer)
	t.poke()
}

// Unset forgets a timer.
func (t *Timers) Unset(lane int, tag uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.remove(timerKey{lane, tag})
	t.poke()
}

func (t *Timers) remove(key timerKey) {
	if old, ok := t.byKey[key]; ok {
		delete(t.byKey, key)
		if old.index >= 0 {
			heap.Remove(&t.queue, old.index)
		}
	}
}

func (t *Timers) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

func (t *Timers) run(fire func(Timer)) {
	clock := time.NewTimer(0)
	defer clock.Stop()
	for {
		due, wait := t.due()
		for _, timer := range due {
			fire(timer)
		}
		clock.Reset(wait)
		select {
		case <-t.ctx.Done():
			return
		case <-clock.C:
		case <-t.wake:
		}
	}
}

// due takes the timers that are due from the queue and tells how long to wait
// for the next.
func (t *Timers) due() (due []Timer, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.queue) > 0 {
		wait = t.queue[0].Due.Sub(t.now())
		if wait > 0 {
			// A wall clock that jumps is noticed within a minute.
			return due, min(wait, time.Minute)
		}
		due = append(due, *heap.Pop(&t.queue).(*Timer))
	}
	return due, time.Hour
}

// TimerKey is where a timer stands in the store.
func TimerKey(plugin string, lane int, tag uint64) string {
	return fmt.Sprintf("timer/%s/%d/%016x", plugin, lane, tag)
}

// Encode is a timer's record: due and period in milliseconds, 8 bytes each.
func (t Timer) Encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Due.UnixMilli()))
	return binary.BigEndian.AppendUint64(b, uint64(t.Period.Milliseconds()))
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

func decodeTimer(key string, value []byte) (Timer, error) {
	laneText, tagText, ok := strings.Cut(key, "/")
	lane, err := strconv.Atoi(laneText)
	tag, tagErr := strconv.ParseUint(tagText, 16, 64)
	if !ok || err != nil || tagErr != nil || len(value) != 16 {
		return Timer{}, fmt.Errorf("not LANE/TAG with 16 bytes")
	}
	return Timer{
		Lane: lane, Tag: tag,
		Due:    time.UnixMilli(int64(binary.BigEndian.Uint64(value))),
		Period: time.Duration(binary.BigEndian.Uint64(value[8:])) * time.Millisecond,
	}, nil
}

// timerQueue is a heap by due time.
type timerQueue []*Timer

func (q timerQueue) Len() int           { return len(q) }
func (q timerQueue) Less(i, j int) bool { return q[i].Due.Before(q[j].Due) }
func (q timerQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}
func (q *timerQueue) Push(x any) {
	timer := x.(*Timer)
	timer.index = len(*q)
	*q = append(*q, timer)
}
func (q *timerQueue) Pop() any {
	old := *q
	timer := old[len(old)-1]
	*q = old[:len(old)-1]
	timer.index = -1
	return timer
}
