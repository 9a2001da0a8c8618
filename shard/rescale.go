package shard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
)

// Rescale asks Discord how many shards there should be, and replaces them all
// when the number is another one, or when a shard has failed. It returns at
// once and goes on trying until it succeeds or the manager is closed; while it
// is under way a further call does nothing. Called before Open, it is done by
// Open.
func (m *Manager) Rescale() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.life != lifeOpen || m.closing {
		m.wanted = true
		return
	}
	if m.rescaling {
		m.wanted = true
		return
	}
	m.rescaling = true
	m.goLocked(m.rescale)
}

// Pauses between attempts to rescale.
const (
	firstRescalePause = time.Second
	lastRescalePause  = 15 * time.Minute
)

// rescale tries until a new generation is in charge, or none is needed.
func (m *Manager) rescale(ctx context.Context) {
	var old *generation
	defer func() {
		m.endRescale()
		m.retire(old)
	}()
	pause := firstRescalePause
	for {
		m.mu.Lock()
		m.wanted = false
		m.mu.Unlock()
		var err error
		old, err = m.replace(ctx, 0, nil)
		m.note(err)
		if err == nil || ctx.Err() != nil {
			return
		}
		wait := pause/2 + rand.N(pause/2)
		var budget *BudgetError
		if errors.As(err, &budget) {
			wait = max(wait, time.Until(budget.Until))
		}
		m.log.Error("rescaling failed; the shards stay as they are", "error", err, "again_in", wait.Round(time.Second))
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		pause = min(2*pause, lastRescalePause)
	}
}

// RescaleTo replaces all shards by n of them, and returns when those are in
// charge; the old ones are closed after that. An error leaves the old ones in
// charge: ErrNotOpen, ErrRescaling, ErrClosed, a *BudgetError when n IDENTIFYs
// cannot be afforded, or what went wrong.
func (m *Manager) RescaleTo(ctx context.Context, n int) error { return m.change(ctx, n, nil) }

// Reidentify is RescaleTo for sessions with other intents: all shards are
// replaced by n of them that identify with these, also when n is the number that
// there is. Discord takes a session's intents only from its IDENTIFY.
func (m *Manager) Reidentify(ctx context.Context, n int, intents discord.Intents) error {
	return m.change(ctx, n, &intents)
}

// change replaces all shards; intents nil: as they are.
func (m *Manager) change(ctx context.Context, n int, intents *discord.Intents) error {
	if n < 1 {
		return fmt.Errorf("shard: rescale to %d shards: at least 1 is needed", n)
	}
	return m.exclusively(ctx, func(ctx context.Context) (after func(), err error) {
		old, err := m.replace(ctx, n, intents)
		return func() { m.retire(old) }, err
	})
}

// endRescale makes room for the next one, and begins it when it was asked for
// meanwhile and a shard has failed since.
func (m *Manager) endRescale() {
	failed := m.condition() != changeIfOther
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rescaling = false
	if m.wanted && failed && m.life == lifeOpen && !m.closing {
		m.rescaling = true
		m.goLocked(m.rescale)
	}
	m.wanted = false
}

// note keeps the last error of a rescale, for Status.
func (m *Manager) note(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lastError = err
}

// replace opens a generation of n shards (0: as Discord recommends) beside the
// one in charge, puts it in charge and returns the old one, which is to be
// retired; nil when there was nothing to change.
func (m *Manager) replace(ctx context.Context, n int, intents *discord.Intents) (old *generation, err error) {
	why := m.condition()
	if intents != nil && why == changeIfOther {
		why = changeAnyway
	}
	next, err := m.prepare(ctx, n, why, intents)
	if err != nil {
		return nil, err
	}
	if next == nil {
		m.log.Info("no rescaling is needed", "shards", m.NumShards())
		return nil, nil
	}
	m.mu.Lock()
	m.next = next
	m.mu.Unlock()
	h := m.beginHandover(next)
	before := m.sessions.identifyAs(intents)
	m.plan(next.of)
	err = m.openGeneration(ctx, next, endSession)
	m.plan(0)
	if err == nil {
		err = m.takeOver(ctx, h, next)
	}
	m.mu.Lock()
	m.next = nil
	if err == nil {
		old = m.current
		m.current, m.replaced = next, time.Now()
	}
	m.mu.Unlock()
	if err != nil {
		m.sessions.identifyAs(before)
		m.abandonHandover(ctx, h, next)
		return nil, err
	}
	m.serve(next.of)
	m.log.Info("rescaled", "from", old.of, "to", next.of)
	return old, nil
}

// plan tells the governor that so many IDENTIFYs are meant to be.
func (m *Manager) plan(n int) {
	if g, ok := m.governor.(interface{ Plan(int) }); ok {
		g.Plan(n)
	}
}

// serve tells the governor how many shards there are now.
func (m *Manager) serve(shards int) {
	if g, ok := m.governor.(*Governor); ok {
		g.serve(shards)
	}
}

// retire closes a generation that is no longer in charge, and ends its
// sessions.
func (m *Manager) retire(old *generation) {
	if old == nil {
		return
	}
	if err := m.closeGeneration(old, endSession); err != nil {
		m.log.Warn("a shard of the old generation did not close cleanly", "error", err)
	}
}

// need is why shards are to be replaced.
type need uint8

const (
	changeIfOther need = iota // they work: only a new count is a reason
	changeAnyway              // one has ended for good, or cannot say that it works
	changeToMore              // Discord refuses so few
)

// condition looks at the shards in charge and returns what they need.
func (m *Manager) condition() need {
	worst := changeIfOther
	for _, member := range m.members(nil) {
		_, tells := member.shard.(interface{ Status() gateway.Status })
		switch err := failure(member.shard); {
		case shardingRequired(err):
			return changeToMore
		case err != nil, !tells:
			worst = changeAnyway
		}
	}
	return worst
}

// calm is how long shards are left alone that replaced others of the same
// count: replacing them again is unlikely to help, and costs the budget.
const calm = 10 * time.Minute

// prepare asks Discord and makes the shards of the next generation: n of them,
// or as many as Discord recommends when n is 0. It returns nil when there is
// nothing to change.
func (m *Manager) prepare(ctx context.Context, n int, why need, intents *discord.Intents) (*generation, error) {
	bot, err := m.ask(ctx)
	if err != nil {
		return nil, err
	}
	m.observe(bot.SessionStartLimit)
	m.mu.Lock()
	count, replaced, partial := m.current.of, m.replaced, m.ids != nil
	m.mu.Unlock()
	asked := n != 0
	if !asked {
		n = bot.Shards
	}
	switch {
	case n == count && why == changeIfOther:
		return nil, nil
	case partial:
		return nil, fmt.Errorf("shard: this process runs some of %d shards only; change count and ids in the configuration of all processes, and restart them (Discord recommends %d)", count, bot.Shards)
	case !asked && n <= count && why == changeToMore:
		return nil, fmt.Errorf("shard: Discord demands more than %d shards and recommends %d; set gateway { shards { count } } to a higher number", count, bot.Shards)
	case !asked && n == count && !replaced.IsZero() && time.Since(replaced) < calm:
		return nil, fmt.Errorf("shard: all %d shards were replaced %s ago already", count, time.Since(replaced).Round(time.Second))
	}
	if g, ok := m.governor.(interface{ Afford(int) error }); ok {
		if err := g.Afford(n); err != nil {
			return nil, err
		}
	}
	m.mu.Lock()
	if m.opts.URL == "" {
		m.url = gateway.AddGatewayParams(bot.URL)
	}
	who := m.identifierLocked()
	if intents != nil {
		who.Intents = *intents
	}
	m.generation++
	next := newGeneration(m.generation, n, nil, &who)
	m.mu.Unlock()
	if err := m.construct(ctx, next); err != nil {
		return nil, err
	}
	return next, nil
}

// identifierLocked is who the next shards are: as the first one now, with what
// was added to it since it was made.
func (m *Manager) identifierLocked() gateway.Identifier {
	if len(m.current.states) > 0 {
		return m.current.states[0].ID
	}
	who := *gateway.NewIdentifier(m.opts.Identify)
	who.Governor = m.governor
	return who
}
