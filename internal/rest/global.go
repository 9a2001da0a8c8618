package rest

import (
	"context"
	"sync"
	"time"
)

// Discord allows a bot 50 requests a second over all routes. The window is a
// little longer here, because requests that leave evenly may arrive bunched.
const (
	globalRate   = 50
	globalWindow = 1050 * time.Millisecond
)

// A global is the limit over all requests with the bot's token.
type global struct {
	queue turnstile

	mu     sync.Mutex
	sent   [globalRate]time.Time // a ring: when the last requests went out
	next   int
	paused time.Time // a 429 of global scope said: nothing before this moment
}

// acquire waits until a request may be sent, or returns an error at once when
// that is later than the deadline.
func (g *global) acquire(ctx context.Context, t *target, deadline time.Time) error {
	if err := g.queue.enter(ctx, t.Owner); err != nil {
		return err
	}
	defer g.queue.leave()
	for {
		at, ok := g.take(time.Now())
		switch {
		case ok:
			return nil
		case at.After(deadline):
			return &LimitedError{Route: t.route, Until: at}
		}
		if err := waitUntil(ctx, at, nil); err != nil {
			return err
		}
	}
}

func (g *global) take(now time.Time) (at time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at = g.sent[g.next].Add(globalWindow)
	if at.Before(g.paused) {
		at = g.paused
	}
	if now.Before(at) {
		return at, false
	}
	g.sent[g.next] = now
	g.next = (g.next + 1) % globalRate
	return time.Time{}, true
}

// pause lets nothing pass for a while.
func (g *global) pause(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.paused) {
		g.paused = until
	}
}

func (g *global) pausedUntil() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.paused
}
