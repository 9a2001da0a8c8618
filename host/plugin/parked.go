package plugin

import (
	"fmt"
	"slices"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// A handler that awaits parks its frame: the frame leaves its batch and is
// finished later, while the lane handles others. In the journal it stands with
// its own bytes and with the calls that its handler waits for, so it holds no
// position back. Its handler lives in the guest; when that goes (a crash, a
// reload, the host's end), or when the handler fails, the frame is given again,
// and the answers that there are already are given to the new handler.

// follow does what follows a batch for the frames whose handlers wait, when the
// first finished of its frames are committed. blamed is dealt with by the
// caller; alive tells whether the guest is.
func (l *lane) follow(g *guest, batch []entry, finished int, blamed *effect.Parked, alive bool) {
	for i := range batch[:finished] {
		if p := batch[i].parked; p != nil {
			p.Queued = false
		}
	}
	rest := batch[finished:]
	l.giveAgain(g, g.recorder.Lost(), rest, blamed, alive)
	for _, f := range g.recorder.Failures() {
		p := f.Parked
		l.stopClock(p)
		if !p.Stored || inHand(rest, p) {
			continue // it fails as a frame of the batch does
		}
		if f.Crowded {
			l.crowded = true
			l.putParked([]*effect.Parked{p})
			continue
		}
		l.parkedFailed(p, &refusal{code: f.Code, text: f.Text})
	}
	for _, c := range g.recorder.Changes() {
		switch p := c.Parked; c.Kind {
		case effect.Parks:
			l.startClock(g, p)
			l.plugin.deferrals.park(p.ID)
		case effect.Asks:
			l.serve(p)
		case effect.Ends:
			l.stopClock(p)
			l.compare(p)
			l.plugin.deferrals.end(p.ID, true)
		}
	}
	for i := range batch[:finished] {
		if p := batch[i].parked; p != nil && p.Over {
			l.compare(p)
		}
	}
	l.waiting.Store(int64(g.recorder.Waiting()))
	l.idle()
}

// compare warns of a handler that had no use for answers that an earlier one of
// its frame has got.
func (l *lane) compare(p *effect.Parked) {
	if n := len(p.Calls) - len(p.Asked()); n > 0 {
		l.plugin.log.Warn("the handler asked for fewer calls than when the event was given to it before",
			"lane", l.index, "generation", l.gen.number, "frame", l.whatOf(p), "fewer", n)
	}
}

// relief waits, where a handler has found no room to wait, until there may be
// some, and lets those that wait go on first.
func (l *lane) relief(batch []entry) []entry {
	if !l.crowded || l.ending() {
		return batch
	}
	if l.guest.recorder.Room() {
		l.crowded = false
		return batch
	}
	answers, request, _ := l.box.takeAnswers()
	if request != nil {
		request()
		return batch
	}
	l.crowded = false
	return append(answers, batch...)
}

// addChange tells a record what became of a parked frame.
func (l *lane) addChange(r *journal.Record, batch []entry, c effect.Change) {
	p := c.Parked
	if c.Kind == effect.Parks && !p.Stored {
		e := &batch[c.Frame]
		f := e.frame(l.guest.lane.Guest)
		p.ID, p.Lane, p.Arrival, p.Bytes = e.id(), l.index, e.arrival, f.Append(nil)
		p.Span = e.span()
		switch {
		case e.completion != nil:
			p.Asker = e.completion.Asker
		case e.timer != nil:
			p.Asker = e.timer.Asker
		}
	}
	ends := func(c effect.Change) bool { return c.Kind == effect.Ends && c.Parked == p }
	switch {
	case c.Kind == effect.Ends:
		r.Ended = append(r.Ended, p)
	case c.Kind == effect.Enters, slices.Contains(r.Parked, p):
	case !slices.ContainsFunc(l.guest.recorder.Changes(), ends):
		r.Parked = append(r.Parked, p)
	}
}

// inHand tells whether a batch holds a parked frame itself.
func inHand(batch []entry, p *effect.Parked) bool {
	return slices.ContainsFunc(batch, func(e entry) bool { return e.parked == p })
}

// giveAgain puts parked frames whose handlers are void before all that waits,
// and tells a guest that lives.
func (l *lane) giveAgain(g *guest, lost []effect.Lost, rest []entry, blamed *effect.Parked, alive bool) {
	var again []*effect.Parked
	for _, lost := range lost {
		p := lost.Parked
		l.stopClock(p)
		if alive && lost.Handle != 0 {
			l.unpark(g, lost.Handle)
		}
		if p != blamed && p.Stored && !p.Over && !inHand(rest, p) {
			again = append(again, p)
		}
	}
	l.putParked(again)
}

// putParked puts parked frames before all that waits for the lane.
func (l *lane) putParked(parked []*effect.Parked) {
	var entries []entry
	for _, p := range parked {
		if !p.Queued {
			p.Queued = true
			entries = append(entries, parkedEntry(p))
		}
	}
	if len(entries) > 0 && !l.box.putFirst(nil, entries) {
		l.left = append(l.left, entries...)
	}
}

func parkedEntry(p *effect.Parked) entry {
	return entry{parked: p, arrival: p.Arrival, flags: abi.FlagRedelivered, attempts: p.Attempts, tried: p.Tried}
}

// unpark lets a guest know that a handler of its is void, as its next frame: now,
// or when a lane gets it back.
func (l *lane) unpark(g *guest, handle int32) {
	g.void = append(g.void, handle)
	if l.guest == g {
		l.unparkAll()
	}
}

// unparkAll puts what the lane's guest is to forget into the mailbox.
func (l *lane) unparkAll() {
	for _, handle := range l.guest.void {
		l.box.putAlways(&entry{unpark: &unparked{l.guest.lane.Guest, handle}})
	}
	l.guest.void = nil
}

// loseAll makes the handlers of the lane's guest void, which is at its end or
// may be kept for another day.
func (l *lane) loseAll() {
	if l.guest == nil {
		return
	}
	g := l.guest
	g.recorder.LoseAll()
	l.guest = nil
	l.giveAgain(g, g.recorder.Lost(), nil, nil, true)
	l.guest = g
	l.waiting.Store(0)
	l.idle()
}

// parkedFailed deals with a parked frame whose handler err has ended.
func (l *lane) parkedFailed(p *effect.Parked, err error) {
	e := parkedEntry(p)
	if l.retry(&e, err) {
		l.putParked([]*effect.Parked{p})
	}
}

// serve sends the answers that are there to a handler that has asked for them.
func (l *lane) serve(p *effect.Parked) {
	for _, a := range p.Asked() {
		if a.Answer != nil && !a.Queued && !a.Given {
			a.Queued = true
			e := answerEntry(p, a)
			e.received, e.arrival, e.lane = l.plugin.deps.Now().UnixNano(), l.plugin.arrivals.Add(1), l.index
			e.road = l.plugin.newRoad(p.Span)
			l.box.putAlways(&e)
		}
	}
}

// answerEntry is an answer that was there before its handler asked.
func answerEntry(p *effect.Parked, a *effect.Awaited) entry {
	c := &journal.Completion{Guild: p.Guild, Shard: p.Shard, Parked: p, Awaited: a}
	if a.Answer != nil {
		c.Status, c.Body = a.Answer.Status, a.Answer.Body
	}
	return entry{completion: c}
}

// answered takes note of an answer that comes to a parked frame. It is false
// when nobody waits for it now: the handler may ask for it later.
func (l *lane) answered(c *journal.Completion) bool {
	a := c.Awaited
	if a.Answer == nil {
		a.Answer = &effect.Answer{Status: c.Status, Body: c.Body}
	}
	return l.guest != nil && l.guest.recorder.Waits(c.Parked) && a.Tag != 0 && !a.Given
}

// startClock gives a handler that waits its time.
func (l *lane) startClock(g *guest, p *effect.Parked) {
	if !g.recorder.Waits(p) {
		return
	}
	l.stopClock(p)
	handle := p.Handle()
	l.clocks[p] = time.AfterFunc(g.gen.spec.Limits.Park, func() {
		l.box.request(func() { l.expire(g, p, handle) })
	})
}

func (l *lane) stopClock(p *effect.Parked) {
	if clock, ok := l.clocks[p]; ok {
		clock.Stop()
		delete(l.clocks, p)
	}
}

// expire ends a handler that has waited too long.
func (l *lane) expire(g *guest, p *effect.Parked, handle int32) {
	if l.guest != g || !g.recorder.Waits(p) || p.Handle() != handle {
		return
	}
	what := "nothing that it asked for"
	for _, a := range p.Asked() {
		if a.Answer == nil {
			what = "the answer to " + a.Call.String()
			break
		}
	}
	g.recorder.Lose(p)
	for _, lost := range g.recorder.Lost() {
		l.unpark(g, lost.Handle)
	}
	l.stopClock(p)
	l.waiting.Store(int64(g.recorder.Waiting()))
	l.parkedFailed(p, fmt.Errorf("%s: the handler waited longer than %slimits.park of %s for %s", l.whatOf(p), place(g.gen.spec.Line("limits.park")), g.gen.spec.Limits.Park, what))
	l.idle()
}

func (l *lane) whatOf(p *effect.Parked) string {
	e := parkedEntry(p)
	return e.what()
}

// whenIdle closes done when no handler of the lane waits, or when the lane ends.
func (l *lane) whenIdle(done chan<- struct{}) {
	l.idlers = append(l.idlers, done)
	l.idle()
}

func (l *lane) idle() {
	if len(l.idlers) == 0 || l.waiting.Load() > 0 {
		return
	}
	for _, done := range l.idlers {
		close(done)
	}
	l.idlers = nil
}

// drain waits until no handler of the lanes waits for an answer, at most for d.
// Meanwhile they handle what comes.
func (p *Plugin) drain(lanes []*lane, d time.Duration) {
	if d <= 0 {
		return
	}
	late := time.NewTimer(d)
	defer late.Stop()
	for _, l := range lanes {
		done := make(chan struct{})
		if l.waiting.Load() == 0 || !l.box.request(func() { l.whenIdle(done) }) {
			continue
		}
		select {
		case <-done:
		case <-late.C:
			return
		case <-p.closing.Done():
			return
		}
	}
}
