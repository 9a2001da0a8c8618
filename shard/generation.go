package shard

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// A generation is all shards of one count that this process runs.
type generation struct {
	number uint64
	of     int
	states []*ShardState // in the order of their ids; constructors keep pointers into them
	joins  bool          // they are to join those in charge

	resuming map[int]bool   // by id: it has a session to go on with
	relays   map[int]*relay // by id: between its gateway and its sink, if it was equipped
}

// newGeneration prepares the shards of a count; ids picks some of them, nil all.
func newGeneration(number uint64, of int, ids []int, who *gateway.Identifier) *generation {
	if ids == nil {
		ids = make([]int, of)
		for i := range ids {
			ids[i] = i
		}
	}
	g := &generation{number: number, of: of, states: make([]*ShardState, len(ids)), resuming: make(map[int]bool), relays: make(map[int]*relay)}
	for i, id := range ids {
		g.states[i] = &ShardState{ID: *who}
		g.states[i].ID.SetShard(id, of)
	}
	return g
}

// index returns where the shard of an id is, -1 if it is not in this process.
func (g *generation) index(id int) int {
	i, ok := slices.BinarySearchFunc(g.states, id, func(s *ShardState, id int) int { return s.ID.Shard.ShardID() - id })
	if !ok {
		return -1
	}
	return i
}

// construct makes the shards. The callback runs on a goroutine of its own and
// is not waited for once ctx has ended, so that it may close the manager it is
// called for; what it makes then was never opened and needs no closing.
func (m *Manager) construct(ctx context.Context, g *generation) error {
	type made struct {
		shard Shard
		err   error
	}
	m.mu.Lock()
	m.making = g
	m.mu.Unlock()
	for i := range g.states {
		result := make(chan made, 1)
		id := &g.states[i].ID
		go func() {
			s, err := m.newShard(m, id)
			result <- made{s, err}
		}()
		select {
		case r := <-result:
			switch {
			case r.err != nil:
				return fmt.Errorf("shard: make %s: %w", label(id), r.err)
			case r.shard == nil:
				return fmt.Errorf("shard: make %s: the constructor returned no shard and no error", label(id))
			}
			m.mu.Lock()
			g.states[i].Shard = r.shard
			m.mu.Unlock()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// openGeneration opens all shards of a generation. When one fails, end is what
// becomes of those that had been opened.
func (m *Manager) openGeneration(ctx context.Context, g *generation, end func(Shard) error) error {
	if m.sessions != nil {
		if err := m.sessions.acquire(ctx, g, time.Now()); err != nil {
			return err
		}
	}
	o := opener{
		window: openWindow(m.governor),
		label:  func(i int) string { return label(&g.states[i].ID) },
		free:   func(i int) bool { return g.resuming[g.states[i].ID.Shard.ShardID()] },
		end:    end,
	}
	if err := o.open(ctx, g.shards()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range g.states {
		g.states[i].Opened = true
	}
	return nil
}

// closeGeneration closes what was opened of a generation.
func (m *Manager) closeGeneration(g *generation, end func(Shard) error) error {
	var opened []Shard
	m.mu.Lock()
	for i := range g.states {
		if g.states[i].Opened {
			opened = append(opened, g.states[i].Shard)
			g.states[i].Opened = false
		}
	}
	m.mu.Unlock()
	return closeAll(opened, end)
}

// tuples returns the shards' ids and count.
func (g *generation) tuples() []gateway.Shard {
	tuples := make([]gateway.Shard, len(g.states))
	for i := range g.states {
		tuples[i] = *g.states[i].ID.Shard
	}
	return tuples
}

// shards returns the shards of a generation that is constructed.
func (g *generation) shards() []Shard {
	shards := make([]Shard, len(g.states))
	for i := range g.states {
		shards[i] = g.states[i].Shard
	}
	return shards
}

// endSession closes a shard that is no longer needed: its session ends, where
// the shard can do that.
func endSession(s Shard) error {
	if ender, ok := s.(interface{ CloseSession() error }); ok {
		return ender.CloseSession()
	}
	return s.Close()
}
