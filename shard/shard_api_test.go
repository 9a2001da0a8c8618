package shard_test

import (
	"context"
	"testing"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/shard"
)

// The API that code written for the original package compiles against: exact
// names and types. What is missing or different does not compile here.
var (
	_ func([]shard.ShardState) error                                                = shard.CloseShards
	_ func(context.Context, []shard.ShardState) error                               = shard.OpenShards
	_ func(*shard.Manager, *gateway.Identifier) *gateway.Gateway                    = shard.NewGatewayShard
	_ *shard.NewShardFunc                                                           = &shard.NewGatewayShardFunc
	_ func(*shard.Manager, *gateway.Identifier) (shard.Shard, error)                = shard.NewShardFunc(nil)
	_ func(string, shard.NewShardFunc) (*shard.Manager, error)                      = shard.NewManager
	_ func(gateway.IdentifyData, shard.NewShardFunc) (*shard.Manager, error)        = shard.NewIdentifiedManager
	_ func(string, *gateway.Identifier, shard.NewShardFunc) (*shard.Manager, error) = shard.NewIdentifiedManagerWithURL
	_ func(*shard.Manager, context.Context) error                                   = (*shard.Manager).Open
	_ func(*shard.Manager) error                                                    = (*shard.Manager).Close
	_ func(*shard.Manager, func(shard.Shard))                                       = (*shard.Manager).ForEach
	_ func(*shard.Manager, discord.GuildID) (shard.Shard, int)                      = (*shard.Manager).FromGuildID
	_ func(*shard.Manager) string                                                   = (*shard.Manager).GatewayURL
	_ func(*shard.Manager) int                                                      = (*shard.Manager).NumShards
	_ func(*shard.Manager)                                                          = (*shard.Manager).Rescale
	_ func(*shard.Manager, int) shard.Shard                                         = (*shard.Manager).Shard
	_ func(shard.ShardState) int                                                    = shard.ShardState.ShardID
	_ shard.Shard                                                                   = (*gateway.Gateway)(nil)
	_ interface {
		Open(context.Context) error
		Close() error
	} = shard.Shard(nil)

	// What surrounds it in gateway.
	_ func(string) *gateway.Identifier                   = gateway.DefaultIdentifier
	_ func(gateway.IdentifyData) *gateway.Identifier     = gateway.NewIdentifier
	_ func(string) gateway.IdentifyData                  = gateway.DefaultIdentifyData
	_ func(*gateway.IdentifyData, int, int)              = (*gateway.IdentifyData).SetShard
	_ func(*gateway.Identifier, context.Context) error   = (*gateway.Identifier).Wait
	_ func(gateway.Shard) int                            = gateway.Shard.ShardID
	_ func(gateway.Shard) int                            = gateway.Shard.NumShards
	_ *gateway.Shard                                     = gateway.DefaultShard
	_ func(string) string                                = gateway.AddGatewayParams
	_ func(string, *gateway.Identifier) *gateway.Gateway = gateway.NewCustomIdentifiedGateway
	_ func(*gateway.Gateway, context.Context) error      = (*gateway.Gateway).Open
	_ func(*gateway.Gateway) error                       = (*gateway.Gateway).Close
	_ func(*gateway.Gateway, gateway.Intents)            = (*gateway.Gateway).AddIntents
	_ func(*gateway.Gateway, func())                     = (*gateway.Gateway).OnShardingRequired

	// Additions.
	_ func(context.Context, shard.Options, shard.NewShardFunc) (*shard.Manager, error) = shard.New
	_ func(*shard.Manager, context.Context, int) error                                 = (*shard.Manager).RescaleTo
	_ func(*shard.Manager) []shard.Status                                              = (*shard.Manager).Status
	_ gateway.IdentifyGovernor                                                         = (*shard.Governor)(nil)
)

// ShardState embeds its shard and has these fields.
func TestShardState(t *testing.T) {
	id := gateway.DefaultIdentifier("token")
	id.SetShard(3, 7)
	g := gateway.NewCustomIdentifiedGateway("ws://127.0.0.1:1", id)
	state := shard.ShardState{Shard: g, ID: *id, Opened: false}
	if state.ShardID() != 3 || state.ID.Shard.NumShards() != 7 || state.Opened {
		t.Errorf("state %+v", state)
	}
	if err := state.Close(); err != nil { // promoted from the embedded Shard
		t.Error(err)
	}
	if (shard.ShardState{}).ShardID() != 0 {
		t.Error("a state without a tuple is not shard 0")
	}
}
