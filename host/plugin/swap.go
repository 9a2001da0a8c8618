package plugin

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
)

// Prepare makes a new generation beside the running one: checked, compiled, a
// guest for each lane started. Nothing of the running one changes. It is nil
// without an error when there is nothing to do: the generation runs already, or
// was rolled back (see Rejected); force asks for a new one all the same, without a
// rehearsal. One that fails its rehearsal is refused with a *RehearsalError.
func (p *Plugin) Prepare(ctx context.Context, spec config.Plugin, module []byte, force bool) (*Prepared, error) {
	key := generationKey(spec, module)
	p.mu.Lock()
	number := p.number + 1
	known := p.newest().key == key || (p.back != nil && p.back.key == key)
	p.mu.Unlock()
	if known && !force {
		return nil, nil
	}
	next, err := p.prepare(ctx, spec, module, number)
	if err != nil || force {
		return next, err
	}
	if err := p.tryOut(ctx, spec, module); err != nil {
		next.Discard(context.WithoutCancel(ctx))
		return nil, err
	}
	return next, nil
}

// newest is the generation that a reload would replace: the one on trial, if
// any. p.mu is held.
func (p *Plugin) newest() *generation {
	if p.trial != nil {
		return p.trial.gen
	}
	return p.gen
}

// Swap puts the prepared generation into the place of the running one, each
// lane between two batches. No event is lost, doubled or reordered. With a
// probation the old generation is kept, and a *RolledBackError says that the new
// one had to go back at once. Before all that it waits up to reload.drain for
// handlers that wait for answers. It returns how long a lane stood still at most. It
// waits as long as a lane's commit does not succeed; Close ends that with
// ErrStopped. In any case next is used up. With canary lanes only these are on
// the new generation when it returns.
func (p *Plugin) Swap(ctx context.Context, next *Prepared) (pause time.Duration, err error) {
	p.swapping <- struct{}{}
	defer p.swapped()
	ctx = context.WithoutCancel(ctx)
	p.settle(ctx)
	p.drain(*p.lanes.Load(), next.gen.spec.Reload.Drain)
	t := &trial{gen: next.gen, back: &Prepared{plugin: p, gen: p.gen}, rest: next}
	canary := p.canary(next.gen.spec)
	p.mu.Lock()
	p.number, p.back, p.lastErr = next.gen.number, nil, nil
	if canary > 0 || next.gen.spec.Reload.Probation > 0 {
		p.trial = t
	}
	p.mu.Unlock()
	if canary > 0 {
		return p.beginCanary(ctx, t, canary)
	}
	return p.putInCharge(ctx, t)
}

// putInCharge puts the lanes that are left onto the generation of a trial, and
// begins its probation.
func (p *Plugin) putInCharge(ctx context.Context, t *trial) (pause time.Duration, err error) {
	had, pause := p.install(t.rest, len(t.back.guests), true)
	t.back.guests = append(t.back.guests, had...)
	if p.closing.Err() != nil {
		p.abandon(ctx, t.rest, t.back)
		return 0, ErrStopped
	}
	t.rest = nil
	p.charge(t.gen)
	if t.gen.spec.Reload.Probation <= 0 && !t.gen.condemned.Load() {
		p.confirm(ctx, t)
		return pause, nil
	}
	return pause, p.watch(ctx, t, t.gen.spec.Reload.Probation)
}

// swapped lets the next one swap.
func (p *Plugin) swapped() { <-p.swapping }

// charge makes a generation the one that the plugin runs.
func (p *Plugin) charge(gen *generation) {
	p.mu.Lock()
	p.gen = gen
	p.mu.Unlock()
	if err := p.deps.Journal.Hear(context.Background(), p.name, Topics(gen.spec)); err != nil {
		p.log.Error("messages of new topics will not arrive", "error", err)
	}
	p.recent.limit(gen.spec.Reload.Rehearse)
	p.ledger.Outbox.Limit(limiterOf(gen.spec))
	p.ledger.Outbox.Allow(effect.WebAllowed(gen.spec.Grant.HTTP))
	p.breaker.configure(gen.spec.Failure)
	p.guestLog.Limit(gen.spec.Limits.LogLines, gen.spec.Line("limits.log_lines"))
	p.ledger.Dead.Limit(gen.spec.Failure.DeadLetters, gen.spec.Failure.DeadLetterBytes, gen.spec.Line)
}

// abandon closes what a swap has left when the plugin is closed meanwhile.
func (p *Plugin) abandon(ctx context.Context, parts ...*Prepared) {
	for _, l := range *p.lanes.Load() {
		l.wg.Wait() // it may have taken a guest of them
		if l.guest != nil {
			l.retire(abi.StopShutdown)
		}
	}
	p.mu.Lock()
	p.trial = nil
	p.mu.Unlock()
	for _, part := range parts {
		if part != nil && part.gen != p.gen {
			part.Discard(ctx)
		} else if part != nil {
			part.discardGuests()
		}
	}
}

// install puts the lanes from first on onto a generation and returns the guests
// that they had. handOver lets these save what the new ones load. When the plugin
// is closed meanwhile, what no lane has taken is left in next.
func (p *Plugin) install(next *Prepared, first int, handOver bool) (had []*guest, pause time.Duration) {
	lanes := *p.lanes.Load()
	if len(next.guests) == len(lanes) {
		return p.exchange(lanes[first:], next.gen, next.guests[first:], handOver)
	}
	return p.replaceLanes(lanes, next)
}

// exchange gives each lane its new guest and waits until all have it.
func (p *Plugin) exchange(lanes []*lane, gen *generation, guests []*guest, handOver bool) (had []*guest, pause time.Duration) {
	had = make([]*guest, len(lanes))
	pauses := make([]time.Duration, len(lanes))
	var wg sync.WaitGroup
	for i, l := range lanes {
		wg.Add(1)
		asked := l.box.request(func() {
			defer wg.Done()
			if l.ending() {
				return
			}
			began := p.deps.Now()
			had[i] = l.change(gen, guests[i], handOver)
			guests[i] = nil
			pauses[i] = p.deps.Now().Sub(began)
		})
		if !asked {
			wg.Done()
		}
	}
	wg.Wait()
	return had, slices.Max(pauses)
}

// replaceLanes changes the number of lanes. From the first moment what comes
// goes to the new ones, which begin when the old ones have ended: with what
// those have left, dealt out anew in the order of its arrival, so that each
// guild keeps its order and each lane that of a shard's sequences.
func (p *Plugin) replaceLanes(old []*lane, next *Prepared) (had []*guest, pause time.Duration) {
	began := p.deps.Now()
	lanes := make([]*lane, len(next.guests))
	for i, g := range next.guests {
		lanes[i] = newLane(p, i, len(next.guests), next.gen, g)
	}
	next.guests = nil
	p.lanes.Store(&lanes)
	for _, l := range old {
		l.box.request(func() { l.leaving = true })
	}
	var waiting []entry
	for _, l := range old {
		waiting = append(waiting, l.wait()...)
		if l.guest != nil {
			l.guest.paused = p.deps.Now()
		}
		had = append(had, l.guest)
		l.guest = nil
	}
	if p.closing.Err() != nil {
		p.leaveAll(waiting)
		for _, l := range lanes {
			p.leaveAll(l.wait())
		}
		return had, 0
	}
	if p.dropMemory(p.closing) != nil {
		p.log.Warn("old checkpoints are left: the plugin is closing")
	}
	slices.SortFunc(waiting, func(a, b entry) int { return cmp.Compare(a.arrival, b.arrival) })
	for i, l := range lanes {
		l.cold = coldReload
		var urgent, rest []entry
		for _, e := range waiting {
			switch {
			case e.owner(len(lanes)) != i:
			case e.urgent():
				urgent = append(urgent, e)
			default:
				rest = append(rest, e)
			}
		}
		l.box.putFirst(urgent, rest)
		l.start()
	}
	return had, p.deps.Now().Sub(began)
}
