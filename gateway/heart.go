package gateway

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"time"
)

// errZombie ends a connection on which nothing comes any more.
var errZombie = errors.New("nothing received for a whole heartbeat interval")

// Bounds for what a service may ask for as its interval.
const (
	minInterval = 10 * time.Millisecond
	maxInterval = 10 * time.Minute
)

// A heart sends heartbeats on a goroutine of its own, which no sink can hold
// up, and ends the connection when it is dead: when nothing at all has come
// since the previous beat although the reader was listening.
// See https://docs.discord.com/developers/events/gateway#sending-heartbeats.
type heart struct {
	interval time.Duration
	asked    chan struct{} // the service wants a beat now

	sent    atomic.Int64 // when the beat that awaits its ACK was sent, unix nanoseconds; 0: none awaits
	latency atomic.Int64 // of the last ACK, nanoseconds; 0: none came yet
}

// ask makes the heart beat at once. The timer is left alone.
func (h *heart) ask() {
	select {
	case h.asked <- struct{}{}:
	default: // one is under way
	}
}

// acknowledged notes an ACK.
func (h *heart) acknowledged(now time.Time) {
	if sent := h.sent.Swap(0); sent != 0 {
		h.latency.Store(now.UnixNano() - sent)
	}
}

// ticks is on how many moments of an interval beats fall.
const ticks = 128

// first is when the first beat is due. It comes at a random moment: thousands of
// shards that connect together must not beat together for ever. But moments are
// the same for all connections of a process with that interval, so that it wakes
// up for several at a time: with a thousand idle shards, waking up is what costs.
func (h *heart) first(now time.Time) time.Time {
	tick := h.interval / ticks
	due := now.Add(time.Duration(rand.Float64() * float64(h.interval))).Truncate(tick)
	if !due.After(now) {
		due = due.Add(tick)
	}
	return now.Add(due.Sub(now)) // by the monotonic clock again
}

// beats runs the heart until the connection is over.
func (c *connection) beats() {
	h := &c.heart
	due := h.first(time.Now())
	timer := time.NewTimer(time.Until(due))
	defer timer.Stop()
	var turn uint64
	for first := true; ; {
		var err error
		select {
		case <-c.over:
			return
		case <-h.asked:
			err = c.beat()
		case <-timer.C:
			if !first && c.line.silentSince(turn) {
				c.fail(fmt.Errorf("%w (%s)", errZombie, h.interval))
				return
			}
			first = false
			due = due.Add(h.interval)
			if now := time.Now(); due.Before(now) { // the machine was asleep
				due = now.Add(h.interval)
			}
			timer.Reset(time.Until(due))
			turn = c.line.turn.Load()
			err = c.beat()
		}
		if err != nil {
			c.broke(err)
			return
		}
	}
}

// beat sends a heartbeat with the position that is reached.
func (c *connection) beat() error {
	text := make([]byte, 0, 32)
	text = append(text, `{"op":1,"d":`...)
	if seq := c.position(); seq >= 0 {
		text = strconv.AppendInt(text, seq, 10)
	} else {
		text = append(text, "null"...)
	}
	text = append(text, '}')
	c.heart.sent.CompareAndSwap(0, time.Now().UnixNano())
	return c.write(text)
}
