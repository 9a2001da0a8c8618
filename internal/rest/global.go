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

	// A plugin that has more than half of them in the window leaves lightShare to
	// the others, if there are any that wanted something lately.
	lightShare = 16
	heavyShare = globalRate / 2
	lightly    = 10 * time.Minute
)

// A global is the limit over all requests with the bot's token.
type global struct {
	mu     sync.Mutex
	sent   [globalRate]passage // a ring: the last requests that went out
	next   int
	paused time.Time             // a 429 of global scope said: nothing before this moment
	seen   map[string]time.Time  // when an owner last wanted to pass
	queues map[string]*turnstile // of owners; each has one request at most that waits for room
}

// A passage is one request that went out.
type passage struct {
	at    time.Time
	owner string
}

// follow counts what another process may have sent until a moment.
func (g *global) follow(until time.Time) {
	for i := hostShare; i < globalRate; i++ {
		g.sent[i].at = until
	}
}

// acquire waits until a request may be sent, or returns an error at once when
// that is later than the deadline. Requests of one owner pass in the order in
// which they came; the host's own do not queue.
func (g *global) acquire(ctx context.Context, t *target, deadline time.Time) error {
	if queue := g.queue(t.Owner, time.Now()); queue != nil {
		if err := queue.enter(ctx, t.Owner); err != nil {
			return err
		}
		defer queue.leave()
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

// queue is where an owner's requests wait for their turn; nil for the host.
func (g *global) queue(owner string, now time.Time) *turnstile {
	if owner == "" {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.queues == nil {
		g.queues, g.seen = make(map[string]*turnstile), make(map[string]time.Time)
	}
	if g.queues[owner] == nil {
		g.queues[owner] = &turnstile{}
	}
	g.seen[owner] = now
	return g.queues[owner]
}

func (g *global) take(now time.Time, owner string) (at time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at = g.sent[(g.next+g.leaves(owner, now))%globalRate].at.Add(globalWindow)
	if at.Before(g.paused) {
		at = g.paused
	}
	if now.Before(at) {
		return at, false
	}
	g.sent[g.next] = passage{now, owner}
	g.next = (g.next + 1) % globalRate
	return time.Time{}, true
}

// leaves is how many requests of the window an owner leaves to others.
func (g *global) leaves(owner string, now time.Time) int {
	if owner == "" {
		return 0
	}
	alone := true
	for other, at := range g.seen {
		alone = alone && (other == owner || now.Sub(at) > lightly)
	}
	own := 0
	for _, p := range g.sent {
		if p.owner == owner && now.Sub(p.at) < globalWindow {
			own++
		}
	}
	if alone || own < heavyShare {
		return hostShare
	}
	return hostShare + lightShare
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
