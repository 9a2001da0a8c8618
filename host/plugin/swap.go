package plugin

import (
	"context"
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
// long it took until the last lane was on its new guest.
func (p *Plugin) Swap(ctx context.Context, next *Prepared) (took time.Duration, err error) {
	p.swapping.Lock()
	defer p.swapping.Unlock()
	p.mu.Lock()
	old, stopped := p.gen, p.state == Stopped
	p.mu.Unlock()
	lanes := *p.lanes.Load()
	if stopped {
		next.Discard(ctx)
		return 0, ErrStopped
	}
	began := p.deps.Now()
	if len(next.guests) == len(lanes) {
		p.swapLanes(lanes, next)
	} else {
		p.replaceLanes(lanes, next)
	}
	p.mu.Lock()
	p.gen, p.number = next.gen, next.gen.number
	p.lastErr = nil
	p.mu.Unlock()
	p.outbox.Limit(limiterOf(next.gen.spec))
	p.breaker.configure(next.gen.spec.Failure)
	p.wake()
	took = p.deps.Now().Sub(began)
	p.closeGeneration(context.WithoutCancel(ctx), old)
	return took, nil
}

// swapLanes gives each lane its new guest and waits until all have it.
func (p *Plugin) swapLanes(lanes []*lane, next *Prepared) {
	var wg sync.WaitGroup
	for i, l := range lanes {
		wg.Add(1)
		l.box.request(func() {
			defer wg.Done()
			l.swap(next.guests[i])
			l.box.configure(next.gen.spec.Limits.Mailbox, next.gen.overflow)
		})
	}
	wg.Wait()
}

// replaceLanes changes the number of lanes. Deliver waits meanwhile: frames that
// wait are dealt out anew, so that each guild keeps its order.
func (p *Plugin) replaceLanes(lanes []*lane, next *Prepared) {
	p.moving.Lock()
	defer p.moving.Unlock()
	var waiting []entry
	for _, l := range lanes {
		waiting = append(waiting, l.leave()...)
	}
	lanes = p.newLanes(next.guests)
	for _, e := range waiting {
		lanes[e.owner(len(lanes))].box.putAlways(e)
	}
	for _, l := range lanes {
		l.start()
	}
}
