package plugin

import (
	"context"
	"time"
)

// keep does what a plugin does by itself when its time has come, until the
// plugin is closed.
func (p *Plugin) keep() {
	for {
		next := p.tend(context.Background())
		var due <-chan time.Time
		var timer *time.Timer
		if !next.IsZero() {
			timer = time.NewTimer(next.Sub(p.deps.Now()))
			due = timer.C
		}
		select {
		case <-p.closing.Done():
		case <-p.poked:
		case <-due:
		}
		if timer != nil {
			timer.Stop()
		}
		if p.closing.Err() != nil {
			return
		}
	}
}

// poke has keep look at once.
func (p *Plugin) poke() {
	select {
	case p.poked <- struct{}{}:
	default:
	}
}

// tend does what is due and returns when to look again; zero: when poked.
func (p *Plugin) tend(ctx context.Context) time.Time {
	select {
	case p.swapping <- struct{}{}:
		defer p.swapped()
	case <-p.closing.Done():
	}
	if p.closing.Err() != nil {
		return time.Time{}
	}
	p.mu.Lock()
	t := p.trial
	p.mu.Unlock()
	switch {
	case t == nil:
		return p.recycle(ctx)
	case t.gen.condemned.Load():
		p.goBack(ctx, t, t.verdict)
	case p.deps.Now().Before(t.until):
		return t.until
	case t.rest != nil:
		p.follow(ctx, t)
	default:
		p.confirm(ctx, t)
	}
	p.poke() // something else may be due
	return time.Time{}
}
