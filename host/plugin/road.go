package plugin

import (
	"errors"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/trace"
)

// A road is the trace of one entry, from its mailbox to its commit. Few entries
// are traced: of all others it is nil, and its methods do nothing.
type road struct {
	span  *trace.Span // all that the plugin does for the entry
	stage *trace.Span // where it is now; nil: between two stages
	now   func() time.Time
}

// Stages of a road. Those of frames that share a call, or a commit, lie side by
// side.
const (
	stageMailbox = "mailbox"
	stageGuest   = "guest"
	stageCommit  = "commit"
)

// newRoad begins the road of an entry that came of something traced; nil where
// that was not.
func (p *Plugin) newRoad(from *trace.Span) *road {
	if from == nil {
		return nil
	}
	return p.roadOf(from.Child("plugin "+p.name, p.deps.Now()))
}

func (p *Plugin) roadOf(span *trace.Span) *road {
	if span == nil {
		return nil
	}
	span.Text("shardhost.plugin", p.name)
	r := &road{span: span, now: p.deps.Now}
	r.enter(stageMailbox)
	return r
}

// timerRoad begins the road of a timer, which is the beginning of a trace.
func (p *Plugin) timerRoad() *road {
	if p.deps.Tracer == nil {
		return nil
	}
	return p.roadOf(p.deps.Tracer.Root("timer "+p.name, p.deps.Now()))
}

// enter begins a stage; the one before is over.
func (r *road) enter(stage string) {
	now := r.now()
	r.stage.End(now)
	r.stage = r.span.Child(stage, now)
}

// leave ends the present stage, which fails for an error.
func (r *road) leave(err error) {
	if err != nil {
		r.stage.Fail(cause(err))
	}
	r.stage.End(r.now())
	r.stage = nil
}

// fail notes why the entry is given up.
func (r *road) fail(reason string) {
	if r != nil {
		r.span.Fail(reason)
	}
}

// end ends the road.
func (r *road) end() {
	if r != nil {
		r.leave(nil)
		r.span.End(r.now())
	}
}

// span is what calls that an entry asks for descend from.
func (e *entry) span() *trace.Span {
	if e.road == nil {
		return nil
	}
	return e.road.span
}

// cause is why a frame failed, without a handler's own words: they may repeat
// what people wrote.
func cause(err error) string {
	var own *refusal
	if errors.As(err, &own) {
		return (&refusal{code: own.code}).Error()
	}
	if trap, ok := errors.AsType[*wasm.Trap](err); ok {
		return string(trap.Kind)
	}
	return err.Error()
}

// traceGuest lets the traced ones of a batch enter the guest.
func (l *lane) traceGuest(batch []entry) {
	for i := range batch {
		if r := batch[i].road; r != nil {
			r.enter(stageGuest)
			r.stage.Number("shardhost.lane", int64(l.index))
			r.stage.Number("shardhost.generation", int64(l.gen.number))
			r.stage.Number("shardhost.batch.frames", int64(len(batch)))
			if batch[i].flags&abi.FlagRedelivered != 0 {
				r.stage.Mark("shardhost.redelivered")
			}
		}
	}
}

// traceCommit lets the traced ones of a batch enter its commit.
func traceCommit(batch []entry) {
	for i := range batch {
		if r := batch[i].road; r != nil {
			r.enter(stageCommit)
		}
	}
}

// traceEnd ends the stage of the traced ones of a batch. Its frame at failed, if
// there is one, is the one that err is about.
func traceEnd(batch []entry, failed int, err error) {
	for i := range batch {
		switch r := batch[i].road; {
		case r == nil:
		case i == failed:
			r.leave(err)
		default:
			r.leave(nil)
		}
	}
}
