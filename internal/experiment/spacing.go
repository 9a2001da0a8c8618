package main

import (
	"context"
	"sync"
	"time"
)

// A spacing lets a shard identify when some time has passed since its last
// IDENTIFY was answered or failed: the rule of a server whose five seconds are
// shorter, so that thousands of lost sessions fit into minutes.
type spacing struct {
	every time.Duration

	mu   sync.Mutex
	next map[int]time.Time
}

// Acquire implements gateway.IdentifyGovernor. A shard asks again only after it
// has released.
func (s *spacing) Acquire(ctx context.Context, shardID int) (release func(ready bool), err error) {
	s.mu.Lock()
	wait := time.Until(s.next[shardID])
	s.mu.Unlock()
	return func(bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.next[shardID] = time.Now().Add(s.every)
	}, pause(ctx, wait)
}

// pause returns after d, or when the context ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}
