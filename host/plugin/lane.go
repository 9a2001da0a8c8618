package plugin

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/internal/trace"
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
	of     int
	box    *mailbox
	memory atomic.Int64 // of the present guest, for status
	made   atomic.Int64 // when the present guest was made: unix nanoseconds

	recycled time.Time // before which it is not recycled again; below Plugin.mu
	wg       sync.WaitGroup

	// waiting counts the frames whose handlers the present guest holds.
	waiting atomic.Int64

	// Everything below belongs to the lane's goroutine, until it has ended.
	guest   *guest // nil: crashed, to be made anew
	crash   error  // why there is none
	gen     *generation
	batch   []entry
	frames  []effect.Frame
	counted bool // a guest of this generation has called done
	alone   int  // frames still to be handled one by one, to find the one that fails

	patience time.Duration // for which a turn may go on: what the last commit took

	progress journal.Progress // what the lane has finished
	started  bool             // run has begun
	torn     bool             // what the guest has seen was not committed, nor will be
	cold     string           // why the guest has no memory, where it may have to be told
	news     *journal.Message // a control frame that comes before the next batch
	due      *time.Timer      // of the next checkpoint
	copying  *copying         // a checkpoint that is being written; nil: none

	leaving bool    // the lane is to end and to leave what it has to others
	left    []entry // of a batch, when the lane ends

	clocks  map[*effect.Parked]*time.Timer // of the handlers that wait
	crowded bool                           // a handler found no room to wait
	idlers  []chan<- struct{}              // closed when no handler waits
}

func newLane(p *Plugin, index, of int, gen *generation, g *guest) *lane {
	l := &lane{plugin: p, index: index, of: of, guest: g, gen: gen, clocks: map[*effect.Parked]*time.Timer{}}
	l.box = newMailbox(gen.bounds)
	l.box.waits = p.waits
	l.made.Store(p.deps.Now().UnixNano())
	return l
}

func (l *lane) start() { l.wg.Go(l.run) }

// ending tells whether the lane is to take no more work.
func (l *lane) ending() bool { return l.leaving || l.plugin.closing.Err() != nil }

func (l *lane) run() {
	l.started = true
	if l.cold == "" {
		l.restore()
	} else {
		l.greet(l.cold)
	}
	if l.guest != nil {
		l.adopt()
	}
	for !l.ending() {
		if l.news != nil {
			l.left = l.handle(nil)
			continue
		}
		batch, request, ok := l.box.take(l.batch[:0], l.mostFrames(), batchBytes)
		if !ok {
			break
		}
		if request != nil {
			request()
			continue
		}
		l.batch = batch
		l.left = append(l.handle(batch), l.left...)
	}
	l.end()
}

// end closes the mailbox: whoever waits for room in it, or for the lane, goes on
// without it. A lane that leaves does not stop its guest: it may be kept.
func (l *lane) end() {
	l.left = append(slices.Clone(l.left), l.box.close()...)
	l.requests()
	if l.due != nil {
		l.due.Stop()
	}
	if !l.leaving {
		l.checkpoint()
		l.retire(abi.StopShutdown)
	}
	l.loseAll()
	l.idle()
}

// wait waits for the end of a lane that is to stop, or makes an end of one that
// never started, and returns what it has not brought to an end.
func (l *lane) wait() []entry {
	l.wg.Wait()
	l.end()
	left := l.left
	l.left = nil
	return left
}

func (l *lane) mostFrames() int {
	if l.alone > 0 {
		return 1
	}
	return batchFrames
}

// handle brings a batch to its end: each frame is finished or given up as a dead
// letter. What the lane could not bring to an end because it stops or leaves is
// returned.
func (l *lane) handle(batch []entry) (rest []entry) {
	for {
		if !l.ready() {
			return batch
		}
		if batch = l.current(l.relief(batch)); len(batch) == 0 && l.news == nil {
			return nil
		}
		if l.crowded {
			continue
		}
		batch = l.withNews(batch)
		t := l.turn(batch, l.fitting(batch))
		done := t.batch[:t.finished]
		l.measure(done)
		l.remember(done)
		l.worn()
		for i := range done {
			l.finished(&done[i])
		}
		l.plugin.handled.Add(uint64(t.finished))
		batch = t.batch[t.finished:]
		switch {
		case t.err == nil || len(batch) == 0:
		case t.blamed != nil:
			redeliver(batch[:t.given-t.finished])
			l.parkedFailed(t.blamed, t.err)
		default:
			batch = l.failed(batch, t.given-t.finished, t.finished == t.began, t.err)
		}
		if errors.Is(t.err, errStopped) {
			l.torn = true
			return batch
		}
	}
}

// measure counts how long frames took from their receipt.
func (l *lane) measure(finished []entry) {
	if len(finished) == 0 {
		return
	}
	now := l.plugin.deps.Now().UnixNano()
	for i := range finished {
		if at := finished[i].since(); at != 0 {
			l.plugin.latency.Observe(time.Duration(now - at))
		}
	}
}

// current drops what has become void while it waited: timers that were stopped
// or set anew, and answers to handlers that are gone.
func (l *lane) current(batch []entry) []entry {
	stale := func(e entry) bool {
		switch {
		case e.timer != nil:
			return !l.plugin.ledger.Timers.Current(e.timer)
		case e.answer():
			return !l.answered(e.completion)
		case e.unpark != nil:
			return l.guest.lane.Guest != e.unpark.guest
		}
		return false
	}
	if slices.ContainsFunc(batch, stale) {
		batch = slices.DeleteFunc(batch, stale)
	}
	return batch
}

// fitting is how many frames go into the next call.
func (l *lane) fitting(batch []entry) int {
	if l.alone > 0 {
		l.alone--
		return 1
	}
	n, size := 0, 0
	for n < len(batch) && n < batchFrames {
		if size += batch[n].size() + l.gen.fields.most; n > 0 && size > batchBytes {
			break
		}
		n++
	}
	return n
}

// errStopped says that the lane stops before a commit has succeeded.
var errStopped = errors.New("the lane is stopping")

// commit makes what finished frames did durable. Where one of them has lost
// against another lane, only those before it are committed.
func (l *lane) commit(batch []entry, effects []effect.Effect) (committed int, err error) {
	r := l.record(batch, effects)
	if r == nil {
		return len(batch), nil
	}
	traceCommit(batch)
	began := l.plugin.deps.Now()
	err = l.keep(r)
	traceEnd(batch, 0, err)
	var conflict *journal.ConflictError
	switch l.patience = -1; {
	case err == nil:
		l.patience = min(l.plugin.deps.Now().Sub(began), longestTurn)
		return len(batch), nil
	case !errors.As(err, &conflict):
		l.guest.recorder.Forget(effects)
		return 0, err
	}
	n := conflict.Frame
	before, after := effect.Split(effects, n)
	l.guest.recorder.Forget(after)
	l.guest.recorder.LoseFrom(n)
	if committed, err := l.commit(batch[:n], before); err != nil {
		return committed, err
	}
	return n, conflict
}

// Pauses between two attempts to commit.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 10 * time.Second
)

// keep commits a record, trying until it works: a store that is full or away
// stops positions, not sessions. It fails with a *journal.ConflictError, or
// errStopped when the plugin is closed and the store still does not work.
func (l *lane) keep(r *journal.Record) error {
	p := l.plugin
	l.passed()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		err := p.deps.Journal.Commit(p.killed, r)
		var conflict *journal.ConflictError
		if err == nil || errors.As(err, &conflict) {
			return err
		}
		if p.closing.Err() != nil {
			p.log.Error("effects not committed, the frames will be delivered again at the next start", "lane", l.index, "error", err)
			return errStopped
		}
		p.note(fmt.Errorf("not committed: %w", err))
		p.log.Error("effects not committed, trying again", "lane", l.index, "error", err, "pause", pause)
		p.sleep(pause)
	}
}

// record is what the journal must know of a batch; nil when nothing is to be
// committed.
func (l *lane) record(batch []entry, effects []effect.Effect) *journal.Record {
	changes := l.guest.recorder.Changes()
	durable := len(effects) > 0 || len(changes) > 0 || l.plugin.ledger.Memory.Current(l.guest.lane)
	for i := range batch {
		durable = durable || batch[i].event == nil
	}
	if !durable {
		return nil
	}
	r := &journal.Record{
		Ledger: &l.plugin.ledger, Lane: l.guest.lane, Effects: effects,
		FrameID: func(i int) string { return batch[i].id() },
		Span:    func(i int) *trace.Span { return batch[i].span() },
	}
	for i := range batch {
		if p := batch[i].parked; p == nil || !slices.ContainsFunc(changes, func(c effect.Change) bool { return c.Parked == p }) {
			addTo(r, &batch[i])
		}
	}
	for _, c := range changes {
		l.addChange(r, batch, c)
	}
	return r
}

// addTo tells a record that an entry is finished.
func addTo(r *journal.Record, e *entry) {
	switch {
	case e.timer != nil:
		r.Fired = append(r.Fired, *e.timer)
	case e.parked != nil:
		r.Ended = append(r.Ended, e.parked)
	case e.answer(), e.unpark != nil:
	case e.completion != nil:
		r.Answered = append(r.Answered, e.completion.Key)
	case e.letter != nil:
		r.Raised = append(r.Raised, e.letter.ID)
	case e.message != nil:
		r.Heard = append(r.Heard, e.message)
	default:
		r.Position = append(r.Position, e.position())
	}
}
