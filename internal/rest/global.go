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
	globalWindow = 1100 * time.Millisecond

	// hostShare is how many of them plugins leave to the host, which thus never
	// waits for them: not when it starts, and not to find out what a 401 means.
	hostShare = 2
)

// A global is the limit over all requests with the bot's token.
type global struct {
	queue turnstile // of plugins; the host passes beside it

	mu     sync.Mutex
	sent   [globalRate]time.Time // a ring: when the last requests went out
	next   int
	paused time.Time // a 429 of global scope said: nothing before this moment
}

// follow counts what another process may have sent until a moment.
func (g *global) follow(until time.Time) {
	for i := hostShare; i < globalRate; i++ {
		g.sent[i] = until
	}
}

// acquire waits until a request may be sent, or returns an error at once when
// that is later than the deadline.
func (g *global) acquire(ctx context.Context, t *target, deadline time.Time) error {
	if t.Owner != "" {
		if err := g.queue.enter(ctx, t.Owner); err != nil {
			return err
		}
		defer g.queue.leave()
	}
	for {
		at, ok := g.take(time.Now(), t.Owner)
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

func (g *global) take(now time.Time, owner string) (at time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	room := g.next
	if owner != "" {
		room = (room + hostShare) % globalRate
	}
	at = g.sent[room].Add(globalWindow)
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
