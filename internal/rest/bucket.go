package rest

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A bucket is the limit that Discord keeps for some routes and one major
// parameter: so many requests in a window. It learns the numbers from the
// answers. Until the first one only one request is under way, because how many
// there may be is unknown.
type bucket struct {
	name  string // the route, with the id that it is for, for people
	queue turnstile

	mu        sync.Mutex
	limit     int       // 0: not known yet; unlimited: answers come without limits
	remaining int       // requests that may still be sent in this window
	reset     time.Time // end of the window; zero: its first answer is not here yet
	blocked   time.Time // a 429 said: nothing before this moment
	inflight  int
	changed   chan struct{} // closed and replaced with every answer
	moved     *bucket       // the route turned out to share this other bucket
}

const unlimited = -1

func newBucket(name string, limit int) *bucket {
	return &bucket{name: name, limit: limit, remaining: max(limit, 0), changed: make(chan struct{})}
}

// acquire waits until a request may be sent, or returns an error at once when
// that is later than the deadline. When the bucket was merged with another one
// it returns that instead, and nothing is acquired.
func (b *bucket) acquire(ctx context.Context, t *target, deadline time.Time) (moved *bucket, err error) {
	if err := b.queue.enter(ctx, t.Owner); err != nil {
		return nil, err
	}
	defer b.queue.leave()
	for {
		b.mu.Lock()
		now := time.Now()
		at, changed, ok := b.take(now)
		moved := b.moved
		b.mu.Unlock()
		switch {
		case moved != nil:
			return moved, nil
		case ok:
			return nil, nil
		case at.After(deadline):
			return nil, &LimitedError{Route: t.route, Until: at}
		}
		if err := waitUntil(ctx, at, changed); err != nil {
			return nil, err
		}
	}
}

// take takes one request from the window. Otherwise it says when to look again:
// at a moment, or when an answer changes something.
func (b *bucket) take(now time.Time) (at time.Time, changed chan struct{}, ok bool) {
	if b.moved != nil {
		return time.Time{}, nil, false
	}
	if now.Before(b.blocked) {
		return b.blocked, nil, false
	}
	if !b.reset.IsZero() && !now.Before(b.reset) {
		// Requests still under way may be counted in the new window.
		b.reset, b.remaining = time.Time{}, max(b.limit-b.inflight, 0)
	}
	switch {
	case b.limit == unlimited, b.limit == 0 && b.inflight == 0:
	case b.limit > 0 && b.remaining > 0:
		b.remaining--
	case b.limit > 0 && !b.reset.IsZero():
		return b.reset, b.changed, false
	default:
		return time.Time{}, b.changed, false
	}
	b.inflight++
	return time.Time{}, nil, true
}

// settle ends one request. answered is false when no answer came.
func (b *bucket) settle(w window, answered bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inflight--
	switch {
	case w.ok && b.limit <= 0:
		b.limit, b.remaining, b.reset = w.limit, w.remaining, now.Add(w.reset)
	case w.ok:
		b.limit = w.limit
		b.remaining = min(b.remaining, w.remaining)
		if end := now.Add(w.reset); end.After(b.reset) {
			b.reset = end
		}
	case answered && b.limit == 0:
		b.limit = unlimited
	case b.limit > 0 && b.reset.IsZero() && b.inflight == 0:
		// Nobody is left who could say when this window ends.
		b.remaining = max(b.remaining, 1)
	}
	b.notify()
}

// block lets nothing pass for a while.
func (b *bucket) block(until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if until.After(b.blocked) {
		b.blocked = until
	}
	b.notify()
}

// mergeInto sends the waiting callers to another bucket.
func (b *bucket) mergeInto(other *bucket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.moved = other
	b.notify()
}

func (b *bucket) notify() {
	close(b.changed)
	b.changed = make(chan struct{})
}

// idle reports whether forgetting the bucket loses nothing.
func (b *bucket) idle(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.inflight == 0 && !now.Before(b.blocked) && !now.Before(b.reset)
}

// A LimitedError says that a rate limit would have to be waited for longer than
// the client or the caller's deadline allows. Nothing was sent.
type LimitedError struct {
	Route string
	Until time.Time // when the request may be sent
}

func (e *LimitedError) Error() string {
	return fmt.Sprintf("rest: %s: the rate limit is used up until %s", e.Route, e.Until.UTC().Format(time.RFC3339))
}

// waitUntil waits for a moment (zero: none) or a change (nil: none).
func waitUntil(ctx context.Context, at time.Time, changed chan struct{}) error {
	var due <-chan time.Time
	if !at.IsZero() {
		timer := time.NewTimer(time.Until(at))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-due:
		return nil
	case <-changed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
