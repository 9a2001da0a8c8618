package plugin

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/config"
)

// Prepare makes a new generation beside the running one: checked, compiled, a
// guest for each lane started. Nothing of the running one changes. It is nil
// without an error when the running generation is the same, unless force asks
// for a new one all the same.
func (p *Plugin) Prepare(ctx context.Context, spec config.Plugin, module []byte, force bool) (*Prepared, error) {
	p.mu.Lock()
	number, running := p.number+1, p.gen
	p.mu.Unlock()
	if !force && running.key == generationKey(spec, module) {
		return nil, nil
	}
	return p.prepare(ctx, spec, module, number)
}

// Swap puts every lane onto the prepared generation, each between two batches,
// and closes the old one. No event is lost, doubled or reordered. It returns how
// long it took until the last lane was on its new guest. It waits as long as a
// lane's commit does not succeed; Close ends that with ErrStopped. In any case
// next is used up.
func (p *Plugin) Swap(ctx context.Context, next *Prepared) (took time.Duration, err error) {
	p.swapping.Lock()
	defer p.swapping.Unlock()
	began := p.deps.Now()
	lanes := *p.lanes.Load()
	if len(next.guests) == len(lanes) {
		p.swapLanes(lanes, next)
	} else {
		p.replaceLanes(lanes, next)
	}
	if p.closing.Err() != nil {
		for _, l := range lanes {
			l.wg.Wait() // they may have adopted guests of next
		}
		next.Discard(ctx)
		return 0, ErrStopped
	}
	p.mu.Lock()
	old := p.gen
	p.gen, p.number = next.gen, next.gen.number
	p.lastErr = nil
	p.mu.Unlock()
	p.ledger.Outbox.Limit(limiterOf(next.gen.spec))
	p.breaker.configure(next.gen.spec.Failure)
	p.ledger.Dead.Limit(next.gen.spec.Failure.DeadLetters, next.gen.spec.Failure.DeadLetterBytes)
	took = p.deps.Now().Sub(began)
	p.closeGeneration(context.WithoutCancel(ctx), old)
	return took, nil
}

// swapLanes gives each lane its new guest and waits until all have it. When the
// plugin is closed meanwhile, what no lane has taken is left in next.
func (p *Plugin) swapLanes(lanes []*lane, next *Prepared) {
	var wg sync.WaitGroup
	for i, l := range lanes {
		wg.Add(1)
		asked := l.box.request(func() {
			defer wg.Done()
			if !l.ending() {
				l.swap(next.guests[i])
				next.guests[i] = nil
			}
		})
		if !asked {
			wg.Done()
		}
	}
	wg.Wait()
}

// replaceLanes changes the number of lanes. From the first moment what comes
// goes to the new ones, which begin when the old ones have ended: with what
// those have left, dealt out anew in the order of its arrival, so that each
// guild keeps its order and each lane that of a shard's sequences.
func (p *Plugin) replaceLanes(old []*lane, next *Prepared) {
	lanes := make([]*lane, len(next.guests))
	for i, g := range next.guests {
		lanes[i] = newLane(p, i, len(next.guests), g)
	}
	next.guests = nil
	p.lanes.Store(&lanes)
	for _, l := range old {
		l.box.request(func() { l.leaving = true })
	}
	var waiting []entry
	for _, l := range old {
		waiting = append(waiting, l.wait()...)
	}
	if p.closing.Err() != nil {
		p.leaveAll(waiting)
		for _, l := range lanes {
			p.leaveAll(l.wait())
		}
		return
	}
	slices.SortFunc(waiting, func(a, b entry) int { return cmp.Compare(a.arrival, b.arrival) })
	for i, l := range lanes {
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
}
