package discordtest

import (
	"slices"
	"sync"
	"time"
)

// A Clock tells a Server the time and wakes it up. Every window, deadline and
// rate of the server follows it, so that a test need not wait for any.
type Clock interface {
	Now() time.Time
	// AfterFunc calls f once d has passed, unless the timer was stopped.
	AfterFunc(d time.Duration, f func()) Timer
}

// A Timer is a call that is to come.
type Timer interface {
	// Stop takes the call back. It is false when the call was made already.
	Stop() bool
}

// systemClock is the computer's.
type systemClock struct{}

func (systemClock) Now() time.Time                            { return time.Now() }
func (systemClock) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// A ManualClock stands still until it is told to move. Its zero value is not
// useful: see NewManualClock.
type ManualClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*manualTimer // unordered
	made   uint64
}

type manualTimer struct {
	clock *ManualClock
	at    time.Time
	order uint64
	f     func()
}

// NewManualClock returns a clock that shows the given time.
func NewManualClock(now time.Time) *ManualClock { return &ManualClock{now: now} }

// Now returns what the clock shows.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc arranges for f to be called by the Advance that passes d.
func (c *ManualClock) AfterFunc(d time.Duration, f func()) Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made++
	t := &manualTimer{clock: c, at: c.now.Add(d), order: c.made, f: f}
	c.timers = append(c.timers, t)
	return t
}

// Stop takes the call back.
func (t *manualTimer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	i := slices.Index(t.clock.timers, t)
	if i < 0 {
		return false
	}
	t.clock.timers = slices.Delete(t.clock.timers, i, i+1)
	return true
}

// Pending returns how many calls are to come: a test that waits for it to rise
// knows that somebody has begun to wait.
func (c *ManualClock) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

// Advance moves the clock on by d and makes the calls that fall due, in their
// order, each at its own time, before it returns.
func (c *ManualClock) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	for {
		next := -1
		for i, t := range c.timers {
			if t.at.After(end) {
				continue
			}
			if next < 0 || t.at.Before(c.timers[next].at) || t.at.Equal(c.timers[next].at) && t.order < c.timers[next].order {
				next = i
			}
		}
		if next < 0 {
			break
		}
		t := c.timers[next]
		c.timers = slices.Delete(c.timers, next, next+1)
		if t.at.After(c.now) {
			c.now = t.at
		}
		c.mu.Unlock()
		t.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}
