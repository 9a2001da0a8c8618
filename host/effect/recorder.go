package effect

import (
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
)

// Env is what the capabilities of one plugin know: the grants and limits of its
// present configuration and the parts that its lanes share.
type Env struct {
	Plugin      string
	HostVersion string
	Grant       config.Grant
	Limits      config.Limits
	At          config.Location                    // the plugin's block, for messages
	Line        func(limit string) config.Location // where a limit stands; nil: nowhere
	Space       *Space                             // keys and values
	Timers      *Timers                            // what the plugin has set
	Log         *Log
	Metrics     *Metrics
	Now         func() time.Time
}

// Frame is what the capabilities must know of a frame being handled.
type Frame struct {
	Shard  int
	Guild  uint64
	Parked *Parked // the frame was parked before
	Mute   bool    // it may ask for nothing
}

// Bounds of what one batch may ask for: the host holds it in memory until the
// commit. Beyond them host functions answer TryAgain.
const (
	maxEffects     = 1 << 16
	maxEffectBytes = 64 << 20
)

// A Recorder collects the effects of the batch that a lane has given to its
// guest. There is one for each guest; it belongs to the goroutine that calls the
// guest, on which host functions run too.
type Recorder struct {
	env       *Env
	lane      Lane
	frames    []Frame
	base      int  // of frames: the first that the guest has in its present call
	current   int  // frames before this one are finished
	counts    bool // the guest has called done
	effects   []Effect
	size      int                     // bytes that the effects hold
	pending   map[string]pendingValue // what the finished frames of this batch wrote, as the next ones see it
	own       map[string]pendingValue // the same of the frame in work
	ownSize   int
	newTimers map[uint64]struct{} // tags set in this batch that were not set before
	ownTimers map[uint64]struct{} // the same of the frame in work
	failText  string
	saving    bool   // shard_save runs
	state     *State // what it has written
	starting  bool   // shard_init runs: its effects count as those of one frame
	extend    func() // restarts the deadline: a new frame begins
	denials   map[string]struct{}

	parked     map[int32]*Parked // by handle: whose handlers the guest holds
	handles    int32             // the last one given out
	entered    *Parked           // whose effects follow; nil: those of the frame in work
	here       *Parked           // the frame in work, once it is parked
	crowded    bool              // a handler has found no room to wait
	heldCount  int               // effects of parked frames,
	heldSize   int               // their bytes,
	heldTimers int               // and new timers
	changes    []Change
	failures   []Failure
	lost       []Lost
}

// NewRecorder makes the recorder of one guest.
func NewRecorder(env *Env, lane Lane) *Recorder {
	return &Recorder{
		env: env, lane: lane,
		pending: map[string]pendingValue{}, own: map[string]pendingValue{}, newTimers: map[uint64]struct{}{},
		ownTimers: map[uint64]struct{}{}, denials: map[string]struct{}{}, parked: map[int32]*Parked{},
	}
}

// Begin starts a batch. onFrame is called whenever the guest says that a frame
// is done, before it goes on to the next.
func (r *Recorder) Begin(frames []Frame, onFrame func()) {
	r.current = 0
	r.failText = ""
	r.starting = false
	r.forgetBatch()
	clear(r.effects)
	r.effects = r.effects[:0]
	r.base, r.frames = 0, append(r.frames[:0], frames...)
	r.extend = onFrame
	r.entered, r.crowded = nil, false
	clear(r.changes)
	clear(r.failures)
	r.changes, r.failures = r.changes[:0], r.failures[:0]
}

// More lets further frames follow in the same batch, with a call of the guest of
// their own. All of those before must be finished.
func (r *Recorder) More(frames []Frame) {
	r.base, r.failText = len(r.frames), ""
	r.frames = append(r.frames, frames...)
}

// Small tells whether the batch has done something, and is far from all that it
// may hold.
func (r *Recorder) Small() bool {
	return len(r.effects) > 0 && len(r.effects) < maxEffects/16 && r.size < maxEffectBytes/16
}

func (r *Recorder) forgetBatch() {
	r.size = 0
	clear(r.pending)
	clear(r.newTimers)
	r.forgetOwn()
}

// forgetOwn forgets what only the frame in work knows.
func (r *Recorder) forgetOwn() {
	r.here, r.ownSize = nil, 0
	if len(r.own) > 0 {
		clear(r.own)
	}
	if len(r.ownTimers) > 0 {
		clear(r.ownTimers)
	}
}

// advance goes on to frame n: the others see what those before it wrote.
func (r *Recorder) advance(n int) {
	r.current, r.crowded = n, false
	if len(r.own) > 0 {
		maps.Copy(r.pending, r.own)
	}
	if len(r.ownTimers) > 0 {
		maps.Copy(r.newTimers, r.ownTimers)
	}
	r.forgetOwn()
}

// BeginInit starts the recording of shard_init, which counts as one frame.
func (r *Recorder) BeginInit() {
	r.Begin([]Frame{{}}, nil)
	r.starting = true
}

// Finish says that the first n frames of the batch are done, for a guest that
// is given them one by one.
func (r *Recorder) Finish(n int) {
	r.entered = nil
	r.advance(n)
}

// Finished is the number of frames that are done.
func (r *Recorder) Finished() int { return r.current }

// Counts tells whether the guest has ever said itself that a frame is done.
func (r *Recorder) Counts() bool { return r.counts }

// FailText is what the guest said about the frame that failed, "" if nothing.
func (r *Recorder) FailText() string { return r.failText }

// Take ends the batch and returns the effects of its first n frames. Those of
// the others are forgotten, and so is what parked frames did meanwhile. The
// slice is valid until the next Begin.
func (r *Recorder) Take(n int) []Effect {
	for _, p := range r.parked {
		if p.fragile {
			r.Lose(p)
		}
	}
	r.LoseFrom(n)
	taken, rest := Split(r.effects, n)
	r.Forget(rest)
	r.forgetBatch()
	r.frames = r.frames[:0]
	return taken
}

// Split parts effects into those of the first n frames and the others.
func Split(effects []Effect, n int) (before, after []Effect) {
	for i := range effects {
		if effects[i].Frame >= n {
			return effects[:i], effects[i:]
		}
	}
	return effects, nil
}

// Forget gives back what effects that will not take place have reserved.
func (r *Recorder) Forget(effects []Effect) {
	for i := range effects {
		if effects[i].Kind == Rest {
			r.lane.Inflight.Add(-1)
		}
	}
	r.env.Space.Unreserve(effects)
}

// room tells whether the batch may ask for one thing more, of so many bytes.
func (r *Recorder) room(size int) bool {
	count, bytes := len(r.effects), r.size
	if r.entered != nil {
		count, bytes = r.heldCount, r.heldSize
	}
	if count < maxEffects && bytes+size <= maxEffectBytes {
		return true
	}
	r.limit("effects of one batch", fmt.Sprintf("ask for less in one frame: the host holds at most %d effects with %d bytes", maxEffects, maxEffectBytes))
	return false
}

func (r *Recorder) record(e Effect, size int) {
	if p := r.entered; p != nil {
		p.size += size
		r.heldSize += size
		r.heldCount++
		p.effects = append(p.effects, e)
		return
	}
	e.Frame = r.current
	r.size += size
	r.ownSize += size
	r.effects = append(r.effects, e)
}

// inFrame tells whether a frame is being handled: effects outside of one (in
// shard_stop, after the last done) belong to nothing and are refused.
func (r *Recorder) inFrame() bool {
	return r.entered != nil || r.current < len(r.frames) && r.here == nil && !r.frames[r.current].Mute
}

// frame is the one whose effects are recorded.
func (r *Recorder) frame() Frame {
	if p := r.entered; p != nil {
		return Frame{Shard: p.Shard, Guild: p.Guild}
	}
	return r.frames[r.current]
}

// written is what the handler sees of its own batch's writes to a key: its own
// first. foreign tells that another frame of the batch wrote it.
func (r *Recorder) written(key string) (v pendingValue, foreign, ok bool) {
	own := r.own
	if r.entered != nil {
		own = r.entered.own
	}
	if v, ok = own[key]; ok {
		return v, false, true
	}
	v, ok = r.pending[key]
	return v, ok, ok
}

// wrote lets the rest of the frame see a write.
func (r *Recorder) wrote(key string, v pendingValue) {
	if r.entered != nil {
		r.entered.own[key] = v
	} else {
		r.own[key] = v
	}
}

// deny logs the first refusal of a kind, with the line of the configuration to
// change, and answers Denied.
func (r *Recorder) deny(what, change string) abi.Code {
	r.refuse("denied", what, change, r.env.Grant.At)
	return abi.Denied
}

// limit logs the first time that a limit was reached: its name in the
// configuration, or what else bounds the guest.
func (r *Recorder) limit(name, change string) {
	var at config.Location
	if r.env.Line != nil {
		at = r.env.Line(name)
	}
	r.refuse("limit reached", name, change, at)
}

// maxDenials bounds what is remembered of refusals.
const maxDenials = 100

func (r *Recorder) refuse(message, what, change string, at config.Location) {
	if _, known := r.denials[what]; known || len(r.denials) >= maxDenials {
		return
	}
	r.denials[what] = struct{}{}
	r.env.Log.host(hclog.Warn, message, "wanted", what, "change", at.Prefix()+change)
}

// bytesAt is the guest's memory from parameter i (pointer) for parameter i+1
// (length) bytes. It traps the guest when that is out of bounds.
func bytesAt(g *wasm.Guest, p []uint64, i int) []byte {
	return g.Bytes(uint32(p[i]), uint32(p[i+1]))
}
