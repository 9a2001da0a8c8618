package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/internal/histogram"
)

// A commit is one caller's batch on its way to the disk.
type commit struct {
	batch    Batch
	revision Revision
	err      error
	done     chan struct{} // closed when revision and err are final
}

// A committer gathers the batches of many callers into groups and hands each
// group to one function, one at a time, in the order of their arrival.
//
// A disk write takes the same time for one batch as for fifty. So whoever
// arrives while a write is under way joins the next group. That alone would
// alternate between a group of one and a group of all the others, because the
// callers of a group come back together, a moment after it; hence the
// committer waits for as many as came last time, but never longer than the last
// write took, nor than flush. A lone caller never waits.
type committer struct {
	flush time.Duration
	apply func([]*commit)

	mu      sync.Mutex
	pending []*commit
	closed  bool

	batches  atomic.Uint64 // that came
	failures atomic.Uint64 // of those, without conflicts
	writes   histogram.Histogram

	arrived chan struct{} // capacity 1: pending or closed has changed
	ended   chan struct{}
}

func startCommitter(flush time.Duration, apply func([]*commit)) *committer {
	c := &committer{flush: flush, apply: apply, arrived: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.run()
	return c
}

// commit queues a batch and waits for its outcome.
func (c *committer) commit(ctx context.Context, b Batch) (Revision, error) {
	own := &commit{batch: b, done: make(chan struct{})}
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return 0, ErrClosed
	}
	c.pending = append(c.pending, own)
	c.mu.Unlock()
	c.notify()

	select {
	case <-own.done:
	case <-ctx.Done():
		if c.withdraw(own) {
			return 0, ctx.Err()
		}
		<-own.done
	}
	return own.revision, own.err
}

// withdraw takes a batch back unless its write has begun.
func (c *committer) withdraw(own *commit) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range c.pending {
		if p == own {
			c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
			return true
		}
	}
	return false
}

// close refuses new batches and waits until those that are queued are done. It
// may be called more than once.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.notify()
	<-c.ended
}

func (c *committer) notify() {
	select {
	case c.arrived <- struct{}{}:
	default:
	}
}

func (c *committer) run() {
	defer close(c.ended)
	var (
		last     int           // size of the last group
		lastTook time.Duration // how long its write took
	)
	for {
		waiting, closed := c.state()
		if waiting == 0 {
			if closed {
				return
			}
			<-c.arrived
			continue
		}
		if waiting < last && !closed {
			c.gather(last, min(c.flush, lastTook))
		}
		group := c.take()
		if len(group) == 0 { // all withdrawn
			continue
		}
		began := time.Now()
		c.apply(group)
		last, lastTook = len(group), time.Since(began)
		c.batches.Add(uint64(last))
		c.writes.Observe(lastTook)
		for _, own := range group {
			if own.err != nil && !errors.Is(own.err, ErrConflict) {
				c.failures.Add(1)
			}
			close(own.done)
		}
	}
}

// gather waits until want batches are there, but not longer than patience.
func (c *committer) gather(want int, patience time.Duration) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		if waiting, closed := c.state(); waiting >= want || closed {
			return
		}
		select {
		case <-c.arrived:
		case <-timer.C:
			return
		}
	}
}

func (c *committer) state() (waiting int, closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending), c.closed
}

func (c *committer) take() []*commit {
	c.mu.Lock()
	defer c.mu.Unlock()
	group := c.pending
	c.pending = nil
	return group
}
