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

// silence notes when which event came; nil: it never did. Most shards hear few
// of all there are.
type silence []atomic.Pointer[hearing]

// A hearing is when one event came.
type hearing struct {
	count       atomic.Uint64
	first, last atomic.Int64 // unix nanoseconds
}

func newSilence() silence { return make(silence, discord.EventTypes()) }

// heard is called on the reader's goroutine alone.
func (s silence) heard(kind discord.EventType, at int64) {
	if !kind.Known() {
		return
	}
	e := s[kind].Load()
	if e == nil {
		e = &hearing{}
		e.first.Store(at)
		s[kind].Store(e)
	}
	e.count.Add(1)
	e.last.Store(at)
}

// kinds returns the names of the events that are missed.
func (s silence) kinds(now time.Time) []string {
	var latest int64
	for i := range s {
		if e := s[i].Load(); e != nil {
			latest = max(latest, e.last.Load())
		}
	}
	if now.Sub(time.Unix(0, latest)) > othersWere {
		return nil // nothing comes at all: that is for the heart
	}
	var missed []string
	for i := range s {
		e := s[i].Load()
		if e == nil || e.count.Load() < habit {
			continue
		}
		n, first, last := e.count.Load(), e.first.Load(), e.last.Load()
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
		e := s[i].Load()
		if e == nil {
			continue
		}
		n += e.count.Load()
		last = max(last, e.last.Load())
		if from := e.first.Load(); first == 0 || from < first {
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
