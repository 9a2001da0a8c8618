package plugin

import (
	"sync"

	"github.com/shardhost/shardhost/abi"
)

// recentBytes bounds what is kept for rehearsals, by plugin.
const recentBytes = 4 << 20

// recent is the frames that lanes have handled last, in bytes of their own, for
// rehearsals of new generations. It is safe for use by many lanes.
type recent struct {
	mu     sync.Mutex
	frames [][]byte // oldest first
	bytes  int
}

// remember keeps those of a lane's frames that a guest without memory can be
// given: events, and messages of other plugins. Answers and timers mean something
// only to the guest that asked for them.
func (r *recent) remember(finished []entry, most int) {
	for i := range finished {
		e := &finished[i]
		if e.event == nil && (e.message == nil || e.message.Kind != abi.KindMessage) {
			continue
		}
		f := e.frame(0)
		f.Flags = 0
		if f.Size() > recentBytes {
			continue
		}
		bytes := f.Append(make([]byte, 0, f.Size()))
		r.mu.Lock()
		r.frames = append(r.frames, bytes)
		r.bytes += len(bytes)
		r.trim(most)
		r.mu.Unlock()
	}
}

// limit lets frames go that are too many.
func (r *recent) limit(most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trim(most)
}

// trim lets the oldest go. r.mu is held.
func (r *recent) trim(most int) {
	n := 0
	for len(r.frames)-n > most || r.bytes > recentBytes {
		r.bytes -= len(r.frames[n])
		r.frames[n] = nil
		n++
	}
	r.frames = r.frames[n:] // append moves what is left when it needs room
}

// last are the latest frames, oldest first.
func (r *recent) last(n int) []abi.Frame {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []abi.Frame
	for _, bytes := range r.frames[max(0, len(r.frames)-n):] {
		if f, _, err := abi.Parse(bytes); err == nil { // always: it was written here
			all = append(all, f)
		}
	}
	return all
}

// remember keeps finished frames where the lane's generation wants that.
func (l *lane) remember(finished []entry) {
	if most := l.gen.spec.Reload.Rehearse; most > 0 && len(finished) > 0 {
		l.plugin.recent.remember(finished, most)
	}
}
