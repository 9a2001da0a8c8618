package plugin

import (
	"strconv"
	"unsafe"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
)

// An entry is one frame on its way through a lane. Exactly one of event,
// completion, timer, letter, message, parked and unpark is set.
type entry struct {
	event      *gateway.Event
	ticket     journal.Ticket // of event
	completion *journal.Completion
	timer      *effect.Timer
	letter     *replay // a dead letter that is delivered again
	message    *journal.Message
	parked     *effect.Parked // given again, from the journal
	unpark     *unparked

	road     *road  // nil: not traced
	arrival  uint64 // counts what came for the plugin
	lane     int    // that asked for the completion
	received int64  // unix nanoseconds, of what is no event
	attempts int
	tried    int // the generation whose attempts they are
	flags    abi.Flags
	ahead    bool // taken before others that had come before it
}

// unparked names a handler that a guest is to forget.
type unparked struct {
	guest  uint64
	handle int32
}

// answer tells whether the entry lets a handler go on that waits.
func (e *entry) answer() bool { return e.completion != nil && e.completion.Parked != nil }

// urgent entries go before all others: Discord takes an interaction's answer
// for three seconds.
// https://docs.discord.com/developers/interactions/receiving-and-responding
func (e *entry) urgent() bool {
	return e.event != nil && e.event.Type == discord.EventInteractionCreate
}

// frame describes the entry to a guest. Name and body alias what the entry
// holds.
func (e *entry) frame(guest uint64) abi.Frame {
	f := abi.Frame{Flags: e.flags, Event: abi.UnknownEvent}
	name := ""
	switch {
	case e.event != nil:
		f.Kind, f.Tag, f.Guild, f.Shard = abi.KindEvent, uint64(e.event.Seq), uint64(e.event.Guild), uint16(e.event.Shard)
		f.Received, f.Body = e.event.Received, e.event.Data
		name = e.event.Name
		if e.event.Replayed {
			f.Flags |= abi.FlagReplayed
		}
		if e.event.Type != discord.EventUnknown {
			f.Event = uint16(e.event.Type)
		}
	case e.parked != nil:
		f, _, _ = abi.Parse(e.parked.Bytes) // it was parsed when it was read
		f.Flags |= e.flags
		if (f.Kind == abi.KindCompletion || f.Kind == abi.KindTimer) && e.parked.Asker != guest {
			f.Flags |= abi.FlagEarlier
		}
		return f
	case e.unpark != nil:
		f.Kind, f.Tag = abi.KindControl, uint64(e.unpark.handle)
		name = abi.ControlUnpark
	case e.answer():
		c := e.completion
		f.Kind, f.Tag, f.Guild, f.Shard = abi.KindCompletion, c.Awaited.Tag, c.Guild, uint16(c.Shard)
		f.Received, f.Body, f.Status = e.received, c.Body, c.Status
		name = c.Awaited.Call.Context
	case e.completion != nil:
		c := e.completion
		f.Kind, f.Tag, f.Guild, f.Shard = abi.KindCompletion, c.Tag, c.Guild, uint16(c.Shard)
		f.Received, f.Body, f.Status = e.received, c.Body, c.Status
		name = c.Context
		if c.Asker != guest {
			f.Flags |= abi.FlagEarlier
		}
	case e.letter != nil:
		return e.letter.frame
	case e.message != nil:
		m := e.message
		f.Kind, f.Tag, f.Guild, f.Shard = m.Kind, m.Number, m.Guild, uint16(m.Shard)
		f.Received, f.Body = e.received, m.Body
		name = m.Name
	default:
		t := e.timer
		f.Kind, f.Tag, f.Guild, f.Shard = abi.KindTimer, t.Tag, t.Guild, uint16(t.Shard)
		f.Received = t.Due.UnixNano() // also where the host was down then
		if t.Asker != guest {
			f.Flags |= abi.FlagEarlier
		}
	}
	f.Name = unsafe.Slice(unsafe.StringData(name), len(name)) // only read: saves a copy an event
	return f
}

// since is when the frame was received, in unix nanoseconds; 0 for a dead letter,
// which was received long ago.
func (e *entry) since() int64 {
	switch {
	case e.event != nil:
		return e.event.Received
	case e.letter != nil:
		return 0
	}
	return e.received
}

// what names the entry in messages.
func (e *entry) what() string {
	switch {
	case e.event != nil:
		return e.event.Name
	case e.completion != nil:
		return "completion"
	case e.letter != nil:
		return e.letter.Event
	case e.message != nil:
		return e.message.Kind.String() + " " + e.message.Name
	case e.unpark != nil:
		return "control"
	case e.parked != nil:
		f := e.frame(0)
		if f.Kind == abi.KindEvent {
			return string(f.Name)
		}
		return f.Kind.String()
	}
	return "timer"
}

// size is the length of the frame in bytes, at most.
func (e *entry) size() int {
	switch {
	case e.event != nil:
		return abi.HeaderSize + abi.FrameAlign + len(e.event.Name) + len(e.event.Data)
	case e.completion != nil:
		return abi.HeaderSize + abi.FrameAlign + len(e.completion.Context) + len(e.completion.Body)
	case e.letter != nil:
		return len(e.letter.Frame)
	case e.message != nil:
		return abi.HeaderSize + abi.FrameAlign + len(e.message.Name) + len(e.message.Body)
	case e.parked != nil:
		return len(e.parked.Bytes)
	case e.unpark != nil:
		return abi.HeaderSize + abi.FrameAlign + len(abi.ControlUnpark)
	}
	return abi.HeaderSize
}

// id is the stable name of the frame: the same when it is delivered again, be
// it after a crash.
func (e *entry) id() string {
	switch {
	case e.event != nil:
		if e.event.Seq < 0 { // without a sequence it never comes again
			return e.event.Session + "@" + strconv.FormatInt(e.event.Received, 10)
		}
		return e.event.Session + ":" + strconv.FormatInt(e.event.Seq, 10)
	case e.completion != nil:
		return e.completion.Key
	case e.letter != nil:
		return e.letter.FrameID
	case e.parked != nil:
		return e.parked.ID
	case e.unpark != nil:
		return abi.ControlUnpark // it has no effects that could need a name
	case e.message != nil && e.message.Key != "":
		return e.message.Key
	case e.message != nil: // it never comes again
		return "control/" + e.message.Name + "/" + strconv.Itoa(e.message.Lane) + "/" + strconv.FormatInt(e.received, 16)
	}
	return "timer/" + strconv.Itoa(e.timer.Lane) + "/" + strconv.FormatUint(e.timer.Tag, 16) + "/" + strconv.FormatInt(e.timer.Due.UnixNano(), 10)
}

// owner tells which of n lanes the entry belongs to.
func (e *entry) owner(n int) int {
	switch {
	case e.event != nil:
		return effect.LaneOf(uint64(e.event.Guild), n)
	case e.parked != nil:
		return e.parked.Owner(n)
	case e.unpark != nil:
		return 0 // its guest is gone
	case e.answer():
		return e.completion.Parked.Owner(n)
	case e.completion != nil && e.completion.Guild != 0:
		return effect.LaneOf(e.completion.Guild, n)
	case e.completion != nil:
		return e.lane % n
	case e.letter != nil:
		return e.letter.owner(n)
	case e.message != nil && e.message.Guild != 0:
		return effect.LaneOf(e.message.Guild, n)
	case e.message != nil:
		return e.message.Lane % n
	}
	return e.timer.Owner(n)
}

// place is the shard and the guild that the frame is about.
func (e *entry) place() effect.Frame {
	switch {
	case e.event != nil:
		return effect.Frame{Shard: e.event.Shard, Guild: uint64(e.event.Guild)}
	case e.parked != nil:
		return effect.Frame{Shard: e.parked.Shard, Guild: e.parked.Guild, Parked: e.parked}
	case e.unpark != nil:
		return effect.Frame{Mute: true}
	case e.completion != nil:
		return effect.Frame{Shard: e.completion.Shard, Guild: e.completion.Guild}
	case e.letter != nil:
		return effect.Frame{Shard: int(e.letter.frame.Shard), Guild: e.letter.frame.Guild}
	case e.message != nil:
		return effect.Frame{Shard: e.message.Shard, Guild: e.message.Guild}
	}
	return effect.Frame{Shard: e.timer.Shard, Guild: e.timer.Guild}
}

// position names the event to the journal.
func (e *entry) position() journal.Position {
	ev := e.event
	return journal.Position{Shard: ev.Shard, Of: ev.Of, Session: ev.Session, Seq: ev.Seq, Ahead: e.ahead}
}

// finish ends the hold on the event: the entry's effects are committed, or it
// was given up.
func (e *entry) finish() {
	e.road.end()
	if e.event != nil {
		e.ticket.Done()
		e.event.Release()
	}
	if e.letter != nil {
		e.letter.end(nil)
	}
	*e = entry{}
}

// abandon ends the hold on the event without moving the position: the host
// stops, and Discord sends it again.
func (e *entry) abandon() {
	e.road.fail("the host stops")
	e.road.end()
	if e.event != nil {
		e.event.Release()
	}
	if e.letter != nil {
		e.letter.end(ErrStopped)
	}
	*e = entry{}
}
