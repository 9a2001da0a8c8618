package journal

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// keyWrite is the outcome of all writes of a record to one key.
type keyWrite struct {
	frame   int // that a conflict is blamed on
	outcome outcome
	value   []byte
	delta   int64 // of outcomeSum
	expires time.Time

	checked  bool // the store must still hold revision
	revision uint64
}

type outcome uint8

const (
	outcomeSum     outcome = iota // what the store holds and delta
	outcomeValue                  // value
	outcomeDeleted                // nothing
)

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
		w.outcome, w.value, w.expires = outcomeValue, e.Value, e.Expires
		if e.Checked {
			w.checked, w.revision, w.frame = true, e.Revision, e.Frame
		}
	case effect.KVDelete:
		w.outcome, w.value, w.expires = outcomeDeleted, nil, time.Time{}
	case effect.KVAdd:
		w.add(e.Delta)
	}
}

// add cannot fail: that the number exists and that the sum fits was seen when
// the effect was recorded, but for a value that only the store knows.
func (w *keyWrite) add(delta int64) {
	switch w.outcome {
	case outcomeSum:
		w.delta += delta
	case outcomeDeleted:
		w.outcome, w.value = outcomeValue, strconv.AppendInt(nil, delta, 10)
	case outcomeValue:
		n, _ := strconv.ParseInt(string(w.value), 10, 64)
		w.value = strconv.AppendInt(nil, n+delta, 10)
	}
}

// writeKeys turns the outcome of each key into writes and checks. The keys are
// held, so that no other lane changes what is read here before the commit.
func (d *draft) writeKeys(ctx context.Context) error {
	d.grown = 0
	for _, key := range d.order {
		if err := d.writeKey(ctx, key, d.keys[key]); err != nil {
			return err
		}
	}
	if d.grown != 0 {
		d.batch.Writes = append(d.batch.Writes, d.Space.Grow(d.Lane.Index, d.grown))
	}
	return nil
}

func (d *draft) writeKey(ctx context.Context, key string, w *keyWrite) error {
	old, there, err := d.Space.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("key %q: %w", key, err)
	}
	value, expires := w.value, w.expires
	switch {
	case w.checked && old.Revision != w.revision:
		return &ConflictError{Frame: w.frame, Key: key}
	case w.outcome == outcomeSum:
		if value, err = add(old, there, w.delta); err != nil {
			return &ConflictError{Frame: w.frame, Key: key}
		}
		if there {
			expires = old.Expires
		}
	}
	at := d.Space.StoreKey(key)
	if w.checked || w.outcome == outcomeSum {
		d.batch.Checks = append(d.batch.Checks, store.Check{Key: at, Revision: store.Revision(old.Revision)})
	}
	d.grown -= d.Space.Size(key, old)
	stale, fresh := "", ""
	if old.Revision != 0 && !old.Expires.IsZero() {
		stale = expiryKey(old.Expires, d.Plugin, key)
	}
	if w.outcome == outcomeDeleted {
		d.delete(at)
	} else {
		d.write(at, effect.EncodeValue(value, expires))
		d.grown += d.Space.Size(key, effect.Value{Data: value, Revision: 1})
		if !expires.IsZero() {
			fresh = expiryKey(expires, d.Plugin, key)
		}
	}
	if stale != fresh {
		if stale != "" {
			d.delete(stale)
		}
		if fresh != "" {
			d.write(fresh, nil)
		}
	}
	return nil
}

// add is the sum of what the store holds and a difference. An error says that
// another lane has put there what nothing can be added to.
func add(old effect.Value, there bool, delta int64) ([]byte, error) {
	var n int64
	if there {
		var err error
		if n, err = strconv.ParseInt(string(old.Data), 10, 64); err != nil {
			return nil, err
		}
	}
	sum, ok := effect.Sum(n, delta)
	if !ok {
		return nil, strconv.ErrRange
	}
	return strconv.AppendInt(nil, sum, 10), nil
}

// lost finds the value that was changed although its key was held, which only
// another host can do; nil when only sums were overtaken.
func (d *draft) lost(ctx context.Context) error {
	for _, key := range d.order {
		w := d.keys[key]
		if !w.checked {
			continue
		}
		v, _, err := d.Space.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if v.Revision != w.revision {
			return &ConflictError{Frame: w.frame, Key: key}
		}
	}
	return nil
}
