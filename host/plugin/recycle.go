package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/shardhost/shardhost/abi"
)

// Recycling gives a lane a new guest of the same generation, with its state
// handed over: linear memory never shrinks, and what leaks in a guest leaks for
// as long as it lives. The new one is made beside the running one.

// Lanes are recycled one after another, with this pause between two; one whose
// new guest does not start is tried again after retryRecycle.
const (
	recycleSpacing = time.Second
	retryRecycle   = time.Minute
)

// worn asks for a new guest when the lane's has come to a bound. It runs after
// each call.
func (l *lane) worn() {
	r := l.gen.spec.Recycle
	if r.MaxMemory == 0 && r.MaxEvents == 0 || l.guest == nil {
		return
	}
	memory, handled := l.guest.wasm.Memory(), l.guest.handled
	switch {
	case r.MaxMemory > 0 && memory > r.MaxMemory:
		l.plugin.wear(l, "recycle.max_memory", memory)
	case r.MaxEvents > 0 && handled >= r.MaxEvents:
		l.plugin.wear(l, "recycle.max_events", handled)
	}
}

// wearing is a lane that is to be recycled.
type wearing struct {
	lane  *lane
	bound string
	value any
}

// wear takes note of a lane that is to be recycled.
func (p *Plugin) wear(l *lane, bound string, value any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deps.Now().Before(l.recycled) || slices.ContainsFunc(p.worn, func(w wearing) bool { return w.lane == l }) {
		return
	}
	p.worn = append(p.worn, wearing{l, bound, value})
	p.poke()
}

// recycle gives one lane a new guest, if it is time for one, and returns when to
// look again.
func (p *Plugin) recycle(ctx context.Context) (next time.Time) {
	lanes := *p.lanes.Load()
	now := p.deps.Now()
	if age := p.gen.spec.Recycle.MaxAge; age > 0 {
		for _, l := range lanes {
			due := time.Unix(0, l.made.Load()).Add(age)
			if !due.After(now) {
				p.wear(l, "recycle.max_age", age)
				due = now.Add(retryRecycle)
			}
			if next.IsZero() || due.Before(next) {
				next = due
			}
		}
	}
	p.mu.Lock()
	worn := slices.DeleteFunc(p.worn, func(w wearing) bool { return !slices.Contains(lanes, w.lane) })
	if len(worn) == 0 || now.Before(p.spaced) {
		p.worn = worn
		if len(worn) > 0 {
			next = p.spaced
		}
		p.mu.Unlock()
		return next
	}
	w := worn[0]
	p.worn = worn[1:]
	p.spaced = now.Add(recycleSpacing)
	w.lane.recycled = now.Add(retryRecycle)
	p.mu.Unlock()
	p.poke() // the next lane
	p.renew(ctx, w)
	return next
}

// renew gives a lane another guest of its generation.
func (p *Plugin) renew(ctx context.Context, w wearing) {
	gen, index := p.gen, w.lane.index
	g, err := p.newGuest(ctx, gen, index)
	if err != nil {
		p.note(err)
		p.log.Error("lane not recycled", "lane", index, "generation", gen.number, "error", err)
		return
	}
	guests := []*guest{g}
	p.drain([]*lane{w.lane}, gen.spec.Reload.Drain)
	had, pause := p.exchange([]*lane{w.lane}, gen, guests, true)
	old := &Prepared{plugin: p, gen: gen, guests: had}
	old.stop(abi.StopRecycle)
	old.discardGuests()
	(&Prepared{plugin: p, gen: gen, guests: guests}).discardGuests() // if the lane has ended meanwhile
	p.log.Info("lane recycled", "lane", index, "generation", gen.number, "bound", w.bound, "reached", w.value, "pause", pause)
}
