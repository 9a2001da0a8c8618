package journal

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// draft is a record on its way to a batch, and what follows its commit.
type draft struct {
	*Record
	journal   *Journal
	keys      map[string]*keyWrite
	order     []string                           // of keys: as first written
	timers    map[effect.TimerName]*effect.Timer // nil: it is to be gone
	marks     map[markKey]mark
	sending   []sending
	published []posted
	released  []*Outgoing   // calls whose handler has ended before they were answered
	graves    []store.Write // of dead letters
	grown     int64         // by which the namespace grows

	head   checkpointHead // of Checkpoint
	memory []store.Write  // of Checkpoint
	passes bool           // the lane's checkpoint becomes stale

	batch  store.Batch
	number uint64 // of the batch, 0: none yet; see sign
}

// sending is one thing that is done after the commit, in the order asked for.
type sending struct {
	call    *Outgoing // of an effect, or one that a handler waits for
	cancel  uint64    // where there is neither call nor command
	command *OutgoingCommand
}

func (j *Journal) newDraft(r *Record) *draft {
	now := j.now()
	d := &draft{Record: r, journal: j, keys: map[string]*keyWrite{}, timers: map[effect.TimerName]*effect.Timer{}}
	for i := range r.Fired {
		d.fire(&r.Fired[i], now)
	}
	d.park(now.UnixMilli())
	index, frame := 0, -1
	var parked *effect.Parked
	for i := range r.Effects {
		e := &r.Effects[i]
		if e.Frame != frame || e.Of != parked {
			frame, parked, index = e.Frame, e.Of, 0
		}
		switch e.Kind {
		case effect.KVPut, effect.KVDelete, effect.KVAdd:
			d.foldKey(e)
		case effect.TimerSet:
			d.setTimer(e)
		case effect.TimerOff:
			d.unsetTimers(e.Tag)
		case effect.Rest:
			id := r.FrameID(e.Frame)
			if parked != nil {
				id = parked.ID
			}
			id += ":" + strconv.Itoa(index)
			out := r.Outbox.prepare(r.Lane.Index, id, e.Call, now.UnixMilli())
			if r.Span != nil {
				out.span = r.Span(e.Frame)
			}
			d.sending = append(d.sending, sending{call: out})
		case effect.Cancel:
			d.sending = append(d.sending, sending{cancel: e.Tag})
		case effect.Publish:
			d.published = append(d.published, j.bus.post(r.Plugin, r.Lane.Index, e)...)
		case effect.Gateway:
			d.sending = append(d.sending, sending{command: r.Commands.prepare(*e.Command)})
		}
		index++
	}
	return d
}

// complete makes the batch from what the store holds at this moment.
func (d *draft) complete(ctx context.Context) error {
	d.batch, d.number = store.Batch{}, 0
	for _, key := range d.Answered {
		d.delete(key)
	}
	for _, id := range d.Raised {
		d.delete(letterKey(id))
	}
	for _, m := range d.Heard {
		if m.Key != "" {
			d.delete(m.Key)
		}
	}
	for _, m := range d.published {
		d.write(m.message.Key, m.message.encode())
	}
	d.writeParked()
	d.graves = nil
	for _, letter := range d.Buried {
		writes, err := d.Dead.bury(letter)
		if err != nil {
			return err
		}
		d.graves = append(d.graves, writes...)
	}
	d.batch.Writes = append(d.batch.Writes, d.graves...)
	for name, t := range d.timers {
		key := name.Key(d.Plugin)
		if t == nil {
			d.delete(key)
		} else {
			d.write(key, t.Encode())
		}
	}
	latest := map[string]*OutgoingCommand{} // of commands that one record holds
	for _, s := range d.sending {
		switch {
		case s.call != nil:
			d.write(s.call.Key, s.call.encode())
		case s.command != nil:
			latest[s.command.key] = s.command
		}
	}
	for key, command := range latest {
		d.write(key, command.encode())
	}
	if err := d.writeKeys(ctx); err != nil {
		return err
	}
	d.batch.Writes = append(d.batch.Writes, d.memory...)
	d.passes = false
	if d.Checkpoint == nil && d.finishes() {
		var w store.Write
		if w, d.passes = d.Memory.pass(d.Lane); d.passes {
			d.batch.Writes = append(d.batch.Writes, w)
		}
	}
	if len(d.batch.Writes) > 0 {
		d.marks = d.Positions.after(d.Lane, d.Position)
		for key, m := range d.marks {
			d.write(key.in(d.Plugin), m.encode())
		}
		d.sign()
	}
	return nil
}

func (d *draft) write(key string, value []byte) {
	d.batch.Writes = append(d.batch.Writes, store.Write{Key: key, Value: value})
}

func (d *draft) delete(key string) {
	d.batch.Writes = append(d.batch.Writes, store.Write{Key: key, Delete: true})
}

// committed does what follows the commit.
func (d *draft) committed() {
	d.Space.Unreserve(d.Effects)
	if d.grown != 0 {
		d.Space.Grown(d.Lane.Index, d.grown)
	}
	d.Positions.keep(d.marks)
	switch {
	case d.Checkpoint != nil:
		d.Memory.keep(d.Lane, d.head)
	case d.passes:
		d.Memory.passed(d.Lane)
	}
	d.Dead.keep(d.graves)
	d.Dead.forget(d.Raised)
	d.keepParked()
	for _, m := range d.Heard {
		d.journal.bus.heard(d.Plugin, m)
	}
	for _, m := range d.published {
		m.box.deliver(m.message)
	}
	for name, t := range d.timers {
		if t == nil {
			d.Timers.Unset(name)
		} else {
			d.Timers.Set(*t)
		}
	}
	for _, s := range d.sending {
		switch {
		case s.call != nil:
			d.Outbox.send(s.call)
		case s.command != nil:
			d.Commands.add(s.command)
		default:
			d.Outbox.cancel(d.Lane.Index, s.cancel)
		}
	}
}

// fire is what becomes of a timer that has fired: the next period, or nothing.
// One that was set anew meanwhile stands as it was set.
func (d *draft) fire(t *effect.Timer, now time.Time) {
	if !d.Timers.Current(t) {
		return
	}
	name := t.TimerName
	if next, again := t.Next(now); again {
		d.timers[name] = &next
	} else {
		d.timers[name] = nil
	}
}

func (d *draft) setTimer(e *effect.Effect) {
	name := effect.TimerName{Lane: d.Lane.Index, Of: d.Lane.Of, Tag: e.Tag}
	if e.Keep && d.timers[name] == nil {
		old := d.Timers.Owned(nil, e.Tag, d.Lane)
		if i := slices.IndexFunc(old, func(t effect.Timer) bool { return t.Period == e.Period }); i >= 0 {
			// One tag is one timer, also where the lane has come to own several.
			d.unsetTimers(e.Tag)
			delete(d.timers, old[i].TimerName)
			return
		}
	}
	d.unsetTimers(e.Tag)
	d.timers[name] = &effect.Timer{
		TimerName: name, Due: e.Due, Period: e.Period, Guild: e.Guild, Shard: e.Shard, Asker: e.Asker,
	}
}

// unsetTimers lets every timer go that the guest knows under a tag.
func (d *draft) unsetTimers(tag uint64) {
	for name := range d.timers {
		if name.Tag == tag {
			d.timers[name] = nil
		}
	}
	for _, old := range d.Timers.Owned(nil, tag, d.Lane) {
		d.timers[old.TimerName] = nil
	}
	d.timers[effect.TimerName{Lane: d.Lane.Index, Of: d.Lane.Of, Tag: tag}] = nil
}
