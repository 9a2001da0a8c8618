package journal

import (
	"context"
	"errors"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// A commit that ends with an error may have happened all the same: the disk, or
// a network, has lost the answer and not the question. Trying it again blindly
// would add twice and send twice, so what only this record can have written is
// read back first.

// arrived tells whether the batch has reached the store.
func (d *draft) arrived(ctx context.Context) (bool, error) {
	for _, w := range d.batch.Writes {
		if !d.telling(w.Key) {
			continue
		}
		e, err := d.journal.store.Get(ctx, w.Key)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return w.Delete, nil
		case err != nil:
			return false, err
		default:
			return !w.Delete && string(e.Value) == string(w.Value), nil
		}
	}
	return false, nil
}

// telling tells whether a key says if the batch has happened: nobody else writes
// it, and the batch has changed it.
func (d *draft) telling(key string) bool {
	for _, s := range d.sending {
		if s.call != nil && s.call.Key == key || s.command != nil && s.command.key == key {
			return true
		}
	}
	for _, p := range d.published {
		if p.message.Key == key {
			return true
		}
	}
	for _, m := range d.Heard {
		if m.Key == key {
			return true
		}
	}
	for _, answered := range d.Answered {
		if answered == key {
			return true
		}
	}
	for _, t := range d.Fired {
		if effect.TimerKey(d.Plugin, t.Lane, t.Tag) == key {
			return true
		}
	}
	for at, m := range d.marks {
		if at.in(d.Plugin) == key {
			old, ok := d.Positions.mark(at)
			return !ok || string(old.encode()) != string(m.encode())
		}
	}
	return false
}

func (p *Positions) mark(key markKey) (m mark, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m, ok = p.marks[key]
	return m, ok
}
