package main

import (
	"context"
	"sync"
	"time"
)

// A spacing lets each shard identify once in a time: the rule of a server whose
// five seconds are shorter, so that thousands of lost sessions fit into minutes.
type spacing struct {
	every time.Duration

	mu   sync.Mutex
	next map[int]time.Time
}

// Acquire implements gateway.IdentifyGovernor.
func (s *spacing) Acquire(ctx context.Context, shardID int) (func(ready bool), error) {
	s.mu.Lock()
	now := time.Now()
	at := s.next[shardID]
	if at.Before(now) {
		at = now
	}
	s.next[shardID] = at.Add(s.every)
	s.mu.Unlock()
	return func(bool) {}, pause(ctx, at.Sub(now))
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
