package discordtest

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// A Limit allows so many requests in a time, which starts with the first.
type Limit struct {
	Requests int
	Per      time.Duration
}

// limits counts REST requests.
// See https://docs.discord.com/developers/topics/rate-limits.
type limits struct {
	off     bool
	mu      sync.Mutex
	buckets map[string]*bucket
	global  *bucket
	wrong   *bucket // 401, 403 and 429
	ban     time.Time
}

// bucket is one limit in use.
type bucket struct {
	limit Limit
	used  int
	reset time.Time
}

func newLimits(o Options) *limits {
	return &limits{
		off: o.NoRateLimits, buckets: make(map[string]*bucket),
		global: &bucket{limit: Limit{o.GlobalLimit, time.Second}},
		wrong:  &bucket{limit: Limit{o.InvalidLimit, 10 * time.Minute}},
	}
}

// take counts a request, or is false when there were enough.
func (b *bucket) take(now time.Time) bool {
	if !now.Before(b.reset) {
		b.used, b.reset = 0, now.Add(b.limit.Per)
	}
	if b.limit.Requests > 0 && b.used >= b.limit.Requests {
		return false
	}
	b.used++
	return true
}

// limited counts a request and writes what headers say about its limit. It is
// true when the answer is 429.
func (r *rest) limited(header http.Header, rt *route, params map[string]string) (answer, bool) {
	l := r.limits
	if l.off {
		return answer{}, false
	}
	now := r.server.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if rt.global && !l.global.take(now) {
		wait := l.global.reset.Sub(now)
		r.violate(RuleGlobalLimit, fmt.Sprintf("%s is request %d in a second", rt.name(), l.global.used+1))
		header.Set("X-RateLimit-Global", "true")
		return tooMany(header, wait, "global"), true
	}
	major := rt.major(params)
	key := rt.name() + "\n" + major
	b := l.buckets[key]
	if b == nil {
		l.sweep(now)
		b = &bucket{limit: rt.limit}
		l.buckets[key] = b
	}
	allowed := b.take(now)
	wait := b.reset.Sub(now)
	h := fnv.New128a()
	_, _ = h.Write([]byte(rt.name()))
	header.Set("X-RateLimit-Limit", strconv.Itoa(b.limit.Requests))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(b.limit.Requests-b.used))
	header.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000))
	header.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", seconds(wait)))
	header.Set("X-RateLimit-Bucket", hex.EncodeToString(h.Sum(nil)))
	if allowed {
		return answer{}, false
	}
	r.violate(RuleRateLimit, fmt.Sprintf("%s %s: more than %d requests in %s", rt.name(), major, b.limit.Requests, b.limit.Per))
	return tooMany(header, wait, "user"), true
}

// sweep forgets limits that nobody has used for a while.
func (l *limits) sweep(now time.Time) {
	if len(l.buckets) < 10000 {
		return
	}
	for key, b := range l.buckets {
		if !now.Before(b.reset) {
			delete(l.buckets, key)
		}
	}
}

// tooMany is the answer 429 of a scope: user, global or shared.
func tooMany(header http.Header, wait time.Duration, scope string) answer {
	header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	header.Set("X-RateLimit-Scope", scope)
	return answer{http.StatusTooManyRequests, map[string]any{
		"message": "You are being rate limited.", "retry_after": seconds(wait), "global": scope == "global",
	}}
}

// invalid counts an answer that Discord counts as invalid, and is true when it
// was the one that brings a ban.
func (l *limits) invalid(status int, now time.Time) bool {
	if status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusTooManyRequests {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.off || l.wrong.take(now) {
		return false
	}
	l.ban = l.wrong.reset
	return true
}

// banned tells until when the client's address is banned; zero: it is not.
func (l *limits) banned(now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.ban) {
		return l.ban
	}
	return time.Time{}
}

// ban is what Cloudflare answers in Discord's place.
func (r *rest) ban(header http.Header, wait time.Duration) answer {
	header.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	header.Set("Content-Type", "text/plain; charset=UTF-8")
	return answer{http.StatusTooManyRequests, rawBody("error code: 1015")}
}
