package plugin

import (
	"context"
	"errors"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// A lane's memory outlives the host: at shutdown, and while it runs where the
// configuration says so, it is kept together with the lane's position. At the
// next start it is given back if it is the lane's last word: if the lane has
// finished frames since — the host was killed — the memory lacks what Discord
// will not send again, and only a guest that asks to be told of it gets it.

// restore gives the lane's first guest what was kept of the memory.
func (l *lane) restore() {
	p := l.plugin
	cp, err := p.ledger.Memory.Load(p.closing, l.guest.lane)
	reason := coldNew
	switch {
	case err != nil:
		p.log.Error("checkpoint not loaded, the lane starts without it", "lane", l.index, "error", err)
		reason = coldDamaged
	case cp == nil:
	case !l.guest.wasm.CanLoad():
		reason = coldSchema
	case cp.Stale && !l.gen.informs(controlStale):
		p.log.Warn("checkpoint not loaded: frames were finished after it", "lane", l.index, "saved", cp.At,
			"change", `a plugin that lists "stale" in control of its manifest gets it all the same`)
		reason = coldStale
	default:
		loaded, alive := l.load(&effect.State{Schema: cp.Schema, Data: cp.Data})
		switch {
		case !alive:
			l.discard()
			return // the next guest is told that it starts cold
		case loaded && cp.Stale:
			l.tell(controlStale, staleBody{SavedAt: cp.At.UnixMilli()})
			return
		case loaded:
			return
		}
		reason = coldSchema
	}
	l.startCold(reason)
}

// checkpoint keeps the memory of the lane's guest, and with it the position of
// everything that it has seen.
func (l *lane) checkpoint() {
	began := l.plugin.deps.Now()
	if r := l.memorize(); r != nil {
		l.keepMemory(r, began)
	}
}

// A copying is the memory of a lane that is written while the lane goes on.
type copying struct {
	guest  *guest
	record *journal.Record
}

// checkpointAside does what checkpoint does, while the lane goes on. Frames that
// it finishes before all is written are not in that memory: then it is stale
// from the beginning.
func (l *lane) checkpointAside() {
	p, began := l.plugin, l.plugin.deps.Now()
	if l.copying != nil {
		l.scheduleCheckpoint() // the disk is still busy with the one before
		return
	}
	r := l.memorize()
	if r == nil {
		return
	}
	c := &copying{l.guest, r}
	l.copying = c
	p.copies.Go(func() { // the lane may end, and another take its place, meanwhile
		err := p.ledger.Memory.Stage(p.killed, r.Lane, r.Checkpoint)
		used := make(chan bool, 1)
		asked := l.box.request(func() {
			l.copying = nil
			switch {
			case err != nil:
				p.log.Error("memory not kept", "lane", l.index, "error", err)
				used <- false
			case l.guest != c.guest || l.ending() || !l.trusted():
				used <- false // at the end, and of another guest, another one is made
			default:
				l.keepMemory(r, began)
				used <- true // also where the outcome is unknown
			}
		})
		if asked && <-used {
			return
		}
		if err := p.ledger.Memory.Unstage(p.killed, r.Lane, r.Checkpoint); err != nil {
			p.log.Debug("memory that nobody needs stays until the next start", "lane", l.index, "error", err)
		}
	})
}

// passed takes note that the lane goes on beyond a memory that is being written.
func (l *lane) passed() {
	if l.copying != nil {
		l.copying.record.Checkpoint.Stale = true
	}
}

// trusted tells whether the lane's memory is worth keeping: it is to be trusted,
// has seen what the position says, and has been told what it lacks.
func (l *lane) trusted() bool {
	return l.started && !l.torn && l.news == nil && !l.gen.condemned.Load() && !l.plugin.retired.Load()
}

// memorize asks the lane's guest for its memory; nil: there is nothing to keep.
func (l *lane) memorize() *journal.Record {
	p := l.plugin
	if l.guest == nil || !l.guest.wasm.CanSave() || !l.trusted() || p.ledger.Memory.Current(l.guest.lane) {
		return nil // in the last case nothing has happened since
	}
	state, err := l.guest.recorder.Save(l.guest.wasm.Save)
	if dead(err) {
		defer l.discard()
	}
	if err == nil && state != nil && int64(len(state.Data)) > l.gen.spec.Checkpoint.MaxSize {
		err = errors.New("it has more than checkpoint.max_size")
	}
	if err != nil {
		p.note(err)
		p.log.Warn("memory not kept", "lane", l.index, "generation", l.gen.number, "error", err)
		return nil
	}
	if state == nil {
		return nil
	}
	return &journal.Record{
		Ledger: &p.ledger, Lane: l.guest.lane, Position: l.progress.Positions(),
		Checkpoint: &journal.Checkpoint{Schema: state.Schema, Data: state.Data, At: p.deps.Now()},
	}
}

// keepMemory makes a checkpoint valid.
func (l *lane) keepMemory(r *journal.Record, began time.Time) {
	p := l.plugin
	if err := p.deps.Journal.Commit(p.killed, r); err != nil {
		p.log.Error("memory not kept", "lane", l.index, "generation", l.gen.number, "error", err)
		return
	}
	p.log.Debug("memory kept", "lane", l.index, "generation", l.gen.number, "bytes", len(r.Checkpoint.Data), "took", p.deps.Now().Sub(began))
}

// finished takes note of an entry that is over, be it handled or given up, and
// sees to it that the next checkpoint is made in time.
func (l *lane) finished(e *entry) {
	if e.event != nil {
		l.progress.Finish(e.position())
	}
	l.passed()
	l.scheduleCheckpoint()
	l.plugin.deferrals.ended(e)
	e.finish()
}

// scheduleCheckpoint sees to it that the next checkpoint is made in time.
func (l *lane) scheduleCheckpoint() {
	if every := l.gen.spec.Checkpoint.Every; every > 0 && l.due == nil {
		l.due = time.AfterFunc(every, func() {
			l.box.request(func() {
				l.due = nil
				l.checkpointAside()
			})
		})
	}
}

// dropMemory forgets all checkpoints. It tries until that works or ctx ends:
// lanes that go on afterwards would leave them behind unnoticed.
func (p *Plugin) dropMemory(ctx context.Context) error {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := p.ledger.Memory.Drop(ctx, 0)
		if err == nil {
			return nil
		}
		p.log.Error("old checkpoints not removed, trying again", "error", err, "pause", pause)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}
