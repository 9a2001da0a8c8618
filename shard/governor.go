package shard

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
)

// identifyInterval is the time between two IDENTIFYs of one key. Discord counts
// 5 seconds from when one arrives to when the next does. When the first one
// arrived is not known before its answer, so the time runs from there; an answer
// that takes longer than longestWay has not been on the way all that time.
const (
	identifyInterval = 5100 * time.Millisecond
	longestWay       = time.Second
)

// noteDelay is how much later than the ledger says the last IDENTIFY of another
// process may have arrived: it was noted first, the disk takes its time, and so
// does the way.
const noteDelay = 500*time.Millisecond + longestWay

// A Limit is what the service allows: see rest.SessionStartLimit.
type Limit = rest.SessionStartLimit

// GovernorOptions configures NewGovernor. The zero value governs one key,
// Discord's usual thousand IDENTIFYs a day, and forgets them with the process.
type GovernorOptions struct {
	// Limit is what the service said last; the zero value: nothing yet.
	Limit Limit

	// Ask asks the service for its limit. It is called when a budget that was
	// used up is due to begin anew; nil: it is assumed to.
	Ask func(context.Context) (Limit, error)

	// Reserve is the share of the daily budget that is not spent, 0 to 1: what
	// is left for the day on which everything goes wrong.
	Reserve float64

	// Store keeps the ledger below Key, so that a process that starts again and
	// again cannot spend more than one that runs; nil: it is kept in memory.
	Store store.Store
	Key   string

	// Breaker is how many IDENTIFYs an hour are let through beyond one for each of
	// Shards; further ones wait until the hour is over, and so does the fourth
	// IDENTIFY of a shard in ten minutes. 0: only the day's budget counts.
	Breaker int
	Shards  int

	Logger hclog.Logger // nil: silent
}

// A Governor is the identify governor of one process. It lets one IDENTIFY of
// each key (shard id modulo max_concurrency) through at a time, the lowest
// waiting shard first: the next one may go when the one before is ready or has
// failed, and 5 seconds have passed since it arrived. It counts them
// against the budget of the day, and never goes below the reserve.
// See https://docs.discord.com/developers/events/gateway#rate-limiting.
type Governor struct {
	ask     func(context.Context) (Limit, error)
	reserve float64
	log     hclog.Logger
	ledger  *ledger
	breaker breaker

	mu       sync.Mutex
	keys     map[int]*identifyKey
	earliest time.Time // a key that was not used yet is not free before
	waiting  []*identifyWaiter
	arrived  uint64
	timer    *time.Timer
	told     time.Time // the reset that was logged as waited for
}

// An identifyKey is what is known about shards whose id is the same modulo
// max_concurrency.
type identifyKey struct {
	number int
	held   bool
	free   time.Time // not before
}

type identifyWaiter struct {
	shard int
	order uint64
	grant chan *identifyKey // capacity 1

	planned bool // once granted: see breaker
	granted time.Time
	told    bool // that the shard is held back was logged
}

var _ gateway.IdentifyGovernor = (*Governor)(nil)

// NewGovernor returns a governor. It reads the ledger; a store that fails is an
// error, a ledger that makes no sense is put aside.
func NewGovernor(ctx context.Context, opts GovernorOptions) (*Governor, error) {
	if opts.Reserve < 0 || opts.Reserve > 1 {
		return nil, fmt.Errorf("shard: identify reserve %g: it is a share from 0 to 1", opts.Reserve)
	}
	if opts.Breaker < 0 || opts.Shards < 0 {
		return nil, fmt.Errorf("shard: identify breaker %d for %d shards: neither can be negative", opts.Breaker, opts.Shards)
	}
	if opts.Logger == nil {
		opts.Logger = hclog.NewNullLogger()
	}
	l, err := openLedger(ctx, opts.Store, opts.Key, time.Now(), opts.Logger)
	if err != nil {
		return nil, err
	}
	g := &Governor{ask: opts.Ask, reserve: opts.Reserve, log: opts.Logger, ledger: l, breaker: breaker{extra: opts.Breaker, shards: opts.Shards}, keys: make(map[int]*identifyKey)}
	for key, last := range l.record.Last {
		g.keys[key] = &identifyKey{number: key, free: time.UnixMilli(last).Add(identifyInterval + noteDelay)}
	}
	g.Observe(opts.Limit)
	return g, nil
}

// Observe takes in what the service says about its limit. The zero value says
// nothing.
func (g *Governor) Observe(limit Limit) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.observeLocked(limit, time.Now())
	g.grantLocked()
}

func (g *Governor) observeLocked(limit Limit, now time.Time) {
	before := g.ledger.record.MaxConcurrency
	g.ledger.observe(limit, now)
	if g.ledger.record.MaxConcurrency == before {
		return
	}
	// Shards take turns with others than before: none is too early if all wait
	// for the latest.
	for _, key := range g.keys {
		if key.free.After(g.earliest) {
			g.earliest = key.free
		}
	}
	clear(g.keys)
}

// Acquire implements gateway.IdentifyGovernor. While the budget is used up, or
// the breaker open, it waits; when ctx ends before that is over it returns a
// *BudgetError or *BreakerError at once, which says when.
func (g *Governor) Acquire(ctx context.Context, shardID int) (release func(ready bool), err error) {
	for {
		w := &identifyWaiter{shard: shardID, grant: make(chan *identifyKey, 1)}
		key, err := g.wait(ctx, w)
		if err != nil {
			return nil, err
		}
		if g.confirm(ctx, key, w) {
			g.persist(ctx)
			return g.releaser(key, time.Now()), nil // it goes now, and not before it was noted
		}
	}
}

// wait queues a shard until it is let through.
func (g *Governor) wait(ctx context.Context, w *identifyWaiter) (*identifyKey, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	g.mu.Lock()
	if until, why := g.waitLocked(time.Now()); why != nil {
		if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
			g.mu.Unlock()
			return nil, why
		}
	}
	g.arrived++
	w.order = g.arrived
	g.waiting = append(g.waiting, w)
	g.grantLocked()
	g.mu.Unlock()

	select {
	case key := <-w.grant:
		return key, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case key := <-w.grant: // at the same moment
		g.giveBackLocked(key, w)
	default:
		g.forgetLocked(w)
		g.grantLocked()
	}
	if _, why := g.waitLocked(time.Now()); why != nil {
		return nil, fmt.Errorf("%w: %w", ctx.Err(), why)
	}
	return nil, ctx.Err()
}

// grantLocked lets through whoever may go, and sets the timer for the next.
func (g *Governor) grantLocked() {
	now := time.Now()
	var next time.Time
	consider := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	tried := make(map[int]bool)
	for len(g.waiting) > 0 {
		if until, why := g.waitLocked(now); why != nil {
			g.tellLocked(until, why)
			consider(until)
			break
		}
		w := g.lowestLocked(tried, func(w *identifyWaiter) bool {
			until := g.breaker.shardUntil(w.shard, now)
			if until.IsZero() || g.ledger.record.Planned > 0 {
				return false
			}
			g.tellShardLocked(w, until)
			consider(until)
			return true
		})
		if w == nil {
			break
		}
		number := g.ledger.key(w.shard)
		key := g.keys[number]
		if key == nil {
			key = &identifyKey{number: number, free: g.earliest}
			g.keys[number] = key
		}
		tried[number] = true
		switch {
		case key.held:
		case now.Before(key.free):
			consider(key.free)
		default:
			key.held, key.free = true, now.Add(identifyInterval)
			g.ledger.spend(number, now)
			w.planned, w.granted = g.breaker.note(&g.ledger.record, w.shard, now), now
			w.grant <- key
			g.forgetLocked(w)
		}
	}
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	if !next.IsZero() {
		g.timer = time.AfterFunc(next.Sub(now), func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.grantLocked()
		})
	}
}

// lowestLocked returns the waiting shard with the lowest id whose key was not
// tried yet and that is not held back; of two with one id, which are of
// different generations, the first.
func (g *Governor) lowestLocked(tried map[int]bool, heldBack func(*identifyWaiter) bool) *identifyWaiter {
	var lowest *identifyWaiter
	for _, w := range g.waiting {
		if tried[g.ledger.key(w.shard)] || heldBack(w) {
			continue
		}
		if lowest == nil || w.shard < lowest.shard || w.shard == lowest.shard && w.order < lowest.order {
			lowest = w
		}
	}
	return lowest
}

func (g *Governor) forgetLocked(w *identifyWaiter) {
	g.waiting = slices.DeleteFunc(g.waiting, func(other *identifyWaiter) bool { return other == w })
}

// confirm asks the service when the budget has begun anew by our clock. It
// reports false, and the grant is given back, when the service says that it has
// not.
func (g *Governor) confirm(ctx context.Context, key *identifyKey, w *identifyWaiter) bool {
	g.mu.Lock()
	unsure := g.ledger.assumed && g.ask != nil
	g.ledger.assumed = false
	g.mu.Unlock()
	if !unsure {
		return true
	}
	limit, err := g.ask(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.log.Warn("the identify budget should have begun anew, but asking for it failed; going on", "error", err)
		return true
	}
	// What it says does not count the one that was granted.
	now := time.Now()
	g.ledger.refund()
	g.observeLocked(limit, now)
	if g.ledger.until(g.reserve, now).IsZero() {
		g.ledger.spend(key.number, now)
		return true
	}
	g.breaker.takeBack(&g.ledger.record, w.shard, w.planned, w.granted)
	key.held, key.free = false, now
	g.grantLocked()
	return false
}

// persist makes the ledger durable before the IDENTIFY is sent. A disk that
// fails must not keep the bot offline: the count goes on in memory.
func (g *Governor) persist(ctx context.Context) {
	if err := g.ledger.save(context.WithoutCancel(ctx), &g.mu); err != nil {
		g.log.Error("the identify ledger could not be written; a restart would not know of the last IDENTIFYs", "error", err)
	}
}

func (g *Governor) releaser(key *identifyKey, sent time.Time) func(bool) {
	var once sync.Once
	return func(bool) {
		once.Do(func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			key.held, key.free = false, sent.Add(min(time.Since(sent), longestWay)+identifyInterval)
			g.grantLocked()
		})
	}
}

// giveBackLocked undoes a grant that was not used.
func (g *Governor) giveBackLocked(key *identifyKey, w *identifyWaiter) {
	g.breaker.takeBack(&g.ledger.record, w.shard, w.planned, w.granted)
	key.held, key.free = false, time.Now()
	g.ledger.refund()
	g.grantLocked()
}

// tellLocked says once until when everything waits.
func (g *Governor) tellLocked(until time.Time, why error) {
	if g.told.Equal(until) {
		return
	}
	g.told = until
	g.log.Error("new sessions wait; running ones are not affected", "until", until.UTC().Format(time.RFC3339), "because", why)
}

// tellShardLocked says once of a shard that it is held back.
func (g *Governor) tellShardLocked(w *identifyWaiter, until time.Time) {
	if w.told {
		return
	}
	w.told = true
	g.log.Error("a shard's sessions end again and again; its next one waits, the other shards go on",
		"shard", w.shard, "identifies", shardTries, "within", shardSpan, "until", until.UTC().Format(time.RFC3339))
}

func (g *Governor) budgetErrorLocked(until time.Time) *BudgetError {
	return &BudgetError{Remaining: g.ledger.record.remaining(), Reserve: g.ledger.floor(g.reserve), Total: g.ledger.record.Total, Until: until}
}

// Afford returns a *BudgetError when n IDENTIFYs would go below the reserve.
func (g *Governor) Afford(n int) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.ledger.roll(now)
	if g.ledger.record.remaining()-n >= g.ledger.floor(g.reserve) {
		return nil
	}
	until := g.ledger.resetAt()
	if until.IsZero() {
		until = now.Add(day)
	}
	err := g.budgetErrorLocked(until)
	err.Needed = n
	return err
}

// GovernorStatus is how a governor stands.
type GovernorStatus struct {
	Total          int       `json:"total"`
	Used           int       `json:"used"` // of this day's budget, by whomever
	Remaining      int       `json:"remaining"`
	Reserve        int       `json:"reserve"` // of Remaining, what is not spent
	ResetAt        time.Time `json:"reset_at,omitzero"`
	MaxConcurrency int       `json:"max_concurrency"`
	Waiting        int       `json:"waiting"`        // shards
	Until          time.Time `json:"until,omitzero"` // the budget is used up, or the breaker open, until then
	LastHour       int       `json:"last_hour"`      // IDENTIFYs that nobody had planned
	Allowed        int       `json:"allowed"`        // of those by the breaker; 0: it is off
}

// Status returns how the governor stands.
func (g *Governor) Status() GovernorStatus {
	g.mu.Lock()
	defer g.mu.Unlock()
	until, _ := g.waitLocked(time.Now())
	r := g.ledger.record
	allowed := 0
	if g.breaker.extra > 0 {
		allowed = g.breaker.allowed()
	}
	return GovernorStatus{
		LastHour: r.lastHour(), Allowed: allowed,
		Total: r.Total, Used: r.Total - r.remaining(), Remaining: r.remaining(), Reserve: g.ledger.floor(g.reserve),
		ResetAt: g.ledger.resetAt(), MaxConcurrency: r.MaxConcurrency, Waiting: len(g.waiting), Until: until,
	}
}

// Concurrency returns how many shards may identify at once.
func (g *Governor) Concurrency() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.ledger.record.MaxConcurrency
}

// A BudgetError says that an IDENTIFY would spend what is to be kept.
type BudgetError struct {
	Needed    int // IDENTIFYs that were asked for at once; 0: one
	Remaining int
	Reserve   int
	Total     int
	Until     time.Time // when the budget begins anew
}

func (e *BudgetError) Error() string {
	return fmt.Sprintf("shard: %d IDENTIFYs needed, but only %d of the day's %d are left, of which %d are kept in reserve, until %s; "+
		"wait, or lower gateway { identify_reserve }", max(e.Needed, 1), e.Remaining, e.Total, e.Reserve, e.Until.UTC().Format(time.RFC3339))
}
