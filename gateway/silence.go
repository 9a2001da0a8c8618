package gateway

import (
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// An event is missed when it has come often enough for a habit, and has then
// stayed away for many times its usual distance, although other events came.
// See https://github.com/discord/discord-api-docs/issues/8162.
const (
	habit      = 50               // events
	patience   = 30               // usual distances
	leastQuiet = 10 * time.Minute // however often it came
	othersWere = time.Minute      // the last other event is not older
)

// silence notes when which event came.
type silence []struct {
	count       atomic.Uint64
	first, last atomic.Int64 // unix nanoseconds
}

func newSilence() silence { return make(silence, discord.EventTypes()) }

// heard is called on the reader's goroutine alone.
func (s silence) heard(kind discord.EventType, at int64) {
	if !kind.Known() {
		return
	}
	e := &s[kind]
	if e.count.Add(1) == 1 {
		e.first.Store(at)
	}
	e.last.Store(at)
}

// kinds returns the names of the events that are missed.
func (s silence) kinds(now time.Time) []string {
	var latest int64
	for i := range s {
		latest = max(latest, s[i].last.Load())
	}
	if now.Sub(time.Unix(0, latest)) > othersWere {
		return nil // nothing comes at all: that is for the heart
	}
	var missed []string
	for i := range s {
		n, first, last := s[i].count.Load(), s[i].first.Load(), s[i].last.Load()
		if n < habit {
			continue
		}
		usual := time.Duration((last - first) / int64(n-1))
		if now.Sub(time.Unix(0, last)) > max(leastQuiet, patience*usual) {
			missed = append(missed, discord.EventType(i).Name())
		}
	}
	return missed
}

// pace returns when the last event of any kind came, and how far they are apart
// on average, 0 when they are too few to tell.
func (s silence) pace() (latest time.Time, usual time.Duration) {
	var n uint64
	var first, last int64
	for i := range s {
		count := s[i].count.Load()
		if count == 0 {
			continue
		}
		n += count
		last = max(last, s[i].last.Load())
		if from := s[i].first.Load(); first == 0 || from < first {
			first = from
		}
	}
	if n == 0 {
		return time.Time{}, 0
	}
	if n >= habit {
		usual = time.Duration((last - first) / int64(n-1))
	}
	return time.Unix(0, last), usual
}
