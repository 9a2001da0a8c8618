package shard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// perKey is how many shards of one key are opened at once: while one waits for
// its turn to identify, the next ones connect. More would only be connections
// that wait, for a thousand shards over an hour.
const (
	perKey        = 16
	defaultWindow = perKey
)

// openWindow is how many shards are opened at once.
func openWindow(governor gateway.IdentifyGovernor) int {
	if g, ok := governor.(interface{ Concurrency() int }); ok {
		return perKey * max(g.Concurrency(), 1)
	}
	return defaultWindow
}

// resumeSpread is over how long the shards that resume are spread: RESUMEs are
// not limited, but a thousand handshakes at once are hard on both sides.
const resumeSpread = time.Millisecond // for each shard

// An opener opens shards together.
type opener struct {
	window int                // how many at once, the first ones first
	free   func(i int) bool   // it resumes: it does not wait for a place in the window
	label  func(i int) string // for errors
	end    func(Shard) error  // what becomes of those that are open when one fails
}

// open opens all shards. When one fails it stops the others, ends what was
// opened, and returns that one's error.
func (o *opener) open(ctx context.Context, shards []Shard) error {
	opening, stop := context.WithCancel(ctx)
	defer stop()
	var (
		mu     sync.Mutex
		opened []Shard
		failed error // the first
		wg     sync.WaitGroup
	)
	start := func(i int) {
		err := shards[i].Open(opening)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			opened = append(opened, shards[i])
		case failed == nil:
			failed = fmt.Errorf("shard: open %s: %w", o.label(i), err)
			stop()
		}
	}
	for i := range shards {
		if !o.free(i) {
			continue
		}
		wg.Go(func() {
			if sleep(opening, rand.N(resumeSpread*time.Duration(len(shards)))) == nil {
				start(i)
			}
		})
	}
	places := make(chan struct{}, o.window)
	for i := range shards {
		if o.free(i) {
			continue
		}
		select {
		case places <- struct{}{}:
		case <-opening.Done():
		}
		if opening.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-places }()
			start(i)
		})
	}
	wg.Wait()
	cause := context.Cause(ctx)
	switch {
	case ctx.Err() == nil && failed == nil:
		return nil
	case failed == nil:
		failed = cause
	case ctx.Err() != nil && !errors.Is(failed, cause):
		failed = fmt.Errorf("%w: %w", cause, failed)
	}
	return errors.Join(failed, closeAll(opened, o.end))
}

// closeAll ends shards, all together.
func closeAll(shards []Shard, end func(Shard) error) error {
	errs := make([]error, len(shards))
	var closing sync.WaitGroup
	for i, s := range shards {
		closing.Go(func() { errs[i] = end(s) })
	}
	closing.Wait()
	return errors.Join(errs...)
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
