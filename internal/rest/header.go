package rest

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"
)

// maxReset is the longest time that a server's word is taken for: Discord's
// longest window, that of new commands, is a day.
const maxReset = 24 * time.Hour

// A window is what an answer says about its bucket; ok is false when it says
// nothing that can be understood.
type window struct {
	ok        bool
	hash      string // the bucket's name, shared by the routes in it; may be empty
	limit     int
	remaining int
	reset     time.Duration // from now
}

// readWindow reads the headers of
// https://docs.discord.com/developers/topics/rate-limits#header-format.
func readWindow(h http.Header, now time.Time) window {
	limit, err := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	if err != nil || limit < 1 {
		return window{}
	}
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	if err != nil || remaining < 0 {
		return window{}
	}
	reset, ok := seconds(h.Get("X-RateLimit-Reset-After"))
	if !ok {
		// The moment itself depends on two clocks that agree: second choice.
		at, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset"), 64)
		if err != nil || math.IsNaN(at) || math.IsInf(at, 0) {
			return window{}
		}
		reset = clampSeconds(at - float64(now.UnixNano())/1e9)
	}
	return window{ok: true, hash: h.Get("X-RateLimit-Bucket"), limit: limit, remaining: min(remaining, limit), reset: reset}
}

// A refusal is what a 429 says.
type refusal struct {
	after  time.Duration // wait so long
	global bool          // for every request of the bot
	shared bool          // the resource's limit, not ours: does not count as an invalid request
	banned bool          // not Discord's API speaks but the wall in front of it
}

// defaultRetryAfter is waited for when a 429 does not say how long.
const defaultRetryAfter = time.Second

// readRefusal reads a 429. The body's retry_after is more exact than the
// header's, which is in whole seconds.
func readRefusal(h http.Header, body []byte) refusal {
	var said struct {
		RetryAfter *float64 `json:"retry_after"`
		Global     bool     `json:"global"`
	}
	isJSON := json.Unmarshal(body, &said) == nil
	r := refusal{
		global: isJSON && said.Global || h.Get("X-RateLimit-Global") == "true" || h.Get("X-RateLimit-Scope") == "global",
		shared: h.Get("X-RateLimit-Scope") == "shared",
		after:  defaultRetryAfter,
	}
	header, ok := seconds(h.Get("Retry-After"))
	if ok {
		r.after = header
	}
	if isJSON && said.RetryAfter != nil && *said.RetryAfter >= 0 {
		r.after = clampSeconds(*said.RetryAfter)
	}
	// The ban of an address has no JSON body and no bucket, and holds for every
	// request from here.
	if !isJSON && h.Get("X-RateLimit-Limit") == "" {
		r.global, r.banned = true, true
	}
	return r
}

// seconds reads a count of seconds, whole or not.
func seconds(text string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || f < 0 {
		return 0, false
	}
	return clampSeconds(f), true
}

func clampSeconds(f float64) time.Duration {
	switch {
	case !(f > 0):
		return 0
	case f >= maxReset.Seconds():
		return maxReset
	}
	return time.Duration(math.Ceil(f*1000)) * time.Millisecond
}
