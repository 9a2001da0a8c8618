package host

import (
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/trace"
)

// A sink is where a shard's events go: to the plugins that want them. It keeps
// the shard's position.
type sink struct {
	table   *table
	tracker journal.Tracker
	wanted  []*plugin.Plugin // of the event in hand, reused
	id      gateway.Shard
	lost    bool            // a session of an earlier run is not taken up again
	events  []atomic.Uint64 // by number; the last one is for all others

	mu     sync.Mutex
	guilds map[discord.GuildID]struct{} // nil: a session of an earlier run goes on, and its READY is long gone
}

func newSink(t *table, id gateway.Shard) *sink {
	s := &sink{table: t, id: id, events: make([]atomic.Uint64, discord.EventTypes()+1)}
	s.tracker.Begin("", -1)
	return s
}

// Begin starts a new session's sequences. Where there was one before, Discord
// did not take it up again, and plugins are told that events are missing.
func (s *sink) Begin(session gateway.Session) {
	var gap *plugin.Gap
	if s.lost || s.tracker.Session() != "" {
		gap = &plugin.Gap{Shard: s.id.ShardID(), Of: s.id.NumShards(), After: s.tracker.Last()}
	}
	s.lost = false
	for _, p := range s.table.plugins() {
		p.Began(gap)
	}
	s.tracker.Begin(session.ID, -1)
	s.mu.Lock()
	s.guilds = map[discord.GuildID]struct{}{}
	s.mu.Unlock()
}

// Selects tells the gateway whether anyone looks into events of a type; of the
// others it need not find the guild.
func (s *sink) Selects(t discord.EventType) bool {
	return t == discord.EventGuildCreate || t == discord.EventGuildDelete || s.table.wants(t)
}

// Dispatch gives an event to the plugins that want it. What was received before
// in this session is finished or waits in a mailbox, and is left out.
func (s *sink) Dispatch(e *gateway.Event) {
	s.wanted = s.table.find(s.wanted[:0], e)
	var ticket journal.Ticket
	if e.Seq >= 0 { // some services leave it out now and then
		var fresh bool
		if ticket, fresh = s.tracker.Receive(e.Seq, len(s.wanted)); !fresh {
			return
		}
	}
	s.events[min(int(e.Type), len(s.events)-1)].Add(1)
	switch e.Type {
	case discord.EventReady, discord.EventGuildCreate, discord.EventGuildDelete:
		s.count(e)
	}
	if len(s.wanted) == 0 {
		return
	}
	span := s.trace(e)
	for _, p := range s.wanted {
		p.Deliver(e, ticket, span)
	}
	if span != nil {
		span.End(time.Now())
	}
}

// trace begins the trace of an event, if it is to be traced.
func (s *sink) trace(e *gateway.Event) *trace.Span {
	span := s.table.tracer.Root(e.Name, time.Unix(0, e.Received))
	if span == nil {
		return nil
	}
	span.Number("discord.shard.id", int64(e.Shard))
	if e.Guild != 0 {
		span.Text("discord.guild.id", e.Guild.String())
	}
	if e.Seq >= 0 {
		span.Number("discord.sequence", e.Seq)
	}
	if e.Replayed {
		span.Mark("discord.replayed")
	}
	return span
}

// Position is what heartbeats and RESUME carry.
func (s *sink) Position() (seq int64, ok bool) { return s.tracker.Position() }

// count keeps the set of guilds: READY names all, each comes and goes later.
func (s *sink) count(e *gateway.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.guilds == nil {
		return
	}
	switch e.Type {
	case discord.EventGuildCreate:
		s.guilds[e.Guild] = struct{}{}
	case discord.EventGuildDelete:
		var d struct{ Unavailable bool }
		if json.Unmarshal(e.Data, &d) == nil && !d.Unavailable { // an outage is no farewell
			delete(s.guilds, e.Guild)
		}
	default:
		var d struct {
			Guilds []struct{ ID discord.GuildID }
		}
		if json.Unmarshal(e.Data, &d) == nil {
			for _, g := range d.Guilds {
				s.guilds[g.ID] = struct{}{}
			}
		}
	}
}

// guildCount is how many guilds the session has; -1: nobody knows, because it
// was resumed and Discord names them only when a session begins.
func (s *sink) guildCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.guilds == nil {
		return -1
	}
	return len(s.guilds)
}
