package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
)

// A trial is the probation of a generation. The one that it took over from is
// kept, its guests paused in memory as they were at the swap, and is put back
// when the new one fails too often. Lanes note failures; what follows is done by
// whoever holds Plugin.swapping.
//
// With canary lanes the trial has two parts: at first these lanes alone are on
// the new generation, and the generation before is in charge.
type trial struct {
	gen  *generation
	back *Prepared // the generation before, with the guests of the lanes that have left it
	rest *Prepared // guests for the lanes that are to follow the canary; nil: all have

	// Below Plugin.mu.
	until    time.Time // when it has passed; zero: it is still being put in place
	failures int
	verdict  error // why it has to go back; set once
}

// RolledBack is what became of a generation that had to go back.
type RolledBack struct {
	Generation int // that was given up
	SHA256     string
	To         int // the generation that runs again
	At         time.Time
	Reason     string
	Pause      time.Duration // that a lane stood still at most

	key string
}

// A RolledBackError says that a generation was put into place and had to go
// back: the one before runs again.
type RolledBackError struct {
	Plugin     string
	Generation int
	Reason     error
}

func (e *RolledBackError) Error() string {
	return fmt.Sprintf("plugin %q: generation %d was rolled back: %v", e.Plugin, e.Generation, e.Reason)
}

func (e *RolledBackError) Unwrap() error { return e.Reason }

// ErrNothingKept says that there is no generation to roll back to.
var ErrNothingKept = errors.New("no earlier generation is kept")

// failing takes note that a generation has failed: one of its guests has died,
// or a frame has run out of attempts. It is true when the generation has to go
// back, because of this failure or before; then the lane waits for its earlier
// guest. decisive lets a single failure be enough.
func (p *Plugin) failing(gen *generation, cause error, decisive bool) (condemned bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.trial
	if t == nil || t.gen != gen {
		return false
	}
	if t.verdict != nil {
		return true
	}
	t.failures++
	switch most := gen.spec.Failure.Max; {
	case decisive:
		t.verdict = cause
	case t.failures >= most:
		t.verdict = fmt.Errorf("%d failures during the probation, the last one: %w", t.failures, cause)
	default:
		return false
	}
	gen.condemned.Store(true)
	p.poke()
	return true
}

// canary is how many lanes get a generation first; 0: all at once, which is so
// too when the number of lanes changes.
func (p *Plugin) canary(spec config.Plugin) int {
	if n := spec.Reload.CanaryLanes; spec.Lanes == len(*p.lanes.Load()) && n < spec.Lanes {
		return n
	}
	return 0
}

// beginCanary puts the first lanes onto the generation of a trial.
func (p *Plugin) beginCanary(ctx context.Context, t *trial, n int) (pause time.Duration, err error) {
	t.back.guests, pause = p.exchange((*p.lanes.Load())[:n], t.gen, t.rest.guests[:n], true)
	if p.closing.Err() != nil {
		p.abandon(ctx, t.rest, t.back)
		return 0, ErrStopped
	}
	return pause, p.watch(ctx, t, t.gen.spec.Reload.CanaryFor)
}

// watch gives a trial time to fail. One that has failed goes back at once.
func (p *Plugin) watch(ctx context.Context, t *trial, d time.Duration) error {
	p.mu.Lock()
	t.until = p.deps.Now().Add(d)
	verdict := t.verdict
	p.mu.Unlock()
	if verdict != nil {
		p.goBack(ctx, t, verdict)
		return &RolledBackError{p.name, t.gen.number, verdict}
	}
	p.poke()
	return nil
}

// follow puts the other lanes where the canary is.
func (p *Plugin) follow(ctx context.Context, t *trial) {
	if _, err := p.putInCharge(ctx, t); err == nil {
		p.log.Info("canary passed", "generation", t.gen.number)
		p.changed()
	}
}

// changed says that the plugin has come to another generation by itself.
func (p *Plugin) changed() {
	if p.deps.Changed != nil {
		p.deps.Changed()
	}
}

var errOvertaken = errors.New("another generation came before the canary had passed")

// settle ends a trial at once: a generation that is in charge and has not failed
// stays.
func (p *Plugin) settle(ctx context.Context) {
	p.mu.Lock()
	t := p.trial
	p.mu.Unlock()
	switch {
	case t == nil:
	case t.gen.condemned.Load():
		p.goBack(ctx, t, t.verdict)
	case t.rest != nil:
		p.goBack(ctx, t, errOvertaken)
	default:
		p.confirm(ctx, t)
	}
}

// confirm ends a trial well: what was kept is closed.
func (p *Plugin) confirm(ctx context.Context, t *trial) {
	p.mu.Lock()
	verdict := t.verdict
	if verdict == nil {
		p.trial = nil
	}
	p.mu.Unlock()
	if verdict != nil { // just now
		p.goBack(ctx, t, verdict)
		return
	}
	t.back.retire(ctx, abi.StopReload)
	if t.gen.spec.Reload.Probation > 0 {
		p.log.Info("probation passed", "generation", t.gen.number)
	}
}

// goBack ends a trial by putting the generation before back into its place. The
// frames that have failed are still with their lanes, and go to its guests.
func (p *Plugin) goBack(ctx context.Context, t *trial, reason error) {
	given := &Prepared{plugin: p, gen: t.gen}
	var pause time.Duration
	if t.rest != nil {
		canary := (*p.lanes.Load())[:len(t.back.guests)]
		given.guests, pause = p.exchange(canary, t.back.gen, t.back.guests, false)
		t.rest.discardGuests()
	} else {
		given.guests, pause = p.install(t.back, 0, false)
	}
	if p.closing.Err() != nil {
		p.abandon(ctx, given, t.back)
		return
	}
	p.charge(t.back.gen)
	err := fmt.Errorf("generation %d was rolled back: %w", t.gen.number, reason)
	p.mu.Lock()
	p.trial, p.lastErr = nil, err
	p.back = &RolledBack{
		Generation: t.gen.number, SHA256: t.gen.info.SHA256, To: t.back.gen.number,
		At: p.deps.Now(), Reason: reason.Error(), Pause: pause, key: t.gen.key,
	}
	p.mu.Unlock()
	p.log.Error("generation rolled back", "generation", t.gen.number, "to", t.back.gen.number, "pause", pause, "error", reason,
		"change", "fix the plugin or its configuration and reload; the same again needs force")
	given.retire(ctx, abi.StopReload)
	p.changed()
}

// endTrial closes what a trial keeps when the plugin is closed.
func (p *Plugin) endTrial(ctx context.Context, t *trial) {
	t.back.stop(abi.StopShutdown)
	t.back.discardGuests()
	other := t.back.gen
	if t.rest != nil {
		t.rest.discardGuests()
		other = t.gen
	}
	p.closeGeneration(ctx, other)
}

// Rollback puts the generation before back into its place while it is kept: as
// long as the probation lasts. Otherwise it fails with ErrNothingKept.
func (p *Plugin) Rollback(ctx context.Context, reason error) (RolledBack, error) {
	p.swapping <- struct{}{}
	defer p.swapped()
	if p.closing.Err() != nil {
		return RolledBack{}, ErrStopped
	}
	p.mu.Lock()
	t := p.trial
	p.mu.Unlock()
	if t == nil {
		return RolledBack{}, ErrNothingKept
	}
	p.goBack(context.WithoutCancel(ctx), t, reason)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.back == nil {
		return RolledBack{}, ErrStopped
	}
	return *p.back, nil
}

// Rejected is the generation that was rolled back last, nil when there is none
// or another has come since. Prepare does not make the same again unless forced.
func (p *Plugin) Rejected() *RolledBack {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.back
}
