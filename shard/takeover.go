package shard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// beginHandover prepares to hand over to the next generation. It returns nil
// when a shard of either was made without Equip, or without a sink: then the
// generations follow each other, and what comes in between comes twice.
func (m *Manager) beginHandover(next *generation) *handover {
	m.endHandover()
	m.mu.Lock()
	old, fresh := m.current.relayList(), next.relayList()
	m.mu.Unlock()
	if old == nil || fresh == nil {
		return nil
	}
	h := newHandover(old, fresh)
	if p := m.opts.GuildPatience; p > 0 {
		h.patient = p
	}
	for _, member := range m.members(nil) {
		if failure(member.shard) != nil {
			h.hasten(gateway.Shard{member.id, len(old)})
		}
	}
	m.mu.Lock()
	m.handover = h
	m.mu.Unlock()
	return h
}

// relayList returns the relays of all shards in the order of their ids, nil
// when one has none.
func (g *generation) relayList() []*relay {
	if len(g.relays) != len(g.states) || len(g.states) != g.of {
		return nil
	}
	list := make([]*relay, g.of)
	for id, r := range g.relays {
		list[id] = r
	}
	return list
}

// takeOver puts the next generation, which is open, in charge.
func (m *Manager) takeOver(ctx context.Context, h *handover, next *generation) error {
	if h == nil {
		return m.putInCharge(ctx, next)
	}
	ready := func() bool { return m.allReady(next) }
	commit := func() error { return m.putInCharge(ctx, next) }
	for {
		if err := h.await(ctx); err != nil {
			return err
		}
		m.log.Debug("handing over", "handover", h)
		if err := h.complete(ctx, ready, commit); !errors.Is(err, errNotReady) {
			return err
		}
		for _, member := range m.members(next) {
			if err := failure(member.shard); err != nil {
				return fmt.Errorf("shard: new shard %d of %d: %w", member.id, next.of, err)
			}
		}
		if sleep(ctx, readyPause) != nil {
			return context.Cause(ctx)
		}
	}
}

// readyPause is how long it is before a new shard that has to connect again is
// looked at again.
const readyPause = 100 * time.Millisecond

// allReady reports whether all shards of a generation that can say so are
// connected.
func (m *Manager) allReady(g *generation) bool {
	for _, member := range m.members(g) {
		reporter, ok := member.shard.(interface{ Status() gateway.Status })
		if ok && reporter.Status().State != gateway.StateReady {
			return false
		}
	}
	return true
}

// putInCharge makes it durable that a generation is in charge, with the
// positions of its sessions.
func (m *Manager) putInCharge(ctx context.Context, next *generation) error {
	if m.sessions == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	m.sessions.write(ctx, m.positions(next, stateHeld), time.Now())
	return m.sessions.putInCharge(ctx, next, time.Now())
}

// abandonHandover leaves the old generation in charge, and closes what was
// opened of the next one.
func (m *Manager) abandonHandover(ctx context.Context, h *handover, next *generation) {
	if err := m.closeGeneration(next, endSession); err != nil {
		m.log.Warn("a shard that was given up did not close cleanly", "error", err)
	}
	if h != nil {
		h.abandon()
		m.mu.Lock()
		m.handover = nil
		m.mu.Unlock()
	}
	if m.sessions != nil {
		ctx := context.WithoutCancel(ctx)
		m.sessions.abandon(ctx, next)
		m.mu.Lock()
		current := m.current
		m.mu.Unlock()
		m.sessions.reclaim(current)
		positions := m.positions(current, stateHeld)
		for i := range positions {
			positions[i].returns = true
		}
		m.sessions.write(ctx, positions, time.Now())
	}
}

// watchHandover forgets what is too old to be compared, and ends a handover
// that has nothing left to compare.
func (m *Manager) watchHandover() {
	m.mu.Lock()
	h, under := m.handover, m.next != nil
	m.mu.Unlock()
	if h != nil && !h.expire(time.Now()) && !under {
		m.endHandover()
	}
}

// endHandover ends what is left of the last handover.
func (m *Manager) endHandover() {
	m.mu.Lock()
	h := m.handover
	m.handover = nil
	m.mu.Unlock()
	if h != nil {
		h.finish()
	}
}
