package effect

import (
	"fmt"
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
	At          config.Location // the plugin's block, for messages
	Space       *Space          // keys and values
	Timers      *Timers         // what the plugin has set
	Log         *Log
	Metrics     *Metrics
	Now         func() time.Time
}

// Frame is what the capabilities must know of a frame being handled.
type Frame struct {
	Shard int
	Guild uint64
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
	current   int  // frames before this one are finished
	counts    bool // the guest has called done
	effects   []Effect
	size      int                     // bytes that the effects hold
	pending   map[string]pendingValue // this batch's own writes, as its handlers see them
	newTimers map[uint64]struct{}     // tags set in this batch that were not set before
	failText  string
	saving    bool   // shard_save runs
	state     *State // what it has written
	starting  bool   // shard_init runs: its effects count as those of one frame
	extend    func() // restarts the deadline: a new frame begins
	denials   map[string]struct{}
}

// NewRecorder makes the recorder of one guest.
func NewRecorder(env *Env, lane Lane) *Recorder {
	return &Recorder{
		env: env, lane: lane,
		pending: map[string]pendingValue{}, newTimers: map[uint64]struct{}{}, denials: map[string]struct{}{},
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
	r.frames = append(r.frames[:0], frames...)
	r.extend = onFrame
}

func (r *Recorder) forgetBatch() {
	r.size = 0
	clear(r.pending)
	clear(r.newTimers)
}

// BeginInit starts the recording of shard_init, which counts as one frame.
func (r *Recorder) BeginInit() {
	r.Begin([]Frame{{}}, nil)
	r.starting = true
}

// Finish says that the first n frames of the batch are done, for a guest that
// is given them one by one.
func (r *Recorder) Finish(n int) { r.current = n }

// Finished is the number of frames that are done.
func (r *Recorder) Finished() int { return r.current }

// Counts tells whether the guest has ever said itself that a frame is done.
func (r *Recorder) Counts() bool { return r.counts }

// FailText is what the guest said about the frame that failed, "" if nothing.
func (r *Recorder) FailText() string { return r.failText }

// Take ends the batch and returns the effects of its first n frames. Those of
// the others are forgotten. The slice is valid until the next Begin.
func (r *Recorder) Take(n int) []Effect {
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
	if len(r.effects) < maxEffects && r.size+size <= maxEffectBytes {
		return true
	}
	r.limit("effects of one batch", fmt.Sprintf("ask for less in one frame: the host holds at most %d effects with %d bytes", maxEffects, maxEffectBytes))
	return false
}

func (r *Recorder) record(e Effect, size int) {
	e.Frame = r.current
	r.size += size
	r.effects = append(r.effects, e)
}

// inFrame tells whether a frame is being handled: effects outside of one (in
// shard_stop, after the last done) belong to nothing and are refused.
func (r *Recorder) inFrame() bool { return r.current < len(r.frames) }

func (r *Recorder) frame() Frame { return r.frames[r.current] }

// deny logs the first refusal of a kind, with the line of the configuration to
// change, and answers Denied.
func (r *Recorder) deny(what, change string) abi.Code {
	r.refuse("denied", what, change)
	return abi.Denied
}

// limit logs the first time that a limit was reached.
func (r *Recorder) limit(what, change string) { r.refuse("limit reached", what, change) }

// maxDenials bounds what is remembered of refusals.
const maxDenials = 100

func (r *Recorder) refuse(message, what, change string) {
	if _, known := r.denials[what]; known || len(r.denials) >= maxDenials {
		return
	}
	r.denials[what] = struct{}{}
	if at := r.env.Grant.At; at.File != "" {
		change = fmt.Sprintf("%s:%d: %s", at.File, at.Line, change)
	}
	r.env.Log.host(hclog.Warn, message, "wanted", what, "change", change)
}

// bytesAt is the guest's memory from parameter i (pointer) for parameter i+1
// (length) bytes. It traps the guest when that is out of bounds.
func bytesAt(g *wasm.Guest, p []uint64, i int) []byte {
	return g.Bytes(uint32(p[i]), uint32(p[i+1]))
}
