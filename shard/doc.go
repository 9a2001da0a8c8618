// Package shard runs all shards of a bot: as many gateways as Discord wants,
// opened together as fast as it allows, and replaced when it wants more.
//
//	manager, err := shard.New(ctx, shard.Options{
//		Identify: gateway.DefaultIdentifyData(token),
//	}, func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
//		return gateway.New(m.GatewayURL(), id, gateway.Options{Sink: sinkOf(id)}), nil
//	})
//	if err != nil {
//		return err
//	}
//	if err := manager.Open(ctx); err != nil {
//		return err
//	}
//	defer manager.Close()
//
// The constructor, a NewShardFunc, is called once for each shard, and again for
// each shard of a later generation. NewManager and its relatives are shorter
// forms of New.
//
// # Generations
//
// All shards of one count are a generation. Rescale opens a new generation
// beside the one in charge, and only when all of it is open does it take over;
// then the old one is closed, its sessions with it. Whatever fails on the way
// leaves the old one in charge.
//
// # Locks
//
// A Manager holds no lock while anything waits or a callback runs. So each of
// its methods may be called from anywhere, a constructor or an event handler
// included, with one exception: Close waits for the shards, and must not be
// called on a goroutine that a shard's Close waits for, such as the one on which
// a gateway.Sink is called.
//
// # The identify budget
//
// Discord resets a bot's token after a thousand IDENTIFYs a day, and allows one
// in five seconds for each key. A Governor keeps both, also over restarts.
package shard
