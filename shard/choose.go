package shard

import (
	"context"
	"slices"
	"time"
)

// IDs returns which shards this process runs, in order.
func (m *Manager) IDs() []int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.current.ids()
}

// Choose has this process run other shards of the count that there is; nil: all
// of them. Those that it runs already are not touched. It returns when those
// that are new are open and those that it is to leave are closed, their sessions
// left alive: another process, or this one, may go on with them within a few
// minutes. An error leaves everything as it was: ErrNotOpen, ErrRescaling,
// ErrClosed, a *BudgetError when the new ones cannot be afforded, or what went
// wrong.
func (m *Manager) Choose(ctx context.Context, ids []int) error {
	return m.exclusively(ctx, func(ctx context.Context) (after func(), err error) {
		return nil, m.choose(ctx, ids)
	})
}

// choose opens what is new, takes out what is to go, and closes that.
func (m *Manager) choose(ctx context.Context, ids []int) error {
	ids, err := checkIDs(ids, m.NumShards())
	if err != nil {
		return err
	}
	m.mu.Lock()
	now := m.current
	wanted := ids
	if wanted == nil {
		wanted = make([]int, now.of)
		for i := range wanted {
			wanted[i] = i
		}
	}
	who := m.identifierLocked()
	m.mu.Unlock()
	fresh := newGeneration(now.number, now.of, missing(wanted, now.ids()), &who)
	fresh.joins = true
	if err := m.admit(ctx, fresh); err != nil {
		return err
	}
	m.mu.Lock()
	m.ids, m.making = ids, nil
	current, gone := now.with(fresh, wanted)
	m.current = current
	m.mu.Unlock()
	m.serve(len(wanted))
	m.leave(gone)
	return nil
}

// admit opens shards that are to join those in charge.
func (m *Manager) admit(ctx context.Context, fresh *generation) error {
	if len(fresh.states) == 0 {
		return nil
	}
	if err := m.construct(ctx, fresh); err != nil {
		return err
	}
	identifies := len(fresh.states) - len(fresh.resuming)
	if g, ok := m.governor.(interface{ Afford(int) error }); ok && identifies > 0 {
		if err := g.Afford(identifies); err != nil {
			return err
		}
	}
	m.plan(identifies)
	err := m.openGeneration(ctx, fresh, Shard.Close)
	m.plan(0)
	if err != nil {
		m.free(fresh)
	}
	return err
}

// leave closes shards that are no longer this process's.
func (m *Manager) leave(gone *generation) {
	if len(gone.states) == 0 {
		return
	}
	if err := m.closeGeneration(gone, Shard.Close); err != nil {
		m.log.Warn("a shard that was given away did not close cleanly", "error", err)
	}
	m.free(gone)
}

// free stores that shards are nobody's, with their last positions.
func (m *Manager) free(g *generation) {
	if m.sessions == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), saveLimit)
	defer cancel()
	m.sessions.write(ctx, m.positions(g, stateFree), time.Now())
}

// ids are those of a generation's shards, in order.
func (g *generation) ids() []int {
	ids := make([]int, len(g.states))
	for i, s := range g.states {
		ids[i] = s.ID.Shard.ShardID()
	}
	return ids
}

// with returns a generation with those of both that are wanted, and one with
// the others.
func (g *generation) with(fresh *generation, wanted []int) (merged, gone *generation) {
	merged = &generation{number: g.number, of: g.of, resuming: make(map[int]bool), relays: make(map[int]*relay)}
	gone = &generation{number: g.number, of: g.of}
	for _, from := range []*generation{g, fresh} {
		for _, s := range from.states {
			id := s.ID.Shard.ShardID()
			if !slices.Contains(wanted, id) {
				gone.states = append(gone.states, s)
				continue
			}
			merged.states = append(merged.states, s)
			merged.resuming[id] = from.resuming[id]
			if r := from.relays[id]; r != nil {
				merged.relays[id] = r
			}
		}
	}
	slices.SortFunc(merged.states, func(a, b *ShardState) int { return a.ID.Shard.ShardID() - b.ID.Shard.ShardID() })
	return merged, gone
}

// missing are those of all that have does not have.
func missing(all, have []int) []int {
	out := []int{}
	for _, id := range all {
		if !slices.Contains(have, id) {
			out = append(out, id)
		}
	}
	return out
}

// exclusively runs something that changes the shards, when nothing else does:
// what f returns runs when the next change may begin, and is waited for by Close.
func (m *Manager) exclusively(ctx context.Context, f func(context.Context) (after func(), err error)) error {
	m.mu.Lock()
	switch {
	case m.closing:
		m.mu.Unlock()
		return ErrClosed
	case m.life != lifeOpen:
		m.mu.Unlock()
		return ErrNotOpen
	case m.rescaling:
		m.mu.Unlock()
		return ErrRescaling
	}
	m.rescaling = true
	result := make(chan error, 1)
	m.goLocked(func(life context.Context) {
		// The caller's context limits the attempt, the manager's life ends it.
		both, stop := context.WithCancelCause(life)
		defer stop(nil)
		defer context.AfterFunc(ctx, func() { stop(context.Cause(ctx)) })()
		after, err := f(both)
		if err != nil && life.Err() != nil {
			err = ErrClosed
		}
		m.note(err)
		m.endRescale()
		result <- err
		if after != nil {
			after()
		}
	})
	m.mu.Unlock()
	return <-result
}
