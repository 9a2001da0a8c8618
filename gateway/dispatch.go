package gateway

import (
	"encoding/json"

	"github.com/shardhost/shardhost/discord"
)

// take reads one message. It runs on the reader's goroutine and owns b.
func (c *connection) take(b *buffer, size int) error {
	if c.closing.Load() {
		b.free()
		return nil
	}
	c.spoke = true
	e := &c.envelope
	at, ordered := e.head(b.data)
	if size > len(b.data) {
		return c.oversized(b, size, ordered)
	}
	if ordered && e.op == discord.OpDispatch {
		kind := discord.LookupEvent(e.name)
		if c.unselected(kind) {
			e.data = nil
			return c.dispatch(b, kind, 0)
		}
		if guild, ok := e.body(b.data, at, kind.GuildPath()); ok {
			return c.dispatch(b, kind, guild)
		}
	}
	if err := e.parse(b.data); err != nil {
		c.g.oddity(&c.g.counters.garbage, "message that cannot be read", "error", err, "bytes", len(b.data))
		b.free()
		return nil
	}
	if e.op == discord.OpDispatch {
		kind := discord.LookupEvent(e.name)
		guild, _ := findGuild(e.data, 0, kind.GuildPath())
		return c.dispatch(b, kind, guild)
	}
	err := c.control(e)
	b.free()
	return err
}

// unselected tells whether nobody will look into events of that kind.
func (c *connection) unselected(kind discord.EventType) bool {
	switch kind {
	case discord.EventUnknown, discord.EventReady, discord.EventResumed, discord.EventRateLimited, discord.EventGuildMembersChunk:
		return false
	}
	return c.g.selector != nil && !c.g.selector.Selects(kind)
}

// oversized leaves out a message that is above the limit, without losing its
// place in the stream: a RESUME would only bring it again.
func (c *connection) oversized(b *buffer, size int, ordered bool) error {
	e := &c.envelope
	defer b.free()
	name := string(e.name)
	if !ordered {
		name = ""
	}
	c.g.counters.oversized.Add(1)
	c.g.log.Error("message left out because it is too large: raise the gateway's limit for messages if the bot needs it",
		"event", name, "bytes", size, "limit", c.g.opts.MaxMessage)
	if ordered && e.op == discord.OpDispatch && e.seq > c.g.seq.Load() && (c.resuming || c.serving.Load()) {
		c.g.seq.Store(e.seq)
	}
	return nil
}

// dispatch passes an event on.
func (c *connection) dispatch(b *buffer, kind discord.EventType, guild discord.GuildID) error {
	e := &c.envelope
	g := c.g
	if kind == discord.EventReady {
		c.begin(e)
	}
	if e.seq < 0 {
		// It cannot be ordered, resumed or told from another.
		g.oddity(&g.counters.garbage, "event without a sequence", "event", string(e.name))
		b.free()
		return nil
	}
	if !c.serving.Load() || c.session == nil {
		g.oddity(&g.counters.early, "event before READY", "event", string(e.name))
		b.free()
		return nil
	}
	last := g.seq.Load()
	switch {
	case e.seq <= last && last > 0 && kind != discord.EventResumed:
		// The sink has it already. Between RESUME and RESUMED that is usual: the
		// position we resumed from is behind what was received.
		g.counters.duplicates.Add(1)
		b.free()
		return c.replaying()
	default:
		if e.seq > last+1 && last >= 0 && kind != discord.EventResumed { // a RESUMED that is lost is not sent again
			g.counters.gaps.Add(1)
			g.log.Warn("sequence has a gap", "from", last, "to", e.seq, "event", string(e.name))
		}
		if e.seq > last {
			g.seq.Store(e.seq)
		}
	}

	ev := &b.event
	ev.Shard, ev.Of = g.shard.ShardID(), g.shard.NumShards()
	ev.Session = c.session.ID
	ev.Seq = e.seq
	ev.Type = kind
	if kind.Known() {
		ev.Name = kind.Name()
	} else {
		ev.Name = string(e.name)
	}
	ev.Guild = guild
	ev.Data = e.data
	if e.data == nil && !c.unselected(kind) {
		ev.Data = nullData
	}
	ev.Received = c.line.last.Load()
	ev.Replayed = c.resuming && kind != discord.EventResumed
	ev.buf = b
	ev.refs.Store(1)

	g.counters.events.Add(1)
	g.silence.heard(kind, ev.Received)
	switch kind {
	case discord.EventRateLimited:
		g.rateLimited(ev)
	case discord.EventGuildMembersChunk:
		g.memberChunk(ev)
	}
	if kind == discord.EventResumed && c.resuming {
		c.resumed()
	}
	g.sink.Dispatch(ev)
	ev.Release()
	return c.replaying()
}

// replaying allows the next missed event its time.
func (c *connection) replaying() error {
	if c.resuming {
		c.progress = true
		c.deadline(resumedLimit)
	}
	return nil
}

// begin takes READY: a session has started.
func (c *connection) begin(e *envelope) {
	var ready struct {
		SessionID string `json:"session_id"`
		ResumeURL string `json:"resume_gateway_url"`
		Shard     *Shard `json:"shard"`
	}
	if err := json.Unmarshal(e.data, &ready); err != nil {
		// What could be decoded has been; a service with odd types elsewhere is
		// no reason to have no session.
		c.g.log.Debug("READY has unexpected types", "error", err)
	}
	if c.session != nil && ready.SessionID == c.session.ID && ready.SessionID != "" {
		return // one of the missed events, or sent twice
	}
	if ready.SessionID == "" {
		c.g.log.Warn("READY without session_id: this session cannot be resumed")
	}
	if ready.Shard != nil && *ready.Shard != c.g.shard {
		c.g.log.Warn("READY is for another shard", "shard", ready.Shard)
	}
	session := Session{ID: ready.SessionID, ResumeURL: ready.ResumeURL, Seq: none}
	c.session, c.resuming, c.progress = &session, false, true
	c.g.seq.Store(none)
	c.serving.Store(true)
	c.deadline(0)
	c.releaseSlot(true)
	c.g.begun(c, session)
}

// resumed takes RESUMED: all that was missed has come.
func (c *connection) resumed() {
	c.resuming, c.progress = false, true
	c.deadline(0)
	c.g.wentOn(c)
}

// nullData is the body of an event that came without one.
var nullData = []byte("null")
