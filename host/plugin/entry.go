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
// completion and timer is set.
type entry struct {
	event      *gateway.Event
	ticket     journal.Ticket // of event
	completion *journal.Completion
	timer      *effect.Timer

	lane     int   // that asked for the completion
	received int64 // unix nanoseconds, of completion and timer
	attempts int
	flags    abi.Flags
}

// frame describes the entry to the guest. Name and body alias what the entry
// holds.
func (e *entry) frame() abi.Frame {
	f := e.header()
	name := e.name()
	f.Name = unsafe.Slice(unsafe.StringData(name), len(name)) // only read: saves a copy an event
	return f
}

func (e *entry) header() abi.Frame {
	switch {
	case e.event != nil:
		f := abi.Frame{
			Kind: abi.KindEvent, Flags: e.flags, Tag: uint64(e.event.Seq), Guild: uint64(e.event.Guild),
			Received: e.event.Received, Shard: uint16(e.event.Shard), Event: uint16(e.event.Type),
			Body: e.event.Data,
		}
		if e.event.Replayed {
			f.Flags |= abi.FlagReplayed
		}
		if e.event.Type == discord.EventUnknown {
			f.Event = abi.UnknownEvent
		}
		return f
	case e.completion != nil:
		c := e.completion
		f := abi.Frame{
			Kind: abi.KindCompletion, Flags: e.flags, Tag: c.Tag, Guild: c.Guild, Received: e.received,
			Shard: uint16(c.Shard), Event: abi.UnknownEvent, Status: c.Status, Body: c.Body,
		}
		if c.Earlier {
			f.Flags |= abi.FlagEarlier
		}
		return f
	default:
		return abi.Frame{
			Kind: abi.KindTimer, Flags: e.flags, Tag: e.timer.Tag, Received: e.received, Event: abi.UnknownEvent,
		}
	}
}

// name is the frame's name: the event's, or the guest's own context.
func (e *entry) name() string {
	switch {
	case e.event != nil:
		return e.event.Name
	case e.completion != nil:
		return e.completion.Context
	}
	return ""
}

// what names the entry in messages.
func (e *entry) what() string {
	switch {
	case e.event != nil:
		return e.event.Name
	case e.completion != nil:
		return "completion"
	}
	return "timer"
}

// size is the length of the frame in bytes.
func (e *entry) size() int {
	n := abi.HeaderSize + len(e.name()) + abi.FrameAlign
	switch {
	case e.event != nil:
		n += len(e.event.Data)
	case e.completion != nil:
		n += len(e.completion.Body)
	}
	return n
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
	}
	return "timer/" + strconv.Itoa(e.timer.Lane) + "/" + strconv.FormatUint(e.timer.Tag, 16) + "/" + strconv.FormatInt(e.timer.Due.UnixMilli(), 10)
}

// owner tells which of n lanes the entry belongs to.
func (e *entry) owner(n int) int {
	switch {
	case e.event != nil:
		return laneOf(uint64(e.event.Guild), n)
	case e.completion != nil:
		return e.lane % n
	}
	return e.timer.Lane % n
}

// finish ends the hold on the event: the entry's effects are committed, or it
// was given up.
func (e *entry) finish() {
	if e.event != nil {
		e.ticket.Done()
		e.event.Release()
	}
	*e = entry{}
}

// abandon ends the hold on the event without moving the position: the host
// stops, and Discord sends it again.
func (e *entry) abandon() {
	if e.event != nil {
		e.event.Release()
	}
	*e = entry{}
}
