package shard

import (
	"context"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// Equip returns what the gateway of a shard is to be made with: opts and what
// this manager adds to them. A constructor that makes gateways uses it, as
// NewGatewayShard does:
//
//	gateway.New(m.GatewayURL(), id, m.Equip(id, gateway.Options{Sink: sink}))
//
// With a store it sets Session, if the shard has one to resume, keeps what
// OnSession tells, and lets heartbeats acknowledge what is stored. A sink that tracks positions begins at Session's. When all
// shards have sinks that were equipped, a rescale loses and doubles no event: to
// that end the sink is wrapped, and the sink of a new generation receives
// nothing but Begin until it is in charge, then READY and what is new.
func (m *Manager) Equip(id *gateway.Identifier, opts gateway.Options) gateway.Options {
	g := m.generationOf(id)
	if g == nil {
		return opts
	}
	opts = m.keepSession(g, id, opts)
	if opts.Sink != nil {
		last := int64(-1)
		if opts.Session != nil {
			last = opts.Session.Seq
		}
		r := newRelay(opts.Sink, *id.Shard, last)
		m.mu.Lock()
		g.relays[id.Shard.ShardID()] = r
		m.mu.Unlock()
		opts.Sink = r
	}
	return opts
}

// keepSession wires a gateway to the stored sessions.
func (m *Manager) keepSession(g *generation, id *gateway.Identifier, opts gateway.Options) gateway.Options {
	if m.sessions == nil {
		return opts
	}
	tuple := *id.Shard
	if opts.Session == nil && (g.number == 1 || g.joins) {
		opts.Session = m.sessions.resumable(tuple, time.Now())
	}
	if opts.Session != nil {
		m.mu.Lock()
		g.resuming[tuple.ShardID()] = true
		m.mu.Unlock()
	}
	opts.Kept = func() int64 { return m.sessions.kept(tuple) }
	told := opts.OnSession
	opts.OnSession = func(s gateway.Session) {
		m.sessions.begun(tuple, g.number, s)
		if told != nil {
			told(s)
		}
	}
	return opts
}

// Lost tells of a gateway that Equip has equipped whether the store knows of an
// earlier run whose session the gateway does not go on with: what happened
// since is lost to this shard.
func (m *Manager) Lost(id *gateway.Identifier) bool {
	g := m.generationOf(id)
	if g == nil || g.number != 1 || g.joins || m.sessions == nil || !m.sessions.earlier {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return !g.resuming[id.Shard.ShardID()]
}

// generationOf finds the generation whose shard an identifier is.
func (m *Manager) generationOf(id *gateway.Identifier) *generation {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range []*generation{m.making, m.next, m.current} {
		if g == nil {
			continue
		}
		for i := range g.states {
			if &g.states[i].ID == id {
				return g
			}
		}
	}
	return nil
}

// Checkpoint stores how far the shards' sessions have come, as of now. A manager
// with a store does it every second and when it is closed; after that it is
// useful when events are finished that came in before.
func (m *Manager) Checkpoint(ctx context.Context) {
	m.mu.Lock()
	state := stateFree
	if m.life == lifeOpen && !m.closing {
		state = stateHeld
	}
	m.mu.Unlock()
	m.checkpoint(ctx, state)
}

func (m *Manager) checkpoint(ctx context.Context, state string) {
	if m.sessions == nil {
		return
	}
	m.mu.Lock()
	g := m.current
	m.mu.Unlock()
	positions := m.positions(g, state)
	if state == stateHeld {
		m.sessions.keep(ctx, g, positions, time.Now())
		return
	}
	m.sessions.write(ctx, positions, time.Now())
}

// positions is how far the sessions of a generation have come.
func (m *Manager) positions(g *generation, state string) []change {
	members := m.members(g)
	changes := make([]change, 0, len(members))
	for _, member := range members {
		keeper, ok := member.shard.(interface {
			Session() (gateway.Session, bool)
		})
		if !ok {
			continue
		}
		s, ok := keeper.Session()
		if !ok {
			s = gateway.Session{Seq: -1}
		}
		changes = append(changes, change{gateway.Shard{member.id, g.of}, g.number, state, s, false, false})
	}
	return changes
}
