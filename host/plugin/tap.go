package plugin

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/shardhost/shardhost/abi"
)

// Bounds of what waits for one tap. What finds no room is left out and counted:
// a lane never waits for whoever watches it.
const (
	tapFrames = 4096
	tapBytes  = 16 << 20
	maxTaps   = 32
)

// ErrTooManyTaps is returned by Taps.Open.
var ErrTooManyTaps = errors.New("too many are watching frames already")

// Taps give copies of the frames that lanes give to their guests to whoever
// watches them. Where nobody does it costs a load an event.
type Taps struct {
	mu   sync.Mutex
	open atomic.Pointer[[]*Tap] // nil: none
}

// A Tap is one watcher's. It gets each frame once, when a guest gets it for the
// first time.
type Tap struct {
	taps  *Taps
	wants func(plugin string, f *abi.Frame) bool

	frames  chan Tapped
	waiting atomic.Int64 // bytes
	dropped atomic.Uint64
}

// Tapped is a frame, in bytes of its own.
type Tapped struct {
	Plugin string
	Frame  abi.Frame
}

// Open begins to watch. wants is called by lanes: it must be quick, and keep
// nothing of the frame.
func (t *Taps) Open(wants func(plugin string, f *abi.Frame) bool) (*Tap, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var all []*Tap
	if open := t.open.Load(); open != nil {
		all = slices.Clone(*open)
	}
	if len(all) >= maxTaps {
		return nil, ErrTooManyTaps
	}
	tap := &Tap{taps: t, wants: wants, frames: make(chan Tapped, tapFrames)}
	all = append(all, tap)
	t.open.Store(&all)
	return tap, nil
}

// Close ends the watch.
func (t *Tap) Close() {
	t.taps.mu.Lock()
	defer t.taps.mu.Unlock()
	var rest []*Tap
	for _, other := range *t.taps.open.Load() {
		if other != t {
			rest = append(rest, other)
		}
	}
	if len(rest) == 0 {
		t.taps.open.Store(nil)
	} else {
		t.taps.open.Store(&rest)
	}
}

// Next waits for the next frame. dropped is how many were left out since the
// last call.
func (t *Tap) Next(ctx context.Context) (f Tapped, dropped uint64, err error) {
	select {
	case <-ctx.Done():
		return Tapped{}, 0, context.Cause(ctx)
	case f = <-t.frames:
		t.waiting.Add(-int64(f.Frame.Size()))
		return f, t.dropped.Swap(0), nil
	}
}

// Waiting is how many frames Next would return at once.
func (t *Tap) Waiting() int { return len(t.frames) }

// watching are the taps that are open, nil for none.
func (t *Taps) watching() []*Tap {
	if t == nil {
		return nil
	}
	open := t.open.Load()
	if open == nil {
		return nil
	}
	return *open
}

// offer gives a copy of a frame to those who want it.
func offer(taps []*Tap, plugin string, f *abi.Frame) {
	for _, t := range taps {
		if t.wants(plugin, f) {
			t.take(plugin, f)
		}
	}
}

func (t *Tap) take(plugin string, f *abi.Frame) {
	size := int64(f.Size())
	if t.waiting.Add(size) > tapBytes {
		t.waiting.Add(-size)
		t.dropped.Add(1)
		return
	}
	own := *f
	own.Name, own.Body, own.Fields = slices.Clone(f.Name), slices.Clone(f.Body), nil
	select {
	case t.frames <- Tapped{plugin, own}:
	default:
		t.waiting.Add(-size)
		t.dropped.Add(1)
	}
}
