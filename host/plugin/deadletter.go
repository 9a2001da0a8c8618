package plugin

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/wasm"
)

// bury keeps a frame that failed too often as a dead letter, and lets its
// position go with the same commit. It is false when the lane stops before.
func (l *lane) bury(e *entry, reason error) bool {
	p := l.plugin
	letter := journal.DeadLetter{
		Plugin: p.name, Lane: l.index, Generation: l.gen.number, Version: l.gen.manifest.Version, SHA256: l.gen.info.SHA256,
		Time: p.deps.Now(), Attempts: e.attempts, Error: reason.Error(), Event: e.what(), FrameID: e.id(),
	}
	if trap, ok := errors.AsType[*wasm.Trap](reason); ok {
		letter.Stack, letter.Printed = trap.Stack, trap.Stderr
	}
	r := &journal.Record{Ledger: &p.ledger, Lane: effect.Lane{Index: l.index, Of: l.of}}
	if e.letter != nil {
		letter.ID, letter.Frame = e.letter.ID, e.letter.Frame
	} else {
		f := e.frame(0)
		letter.Frame = f.Append(nil)
		addTo(r, e)
	}
	r.Buried = []journal.DeadLetter{letter}
	if err := l.keep(r); err != nil {
		return false
	}
	p.log.Error("frame given up", "lane", l.index, "generation", l.gen.number,
		"frame", e.what(), "attempts", e.attempts, "error", reason)
	if e.letter != nil {
		e.letter.end(&StillFailsError{Attempts: e.attempts, Err: reason})
	} else {
		p.buried.Add(1)
	}
	e.road.fail(cause(reason))
	l.finished(e)
	return true
}

// A replay is a dead letter on its way through a lane.
type replay struct {
	journal.DeadLetter
	frame abi.Frame
	dead  *journal.DeadLetters
	ended chan error // gets what became of it
}

// end tells what became of it; only the first word counts.
func (r *replay) end(err error) {
	select {
	case r.ended <- err:
		r.dead.Release(r.ID)
	default:
	}
}

func (r *replay) owner(n int) int {
	if r.frame.Guild != 0 {
		return effect.LaneOf(r.frame.Guild, n)
	}
	return r.Lane % n
}

// A StillFailsError says that a dead letter has failed once more. It is among
// the dead letters again.
type StillFailsError struct {
	Attempts int // all of them
	Err      error
}

func (e *StillFailsError) Error() string { return fmt.Sprintf("it failed again: %v", e.Err) }
func (e *StillFailsError) Unwrap() error { return e.Err }

// Replay delivers a dead letter to the present generation, as a redelivered
// frame, and waits for what becomes of it: nil when its handler has succeeded,
// a *StillFailsError when not, journal.ErrNoLetter, journal.ErrLetterBusy, or
// ErrStopped. The letter is removed in the commit of what its handler did; until
// then it stays where it is, whatever dies. It gets one attempt, unless the
// plugin's failure.retry has been raised meanwhile. When ctx ends first, it is
// delivered all the same.
func (p *Plugin) Replay(ctx context.Context, id string) error {
	dead := p.ledger.Dead
	letter, err := dead.Claim(ctx, id)
	if err != nil {
		return err
	}
	r := &replay{DeadLetter: letter, dead: dead, ended: make(chan error, 1)}
	if r.FrameID == "" { // of a host that did not keep it
		r.FrameID = "dead/" + id
	}
	if r.frame, err = letter.Parse(); err != nil {
		dead.Release(id)
		return err
	}
	r.frame.Flags |= abi.FlagRedelivered
	if r.frame.Kind == abi.KindCompletion || r.frame.Kind == abi.KindTimer {
		r.frame.Flags |= abi.FlagEarlier
	}
	p.putAlways(entry{letter: r, attempts: letter.Attempts})
	select {
	case err = <-r.ended:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.killed.Done():
	}
	select {
	case err = <-r.ended:
		return err
	default:
		return ErrStopped
	}
}

// DropDeadLetter removes a dead letter for good.
func (p *Plugin) DropDeadLetter(ctx context.Context, id string) error {
	return p.ledger.Dead.Drop(ctx, id)
}
