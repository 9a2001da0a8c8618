package effect

import (
	"container/heap"
	"time"
)

// Start starts the clock: fire gets each timer that is due. It must not block.
func (t *Timers) Start(fire func(Timer)) {
	t.wg.Go(func() { t.run(fire) })
}

// Stop stops the clock and waits for its end.
func (t *Timers) Stop() {
	t.halt()
	t.wg.Wait()
}

func (t *Timers) run(fire func(Timer)) {
	clock := time.NewTimer(0)
	defer clock.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-clock.C:
		case <-t.wake:
		}
		due, wait := t.due()
		for _, timer := range due {
			fire(timer)
		}
		clock.Reset(wait)
	}
}

// longestWait is how long the clock sleeps at most: a wall clock that is set
// forward is noticed within that time.
const longestWait = time.Minute

// due takes the timers that are due from the queue and tells how long to wait
// for the next.
func (t *Timers) due() (due []Timer, wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.queue) > 0 {
		if wait = t.queue[0].Due.Sub(t.now()); wait > 0 {
			return due, min(wait, longestWait)
		}
		due = append(due, *heap.Pop(&t.queue).(*Timer))
	}
	return due, longestWait
}

// Pop takes the timer that is due next from the queue, as Start hands it on; ok
// is false when there is none. It is for a clock that does not run by itself.
func (t *Timers) Pop() (next Timer, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		return Timer{}, false
	}
	return *heap.Pop(&t.queue).(*Timer), true
}

func (t *Timers) poke() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
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
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	timer.index = -1
	return timer
}
