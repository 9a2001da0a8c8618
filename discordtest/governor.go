package discordtest

import (
	"fmt"
	"time"
)

// governor counts IDENTIFYs as Discord does: one in a window for each key
// shard_id % max_concurrency, and so many a day. All of it belongs to the
// hub's lock.
// See https://docs.discord.com/developers/events/gateway#rate-limiting.
type governor struct {
	concurrency int
	window      time.Duration
	limit       int
	last        map[int]time.Time
	used        int
	reset       time.Time // when used becomes 0; zero: nothing used
}

const day = 24 * time.Hour

func newGovernor(o Options) *governor {
	return &governor{concurrency: o.MaxConcurrency, window: o.BucketWindow, limit: o.IdentifyLimit, last: make(map[int]time.Time)}
}

// allow counts an IDENTIFY. A refusal comes with the rule and what happened.
func (g *governor) allow(shard int, now time.Time) (Rule, string) {
	g.roll(now)
	if g.used >= g.limit {
		return RuleIdentifyBudget, fmt.Sprintf("all %d IDENTIFYs of the day are spent; the next are at %s", g.limit, g.reset.Format(time.RFC3339))
	}
	if g.used == 0 {
		g.reset = now.Add(day)
	}
	g.used++
	key := shard % g.concurrency
	last, seen := g.last[key]
	if since := now.Sub(last); seen && since < g.window {
		return RuleIdentifyRate, fmt.Sprintf("key %d (shard %d %% max_concurrency %d) was used %s ago; one IDENTIFY a key in %s", key, shard, g.concurrency, since, g.window)
	}
	g.last[key] = now
	return "", ""
}

// spend makes so many IDENTIFYs of the day used.
func (g *governor) spend(used int, now time.Time) {
	g.roll(now)
	if g.used == 0 {
		g.reset = now.Add(day)
	}
	g.used = used
}

// state is what GET /gateway/bot says.
func (g *governor) state(now time.Time) (remaining int, resetAfter time.Duration) {
	g.roll(now)
	if g.used == 0 {
		return g.limit, 0
	}
	return g.limit - g.used, g.reset.Sub(now)
}

func (g *governor) roll(now time.Time) {
	if g.used > 0 && !now.Before(g.reset) {
		g.used = 0
	}
}
