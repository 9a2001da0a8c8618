package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
)

// A frame whose handler waits stands in the store under the plugin and its own
// stable name. The calls that the handler waits for stand in the outbox, before
// and after they are answered; all of them go when the frame has ended.

func parkedKey(plugin, id string) string { return "parked/" + plugin + "/" + id }

// parkedRecord is such a frame's record.
type parkedRecord struct {
	Lane  int    `json:"lane"`
	Frame []byte `json:"frame"` // as abi.Frame encodes it
}

func encodeParked(p *effect.Parked) []byte {
	b, err := json.Marshal(parkedRecord{p.Lane, p.Bytes})
	if err != nil {
		panic(err) // a number and bytes always marshal
	}
	return b
}

var errBadParked = errors.New("not a lane and one frame; the store's file is damaged")

// decodeParked also tells when the frame was received, in unix nanoseconds.
func decodeParked(id string, value []byte) (p *effect.Parked, received int64, err error) {
	var r parkedRecord
	if err := json.Unmarshal(value, &r); err != nil || r.Lane < 0 || id == "" {
		return nil, 0, errBadParked
	}
	f, rest, err := abi.Parse(r.Frame)
	if err != nil || len(rest) != 0 {
		return nil, 0, errBadParked
	}
	return &effect.Parked{
		ID: id, Lane: r.Lane, Guild: f.Guild, Shard: int(f.Shard), Bytes: r.Frame, Stored: true,
	}, f.Received, nil
}

// OpenParked reads the frames of a plugin whose handlers waited when the host
// went down, oldest first. restored is what OpenOutbox has found: the calls
// that they have asked for are among it.
func (j *Journal) OpenParked(ctx context.Context, plugin string, restored []*Outgoing) ([]*effect.Parked, error) {
	type found struct {
		*effect.Parked
		received int64
	}
	byID := map[string]*effect.Parked{}
	var all []found
	prefix := parkedKey(plugin, "")
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 500)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			after = e.Key
			p, received, err := decodeParked(e.Key[len(prefix):], e.Value)
			if err != nil {
				return nil, fmt.Errorf("parked record %q: %w", e.Key, err)
			}
			byID[p.ID] = p
			all = append(all, found{p, received})
		}
		if len(entries) < 500 {
			break
		}
	}
	calls := slices.Clone(restored)
	slices.SortStableFunc(calls, func(a, b *Outgoing) int { return cmp.Compare(a.Index, b.Index) })
	for _, out := range calls {
		p := byID[out.Parked]
		switch {
		case out.Parked == "":
		case p == nil:
			out.release() // nobody waits any more
		case out.Index != len(p.Calls):
			return nil, fmt.Errorf("outbox record %q is damaged: it is call %d of the frame %q, which has %d before it", out.Key, out.Index, p.ID, len(p.Calls))
		default:
			out.parked, out.awaited = p, &effect.Awaited{Key: out.Key, Call: out.Call}
			p.Calls = append(p.Calls, out.awaited)
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.received, b.received) })
	parked := make([]*effect.Parked, len(all))
	for i := range all {
		parked[i] = all[i].Parked
	}
	return parked, nil
}

// release makes the call one that nobody waits for.
func (o *Outgoing) release() {
	call := *o.Call
	call.Tag = 0
	o.Call, o.Parked, o.Index, o.parked, o.awaited = &call, "", 0, nil, nil
}

// park prepares what the record asks for on behalf of handlers that wait.
func (d *draft) park(now int64) {
	for _, p := range d.Parked {
		for i, a := range p.Calls {
			if a.Key != "" {
				continue
			}
			out := d.Outbox.prepare(d.Lane.Index, awaitID(p, i), a.Call, now)
			out.Parked, out.Index, out.parked, out.awaited, out.span = p.ID, i, p, a, p.Span
			d.sending = append(d.sending, sending{call: out})
		}
	}
	for _, p := range d.Ended {
		for i, a := range p.Calls {
			if a.Key == "" { // asked for and not waited for
				out := d.Outbox.prepare(d.Lane.Index, awaitID(p, i), a.Call, now)
				out.release()
				out.span = p.Span
				d.sending = append(d.sending, sending{call: out})
			}
		}
	}
}

func awaitID(p *effect.Parked, call int) string { return fmt.Sprintf("%s:await:%d", p.ID, call) }

// writeParked writes frames that are parked, and lets go those that have ended.
func (d *draft) writeParked() {
	for _, p := range d.Parked {
		if !p.Stored {
			d.write(parkedKey(d.Plugin, p.ID), encodeParked(p))
		}
	}
	d.released = d.released[:0]
	for _, p := range d.Ended {
		if p.Stored {
			d.delete(parkedKey(d.Plugin, p.ID))
		}
		for _, a := range p.Calls {
			if a.Key == "" {
				continue
			}
			out := d.Outbox.underWay(a)
			if out == nil {
				d.delete(a.Key)
				continue
			}
			alone := *out
			alone.release()
			d.write(a.Key, alone.encode())
			d.released = append(d.released, out)
		}
	}
}

// keepParked takes note of what was committed.
func (d *draft) keepParked() {
	for _, p := range d.Parked {
		p.Stored = true
	}
	for _, p := range d.Ended {
		p.Over = true
	}
	for _, out := range d.released {
		out.released = true
	}
}

// leavesCalls tells whether a frame has ended before all its calls were
// answered.
func (r *Record) leavesCalls() bool {
	for _, p := range r.Ended {
		for _, a := range p.Calls {
			if a.Key != "" && a.Answer == nil {
				return true
			}
		}
	}
	return false
}

// underWay finds the call that a handler waits for, nil when it is answered.
// The caller holds settling where that may change.
func (o *Outbox) underWay(a *effect.Awaited) *Outgoing {
	if a.Answer != nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.awaited[a.Key]
}
