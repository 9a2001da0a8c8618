package shard

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/shardhost/shardhost/gateway"
)

// A Shard is what a Manager runs: usually a *gateway.Gateway, or something
// around one.
type Shard interface {
	Open(context.Context) error
	Close() error
}

// NewShardFunc makes a shard of what id says. It opens nothing in the
// background: the shard's Open does that, and a shard that was never opened is
// never closed. It wires the manager's Rescale to whatever learns that more
// shards are required, as NewGatewayShard does. id stays valid and may be kept;
// while the function runs every method of m may be called.
type NewShardFunc func(m *Manager, id *gateway.Identifier) (Shard, error)

// NewGatewayShard makes a gateway that throws its events away until it is given
// something to do with them. It rescales the manager when Discord demands it.
func NewGatewayShard(m *Manager, id *gateway.Identifier) *gateway.Gateway {
	g := gateway.NewCustomIdentifiedGateway(m.GatewayURL(), id)
	g.OnShardingRequired(m.Rescale)
	return g
}

// NewGatewayShardFunc is NewGatewayShard as a constructor. It is not to be
// changed.
var NewGatewayShardFunc NewShardFunc = func(m *Manager, id *gateway.Identifier) (Shard, error) {
	return NewGatewayShard(m, id), nil
}

// ShardState is a shard, who it is, and whether it was opened and has to be
// closed.
type ShardState struct {
	Shard
	ID     gateway.Identifier
	Opened bool
}

// ShardID returns the shard's id.
func (s ShardState) ShardID() int {
	if s.ID.Shard == nil {
		return gateway.DefaultShard.ShardID()
	}
	return s.ID.Shard.ShardID()
}

// OpenShards opens shards together, as fast as their governor lets them. It
// returns when all are open, or when one has failed and those that had been
// opened are closed again.
func OpenShards(ctx context.Context, shards []ShardState) error {
	bare := make([]Shard, len(shards))
	for i := range shards {
		bare[i] = shards[i].Shard
	}
	window := defaultWindow
	if len(shards) > 0 {
		window = openWindow(shards[0].ID.Governor)
	}
	err := openAll(ctx, bare, window, func(i int) string { return label(&shards[i].ID) }, Shard.Close)
	if err != nil {
		return err
	}
	for i := range shards {
		shards[i].Opened = true
	}
	return nil
}

// CloseShards closes those that were opened, all together, and returns what
// went wrong with any of them.
func CloseShards(shards []ShardState) error {
	var opened []Shard
	for i := range shards {
		if shards[i].Opened {
			opened = append(opened, shards[i].Shard)
			shards[i].Opened = false
		}
	}
	return closeAll(opened, Shard.Close)
}

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

// openAll opens shards, the first ones first, window at a time. When one fails
// it stops the others, ends what was opened, and returns that one's error.
func openAll(ctx context.Context, shards []Shard, window int, label func(i int) string, end func(Shard) error) error {
	opening, stop := context.WithCancel(ctx)
	defer stop()
	places := make(chan struct{}, window)
	var (
		mu     sync.Mutex
		opened []Shard
		failed error // the first
		wg     sync.WaitGroup
	)
	for i, s := range shards {
		select {
		case places <- struct{}{}:
		case <-opening.Done():
		}
		if opening.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-places }()
			err := s.Open(opening)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				opened = append(opened, s)
			case failed == nil:
				failed = fmt.Errorf("shard: open %s: %w", label(i), err)
				stop()
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil && failed == nil {
		failed = context.Cause(ctx)
	}
	if failed == nil {
		return nil
	}
	if cause := context.Cause(ctx); ctx.Err() != nil && !errors.Is(failed, cause) {
		failed = fmt.Errorf("%w: %w", cause, failed)
	}
	return errors.Join(failed, closeAll(opened, end))
}

func closeAll(shards []Shard, end func(Shard) error) error {
	errs := make([]error, len(shards))
	var closing sync.WaitGroup
	for i, s := range shards {
		closing.Go(func() { errs[i] = end(s) })
	}
	closing.Wait()
	return errors.Join(errs...)
}

func label(id *gateway.Identifier) string {
	s := gateway.DefaultShard
	if id.Shard != nil {
		s = id.Shard
	}
	return fmt.Sprintf("shard %d of %d", s.ShardID(), s.NumShards())
}
