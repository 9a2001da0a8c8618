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
	p := l.plugin
	switch {
	case l.guest == nil || !l.guest.wasm.CanSave(), p.retired.Load():
		return
	case !l.started || l.torn || l.news != nil || l.gen.condemned.Load():
		return // it is not to be trusted, has not seen what the position says, or has not been told what it lacks
	case p.ledger.Memory.Current(l.guest.lane):
		return // nothing has happened since the last one
	}
	began := p.deps.Now()
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
		return
	}
	if state == nil {
		return
	}
	r := &journal.Record{
		Ledger: &p.ledger, Lane: l.guest.lane, Position: l.progress.Positions(),
		Checkpoint: &journal.Checkpoint{Schema: state.Schema, Data: state.Data, At: p.deps.Now()},
	}
	if err := p.deps.Journal.Commit(p.killed, r); err != nil {
		p.log.Error("memory not kept", "lane", l.index, "generation", l.gen.number, "error", err)
		return
	}
	p.log.Debug("memory kept", "lane", l.index, "generation", l.gen.number, "bytes", len(state.Data), "took", p.deps.Now().Sub(began))
}

// finished takes note of an entry that is over, be it handled or given up, and
// sees to it that the next checkpoint is made in time.
func (l *lane) finished(e *entry) {
	if e.event != nil {
		l.progress.Finish(e.position())
	}
	if every := l.gen.spec.Checkpoint.Every; every > 0 && l.due == nil {
		l.due = time.AfterFunc(every, func() {
			l.box.request(func() {
				l.due = nil
				l.checkpoint()
			})
		})
	}
	l.plugin.deferrals.ended(e)
	e.finish()
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
