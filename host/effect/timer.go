package effect

import (
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Bounds of a timer, in milliseconds.
const (
	maxTimer  = 366 * 24 * 3600 * 1000
	minPeriod = 100
)

func timerSet(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	tag, delay, period := p[0], int64(p[1]), int64(p[2])
	if code := r.mayTime(); code != abi.OK {
		return code
	}
	if delay < 0 || delay > maxTimer || period < 0 || period > maxTimer || (period > 0 && period < minPeriod) {
		return abi.Invalid
	}
	if !r.room(0) {
		return abi.TryAgain
	}
	if !r.newTimer(tag) && len(r.env.Timers.Owned(nil, tag, r.lane)) == 0 {
		if r.env.Timers.Count()+len(r.newTimers)+len(r.ownTimers)+r.heldTimers >= r.env.Grant.Timers.Max {
			r.limit("grant.timers.max", `raise max in the block "timers" of grant`)
			return abi.TryAgain
		}
		if r.entered != nil {
			r.entered.timers++
			r.heldTimers++
		} else {
			r.ownTimers[tag] = struct{}{}
		}
	}
	f := r.frame()
	r.record(Effect{
		Kind: TimerSet, Tag: tag, Keep: r.starting, Asker: r.lane.Guest, Guild: f.Guild, Shard: f.Shard,
		Due:    r.env.Now().Add(time.Duration(delay) * time.Millisecond),
		Period: time.Duration(period) * time.Millisecond,
	}, 0)
	return abi.OK
}

// newTimer tells whether the batch has already counted a timer that is not set
// yet.
func (r *Recorder) newTimer(tag uint64) bool {
	_, before := r.newTimers[tag]
	_, own := r.ownTimers[tag]
	return before || own
}

func timerOff(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	if code := r.mayTime(); code != abi.OK {
		return code
	}
	if !r.room(0) {
		return abi.TryAgain
	}
	r.record(Effect{Kind: TimerOff, Tag: p[0]}, 0)
	return abi.OK
}

func (r *Recorder) mayTime() abi.Code {
	if r.env.Grant.Timers == nil {
		return r.deny("timers", `add a block "timers" to grant`)
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	return abi.OK
}
