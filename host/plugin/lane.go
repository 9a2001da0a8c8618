package plugin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// Bounds of one batch. They keep the time between two batch boundaries, where
// swaps happen, short.
const (
	batchFrames = 64
	batchBytes  = 512 << 10
)

// A lane owns one guest and the goroutine that calls it.
type lane struct {
	plugin *Plugin
	index  int
	box    *mailbox

	inflight atomic.Int64
	memory   atomic.Int64 // of the present guest, for status

	// Everything below belongs to the lane's goroutine.
	guest  *guest // nil: crashed, to be made anew
	gen    *generation
	batch  []entry
	frames []effect.Frame
	alone  int // frames still to be handled one by one, to find the one that fails

	leaving chan<- []entry // the lane is to end and to give what it has to others

	ctx  context.Context // ends when the lane is to stop
	stop context.CancelFunc
	wg   sync.WaitGroup
}

func newLane(p *Plugin, index int, g *guest) *lane {
	l := &lane{plugin: p, index: index, guest: g, gen: g.gen}
	l.box = newMailbox(g.gen.spec.Limits.Mailbox, g.gen.overflow)
	l.ctx, l.stop = context.WithCancel(context.Background())
	return l
}

func (l *lane) start() { l.wg.Go(l.run) }

// close stops the lane after the batch in hand and waits for its end. Frames
// that wait are abandoned: their position does not move.
func (l *lane) close() {
	left := l.box.close()
	l.stop()
	l.wg.Wait()
	l.plugin.leaveAll(left)
}

// leave ends the lane after the frame in hand and returns what it had not
// finished.
func (l *lane) leave() []entry {
	left := make(chan []entry, 1)
	l.box.request(func() { l.leaving = left })
	l.wg.Wait()
	return <-left
}

// left hands over what the lane has not finished.
func (l *lane) left(batch []entry) {
	l.retire(abi.StopReload)
	l.leaving <- append(append([]entry(nil), batch...), l.box.close()...)
	l.stop()
}

func (l *lane) run() {
	l.adopt()
	for {
		batch, request, ok := l.box.take(l.batch[:0], l.mostFrames(), batchBytes)
		switch {
		case !ok:
			l.retire(abi.StopShutdown)
			return
		case request != nil:
			request()
			batch = nil
		default:
			l.batch = batch
			batch = l.handle(batch)
		}
		if l.leaving != nil {
			l.left(batch)
			return
		}
		l.plugin.leaveAll(batch)
	}
}

func (l *lane) mostFrames() int {
	if l.alone > 0 {
		return 1
	}
	return batchFrames
}

// handle brings a batch to its end: each frame is finished, given up as a dead
// letter. What the lane could not bring to an end because it stops or leaves is
// returned.
func (l *lane) handle(batch []entry) (rest []entry) {
	for len(batch) > 0 {
		if !l.ready() {
			return batch
		}
		n := len(batch)
		if l.alone > 0 {
			n = 1
			l.alone--
		}
		finished, err := l.call(batch[:n])
		for i := range finished {
			batch[i].finish()
		}
		l.plugin.handled.Add(uint64(finished))
		batch = batch[finished:]
		if err != nil && len(batch) > 0 {
			batch = l.failed(batch, n, finished, err)
		}
	}
	return nil
}

// call gives frames to the guest and commits what the finished ones did. It
// returns how many those are, and why the next one is not.
func (l *lane) call(batch []entry) (finished int, err error) {
	g := l.guest
	size := 0
	for i := range batch {
		size += batch[i].size()
	}
	buf, err := g.wasm.Buffer(size)
	if err != nil {
		return 0, l.dead(err)
	}
	buf, l.frames = buf[:0], l.frames[:0]
	for i := range batch {
		f := batch[i].frame()
		buf = f.Append(buf)
		l.frames = append(l.frames, effect.Frame{Shard: int(f.Shard), Guild: f.Guild})
	}
	g.recorder.Begin(l.frames, g.extend)
	code, err := g.wasm.Batch(len(buf), len(batch), l.gen.spec.Limits.Deadline)
	finished = g.recorder.Finished()
	l.memory.Store(g.wasm.Memory())
	switch {
	case err != nil:
		err = l.dead(err)
	case code < 0:
		err = &refusal{code: abi.Code(code), text: g.recorder.FailText()}
	default:
		finished = len(batch)
	}
	committed, commitErr := l.commit(batch[:finished], g.recorder.Take(finished))
	if commitErr != nil {
		return committed, commitErr
	}
	return finished, err
}

// A refusal is a handler's own error: the guest is in order and goes on.
type refusal struct {
	code abi.Code
	text string
}

func (r *refusal) Error() string {
	if r.text != "" {
		return r.text
	}
	return fmt.Sprintf("the handler answered %d (%s)", r.code, r.code)
}

// errStopped says that the lane stops before a commit has succeeded.
var errStopped = errors.New("the lane is stopping")

// commit makes what the finished frames did durable, trying until it works: a
// store that is full or away stops positions, not sessions.
func (l *lane) commit(batch []entry, effects []effect.Effect) (committed int, err error) {
	r := l.record(batch, effects)
	if r == nil {
		return len(batch), nil
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 10*time.Second) {
		err := l.plugin.deps.Journal.Commit(l.ctx, r)
		if err == nil {
			return len(batch), nil
		}
		var conflict *journal.ConflictError
		if errors.As(err, &conflict) {
			n := conflict.Frame
			before, after := effect.Split(effects, n)
			l.gen.env.Forget(after, &l.inflight)
			if committed, err := l.commit(batch[:n], before); err != nil {
				return committed, err
			}
			return n, conflict
		}
		l.plugin.note(fmt.Errorf("not committed: %w", err))
		l.plugin.log.Error("effects not committed, trying again", "lane", l.index, "error", err, "pause", pause)
		if !l.sleep(pause) {
			return 0, errStopped
		}
	}
}

// record is what the journal must know of a batch; nil when nothing is to be
// committed.
func (l *lane) record(batch []entry, effects []effect.Effect) *journal.Record {
	durable := len(effects) > 0
	for i := range batch {
		durable = durable || batch[i].event == nil
	}
	if !durable {
		return nil
	}
	p := l.plugin
	r := &journal.Record{
		Plugin: p.name, Lanes: l.gen.spec.Lanes, Lane: l.index,
		Space: p.space, Timers: p.timers, Outbox: p.outbox, Commands: p.commands,
		Effects: effects, FrameID: func(i int) string { return batch[i].id() },
	}
	for i := range batch {
		switch e := &batch[i]; {
		case e.timer != nil:
			r.Fired = append(r.Fired, *e.timer)
		case e.completion != nil:
			r.Answered = append(r.Answered, e.completion.Key)
		default:
			r.Advance(journal.Position{Shard: e.event.Shard, Session: e.event.Session, Seq: e.event.Seq})
		}
	}
	return r
}

// failed deals with the first frame of batch, which err has stopped. The guest
// had been given that many frames and had finished the ones that are no longer
// in batch.
func (l *lane) failed(batch []entry, given, finished int, err error) []entry {
	if errors.Is(err, errStopped) {
		return batch
	}
	tried := given - finished
	for i := range tried {
		batch[i].flags |= abi.FlagRedelivered
	}
	var own *refusal
	var lost *journal.ConflictError
	if tried > 1 && finished == 0 && !errors.As(err, &own) && !errors.As(err, &lost) {
		// This guest may not call done, so any of these frames can be the one.
		l.alone = tried
		return batch
	}
	e := &batch[0]
	e.attempts++
	l.plugin.failed.Add(1)
	what := fmt.Errorf("%s: %w", e.what(), err)
	l.plugin.note(what)
	spec := &l.gen.spec
	if e.attempts <= spec.Failure.Retry {
		l.plugin.log.Warn("frame failed, trying again", "lane", l.index, "generation", l.gen.number,
			"frame", e.what(), "attempt", e.attempts, "error", err)
		return batch
	}
	l.plugin.log.Error("frame given up", "lane", l.index, "generation", l.gen.number,
		"frame", e.what(), "attempts", e.attempts, "error", err)
	l.bury(e, err)
	return batch[1:]
}

// bury keeps a frame that failed too often and lets its position go.
func (l *lane) bury(e *entry, cause error) {
	f := e.frame()
	letter := journal.DeadLetter{
		Plugin: l.plugin.name, Lane: l.index, Generation: l.gen.number, SHA256: l.gen.info.SHA256,
		Time: l.plugin.deps.Now(), Attempts: e.attempts, Error: cause.Error(), Event: e.what(), Frame: f.Append(nil),
	}
	if err := l.plugin.deps.Journal.Bury(l.ctx, letter); err != nil {
		l.plugin.log.Error("dead letter not kept", "lane", l.index, "frame", e.what(), "error", err)
	}
	l.plugin.dropped.Add(1)
	if _, err := l.commit([]entry{*e}, nil); err != nil {
		e.abandon()
		return
	}
	e.finish()
}

// sleep waits, unless the lane is to stop.
func (l *lane) sleep(d time.Duration) (ok bool) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-l.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
