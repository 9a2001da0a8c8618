package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

	sweeping sync.Mutex // one Sweep at a time
}

// New makes a journal on a store.
func New(s store.Store, log hclog.Logger, now func() time.Time) *Journal {
	return &Journal{store: s, log: log.Named("journal"), now: now}
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
}

// Record is what one batch of one lane commits.
type Record struct {
	*Ledger
	Lane     effect.Lane
	Effects  []effect.Effect        // of the frames that are finished, in their order
	FrameID  func(frame int) string // stable name of a frame, the same when it is delivered again
	Fired    []effect.Timer         // timers whose frames are finished
	Answered []string               // outbox keys of completions that are finished
	Buried   []DeadLetter           // frames that are given up
	Raised   []string               // dead letters that were delivered again and are finished, by ID
	Position []Position             // events that are finished
}

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
// kept, because handling them again does no harm.
func (j *Journal) Commit(ctx context.Context, r *Record) error {
	if len(r.Effects) == 0 && len(r.Fired) == 0 && len(r.Answered) == 0 && len(r.Buried) == 0 && len(r.Raised) == 0 {
		return nil
	}
	d := newDraft(r, j.now())
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
			return fmt.Errorf("commit of plugin %q lane %d: %w", r.Plugin, r.Lane.Index, err)
		}
		if err := d.lost(ctx); err != nil {
			return err
		}
		// Only sums were overtaken: read them again and try once more.
	}
}
