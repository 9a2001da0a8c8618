package journal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/internal/trace"
)

// Journal commits records to a store. It is safe for use by many lanes.
type Journal struct {
	store store.Store
	log   hclog.Logger
	now   func() time.Time
	bus   bus

	sweeping sync.Mutex             // one Sweep at a time
	unsure   map[*effect.Space]bool // of which a Sweep does not know what it has removed
	numbers  atomic.Uint64          // of batches, see draft.sign
}

// New makes a journal on a store.
func New(s store.Store, log hclog.Logger, now func() time.Time) *Journal {
	j := &Journal{store: s, log: log.Named("journal"), now: now, unsure: map[*effect.Space]bool{}, bus: bus{boxes: map[string]*inbox{}}}
	j.numbers.Store(rand.Uint64()) // others than those of the process before, whatever the clock says
	return j
}

// A Ledger is what one plugin's records are written to.
type Ledger struct {
	Plugin    string
	Space     *effect.Space
	Timers    *effect.Timers
	Positions *Positions
	Dead      *DeadLetters
	Outbox    *Outbox
	Commands  *Commands
	Memory    *Checkpoints // nil: lanes' memory is not kept
}

// Record is what one batch of one lane commits.
type Record struct {
	*Ledger
	Lane     effect.Lane
	Effects  []effect.Effect             // of the frames that are finished, in their order
	FrameID  func(frame int) string      // stable name of a frame, the same when it is delivered again
	Span     func(frame int) *trace.Span // what the calls of a frame descend from; nil: nothing is traced
	Fired    []effect.Timer              // timers whose frames are finished
	Answered []string                    // outbox keys of completions that are finished
	Heard    []*Message                  // that are finished
	Buried   []DeadLetter                // frames that are given up
	Parked   []*effect.Parked            // frames whose handlers wait from now on, or wait for more
	Ended    []*effect.Parked            // frames that were parked and are finished or given up
	Raised   []string                    // dead letters that were delivered again and are finished, by ID
	Position []Position                  // events that are finished

	// Checkpoint is the lane's memory; Position must then be all that it has
	// seen, see Progress.
	Checkpoint *Checkpoint

	unsure *draft // of an attempt whose outcome is unknown
}

// settles tells whether something ends with the record that the store holds.
func (r *Record) settles() bool {
	return len(r.Fired) > 0 || len(r.Answered) > 0 || len(r.Heard) > 0 || len(r.Buried) > 0 || len(r.Raised) > 0 ||
		len(r.Parked) > 0 || len(r.Ended) > 0
}

// finishes tells whether frames of the lane are over with the record.
func (r *Record) finishes() bool { return len(r.Position) > 0 || r.settles() }

// A ConflictError says that what this frame wrote was reckoned from a value that
// another lane has changed meanwhile. Nothing of the record was committed.
type ConflictError struct {
	Frame int
	Key   string
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("key %q was changed by another lane meanwhile", e.Key)
}

// Commit makes the record durable, then starts what it asks for. Records that
// change nothing cost no disk access; the positions of their events are not
// kept, because handling them again does no harm. A record whose commit has
// failed may be committed again: when the outcome was unknown, it takes effect
// once all the same. The exception is the first
// record after a checkpoint, which the lane's memory has left behind then.
func (j *Journal) Commit(ctx context.Context, r *Record) error {
	if len(r.Effects) == 0 && r.Checkpoint == nil && !r.settles() && !(r.finishes() && r.Memory.Current(r.Lane)) {
		return nil
	}
	if r.leavesCalls() {
		r.Outbox.settling.Lock() // until then no answer comes
		defer r.Outbox.settling.Unlock()
	}
	if d := r.unsure; d != nil {
		arrived, err := d.arrived(ctx)
		if err != nil {
			return fmt.Errorf("commit of plugin %q lane %d: what became of the last attempt: %w", r.Plugin, r.Lane.Index, err)
		}
		if r.unsure = nil; arrived {
			d.committed()
			return nil
		}
	}
	d := j.newDraft(r)
	if r.Checkpoint != nil {
		head, writes, err := r.Memory.stage(ctx, r.Lane, r.Checkpoint)
		if err != nil {
			return fmt.Errorf("checkpoint of plugin %q lane %d: %w", r.Plugin, r.Lane.Index, err)
		}
		d.head, d.memory = head, writes
	}
	if len(d.order) > 0 {
		r.Space.Hold(d.order)
		defer r.Space.Release(d.order)
	}
	for {
		err := d.complete(ctx)
		if err == nil && len(d.batch.Writes) > 0 {
			_, err = j.store.Commit(ctx, d.batch)
		}
		switch {
		case err == nil:
			d.committed()
			return nil
		case !errors.Is(err, store.ErrConflict):
			if r.Checkpoint != nil {
				r.Memory.keep(r.Lane, d.head) // it may have reached the store: the next commit marks it as stale
			}
			r.unsure = d
			return fmt.Errorf("commit of plugin %q lane %d: %w", r.Plugin, r.Lane.Index, err)
		}
		if err := d.lost(ctx); err != nil {
			return err
		}
		// Only sums were overtaken: read them again and try once more.
	}
}
