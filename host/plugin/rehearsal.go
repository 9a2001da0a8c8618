package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/store"
)

// A Rehearsal gives frames to a plugin one after another and shows what it does
// with them, which does not take place: keys and values and timers live in
// memory, calls are made by nobody. The time is what the frames say, randomness
// is always the same, and so is therefore what comes out.
//
// It has one lane. A frame gets one attempt; a guest that traps is made anew. Its
// methods belong to one goroutine.
type Rehearsal struct {
	plugin *Plugin
	store  store.Store
	clock  *wasm.Clock
	guest  *guest
	close  func() error // of the parts that it has made itself

	number  int
	logs    []LogLine
	pending []*effect.Call         // that were asked for with a tag and have no answer
	waiting map[*effect.Parked]int // whose handlers wait, and the numbers of their frames
}

// RehearsalOptions are what a rehearsal needs.
type RehearsalOptions struct {
	Spec    config.Plugin
	Module  []byte
	Version string            // of the host, as the guest is told
	Engine  *wasm.Engine      // nil: its own, which keeps nothing on disk
	Start   time.Time         // the time at first
	Seed    uint64            // of the guest's randomness
	KV      map[string]string // keys that are there at first

	store store.Store // nil: empty, in memory
}

// slowest is how long a frame may take in a rehearsal.
const slowest = 30 * time.Second

// LogLine is what a plugin has logged or printed.
type LogLine struct {
	Level string `json:"level"`
	Text  string `json:"text"`
}

// Rehearse starts a plugin. Started is what it has done meanwhile.
func Rehearse(ctx context.Context, o RehearsalOptions) (r *Rehearsal, started Outcome, err error) {
	if o.store == nil {
		o.store = store.NewMemory()
	}
	r = &Rehearsal{store: o.store, clock: &wasm.Clock{Now: o.Start}, waiting: map[*effect.Parked]int{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	if o.Engine == nil {
		if o.Engine, err = wasm.NewEngine(wasm.Options{}); err != nil {
			return r, started, err
		}
		engine := o.Engine
		r.close = func() error { return engine.Close(context.Background()) }
	}
	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: hclog.Trace, Output: io.Discard})
	log.RegisterSink(r)
	now := func() time.Time { return r.clock.Now }
	spec := o.Spec
	spec.Lanes = 1
	// What comes out must not follow from how fast the machine is: the count of
	// instructions ends what has no end.
	spec.Limits.Deadline = max(spec.Limits.Deadline, slowest)
	spec.Limits.Init = max(spec.Limits.Init, slowest)
	p := &Plugin{name: spec.Name, log: log, guestLog: effect.NewLog(log, spec.Name), metrics: effect.NewMetrics(), deps: Deps{
		Engine: o.Engine, Store: r.store, Journal: journal.New(r.store, hclog.NewNullLogger(), now), Log: log, Version: o.Version, Now: now,
		Clock: r.clock, Random: randomBytes(o.Seed),
	}}
	p.guestLog.Unlimited()
	p.closing, p.stop = context.WithCancel(context.Background())
	p.killed, p.kill = context.WithCancel(context.Background())
	r.plugin = p
	if err := r.seed(ctx, o.KV); err != nil {
		return r, started, err
	}
	if _, _, err := p.openLedger(ctx, spec); err != nil {
		return r, started, err
	}
	prepared, err := p.prepare(ctx, spec, o.Module, 1)
	if err != nil {
		return r, started, err
	}
	p.gen, r.guest = prepared.gen, prepared.guests[0]
	effects := r.guest.starting
	started = Outcome{Name: "start", Status: Handled, Effects: r.actions(effects)}
	err = r.commit(effects, "start", &entry{letter: &replay{}})
	r.guest.starting = nil
	started.Log = r.takeLogs()
	return r, started, err
}

// randomBytes are always the same for a seed.
func randomBytes(seed uint64) io.Reader {
	var key [32]byte
	copy(key[:], "shardhost rehearsal "+strconv.FormatUint(seed, 16))
	return rand.NewChaCha8(key)
}

// seed puts keys into the plugin's namespace.
func (r *Rehearsal) seed(ctx context.Context, kv map[string]string) error {
	space, err := effect.OpenSpace(ctx, r.store, r.plugin.name, r.plugin.deps.Now)
	if err != nil || len(kv) == 0 {
		return err
	}
	var batch store.Batch
	size := int64(0)
	for key, value := range kv {
		size += int64(len(key) + len(value))
		batch.Writes = append(batch.Writes, store.Write{Key: space.StoreKey(key), Value: effect.EncodeValue([]byte(value), time.Time{})})
	}
	batch.Writes = append(batch.Writes, space.Grow(0, size))
	_, err = r.store.Commit(ctx, batch)
	return err
}

// Now is its time.
func (r *Rehearsal) Now() time.Time { return r.clock.Now }

// Info is what is known of the module.
func (r *Rehearsal) Info() *wasm.Info { return r.plugin.gen.info }

// Memory is the guest's, in bytes.
func (r *Rehearsal) Memory() int64 {
	if r.guest == nil {
		return 0
	}
	return r.guest.wasm.Memory()
}

// Close ends it.
func (r *Rehearsal) Close() error {
	var errs []error
	ctx := context.Background()
	if r.guest != nil {
		errs = append(errs, r.guest.discard())
	}
	if p := r.plugin; p != nil {
		p.stop()
		p.kill()
		p.closeParts(ctx)
		if p.gen != nil {
			errs = append(errs, p.gen.module.Close(ctx))
		}
	}
	if r.close != nil {
		errs = append(errs, r.close())
	}
	return errors.Join(errs...)
}

// Give gives a frame to the plugin: an event only if the plugin wants it.
func (r *Rehearsal) Give(ctx context.Context, f abi.Frame) (Outcome, error) {
	if f.Kind == abi.KindEvent && !r.wants(&f) {
		r.number++
		return Outcome{Number: r.number, Name: string(f.Name), Status: Unwanted}, nil
	}
	return r.give(ctx, entry{letter: &replay{frame: f, DeadLetter: journal.DeadLetter{Frame: make([]byte, f.Size()), Event: frameName(&f)}}})
}

// Fire lets the timer fire that is due next, and moves the time to when it is
// due. It is false where no timer is set.
func (r *Rehearsal) Fire(ctx context.Context) (Outcome, bool, error) {
	t, ok := r.plugin.ledger.Timers.Pop()
	if !ok {
		return Outcome{}, false, nil
	}
	r.at(t.Due)
	o, err := r.give(ctx, entry{timer: &t, received: r.clock.Now.UnixNano()})
	return o, true, err
}

// Pending are the calls whose answers somebody waits for, in the order in which
// they were asked for.
func (r *Rehearsal) Pending() []*effect.Call { return r.pending }

// Answer answers a pending call.
func (r *Rehearsal) Answer(ctx context.Context, call *effect.Call, status int32, body []byte) (Outcome, error) {
	r.pending = slices.DeleteFunc(slices.Clone(r.pending), func(c *effect.Call) bool { return c == call })
	return r.Give(ctx, abi.Frame{
		Kind: abi.KindCompletion, Event: abi.UnknownEvent, Tag: call.Tag, Name: []byte(call.Context), Status: status, Body: body,
		Guild: call.Guild, Shard: uint16(call.Shard), Received: r.clock.Now.UnixNano(),
	})
}

// at moves the time on; it never goes back.
func (r *Rehearsal) at(t time.Time) {
	if t.After(r.clock.Now) {
		r.clock.Now = t
	}
}

// wants tells whether the plugin subscribes to an event and its filters let it
// through.
func (r *Rehearsal) wants(f *abi.Frame) bool {
	in := r.plugin.gen.interest
	if t := discord.EventType(f.Event); t.Known() && !in.types[t] && !in.every || !t.Known() && !in.unknown[string(f.Name)] && !in.every {
		return false
	}
	return in.Passes(&gateway.Event{Type: discord.EventType(f.Event), Name: string(f.Name), Guild: discord.GuildID(f.Guild), Data: f.Body})
}

func frameName(f *abi.Frame) string {
	if f.Kind == abi.KindEvent {
		return string(f.Name)
	}
	return f.Kind.String()
}

// give gives one frame to the guest and takes what it did.
func (r *Rehearsal) give(ctx context.Context, e entry) (Outcome, error) {
	r.number++
	o := Outcome{Number: r.number, Name: e.what(), Status: Handled}
	f := e.frame(0)
	if f.Received != 0 {
		r.at(time.Unix(0, f.Received))
	}
	if r.guest == nil {
		if err := r.restart(ctx); err != nil {
			return o, err
		}
	}
	g := r.guest
	g.recorder.Begin([]effect.Frame{e.place()}, g.extend)
	g.output.begin()
	err := g.give([]entry{e})
	finished := 0
	if err == nil {
		g.recorder.Finish(1)
		finished = 1
	}
	effects := g.recorder.Take(finished)
	o.Effects = r.actions(effects)
	r.follow(g.recorder, &o)
	if err != nil {
		o.fail(err)
	} else {
		err = r.commit(effects, "frame/"+strconv.Itoa(r.number), &e)
	}
	if o.Status == Failed {
		err = nil
	}
	if o.died {
		err = errors.Join(err, g.discard())
		r.guest = nil
		for p := range r.waiting { // with the guest go the handlers that wait in it
			r.forget(p)
		}
	}
	r.plugin.inflight(0).Store(0) // what was asked for is not under way
	o.Log = r.takeLogs()
	return o, err
}

// restart makes a guest in the place of one that is gone.
func (r *Rehearsal) restart(ctx context.Context) error {
	g, err := r.plugin.newGuest(ctx, r.plugin.gen, 0)
	if err != nil {
		return fmt.Errorf("frame %d: the guest does not start again: %w", r.number, err)
	}
	r.guest = g
	if err := r.commit(g.starting, "start/"+strconv.Itoa(r.number), &entry{letter: &replay{}}); err != nil {
		return err
	}
	g.starting = nil
	r.logs = nil // it said the same before
	return nil
}

// Reload puts a new guest of the same module in the place of the one that there
// is, and hands the memory over as a reload does. Handlers that wait are
// forgotten.
func (r *Rehearsal) Reload(ctx context.Context) (Outcome, error) {
	r.number++
	o := Outcome{Number: r.number, Name: "reload", Status: Handled}
	old := r.guest
	var state *effect.State
	if old != nil && old.wasm.CanSave() {
		var err error
		if state, err = old.recorder.Save(old.wasm.Save); err != nil {
			o.fail(err)
		}
	}
	said := r.takeLogs()
	if err := r.restart(ctx); err != nil {
		r.guest = old
		return o, err
	}
	if state != nil && r.guest.wasm.CanLoad() {
		o.Effects = append(o.Effects, Action{Kind: "state", Op: int(state.Schema)})
		if err := r.guest.wasm.Load(state.Schema, state.Data); err != nil {
			o.fail(err)
		}
	}
	for p := range r.waiting {
		r.forget(p)
	}
	o.Log = append(said, r.takeLogs()...)
	if old == nil {
		return o, nil
	}
	return o, old.discard()
}

// follow takes note of handlers that wait for answers, and of those that have
// ended.
func (r *Rehearsal) follow(recorder *effect.Recorder, o *Outcome) {
	for _, c := range recorder.Changes() {
		switch c.Kind {
		case effect.Parks:
			r.waiting[c.Parked] = o.Number
			o.Status = Waiting
		case effect.Asks:
			for _, a := range c.Parked.Asked() {
				if a.Key == "" { // new
					a.Key = "asked"
					r.pending = append(r.pending, a.Call)
					o.Effects = append(o.Effects, callAction(a.Call, true))
				}
			}
		case effect.Ends:
			r.ended(c.Parked, "", o)
		}
	}
	for _, f := range recorder.Failures() {
		err := &refusal{code: f.Code, text: f.Text}
		r.ended(f.Parked, err.Error(), o)
	}
}

// ended takes note of the end of a handler that has waited.
func (r *Rehearsal) ended(p *effect.Parked, failure string, o *Outcome) {
	number := r.waiting[p]
	r.forget(p)
	switch {
	case number != o.Number:
		o.Ends = append(o.Ends, End{Frame: number, Error: failure})
	case failure != "":
		o.Status, o.Error = Failed, failure
	default:
		o.Status = Handled // it did not have to wait
	}
}

// forget forgets a handler that waited, and the calls whose answers only it
// wanted.
func (r *Rehearsal) forget(p *effect.Parked) {
	delete(r.waiting, p)
	r.pending = slices.DeleteFunc(r.pending, func(c *effect.Call) bool {
		return slices.ContainsFunc(p.Calls, func(a *effect.Awaited) bool { return a.Call == c })
	})
}

// commit keeps what lives in memory: keys, values and timers.
func (r *Rehearsal) commit(effects []effect.Effect, id string, e *entry) error {
	rec := &journal.Record{
		Ledger: &r.plugin.ledger, Lane: r.guest.lane,
		FrameID: func(int) string { return id },
	}
	if e.timer != nil {
		rec.Fired = append(rec.Fired, *e.timer)
	}
	for _, ef := range effects {
		switch ef.Kind {
		case effect.KVPut, effect.KVDelete, effect.KVAdd, effect.TimerSet, effect.TimerOff:
			rec.Effects = append(rec.Effects, ef)
		case effect.Rest:
			if ef.Tag != 0 {
				r.pending = append(r.pending, ef.Call)
			}
		}
	}
	return r.plugin.deps.Journal.Commit(context.Background(), rec)
}

// Accept takes a line of the log, as an hclog.SinkAdapter.
func (r *Rehearsal) Accept(_ string, level hclog.Level, msg string, args ...any) {
	for i := 0; i+1 < len(args); i += 2 {
		msg += fmt.Sprintf(" %v=%v", args[i], args[i+1])
	}
	r.logs = append(r.logs, LogLine{Level: level.String(), Text: msg})
}

func (r *Rehearsal) takeLogs() []LogLine {
	logs := r.logs
	r.logs = nil
	return logs
}
