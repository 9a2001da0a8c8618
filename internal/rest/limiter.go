package rest

import (
	"context"
	"sync"
	"time"
)

// Sizes at which what is known is thinned out.
const (
	maxRoutes  = 4096
	sweepEvery = 1024
)

// A limiter knows the limits of all routes.
type limiter struct {
	global global

	mu      sync.Mutex
	routes  map[string]shape   // by route
	buckets map[string]*bucket // by the route or hash, and the major parameter
	uses    int
}

// A shape is what one answer of a route says about the others.
type shape struct {
	hash  string
	limit int
}

func newLimiter() *limiter {
	return &limiter{routes: make(map[string]shape), buckets: make(map[string]*bucket)}
}

// acquire waits for the bucket, then for the global limit. The bucket comes
// first, so that those who wait for theirs use up nothing of everyone's.
func (l *limiter) acquire(ctx context.Context, t *target, deadline time.Time) (*bucket, error) {
	var b *bucket
	if !t.callback {
		b = l.bucket(t)
		for {
			moved, err := b.acquire(ctx, t, deadline)
			if err != nil {
				return nil, err
			}
			if moved == nil {
				break
			}
			b = moved
		}
	}
	if t.ownToken {
		return b, nil
	}
	if err := l.global.acquire(ctx, t, deadline); err != nil {
		if b != nil {
			b.settle(window{}, false, time.Now())
		}
		return nil, err
	}
	return b, nil
}

// bucket finds or makes the bucket of a request.
func (l *limiter) bucket(t *target) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.uses++; l.uses%sweepEvery == 0 {
		l.sweep(time.Now())
	}
	known, ok := l.routes[t.route]
	key := bucketKey(t.route, t.major)
	if ok && known.hash != "" {
		key = bucketKey(known.hash, t.major)
	}
	b := l.buckets[key]
	if b == nil {
		name := t.route
		if t.major != "" {
			name += " of " + t.major
		}
		b = newBucket(name, known.limit)
		l.buckets[key] = b
	}
	return b
}

// learn notes which bucket a route belongs to. Buckets that turn out to be the
// same become one.
func (l *limiter) learn(t *target, b *bucket, w window) {
	if !w.ok || w.hash == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.routes) >= maxRoutes {
		clear(l.routes)
	}
	l.routes[t.route] = shape{hash: w.hash, limit: w.limit}
	own, shared := bucketKey(t.route, t.major), bucketKey(w.hash, t.major)
	switch other := l.buckets[shared]; {
	case other == nil:
		l.buckets[shared] = b
	case other != b:
		b.mergeInto(other)
	}
	delete(l.buckets, own)
}

// sweep forgets buckets that say nothing any more.
func (l *limiter) sweep(now time.Time) {
	for key, b := range l.buckets {
		if b.idle(now) && !b.queue.busy() {
			delete(l.buckets, key)
		}
	}
}

func (l *limiter) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.buckets)
}

func bucketKey(name, major string) string { return name + "\x00" + major }
