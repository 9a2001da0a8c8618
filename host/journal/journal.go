package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// Journal commits records to a store. It is safe for use by many lanes.
type Journal struct {
	store store.Store
	log   hclog.Logger
	now   func() time.Time
}

// New makes a journal on a store.
func New(s store.Store, log hclog.Logger, now func() time.Time) *Journal {
	return &Journal{store: s, log: log.Named("journal"), now: now}
}

// Record is what one batch of one lane commits.
type Record struct {
	Plugin   string
	Lanes    int // the plugin's number of lanes, and which of them this is
	Lane     int
	Space    *effect.Space
	Timers   *effect.Timers
	Outbox   *Outbox
	Commands *Commands
	Effects  []effect.Effect        // of the frames that are finished, in their order
	FrameID  func(frame int) string // stable name of a frame, the same when it is delivered again
	Fired    []effect.Timer         // timers whose frames are finished
	Answered []string               // outbox keys of completions that are finished
	Position []Position             // how far the lane has come, a shard each
}

// Position is how far a lane has come in one session.
type Position struct {
	Shard   int
	Session string
	Seq     int64
}

// Advance takes note of an event that the record's lane has finished.
func (r *Record) Advance(p Position) {
	for i := range r.Position {
		if r.Position[i].Shard == p.Shard {
			r.Position[i] = p
			return
		}
	}
	r.Position = append(r.Position, p)
}

// A ConflictError says that a compare-and-swap of this frame has lost: the key
// has another version by now. Nothing of the record was committed.
type ConflictError struct {
	Frame int
	Key   string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("key %q has another version by now", e.Key)
}

// Commit makes the record durable, then starts what it asks for. Records
// without effects cost no disk access.
func (j *Journal) Commit(ctx context.Context, r *Record) error {
	if len(r.Effects) == 0 && len(r.Fired) == 0 && len(r.Answered) == 0 {
		return nil
	}
	for {
		d, err := j.draft(ctx, r)
		if err != nil {
			return err
		}
		if len(d.batch.Writes) > 0 {
			_, err = j.store.Commit(ctx, d.batch)
		}
		switch {
		case err == nil:
			d.start(r)
			return nil
		case !errors.Is(err, store.ErrConflict):
			return fmt.Errorf("commit of plugin %q lane %d: %w", r.Plugin, r.Lane, err)
		}
		if conflict := j.lost(ctx, r, d); conflict != nil {
			return conflict
		}
		// Only sums were overtaken: read them again and try once more.
	}
}

// draft is a record turned into a batch, and what follows its commit.
type draft struct {
	batch    store.Batch
	keys     map[string]*keyWrite
	order    []string
	timers   map[uint64]*effect.Timer // nil value: unset
	unset    []effect.Timer
	calls    []*Outgoing
	cancels  []uint64
	commands []effect.Command
}

// keyWrite is the outcome of all writes of a record to one key.
type keyWrite struct {
	frame   int
	value   []byte
	deleted bool
	expires time.Time
	checked bool // must still have revision
	sum     bool // value is to be computed from what the store holds
	delta   int64
	rev     uint64
}

func (j *Journal) draft(ctx context.Context, r *Record) (*draft, error) {
	d := &draft{keys: map[string]*keyWrite{}, timers: map[uint64]*effect.Timer{}}
	for _, t := range r.Fired {
		d.finish(r, t, j.now())
	}
	for _, key := range r.Answered {
		d.batch.Writes = append(d.batch.Writes, store.Write{Key: key, Delete: true})
	}
	index, frame := 0, -1
	for i := range r.Effects {
		e := &r.Effects[i]
		if e.Frame != frame {
			frame, index = e.Frame, 0
		}
		switch e.Kind {
		case effect.KVPut, effect.KVDelete, effect.KVAdd:
			d.foldKey(e)
		case effect.TimerSet:
			d.setTimer(r, e)
		case effect.TimerOff:
			d.timers[e.Tag] = nil
		case effect.Rest:
			id := r.FrameID(e.Frame) + ":" + strconv.Itoa(index)
			out := r.Outbox.prepare(r.Lane, id, e.Call)
			d.calls = append(d.calls, out)
			d.batch.Writes = append(d.batch.Writes, store.Write{Key: out.Key, Value: out.encode()})
		case effect.Gateway:
			d.commands = append(d.commands, *e.Command)
		case effect.Cancel:
			d.cancels = append(d.cancels, e.Tag)
		}
		index++
	}
	if err := d.writeKeys(ctx, r); err != nil {
		return nil, err
	}
	for tag, t := range d.timers {
		key := effect.TimerKey(r.Plugin, r.Lane, tag)
		if t == nil {
			d.batch.Writes = append(d.batch.Writes, store.Write{Key: key, Delete: true})
		} else {
			d.batch.Writes = append(d.batch.Writes, store.Write{Key: key, Value: t.Encode()})
		}
	}
	if len(d.batch.Writes) > 0 {
		for _, p := range r.Position {
			d.batch.Writes = append(d.batch.Writes, p.write(r))
		}
	}
	return d, nil
}

// finish is what becomes of a timer that has fired: the next period, or nothing.
func (d *draft) finish(r *Record, t effect.Timer, now time.Time) {
	next, again := t.Next(now)
	switch {
	case t.Lane != r.Lane:
		// Set when the plugin had more lanes: it keeps its own key.
		w := store.Write{Key: effect.TimerKey(r.Plugin, t.Lane, t.Tag), Value: next.Encode(), Delete: !again}
		d.batch.Writes = append(d.batch.Writes, w)
		if again {
			d.unset = append(d.unset, next)
		} else {
			d.unset = append(d.unset, effect.Timer{Lane: t.Lane, Tag: t.Tag})
		}
	case again:
		d.timers[t.Tag] = &next
	default:
		d.timers[t.Tag] = nil
	}
}

func (d *draft) setTimer(r *Record, e *effect.Effect) {
	if e.Keep {
		if old, ok := r.Timers.Get(r.Lane, e.Tag); ok && old.Period == e.Period {
			return
		}
	}
	d.timers[e.Tag] = &effect.Timer{Lane: r.Lane, Tag: e.Tag, Due: e.Due, Period: e.Period}
}

// foldKey adds one write to what the record does to its key.
func (d *draft) foldKey(e *effect.Effect) {
	w := d.keys[e.Key]
	if w == nil {
		w = &keyWrite{frame: e.Frame}
		d.keys[e.Key] = w
		d.order = append(d.order, e.Key)
	}
	switch e.Kind {
	case effect.KVPut:
		w.value, w.expires, w.deleted, w.sum = e.Value, e.Expires, false, false
		if e.Checked {
			w.checked, w.rev, w.frame = true, e.Revision, e.Frame
		}
	case effect.KVDelete:
		w.value, w.expires, w.deleted, w.sum = nil, time.Time{}, true, false
	case effect.KVAdd:
		switch {
		case w.value == nil && !w.deleted: // the key's first write, or sums only
			w.sum, w.delta = true, w.delta+e.Delta
		case w.deleted:
			w.deleted, w.value = false, strconv.AppendInt(nil, e.Delta, 10)
		default:
			n, _ := strconv.ParseInt(string(w.value), 10, 64)
			w.value = strconv.AppendInt(nil, n+e.Delta, 10)
		}
	}
}

// writeKeys turns the outcome of each key into writes and checks.
func (d *draft) writeKeys(ctx context.Context, r *Record) error {
	for _, key := range d.order {
		w, at := d.keys[key], r.Space.StoreKey(key)
		if w.sum {
			v, ok, err := r.Space.Get(ctx, key)
			if err != nil {
				return fmt.Errorf("plugin %q key %q: %w", r.Plugin, key, err)
			}
			var n int64
			if ok {
				n, _ = strconv.ParseInt(string(v.Data), 10, 64)
				w.expires = v.Expires
			}
			w.rev = v.Revision
			d.put(r, key, at, strconv.AppendInt(nil, n+w.delta, 10), w)
			continue
		}
		if w.deleted {
			d.batch.Writes = append(d.batch.Writes, store.Write{Key: at, Delete: true})
		} else {
			d.put(r, key, at, w.value, w)
		}
	}
	if len(d.order) > 0 {
		used := binary.BigEndian.AppendUint64(nil, uint64(max(0, r.Space.Used())))
		d.batch.Writes = append(d.batch.Writes, store.Write{Key: effect.UsageKey(r.Plugin), Value: used})
	}
	return nil
}

func (d *draft) put(r *Record, key, at string, value []byte, w *keyWrite) {
	if w.checked || w.sum {
		d.batch.Checks = append(d.batch.Checks, store.Check{Key: at, Revision: store.Revision(w.rev)})
	}
	d.batch.Writes = append(d.batch.Writes, store.Write{Key: at, Value: effect.EncodeValue(value, w.expires)})
	if !w.expires.IsZero() {
		d.batch.Writes = append(d.batch.Writes, store.Write{Key: expiryKey(w.expires, r.Plugin, key)})
	}
}

// lost finds the compare-and-swap that no longer holds, nil when only sums were
// overtaken.
func (j *Journal) lost(ctx context.Context, r *Record, d *draft) error {
	for _, key := range d.order {
		w := d.keys[key]
		if !w.checked {
			continue
		}
		v, _, err := r.Space.Get(ctx, key)
		if err != nil {
			return err
		}
		if v.Revision != w.rev {
			return &ConflictError{Frame: w.frame, Key: key}
		}
	}
	return nil
}

// start does what follows the commit.
func (d *draft) start(r *Record) {
	for tag, t := range d.timers {
		if t == nil {
			r.Timers.Unset(r.Lane, tag)
		} else {
			r.Timers.Set(*t)
		}
	}
	for _, t := range d.unset {
		if t.Period > 0 {
			r.Timers.Set(t)
		} else {
			r.Timers.Unset(t.Lane, t.Tag)
		}
	}
	for _, tag := range d.cancels {
		r.Outbox.cancel(r.Lane, tag)
	}
	r.Outbox.send(d.calls)
	for _, c := range d.commands {
		r.Commands.add(c)
	}
}
