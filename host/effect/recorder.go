package effect

import (
	"fmt"
	"sync/atomic"
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

// A Recorder collects the effects of the batch that a lane has given to its
// guest. There is one for each guest; it belongs to the goroutine that calls the
// guest, on which host functions run too.
type Recorder struct {
	env      *Env
	frames   []Frame
	current  int // frames before this one are finished
	effects  []Effect
	pending  map[string]pendingValue // this batch's own writes, as its handlers see them
	failText string
	starting bool          // shard_init runs: its effects count as those of one frame
	inflight *atomic.Int64 // the lane's REST calls recorded and not yet answered
	extend   func()        // restarts the deadline: a new frame begins
	denials  map[string]bool
}

// NewRecorder makes the recorder of one guest. inflight is shared by all guests
// that follow one another on a lane.
func NewRecorder(env *Env, inflight *atomic.Int64) *Recorder {
	return &Recorder{env: env, inflight: inflight, pending: map[string]pendingValue{}, denials: map[string]bool{}}
}

// Begin starts a batch. onFrame is called whenever the guest says that a frame
// is done, before it goes on to the next.
func (r *Recorder) Begin(frames []Frame, onFrame func()) {
	r.reset()
	r.frames = append(r.frames[:0], frames...)
	r.extend = onFrame
}

// BeginInit starts the recording of shard_init, which counts as one frame.
func (r *Recorder) BeginInit() {
	r.Begin([]Frame{{}}, nil)
	r.starting = true
}

// Finished is the number of frames that the guest has declared done.
func (r *Recorder) Finished() int { return r.current }

// FailText is what the guest said about the frame that failed, "" if nothing.
func (r *Recorder) FailText() string { return r.failText }

// Take ends the batch and returns the effects of its first n frames. Those of
// the others are forgotten. The slice is valid until the next Begin.
func (r *Recorder) Take(n int) []Effect {
	taken, rest := Split(r.effects, n)
	r.env.Forget(rest, r.inflight)
	clear(r.pending)
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
func (env *Env) Forget(effects []Effect, inflight *atomic.Int64) {
	for i := range effects {
		switch effects[i].Kind {
		case Rest:
			inflight.Add(-1)
		case KVPut, KVDelete, KVAdd:
			env.Space.used.Add(-effects[i].Grow)
		}
	}
}

func (r *Recorder) reset() {
	r.current = 0
	r.failText = ""
	r.starting = false
	clear(r.effects)
	r.effects = r.effects[:0]
	clear(r.pending)
}

func (r *Recorder) record(e Effect) {
	e.Frame = r.current
	r.effects = append(r.effects, e)
}

// inFrame tells whether a frame is being handled: effects outside of one (in
// shard_stop, after the last done) belong to nothing and are refused.
func (r *Recorder) inFrame() bool { return r.current < len(r.frames) }

func (r *Recorder) frame() Frame { return r.frames[r.current] }

// deny logs the first refusal of a kind, with the line of the configuration to
// change, and answers Denied.
func (r *Recorder) deny(what, change string) abi.Code {
	if !r.denials[what] && len(r.denials) < 100 {
		r.denials[what] = true
		r.env.Log.host(hclog.Warn, "denied", "wanted", what, "change", fmt.Sprintf("%s:%d: %s", r.env.Grant.At.File, r.env.Grant.At.Line, change))
	}
	return abi.Denied
}

// Functions are the host functions of contract version 1, by name.
func Functions() map[string]wasm.HostFunc {
	fs := map[string]wasm.HostFunc{
		"done":      answer(done),
		"fail":      answer(fail),
		"log":       answer(logLine),
		"log_level": answer(logLevel),
		"metric":    answer(metric),
		"rest":      answer(restCall),
		"cancel":    answer(restCancel),
		"timer":     answer(timerSet),
		"timer_off": answer(timerOff),
		"gateway":   answer(gatewayCommand),
	}
	for name, f := range kvFunctions {
		fs[name] = f
	}
	return fs
}

// answer adapts a capability that answers a code.
func answer(f func(r *Recorder, g *wasm.Guest, p []uint64) abi.Code) wasm.HostFunc {
	return func(g *wasm.Guest, stack []uint64) {
		code := f(g.Env().(*Recorder), g, stack)
		stack[0] = uint64(uint32(int32(code)))
	}
}

// bytesAt is the guest's memory from parameter i (pointer) for parameter i+1
// (length) bytes. It traps the guest when that is out of bounds.
func bytesAt(g *wasm.Guest, p []uint64, i int) []byte {
	return g.Bytes(uint32(p[i]), uint32(p[i+1]))
}

func done(r *Recorder, _ *wasm.Guest, p []uint64) abi.Code {
	n := int(int32(p[0]))
	if n < r.current || n > len(r.frames) {
		return abi.Invalid
	}
	if n > r.current {
		r.current = n
		if r.extend != nil {
			r.extend()
		}
	}
	return abi.OK
}

// maxFailText bounds what a guest may say about a failure, in bytes.
const maxFailText = 8 << 10

func fail(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	text := bytesAt(g, p, 0)
	if len(text) > maxFailText {
		text = text[:maxFailText]
	}
	r.failText = string(text)
	return abi.OK
}
