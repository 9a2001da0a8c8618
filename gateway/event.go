package gateway

import (
	"sync/atomic"

	"github.com/shardhost/shardhost/discord"
)

// An Event is one dispatch of a session. Its Data is Discord's d, byte for
// byte, in a pooled buffer: whoever keeps the event beyond the call that
// brought it retains it, and releases it when done. After the last release
// the buffer is used again for another message.
type Event struct {
	Shard, Of int               // the shard that received it, and the number of shards of its generation
	Session   string            // the session's id; with Seq it identifies the event for ever
	Seq       int64             // the sequence, from 1 (some services: 0)
	Type      discord.EventType // discord.EventUnknown when the table does not know Name
	Name      string            // upper case, e.g. MESSAGE_CREATE
	Guild     discord.GuildID   // 0: none
	Data      []byte            // d, raw JSON; valid while retained
	Received  int64             // unix nanoseconds
	Replayed  bool              // sent between a RESUME and its RESUMED

	refs atomic.Int32
	buf  *buffer // where Data lies
}

// Retain adds a holder. It may be called by any holder, on any goroutine.
func (e *Event) Retain() { e.refs.Add(1) }

// Release ends one hold. The event must not be touched afterwards.
func (e *Event) Release() {
	switch n := e.refs.Add(-1); {
	case n == 0:
		e.recycle()
	case n < 0:
		panic("gateway: event released more often than retained")
	}
}
