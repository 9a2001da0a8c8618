package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/shard"
)

// NewShardFunc binds a shard's dispatch to the plugins of a host: it is what a
// shard.Manager is given.
func NewShardFunc(h *Host) shard.NewShardFunc {
	return func(m *shard.Manager, id *gateway.Identifier) (shard.Shard, error) {
		b := &bound{sink: newSink(&h.table, *id.Shard), ledger: &h.ledger}
		opts := m.Equip(id, gateway.Options{Sink: b.sink, Logger: h.log.Named("gateway"), Compress: h.config().Gateway.Compress})
		if s := opts.Session; s != nil {
			b.sink.tracker.Begin(s.ID, s.Seq) // resumed: Discord sends what came after
			for _, p := range h.snapshot() {
				p.Resumed()
			}
		}
		b.sink.lost = m.Lost(id)
		b.Gateway = gateway.New(m.GatewayURL(), id, opts)
		b.OnShardingRequired(m.Rescale)
		return b, nil
	}
}

// bound is a shard whose events go to the plugins.
type bound struct {
	*gateway.Gateway
	sink   *sink
	ledger *ledger
}

// Open opens the gateway, from when on it is counted.
func (b *bound) Open(ctx context.Context) error {
	b.ledger.enter(b)
	return b.Gateway.Open(ctx)
}

// Close closes the gateway and keeps what it has counted.
func (b *bound) Close() error {
	err := b.Gateway.Close()
	b.ledger.leave(b)
	return err
}

// shardFailed is told of a shard that Discord refuses for good. What is wrong
// with it (token, intents, version) is wrong for all alike, so the host ends and
// says what to change.
func (h *Host) shardFailed(id int, err error) {
	select {
	case h.fatal <- fmt.Errorf("shard %d: %w", id, err):
	default:
	}
}

// openShards opens all shards, as fast as Discord allows, and returns when they
// are ready.
func (h *Host) openShards(ctx context.Context) error {
	if err := h.checkIntents(ctx, h.intents); err != nil {
		return err
	}
	cfg := h.config()
	data := gateway.DefaultIdentifyData(cfg.Discord.Token.Reveal())
	data.Intents = h.intents
	data.Presence = presence(cfg.Discord.Presence)
	breaker := cfg.Gateway.IdentifyBreaker
	if breaker == 0 {
		breaker = -1
	}
	m, err := shard.New(ctx, shard.Options{
		Identify: data, REST: h.rest, Count: cfg.Gateway.ShardCount, IDs: cfg.Gateway.ShardIDs,
		Store: h.store, Reserve: cfg.Gateway.IdentifyReserve, Breaker: breaker, Logger: h.log.Named("shard"),
		Fresh: h.opts.Fresh, OnFailure: h.shardFailed, GuildPatience: h.opts.GuildPatience,
	}, NewShardFunc(h))
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.manager = m
	h.mu.Unlock()
	return m.Open(ctx)
}

// shards is the manager, nil before the shards are opened.
func (h *Host) shards() *shard.Manager {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.manager
}

func (h *Host) closeShards() error {
	m := h.shards()
	if m == nil {
		return nil
	}
	return m.Close()
}

// activities are the types of activities by their names in the configuration.
// https://docs.discord.com/developers/events/gateway-events#activity-object-activity-types
var activities = []string{"playing", "streaming", "listening", "watching", "custom", "competing"}

func presence(p *config.Presence) *gateway.UpdatePresenceCommand {
	if p == nil {
		return nil
	}
	command := &gateway.UpdatePresenceCommand{Status: p.Status, Activities: []gateway.Activity{}}
	if p.Name != "" {
		a := gateway.Activity{Name: p.Name, Type: slices.Index(activities, p.Activity), URL: p.URL}
		if p.Activity == "custom" {
			a.Name, a.State = "Custom Status", p.Name
		}
		command.Activities = append(command.Activities, a)
	}
	return command
}

// send sends a gateway command for a plugin.
func (h *Host) send(ctx context.Context, c effect.Command) error {
	m := h.shards()
	if m == nil {
		return errors.New("no shard is open yet")
	}
	b, ok := m.Shard(c.Shard).(*bound)
	if !ok {
		return fmt.Errorf("%w: this host has no shard %d", journal.ErrUnsendable, c.Shard)
	}
	err := b.Send(ctx, discord.Opcode(c.Op), json.RawMessage(c.Data))
	if errors.Is(err, gateway.ErrBadCommand) || errors.Is(err, gateway.ErrCommandTooLong) {
		return fmt.Errorf("%w: %w", journal.ErrUnsendable, err)
	}
	return err
}

// bounds are the shards of the running generation.
func (h *Host) bounds() []*bound {
	m := h.shards()
	var all []*bound
	if m != nil {
		m.ForEach(func(s shard.Shard) {
			if b, ok := s.(*bound); ok {
				all = append(all, b)
			}
		})
	}
	return all
}

// identifies is the budget as the manager's governor knows it.
func (h *Host) identifies() admin.Identifies {
	m := h.shards()
	if m == nil {
		return admin.Identifies{}
	}
	governor, ok := m.Governor().(*shard.Governor)
	if !ok {
		return admin.Identifies{}
	}
	b := governor.Status()
	return admin.Identifies{Used: b.Used, Limit: b.Total, ResetAt: b.ResetAt}
}
