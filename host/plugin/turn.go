package plugin

import (
	"errors"
	"time"

	"github.com/shardhost/shardhost/host/effect"
)

// Bounds of one turn. What it holds waits in memory for its commit.
const (
	turnFrames  = 1024
	turnBytes   = 2 << 20
	longestTurn = 20 * time.Millisecond
)

// A turn is what a lane does between two commits: a call of its guest, and
// while more waits in its mailbox than one call takes, further ones.
//
// A commit takes its time however little is in it. A lane that commits after
// every sixty-four frames stands still for most of its time on a disk; so with a
// backlog it gives the guest as much time as the last commit took. Then at least
// half of its time is work, whatever the disk, and no frame waits for its commit
// for longer than twice as long. Nothing waits where there is no backlog.
type turn struct {
	batch    []entry // what the lane has in hand, with what the turn has taken on
	given    int     // of batch, to the guest
	began    int     // of batch: the first of the guest's last call
	finished int     // of batch: handled and committed

	err    error          // why the next one is not finished
	blamed *effect.Parked // the parked frame that failed instead, if it is one
}

// turn gives the first n frames of what the lane has in hand to the guest, and
// commits what the finished ones did.
func (l *lane) turn(batch []entry, n int) (t turn) {
	g := l.guest
	t.batch, t.given = batch, n
	g.recorder.Begin(nil, g.extend)
	for since := l.plugin.deps.Now(); ; {
		if t.err = l.call(&t); t.err != nil || !l.goOn(&t, since) {
			break
		}
	}
	handled := t.batch[:t.given]
	t.finished = g.recorder.Finished()
	l.counted = l.counted || g.recorder.Counts()
	l.memory.Store(g.wasm.Memory())
	g.handled += int64(t.finished)
	if t.err != nil {
		t.err = l.gen.located(t.err, g.wasm.Memory())
		t.blamed = g.blame(handled[t.finished:])
	}
	alive := !dead(t.err)
	if !alive {
		l.crash = t.err
		g.recorder.LoseAll()
	}
	committed, err := l.commit(handled[:t.finished], g.recorder.Take(t.finished))
	if err != nil {
		t.finished, t.blamed, t.err = committed, nil, err
	}
	if !errors.Is(t.err, errStopped) {
		l.follow(g, t.batch, t.finished, t.blamed, alive)
	}
	for i := range handled[t.finished:] {
		if e := &handled[t.finished+i]; e.answer() {
			e.completion.Awaited.Given = false
		}
	}
	if !alive {
		l.discard()
	}
	return t
}

// call gives the turn's next frames to the guest. Without an error all of them
// are finished.
func (l *lane) call(t *turn) (err error) {
	g, batch := l.guest, t.batch[t.began:t.given]
	l.frames = l.frames[:0]
	for i := range batch {
		l.frames = append(l.frames, batch[i].place())
		if batch[i].answer() {
			batch[i].completion.Awaited.Given = true
			batch[i].completion.Parked.Span = batch[i].span()
		}
	}
	g.recorder.More(l.frames)
	g.output.begin()
	if l.gen.counts {
		if err = l.give(batch, t.began); err == nil {
			g.recorder.Finish(t.given)
		}
		return err
	}
	// It never says which frame it is at: it gets one at a time, so that
	// each has its own deadline and the one that fails is known.
	for i := 0; i < len(batch) && err == nil; i++ {
		if err = l.give(batch[i:i+1], t.began+i); err == nil {
			g.recorder.Finish(t.began + i + 1)
		}
	}
	return err
}

// give gives frames to the guest, of which the first has a place in the turn.
func (l *lane) give(batch []entry, first int) error {
	l.traceGuest(batch)
	err := l.guest.give(batch)
	traceEnd(batch, l.guest.recorder.Finished()-first, err)
	return err
}

// goOn takes on more of a backlog, unless something is better served by a commit
// at once: an interaction, a handler that waits, a request, the lane's end.
func (l *lane) goOn(t *turn, since time.Time) bool {
	r, first := l.guest.recorder, &t.batch[0]
	switch {
	case t.given < len(t.batch), t.given >= turnFrames, l.alone > 0, l.ending(), first.urgent(), first.answer():
		return false
	case !r.Small(), len(r.Changes()) > 0, len(r.Failures()) > 0, l.plugin.deps.Now().Sub(since) > l.patience:
		return false
	}
	size := 0
	for i := range t.batch {
		size += t.batch[i].size()
	}
	if size >= turnBytes {
		return false
	}
	all := l.box.takeMore(t.batch, batchFrames, batchBytes)
	t.began, t.batch = t.given, append(all[:t.given], l.current(all[t.given:])...)
	t.given = len(t.batch)
	if cap(t.batch) > cap(l.batch) {
		l.batch = t.batch
	}
	return t.given > t.began
}
