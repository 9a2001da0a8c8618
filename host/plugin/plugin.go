package plugin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/store"
	"golang.org/x/time/rate"
)

// Deps are the parts of the host that plugins work with.
type Deps struct {
	Engine  *wasm.Engine
	Journal *journal.Journal
	Store   store.Store
	Client  journal.Client                                    // REST
	Send    func(ctx context.Context, c effect.Command) error // gateway commands
	Log     hclog.Logger
	Version string // of the host
	Now     func() time.Time
}

// A Plugin runs one plugin of the configuration. Its methods are safe for use
// by many goroutines, except where they say otherwise.
type Plugin struct {
	name string
	deps Deps
	log  hclog.Logger

	guestLog  *effect.Log
	metrics   *effect.Metrics
	space     *effect.Space
	timers    *effect.Timers
	outbox    *journal.Outbox
	commands  *journal.Commands
	committed *journal.Committed
	breaker   breaker

	handled, failed, dropped atomic.Uint64

	retired atomic.Bool // closed for good: what waits is given up

	counters sync.Map // lane index -> *atomic.Int64: calls in flight, over all generations

	swapping sync.Mutex              // one Swap or Close at a time
	moving   sync.RWMutex            // held for writing while the number of lanes changes
	lanes    atomic.Pointer[[]*lane] // never nil after Open

	mu      sync.Mutex // of the following
	gen     *generation
	number  int
	state   State
	lastErr error
	since   time.Time
}

// State is what a plugin is doing.
type State string

// The states of a plugin.
const (
	Starting State = "starting"
	Running  State = "running"
	Resting  State = "resting" // crashed too often: see config.Failure
	Stopped  State = "stopped"
)

// Open starts a plugin with its first generation. Its outbox and its timers
// begin to work.
func Open(ctx context.Context, deps Deps, spec config.Plugin, module []byte) (_ *Plugin, err error) {
	p := &Plugin{
		name: spec.Name, deps: deps, log: deps.Log.Named("plugin").With("plugin", spec.Name),
		guestLog: effect.NewLog(deps.Log, spec.Name), metrics: effect.NewMetrics(),
		state: Starting, since: deps.Now(),
	}
	p.breaker.now = deps.Now
	p.breaker.configure(spec.Failure)
	defer func() {
		if err != nil {
			p.closeParts(ctx)
		}
	}()
	if p.space, err = effect.OpenSpace(ctx, deps.Store, p.name, deps.Now); err != nil {
		return nil, fmt.Errorf("plugin %q: keys: %w", p.name, err)
	}
	if p.committed, err = deps.Journal.LoadCommitted(ctx, p.name); err != nil {
		return nil, fmt.Errorf("plugin %q: positions: %w", p.name, err)
	}
	var restored []*journal.Outgoing
	p.outbox, restored, err = deps.Journal.OpenOutbox(ctx, p.name, journal.OutboxOptions{
		Client: deps.Client, Rate: limiterOf(spec), End: p.callEnded,
	})
	if err != nil {
		return nil, fmt.Errorf("plugin %q: outbox: %w", p.name, err)
	}
	p.commands = deps.Journal.OpenCommands(p.name, deps.Send)
	if p.timers, err = effect.OpenTimers(ctx, deps.Store, p.name, deps.Now); err != nil {
		return nil, fmt.Errorf("plugin %q: timers: %w", p.name, err)
	}
	prepared, err := p.prepare(ctx, spec, module, 1)
	if err != nil {
		return nil, err
	}
	p.take(prepared)
	for _, out := range restored {
		p.inflight(out.Lane).Add(1)
	}
	p.outbox.Resume(restored)
	p.timers.Start(p.timerDue)
	return p, nil
}

// take makes a prepared generation the running one, with new lanes.
func (p *Plugin) take(prepared *Prepared) {
	p.mu.Lock()
	p.gen, p.number = prepared.gen, prepared.gen.number
	p.state, p.since = Running, p.deps.Now()
	p.mu.Unlock()
	for _, l := range p.newLanes(prepared.guests) {
		l.start()
	}
}

// newLanes makes a lane for each guest; they wait to be started.
func (p *Plugin) newLanes(guests []*guest) []*lane {
	lanes := make([]*lane, len(guests))
	for i, g := range guests {
		lanes[i] = newLane(p, i, g)
	}
	p.lanes.Store(&lanes)
	return lanes
}

// Name is the plugin's name in the configuration.
func (p *Plugin) Name() string { return p.name }

// Interest is what the running generation subscribes to.
func (p *Plugin) Interest() *Interest {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gen.interest
}

// Deliver puts an event into the mailbox of the lane that owns its guild. The
// plugin retains the event and ends the ticket. It blocks while the mailbox is
// full, unless the plugin's policy is to drop.
func (p *Plugin) Deliver(e *gateway.Event, t journal.Ticket) {
	if e.Replayed && p.committed.Holds(e.Shard, e.Session, e.Seq, func(n int) int { return laneOf(uint64(e.Guild), n) }) {
		t.Done()
		return
	}
	e.Retain()
	for {
		p.moving.RLock()
		lanes := *p.lanes.Load()
		p.moving.RUnlock()
		dropped, closed := lanes[laneOf(uint64(e.Guild), len(lanes))].box.put(entry{event: e, ticket: t})
		switch {
		case !closed:
			if dropped.event != nil {
				p.drop(&dropped)
			}
			return
		case p.isStopped():
			p.leave(&entry{event: e, ticket: t})
			return
		}
		// The number of lanes has changed while the mailbox was full.
	}
}

// leave ends the hold on what a lane has not finished when it stops: Discord
// sends it again at the next start, unless the plugin is gone for good.
func (p *Plugin) leave(e *entry) {
	if p.retired.Load() {
		e.finish()
	} else {
		e.abandon()
	}
}

func (p *Plugin) leaveAll(entries []entry) {
	for i := range entries {
		p.leave(&entries[i])
	}
}

func (p *Plugin) isStopped() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == Stopped
}

// putAlways gives a completion or a timer to a lane, or to the one that stands
// in for it since there are fewer.
func (p *Plugin) putAlways(e entry) {
	e.received = p.deps.Now().UnixNano()
	p.moving.RLock()
	defer p.moving.RUnlock()
	lanes := *p.lanes.Load()
	lanes[e.owner(len(lanes))].box.putAlways(e)
}

func (p *Plugin) drop(e *entry) {
	if n := p.dropped.Add(1); n&(n-1) == 0 { // at 1, 2, 4, 8 …: loud, but no flood
		p.log.Warn("events dropped, the mailbox is full", "event", e.event.Name, "dropped", n,
			"change", "raise limits.mailbox or lanes, or make the handler faster")
	}
	e.finish()
}

// laneOf tells which of n lanes owns a guild. The hash is independent of the
// one that assigns guilds to shards.
func laneOf(guild uint64, n int) int {
	if n == 1 {
		return 0
	}
	return int((guild >> 22 * 0x9E3779B97F4A7C15 >> 33) % uint64(n))
}

func (p *Plugin) inflight(lane int) *atomic.Int64 {
	c, ok := p.counters.Load(lane)
	if !ok {
		c, _ = p.counters.LoadOrStore(lane, new(atomic.Int64))
	}
	return c.(*atomic.Int64)
}

// callEnded gets the answers of REST calls.
func (p *Plugin) callEnded(lane int, c *journal.Completion) {
	p.inflight(lane).Add(-1)
	if c == nil {
		return
	}
	p.putAlways(entry{completion: c, lane: lane})
}

func (p *Plugin) timerDue(t effect.Timer) {
	p.putAlways(entry{timer: &t})
}

func limiterOf(spec config.Plugin) *rate.Limiter {
	if spec.Grant.Discord == nil || spec.Grant.Discord.Rate.N == 0 {
		return nil
	}
	r := spec.Grant.Discord.Rate
	return rate.NewLimiter(rate.Limit(float64(r.N)/r.Per.Seconds()), r.N)
}

// note keeps the last error for the status.
func (p *Plugin) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastErr = err
}

// rest is called by a lane when the plugin has crashed too often.
func (p *Plugin) rest(d time.Duration) {
	p.log.Error("plugin rests after too many crashes", "for", d, "change", "fix the plugin and reload; it tries again by itself")
	p.setState(Resting)
}

// wake is called by a lane when the plugin tries again.
func (p *Plugin) wake() { p.setState(Running) }

func (p *Plugin) setState(s State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == s || p.state == Stopped {
		return
	}
	p.state, p.since = s, p.deps.Now()
	for _, l := range *p.lanes.Load() {
		l.box.shed(s == Resting)
	}
}

func (p *Plugin) closeGeneration(ctx context.Context, gen *generation) {
	if err := gen.module.Close(ctx); err != nil {
		p.log.Error("generation not closed", "generation", gen.number, "error", err)
	}
}

// Close stops the plugin: each lane finishes its batch and its guest, calls
// under way get until ctx ends. What waits is left for the next start.
func (p *Plugin) Close(ctx context.Context) error {
	p.swapping.Lock()
	defer p.swapping.Unlock()
	p.mu.Lock()
	gen := p.gen
	p.state, p.since = Stopped, p.deps.Now()
	p.mu.Unlock()
	p.timers.Stop()
	var wg sync.WaitGroup
	for _, l := range *p.lanes.Load() {
		wg.Go(l.close)
	}
	wg.Wait()
	p.closeParts(ctx)
	return gen.module.Close(context.WithoutCancel(ctx))
}

// Retire is Close for a plugin that is no longer in the configuration: what
// waits in its mailboxes is given up, so that it holds no position back. Its
// keys, timers and calls stay in the store, for the case that it comes back.
func (p *Plugin) Retire(ctx context.Context) error {
	p.retired.Store(true)
	return p.Close(ctx)
}

func (p *Plugin) closeParts(ctx context.Context) {
	if p.timers != nil {
		p.timers.Stop()
	}
	if p.outbox != nil {
		p.outbox.Close(ctx)
	}
	if p.commands != nil {
		p.commands.Close()
	}
}

// ErrStopped says that the plugin was closed meanwhile.
var ErrStopped = errors.New("the plugin is stopped")

// Space is the plugin's namespace of keys and values.
func (p *Plugin) Space() *effect.Space { return p.space }
