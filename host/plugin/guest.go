package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// A guest is one instance of a generation's module, with what it has asked for
// while it started.
type guest struct {
	gen      *generation
	lane     effect.Lane
	wasm     *wasm.Guest
	recorder *effect.Recorder
	starting []effect.Effect // of shard_init; committed when the lane adopts the guest
	extend   func()
	output   guestOutput
	table    []byte // of the frame that is being written
	made     time.Time
	handled  int64     // frames
	void     []int32   // handles of handlers that it is to forget
	paused   time.Time // when its lane went over to another guest; zero: it did not
	taps     *Taps
}

// newGuest makes and initialises an instance for a lane. On an error nothing is
// left of it.
func (p *Plugin) newGuest(ctx context.Context, gen *generation, index int) (_ *guest, err error) {
	g := &guest{gen: gen, taps: p.deps.Taps, made: p.deps.Now(), output: guestOutput{log: gen.env.Log}, lane: effect.Lane{
		Index: index, Of: gen.spec.Lanes, Guest: p.guests.Add(1), Inflight: p.inflight(index),
	}}
	g.recorder = effect.NewRecorder(gen.env, g.lane)
	g.recorder.BeginInit()
	g.wasm, err = gen.module.Instantiate(ctx, wasm.GuestConfig{
		Env: g.recorder, Stderr: &g.output, Clock: p.deps.Clock, Random: p.deps.Random,
	})
	if err != nil {
		return nil, fmt.Errorf("start of lane %d: %w", index, gen.located(err, 0))
	}
	defer func() {
		if err != nil {
			g.recorder.Take(0)
			err = errors.Join(err, g.wasm.Close())
		}
	}()
	if err := gen.learn(g.wasm); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	deadline := gen.spec.Limits.Deadline
	g.extend = func() {
		if p.killed.Err() == nil {
			g.wasm.Extend(deadline)
		}
	}
	if err := g.wasm.Init(gen.initDocument(index)); err != nil {
		return nil, fmt.Errorf("start of lane %d: %w", index, gen.located(g.explained(err), g.wasm.Memory()))
	}
	g.starting = append(g.starting, g.recorder.Take(1)...)
	return g, nil
}

// give writes frames into the guest's memory and lets it handle them.
func (g *guest) give(batch []entry) error {
	size := 0
	for i := range batch {
		size += batch[i].size() + g.gen.fields.most
	}
	buf, err := g.wasm.Buffer(size)
	if err != nil {
		return err
	}
	buf = buf[:0]
	taps := g.taps.watching()
	for i := range batch {
		f := batch[i].frame(g.lane.Guest)
		if taps != nil && (f.Flags&abi.FlagRedelivered == 0 || batch[i].letter != nil) {
			tapped := f // another variable: this one would move to the heap, watched or not
			offer(taps, g.gen.env.Plugin, &tapped)
		}
		if f.Fields = g.gen.fields.table(&f, g.table); f.Fields != nil {
			g.table = f.Fields
		}
		buf = f.Append(buf)
	}
	code, err := g.wasm.Batch(len(buf), len(batch), g.gen.spec.Limits.Deadline)
	if err != nil {
		return g.explained(err)
	}
	if code < 0 {
		return &refusal{code: abi.Code(code), text: g.recorder.FailText()}
	}
	return nil
}

// explained adds to an error what the guest said before it: where a language
// ends a panic with a trap, its SDK can name the handler and the line first.
func (g *guest) explained(err error) error {
	if text := g.recorder.FailText(); text != "" {
		return fmt.Errorf("%w: %s", err, text)
	}
	return err
}

// dead tells whether an error is the end of a guest. One that is not, such as a
// frame too large for it, leaves it alive.
func dead(err error) bool {
	if err == nil { // before trap, which takes memory
		return false
	}
	var trap *wasm.Trap
	return errors.As(err, &trap) || errors.Is(err, wasm.ErrDead)
}

// blame finds the parked frame that made its guest fail at the first of rest,
// nil where it was that frame itself.
func (g *guest) blame(rest []entry) *effect.Parked {
	p := g.recorder.Entered()
	if p == nil && len(rest) > 0 && rest[0].answer() {
		p = rest[0].completion.Parked
	}
	if p != nil {
		g.recorder.Lose(p)
	}
	return p
}

// discard closes a guest that will not work any more, or never came to.
func (g *guest) discard() error {
	g.recorder.Forget(g.starting)
	g.starting = nil
	return g.wasm.Close()
}

// printedLines is how many lines of one call reach the log: a Go guest that dies
// prints every goroutine, and what matters comes first.
const printedLines = 20

// guestOutput turns what a guest prints into log lines.
type guestOutput struct {
	log   *effect.Log
	lines int // of this call
}

// begin starts a call.
func (o *guestOutput) begin() { o.lines = 0 }

func (o *guestOutput) Write(line []byte) (int, error) {
	switch o.lines++; {
	case o.lines <= printedLines:
		o.log.Guest(hclog.Info, line)
	case o.lines == printedLines+1:
		o.log.Guest(hclog.Info, []byte("what else this call printed is left out"))
	}
	return len(line), nil
}
