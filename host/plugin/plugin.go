package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/histogram"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/internal/trace"
	"golang.org/x/time/rate"
)

// Deps are the parts of the host that plugins work with.
type Deps struct {
	Engine  *wasm.Engine
	Journal *journal.Journal
	Store   store.Store
	Client  journal.Client                                    // REST
	Web     journal.WebClient                                 // calls of the web; nil: none are made
	Send    func(ctx context.Context, c effect.Command) error // gateway commands
	Log     hclog.Logger
	Version string // of the host
	Now     func() time.Time

	// Changed is told when a plugin has gone back to an earlier generation by
	// itself, which may subscribe to other events; nil: nobody.
	Changed func()
	Taps    *Taps         // who watches frames; nil: nobody can
	Tracer  *trace.Tracer // nil: timers are not traced

	// Of a Rehearsal: the time and the randomness of its guests.
	Clock  *wasm.Clock
	Random io.Reader
}

// A Plugin runs one plugin of the configuration. Its methods are safe for use
// by many goroutines, except where they say otherwise.
type Plugin struct {
	name string
	deps Deps
	log  hclog.Logger

	guestLog *effect.Log
	metrics  *effect.Metrics
	ledger   journal.Ledger
	breaker  breaker

	deferrals *deferrals

	handled, failed, dropped atomic.Uint64
	buried                   atomic.Uint64 // frames that became dead letters
	waited                   atomic.Uint64 // deliveries that found a mailbox full
	restarts                 atomic.Uint64
	latency                  histogram.Histogram // from a frame's receipt to its commit
	arrivals, guests         atomic.Uint64
	recent                   recent // frames, where reload.rehearse wants them

	copies  sync.WaitGroup  // checkpoints that are being written
	closing context.Context // ends when Close begins: lanes take no more work
	stop    context.CancelFunc
	killed  context.Context // ends when Close gives up waiting
	kill    context.CancelFunc
	retired atomic.Bool // closed for good: what waits is given up
	live    atomic.Bool // sessions have begun: what they brought then is over

	counters sync.Map // lane index -> *atomic.Int64: calls in flight, over all generations

	swapping chan struct{}           // holds a token while a Swap, Rollback, tend or Close is under way
	poked    chan struct{}           // holds a token when keep should look
	keeper   sync.WaitGroup          // of keep
	lanes    atomic.Pointer[[]*lane] // never nil after Open

	mu      sync.Mutex // of the following
	gen     *generation
	number  int         // of the newest generation that ever took over
	trial   *trial      // nil: the generation is not on probation
	back    *RolledBack // nil: the newest generation has not had to go back
	state   State
	resting int // lanes
	lastErr error
	since   time.Time
	worn    []wearing // lanes to be recycled
	spaced  time.Time // before which none is
}

// State is what a plugin is doing.
type State string

// The states of a plugin.
const (
	Starting State = "starting"
	Running  State = "running"
	Resting  State = "resting" // a lane crashed too often: see config.Failure
	Stopped  State = "stopped"
)

// ErrStopped says that the plugin was closed meanwhile.
var ErrStopped = errors.New("the plugin is stopped")

// Open starts a plugin with its first generation. Its outbox and its timers
// begin to work.
func Open(ctx context.Context, deps Deps, spec config.Plugin, module []byte) (_ *Plugin, err error) {
	p := &Plugin{
		name: spec.Name, deps: deps, log: deps.Log.Named("plugin").With("plugin", spec.Name),
		guestLog: effect.NewLog(deps.Log, spec.Name), metrics: effect.NewMetrics(),
		state: Starting, since: deps.Now(), poked: make(chan struct{}, 1), swapping: make(chan struct{}, 1),
	}
	p.closing, p.stop = context.WithCancel(context.Background())
	p.killed, p.kill = context.WithCancel(context.Background())
	p.breaker.now = deps.Now
	p.breaker.configure(spec.Failure)
	defer func() {
		if err != nil {
			deps.Journal.Leave(spec.Name)
			p.closeParts(ctx)
		}
	}()
	restored, parked, err := p.openLedger(ctx, spec)
	if err != nil {
		return nil, fmt.Errorf("plugin %q: %w", p.name, err)
	}
	prepared, err := p.prepare(ctx, spec, module, 1)
	if err != nil {
		return nil, err
	}
	if err := p.ledger.Memory.Drop(ctx, spec.Lanes); err != nil {
		prepared.Discard(ctx)
		return nil, fmt.Errorf("plugin %q: checkpoints of another number of lanes: %w", p.name, err)
	}
	p.gen, p.number, p.state = prepared.gen, prepared.gen.number, Running
	p.guestLog.Limit(spec.Limits.LogLines, spec.Line("limits.log_lines"))
	lanes := make([]*lane, len(prepared.guests))
	for i, g := range prepared.guests {
		lanes[i] = newLane(p, i, len(lanes), prepared.gen, g)
	}
	p.lanes.Store(&lanes)
	for _, out := range restored {
		p.inflight(out.Lane).Add(1)
	}
	for _, frame := range parked {
		frame.Arrival, frame.Queued = p.arrivals.Add(1), true
		e := parkedEntry(frame)
		lanes[e.owner(len(lanes))].box.putAlways(&e)
	}
	p.ledger.Outbox.Resume(restored) // before the lanes: what they send comes after
	p.ledger.Commands.Resume()
	for _, l := range lanes {
		l.start()
	}
	p.ledger.Timers.Start(p.timerDue)
	p.deps.Journal.Receive(p.name, p.hear)
	p.keeper.Go(p.keep)
	return p, nil
}

// openLedger reads what the store holds of the plugin.
func (p *Plugin) openLedger(ctx context.Context, spec config.Plugin) (restored []*journal.Outgoing, parked []*effect.Parked, err error) {
	d, l := &p.deps, &p.ledger
	p.deferrals = newDeferrals(p)
	l.Plugin = p.name
	if l.Space, err = effect.OpenSpace(ctx, d.Store, p.name, d.Now); err != nil {
		return nil, nil, fmt.Errorf("keys: %w", err)
	}
	if l.Positions, err = d.Journal.LoadPositions(ctx, p.name); err != nil {
		return nil, nil, fmt.Errorf("positions: %w", err)
	}
	if l.Dead, err = d.Journal.OpenDeadLetters(ctx, p.name, spec.Failure.DeadLetters, spec.Failure.DeadLetterBytes); err != nil {
		return nil, nil, fmt.Errorf("dead letters: %w", err)
	}
	l.Dead.Limit(spec.Failure.DeadLetters, spec.Failure.DeadLetterBytes, spec.Line)
	if l.Timers, err = effect.OpenTimers(ctx, d.Store, p.name, d.Now); err != nil {
		return nil, nil, fmt.Errorf("timers: %w", err)
	}
	l.Outbox, restored, err = d.Journal.OpenOutbox(ctx, p.name, journal.OutboxOptions{
		Client: p.deferrals, Web: d.Web, Rate: limiterOf(spec), Allowed: effect.WebAllowed(spec.Grant.HTTP), End: p.callEnded,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("outbox: %w", err)
	}
	if l.Memory, err = d.Journal.OpenCheckpoints(ctx, p.name); err != nil {
		return nil, nil, fmt.Errorf("checkpoints: %w", err)
	}
	if err = d.Journal.Hear(ctx, p.name, Topics(spec)); err != nil {
		return nil, nil, err
	}
	if parked, err = d.Journal.OpenParked(ctx, p.name, restored); err != nil {
		return nil, nil, fmt.Errorf("parked frames: %w", err)
	}
	if l.Commands, err = d.Journal.OpenCommands(ctx, p.name, d.Send); err != nil {
		return nil, nil, fmt.Errorf("gateway commands: %w", err)
	}
	return restored, parked, nil
}

// Name is the plugin's name in the configuration.
func (p *Plugin) Name() string { return p.name }

// Interest is what the running generation subscribes to.
func (p *Plugin) Interest() *Interest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gen.interest
}

// Spec is the configuration of the running generation.
func (p *Plugin) Spec() config.Plugin {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gen.spec
}

// Space is the plugin's namespace of keys and values.
func (p *Plugin) Space() *effect.Space { return p.ledger.Space }

func (p *Plugin) inflight(lane int) *atomic.Int64 {
	c, ok := p.counters.Load(lane)
	if !ok {
		c, _ = p.counters.LoadOrStore(lane, new(atomic.Int64))
	}
	return c.(*atomic.Int64)
}

func limiterOf(spec config.Plugin) *rate.Limiter {
	if spec.Grant.Discord == nil || spec.Grant.Discord.Rate.N == 0 {
		return nil
	}
	r := spec.Grant.Discord.Rate
	return rate.NewLimiter(rate.Limit(float64(r.N)/r.Per.Seconds()), r.N)
}

// Topics are the patterns of messages that a plugin gets.
func Topics(spec config.Plugin) []string {
	if spec.Grant.Bus == nil {
		return nil
	}
	return spec.Grant.Bus.Subscribe
}

// note keeps the last error for the status.
func (p *Plugin) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastErr = err
}

// rest is called by a lane when the plugin has crashed too often.
func (p *Plugin) rest(l *lane, d time.Duration) {
	p.log.Error("plugin rests after too many crashes", "lane", l.index, "for", d,
		"change", "fix the plugin and reload; it tries again by itself")
	l.box.shed(true)
	p.setResting(+1)
}

// wake is called by a lane that rested and tries again.
func (p *Plugin) wake(l *lane) {
	l.box.shed(false)
	p.setResting(-1)
}

func (p *Plugin) setResting(change int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resting += change
	state := Running
	if p.resting > 0 {
		state = Resting
	}
	if p.state != state && p.state != Stopped {
		p.state, p.since = state, p.deps.Now()
	}
}

// sleep waits, until the plugin is closed.
func (p *Plugin) sleep(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-p.closing.Done():
	case <-t.C:
	}
}

func (p *Plugin) closeGeneration(ctx context.Context, gen *generation) {
	if err := gen.module.Close(ctx); err != nil {
		p.log.Error("generation not closed", "generation", gen.number, "error", err)
	}
}

// Stop is the beginning of Close, and does not wait: lanes take no more work, a
// Swap under way ends with ErrStopped, and a Deliver that is blocked returns. A
// host calls it before it waits for whoever delivers.
func (p *Plugin) Stop() {
	p.mu.Lock()
	if p.state != Stopped {
		p.state, p.since = Stopped, p.deps.Now()
	}
	p.mu.Unlock()
	p.stop()
	for _, l := range *p.lanes.Load() {
		p.leaveAll(l.box.close())
	}
}

// Close stops the plugin: each lane finishes its batch and its guest, calls
// under way get until ctx ends. What waits is left for the next start. It may
// be called more than once.
func (p *Plugin) Close(ctx context.Context) error {
	defer context.AfterFunc(ctx, p.kill)()
	p.Stop()
	p.keeper.Wait()
	p.swapping <- struct{}{}
	defer p.swapped()
	for _, l := range *p.lanes.Load() { // a Swap may have made others meanwhile
		p.leaveAll(l.box.close())
	}
	for _, l := range *p.lanes.Load() {
		p.leaveAll(l.wait())
	}
	p.closeParts(ctx)
	p.copies.Wait()
	p.kill()
	p.mu.Lock()
	gen, t := p.gen, p.trial
	p.trial = nil
	p.mu.Unlock()
	if t != nil {
		p.endTrial(context.WithoutCancel(ctx), t)
	}
	return gen.module.Close(context.WithoutCancel(ctx))
}

// Retire is Close for a plugin that is no longer in the configuration: what
// waits in its mailboxes is given up, so that it holds no position back. Its
// keys, timers and calls stay in the store, for the case that it comes back.
func (p *Plugin) Retire(ctx context.Context) error {
	p.retired.Store(true)
	err := p.Close(ctx)
	p.deps.Journal.Leave(p.name)
	return errors.Join(err, p.dropMemory(ctx))
}

func (p *Plugin) closeParts(ctx context.Context) {
	if p.deferrals != nil {
		p.deferrals.close()
	}
	if p.ledger.Timers != nil {
		p.ledger.Timers.Stop()
	}
	if p.ledger.Outbox != nil {
		p.ledger.Outbox.Close(ctx)
	}
	if p.ledger.Commands != nil {
		p.ledger.Commands.Close()
	}
}
