// Package governortest checks that an identify governor keeps the promises of
// gateway.IdentifyGovernor, whatever it is built on:
//
//	func TestConformance(t *testing.T) {
//		governortest.Run(t, func(t *testing.T, s governortest.Setup) gateway.IdentifyGovernor {
//			return open(t, s)
//		})
//	}
//
// Each check runs in a bubble of its own time (testing/synctest), in which an
// hour passes at once; so the governor must not use a network.
package governortest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/shard"
)

// A Setup is what a governor starts with.
type Setup struct {
	Limit   shard.Limit // what the service says
	Reserve float64
	Store   store.Store // holds what outlives the governor
	Ask     func(context.Context) (shard.Limit, error)
}

// interval is Discord's: one IDENTIFY of a key in five seconds.
const interval = 5 * time.Second

// slack is how much longer than necessary a governor may take for one IDENTIFY.
const slack = time.Second

// Run runs the suite. open returns a governor; it is called more than once with
// the same Setup where a restart is checked.
func Run(t *testing.T, open func(*testing.T, Setup) gateway.IdentifyGovernor) {
	cases := []struct {
		name  string
		check func(*testing.T, *bench)
	}{
		{"the first one goes at once", firstAtOnce},
		{"one key: five seconds apart, the lowest shard first", oneKey},
		{"a slot is held until READY", heldUntilReady},
		{"a failure frees the slot as READY does", failureFrees},
		{"keys do not wait for each other", keysApart},
		{"waves go in the order of the ids", waves},
		{"one that gives up leaves no hole", givesUp},
		{"one that gives up costs nothing", givesUpFree},
		{"releasing twice frees once", releaseTwice},
		{"the reserve is never spent", reserve},
		{"when the budget is gone it goes on by itself at the reset", goesOn},
		{"the reset is believed only when the service confirms it", confirmed},
		{"a deadline before the reset is refused at once, with the time", refused},
		{"what others have spent counts", others},
		{"a restart keeps the budget", restartBudget},
		{"a restart inside the five seconds waits for their end", restartWindow},
		{"a crash loop does not spend more than the budget", crashLoop},
		{"under any load each key keeps its distance", hammer},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c.check(t, &bench{t: t, store: store.NewMemory(), open: open})
			})
		})
	}
}

// A bench holds one governor and what it let through.
type bench struct {
	t     *testing.T
	store store.Store
	open  func(*testing.T, Setup) gateway.IdentifyGovernor
	gov   gateway.IdentifyGovernor

	mu     sync.Mutex
	grants []grant
}

type grant struct {
	shard int
	at    time.Time
}

func limit(remaining, total, concurrency int, reset time.Duration) shard.Limit {
	return shard.Limit{Known: true, Total: total, Remaining: remaining, ResetAfter: reset, MaxConcurrency: concurrency}
}

func plenty(concurrency int) Setup { return Setup{Limit: limit(1000, 1000, concurrency, 0)} }

// start opens a governor on the bench's store, as a process does that starts.
func (b *bench) start(s Setup) {
	s.Store = b.store
	b.gov = b.open(b.t, s)
}

// identify asks for a slot, holds it for a while and returns when it was given.
func (b *bench) identify(id int, held time.Duration, ready bool) error {
	release, err := b.gov.Acquire(b.t.Context(), id)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.grants = append(b.grants, grant{id, time.Now()})
	b.mu.Unlock()
	time.Sleep(held) // in the bubble's time
	release(ready)
	return nil
}

// all lets shards identify at once and returns the grants in their order.
func (b *bench) all(held time.Duration, ids ...int) []grant {
	b.t.Helper()
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			if err := b.identify(id, held, true); err != nil {
				b.t.Errorf("shard %d: %v", id, err)
			}
		})
	}
	wg.Wait()
	return b.grants
}

// within fails unless d is from at least to a little more.
func within(t *testing.T, what string, d, least time.Duration) {
	t.Helper()
	if d < least || d > least+slack {
		t.Errorf("%s took %v, want %v to %v", what, d, least, least+slack)
	}
}

func firstAtOnce(t *testing.T, b *bench) {
	b.start(plenty(1))
	began := time.Now()
	if got := b.all(0, 7); got[0].at != began {
		t.Errorf("it waited %v", got[0].at.Sub(began))
	}
}

func oneKey(t *testing.T, b *bench) {
	b.start(plenty(1))
	began := time.Now()
	blocker, err := b.gov.Acquire(t.Context(), 99)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { b.all(0, 3, 1, 2, 0); close(ended) }()
	synctest.Wait()
	blocker(true)
	<-ended
	for i, g := range b.grants {
		if g.shard != i {
			t.Errorf("grant %d went to shard %d", i, g.shard)
		}
	}
	within(t, "four more IDENTIFYs", time.Since(began), 4*interval)
}

func heldUntilReady(t *testing.T, b *bench) {
	b.start(plenty(1))
	began := time.Now()
	got := b.all(time.Minute, 0, 1)
	within(t, "the second", got[1].at.Sub(began), time.Minute)
}

func failureFrees(t *testing.T, b *bench) {
	b.start(plenty(1))
	began := time.Now()
	if err := b.identify(0, 7*time.Second, false); err != nil {
		t.Fatal(err)
	}
	if err := b.identify(1, 0, false); err != nil {
		t.Fatal(err)
	}
	within(t, "the second", time.Since(began), 7*time.Second)
}

func keysApart(t *testing.T, b *bench) {
	b.start(plenty(16))
	release, err := b.gov.Acquire(t.Context(), 3) // never ready, for this test
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	b.all(0, 0, 1, 2, 4, 15, 20)
	within(t, "shards of other keys", time.Since(began), interval) // 20 follows 4
	release(false)
}

func waves(t *testing.T, b *bench) {
	b.start(plenty(4))
	ids := rand.New(rand.NewPCG(1, 2)).Perm(16)
	began := time.Now()
	got := b.all(100*time.Millisecond, ids...)
	within(t, "four waves of four", time.Since(began), 3*interval)
	for i, g := range got {
		// Within the first wave arrival decides, afterwards the id.
		if wave := i / 4; wave > 0 && g.shard/4 != wave && !firstWaveTook(got[:4], g.shard) {
			key := g.shard % 4
			for _, later := range got[i+1:] {
				if later.shard%4 == key && later.shard < g.shard {
					t.Errorf("shard %d went before shard %d", g.shard, later.shard)
				}
			}
		}
	}
}

func firstWaveTook(first []grant, id int) bool {
	return slices.ContainsFunc(first, func(g grant) bool { return g.shard == id })
}

func givesUp(t *testing.T, b *bench) {
	b.start(plenty(1))
	began := time.Now()
	if err := b.identify(0, 0, true); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { _, err := b.gov.Acquire(ctx, 1); result <- err }()
	ended := make(chan struct{})
	go func() { b.all(0, 2); close(ended) }()
	synctest.Wait()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("the one that gave up: %v", err)
	}
	<-ended
	within(t, "the one after it", time.Since(began), interval)
	if _, err := b.gov.Acquire(ctx, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func givesUpFree(t *testing.T, b *bench) {
	b.start(Setup{Limit: limit(3, 3, 1, time.Hour)})
	if err := b.identify(0, 0, true); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error, 1)
		go func() { _, err := b.gov.Acquire(ctx, 1); result <- err }()
		synctest.Wait()
		cancel()
		<-result
	}
	began := time.Now()
	b.all(0, 1, 2)
	if took := time.Since(began); took > 3*interval {
		t.Errorf("two more of three took %v: the ones that gave up were counted", took)
	}
}

func releaseTwice(t *testing.T, b *bench) {
	b.start(plenty(1))
	first, err := b.gov.Acquire(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	first(true)
	second, err := b.gov.Acquire(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	first(true) // a second time, while another one holds the slot
	began := time.Now()
	ended := make(chan struct{})
	go func() { b.all(0, 2); close(ended) }()
	time.Sleep(time.Minute)
	second(true)
	<-ended
	within(t, "the third", time.Since(began), time.Minute)
}

func reserve(t *testing.T, b *bench) {
	b.start(Setup{Limit: limit(10, 10, 1, time.Hour), Reserve: 0.2})
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	granted := 0
	for i := range 20 {
		wg.Go(func() {
			release, err := b.gov.Acquire(ctx, i)
			if err != nil {
				return
			}
			b.mu.Lock()
			granted++
			b.mu.Unlock()
			release(true)
		})
	}
	time.Sleep(50 * time.Minute)
	cancel()
	wg.Wait()
	if granted != 8 {
		t.Errorf("%d of 10 were spent with a reserve of 20%%, want 8", granted)
	}
}

func goesOn(t *testing.T, b *bench) {
	b.start(Setup{Limit: limit(1, 10, 1, time.Hour)})
	began := time.Now()
	got := b.all(0, 0, 1)
	within(t, "the one beyond the budget", got[1].at.Sub(began), time.Hour)
}

func confirmed(t *testing.T, b *bench) {
	asked := 0
	b.start(Setup{Limit: limit(0, 10, 1, time.Hour), Ask: func(context.Context) (shard.Limit, error) {
		if asked++; asked == 1 {
			return limit(0, 10, 1, time.Hour), nil // the clocks differ
		}
		return limit(10, 10, 1, 0), nil
	}})
	began := time.Now()
	b.all(0, 0)
	within(t, "a reset that was put off", time.Since(began), 2*time.Hour)

	b.start(Setup{Limit: limit(0, 20, 1, 3*time.Hour), Ask: func(context.Context) (shard.Limit, error) {
		return shard.Limit{}, errors.New("no answer")
	}})
	began = time.Now()
	b.all(0, 0)
	within(t, "a reset that nobody could confirm", time.Since(began), 3*time.Hour)
}

func refused(t *testing.T, b *bench) {
	b.start(Setup{Limit: limit(0, 10, 1, time.Hour)})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := time.Now()
	_, err := b.gov.Acquire(ctx, 0)
	var budget *shard.BudgetError
	if !errors.As(err, &budget) || time.Since(began) != 0 {
		t.Fatalf("%v after %v, want a BudgetError at once", err, time.Since(began))
	}
	within(t, "the time it names", budget.Until.Sub(began), time.Hour)
}

func others(t *testing.T, b *bench) {
	b.start(Setup{Limit: limit(2, 1000, 1, time.Hour)})
	began := time.Now()
	got := b.all(0, 0, 1, 2)
	within(t, "the third of two", got[2].at.Sub(began), time.Hour)
}

func restartBudget(t *testing.T, b *bench) {
	setup := Setup{Limit: limit(5, 5, 1, time.Hour)}
	b.start(setup)
	b.all(0, 0, 1, 2)
	// The service lags behind: it still says what it said.
	b.start(setup)
	began := time.Now()
	got := b.all(0, 3, 4, 5)
	if took := got[4].at.Sub(began); took > 3*interval {
		t.Errorf("what was left took %v", took)
	}
	if took := got[5].at.Sub(began); took < 59*time.Minute {
		t.Errorf("the sixth of five went after %v", took)
	}
}

func restartWindow(t *testing.T, b *bench) {
	b.start(plenty(2))
	began := time.Now()
	b.all(0, 0)
	time.Sleep(time.Second)
	b.start(plenty(2))
	b.all(0, 1) // another key: at once
	if took := time.Since(began); took != time.Second {
		t.Errorf("the other key waited until %v", took)
	}
	b.all(0, 0)
	// How late the one before arrived is known to nobody any more.
	if took := time.Since(began); took < interval || took > interval+2*time.Second {
		t.Errorf("the same key after a restart took %v", took)
	}
}

func crashLoop(t *testing.T, b *bench) {
	granted := 0
	began := time.Now()
	for time.Since(began) < 23*time.Hour {
		b.start(Setup{Limit: shard.Limit{}}) // the service does not say
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		if _, err := b.gov.Acquire(ctx, 0); err == nil {
			granted++ // and the process dies: nothing is released
		}
		cancel()
		time.Sleep(10 * time.Second)
	}
	if granted > 1000 {
		t.Errorf("%d IDENTIFYs in a day", granted)
	}
}

func hammer(t *testing.T, b *bench) {
	const seed, concurrency = 7, 3
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	b.start(plenty(concurrency))
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		held = make(map[int]bool)
		last = make(map[int]time.Time)
	)
	for range 200 {
		id, pause := random.IntN(60), time.Duration(random.IntN(120))*time.Second
		patience, hold := time.Duration(random.IntN(300))*time.Second, time.Duration(random.IntN(9000))*time.Millisecond
		wg.Go(func() {
			time.Sleep(pause)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			release, err := b.gov.Acquire(ctx, id)
			if err != nil {
				return
			}
			key := id % concurrency
			mu.Lock()
			if held[key] {
				t.Errorf("shard %d: key %d is held by another one", id, key)
			}
			if d := time.Since(last[key]); d < interval {
				t.Errorf("shard %d: %v after the last IDENTIFY of key %d", id, d, key)
			}
			held[key], last[key] = true, time.Now()
			mu.Unlock()
			time.Sleep(hold)
			mu.Lock()
			held[key] = false
			mu.Unlock()
			release(hold < 5*time.Second)
		})
	}
	wg.Wait()
	if len(last) != concurrency {
		t.Errorf("%d keys were used: %s", len(last), fmt.Sprint(last))
	}
}
