package shard

import (
	"context"
	"fmt"

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
	g := gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{}))
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
	o := opener{
		window: window,
		label:  func(i int) string { return label(&shards[i].ID) },
		free:   func(int) bool { return false },
		end:    Shard.Close,
	}
	if err := o.open(ctx, bare); err != nil {
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

func label(id *gateway.Identifier) string {
	s := gateway.DefaultShard
	if id.Shard != nil {
		s = id.Shard
	}
	return fmt.Sprintf("shard %d of %d", s.ShardID(), s.NumShards())
}
