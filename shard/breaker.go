package shard

import (
	"fmt"
	"slices"
	"time"
)

// DefaultBreaker is how many IDENTIFYs an hour a manager allows beyond one for
// each of its shards.
const DefaultBreaker = 20

const (
	// breakerSpan is what the breaker looks back on.
	breakerSpan = time.Hour

	// One shard may identify so often in such a time.
	shardTries = 3
	shardSpan  = 10 * time.Minute
)

// A breaker slows down what ends sessions again and again: a bot that crashes
// as soon as it is ready, two processes that throw each other out. The day's
// budget alone would let it spend hundreds of IDENTIFYs before anybody looks.
//
// It counts those of the last hour, whichever process sent them, and holds
// further ones back until fewer than one for each shard and some are left in
// it; and it lets one shard identify three times in ten minutes. That is enough
// for an outage, and nothing stays shut: it opens by itself. What an operator
// has asked for, a rescale or new sessions at the start, is not counted.
type breaker struct {
	extra  int // beyond one for each shard; 0: there is no breaker
	shards int
	tries  map[int][]time.Time // by shard: its last ones, in order
}

func (b *breaker) allowed() int { return b.shards + b.extra }

// until returns when fewer IDENTIFYs of the hour are left than are allowed, zero
// when that is so now.
func (b *breaker) until(r *budgetRecord, now time.Time) time.Time {
	if b.extra <= 0 {
		return time.Time{}
	}
	r.forgetMinutes(now)
	count := r.lastHour()
	if count < b.allowed() {
		return time.Time{}
	}
	minutes := make([]int64, 0, len(r.Minutes))
	for m := range r.Minutes {
		minutes = append(minutes, m)
	}
	slices.Sort(minutes)
	for _, m := range minutes {
		if count -= r.Minutes[m]; count < b.allowed() {
			return time.Unix(60*(m+1), 0).Add(breakerSpan)
		}
	}
	return time.Time{}
}

// shardUntil returns when a shard may identify again, zero: now.
func (b *breaker) shardUntil(shard int, now time.Time) time.Time {
	tries := b.tries[shard]
	if b.extra <= 0 || len(tries) < shardTries {
		return time.Time{}
	}
	if until := tries[len(tries)-shardTries].Add(shardSpan); until.After(now) {
		return until
	}
	return time.Time{}
}

// note counts an IDENTIFY, and reports whether it was planned and so is not.
func (b *breaker) note(r *budgetRecord, shard int, now time.Time) (planned bool) {
	if r.Planned > 0 {
		r.Planned--
		return true
	}
	if r.Minutes == nil {
		r.Minutes = make(map[int64]int)
	}
	r.Minutes[now.Unix()/60]++
	if b.tries == nil {
		b.tries = make(map[int][]time.Time)
	}
	tries := append(b.tries[shard], now)
	b.tries[shard] = tries[max(0, len(tries)-shardTries):]
	return false
}

// takeBack undoes a note: nothing was sent.
func (b *breaker) takeBack(r *budgetRecord, shard int, planned bool, at time.Time) {
	if planned {
		r.Planned++
		return
	}
	if m := at.Unix() / 60; r.Minutes[m] > 1 {
		r.Minutes[m]--
	} else {
		delete(r.Minutes, m)
	}
	b.tries[shard] = slices.DeleteFunc(b.tries[shard], at.Equal)
}

// forgetMinutes drops what is too old to count, and what no honest clock wrote.
func (r *budgetRecord) forgetMinutes(now time.Time) {
	first, last := now.Add(-breakerSpan).Unix()/60, now.Unix()/60
	for m, n := range r.Minutes {
		if m < first || m > last || n < 1 {
			delete(r.Minutes, m)
		}
	}
}

// lastHour is how many IDENTIFYs of the last hour nobody has planned.
func (r *budgetRecord) lastHour() (count int) {
	for _, n := range r.Minutes {
		count = min(count+n, 1<<30)
	}
	return count
}

// A BreakerError says that sessions end so often that the next one has to wait.
type BreakerError struct {
	Count   int // IDENTIFYs of the last hour
	Allowed int
	Until   time.Time
}

func (e *BreakerError) Error() string {
	return fmt.Sprintf("shard: %d IDENTIFYs in the last hour, %d are let through: something ends the sessions again and again (another process with this token? a crash?); "+
		"the next one goes at %s; to go on at once, run with --fresh or raise gateway { identify_breaker }", e.Count, e.Allowed, e.Until.UTC().Format(time.RFC3339))
}

// Plan allows n IDENTIFYs that somebody has asked for: the breaker does not count
// them. It replaces what was planned before and not used.
func (g *Governor) Plan(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ledger.record.Planned = max(n, 0)
	g.grantLocked()
}

// serve says for how many shards the breaker allows an IDENTIFY each.
func (g *Governor) serve(shards int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.breaker.shards = shards
	g.grantLocked()
}

// waitLocked returns until when no IDENTIFY is let through, and why; zero: one
// may go.
func (g *Governor) waitLocked(now time.Time) (time.Time, error) {
	if until := g.ledger.until(g.reserve, now); !until.IsZero() {
		return until, g.budgetErrorLocked(until)
	}
	r := &g.ledger.record
	if r.Planned > 0 {
		return time.Time{}, nil
	}
	if until := g.breaker.until(r, now); !until.IsZero() {
		return until, &BreakerError{Count: r.lastHour(), Allowed: g.breaker.allowed(), Until: until}
	}
	return time.Time{}, nil
}
