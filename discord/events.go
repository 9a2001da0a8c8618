package discord

import "math/bits"

// An EventType is the number of a dispatch event, as it stands in frames and
// recordings. Numbers are dense from 0, and never change.
type EventType uint16

// EventUnknown is every event that the table does not name. It is handled like
// the others, under the name that came with it.
const EventUnknown EventType = 0xFFFF

// A GuildPath says where in an event's d the id of its guild stands.
type GuildPath uint8

// The places of a guild id.
const (
	GuildPathNone    GuildPath = iota // no guild, or a list of them (READY)
	GuildPathGuildID                  // d.guild_id, which may be absent or null
	GuildPathID                       // d.id
	GuildPathMeta                     // d.meta.guild_id
)

// String returns the path inside d, or nothing for GuildPathNone.
func (p GuildPath) String() string {
	switch p {
	case GuildPathGuildID:
		return "guild_id"
	case GuildPathID:
		return "id"
	case GuildPathMeta:
		return "meta.guild_id"
	}
	return ""
}

// event is a row of the table in events_table.go.
type event struct {
	name    string
	guild   GuildPath
	channel string
	user    string
	intents Intents
}

// EventTypes returns how many events the table has: their numbers are those
// below it. Tables indexed by event number are sized by it.
func EventTypes() int { return len(events) }

// LookupEvent returns the event of that name, upper case as on the wire, or
// EventUnknown. It does not allocate.
func LookupEvent(name []byte) EventType { return lookupEvent(string(name)) }

// ParseEvent is LookupEvent for a string.
func ParseEvent(name string) EventType { return lookupEvent(name) }

func (t EventType) row() event {
	if int(t) < len(events) {
		return events[t]
	}
	return event{guild: GuildPathGuildID}
}

// Known tells whether the table has t.
func (t EventType) Known() bool { return int(t) < len(events) }

// Name returns the name on the wire, or nothing if the table does not know t.
func (t EventType) Name() string { return t.row().name }

// String returns the name, or UNKNOWN.
func (t EventType) String() string {
	if !t.Known() {
		return "UNKNOWN"
	}
	return t.Name()
}

// GuildPath returns where the guild's id stands. An unknown event is assumed
// to have guild_id, as newer events do.
func (t EventType) GuildPath() GuildPath { return t.row().guild }

// ChannelPath returns where the channel's id stands in d, "" when nowhere. A
// trailing ? says that it may be missing or null, [] an array, | alternatives.
func (t EventType) ChannelPath() string { return t.row().channel }

// UserPath returns where the acting user's id stands in d, in the notation of
// ChannelPath.
func (t EventType) UserPath() string { return t.row().user }

// Intents returns the intents that bring the event, any one of which is
// enough for a part of them (guilds, direct messages). Zero: always sent.
func (t EventType) Intents() Intents { return t.row().intents }

// NeedsIntent tells whether the event is sent only to those who asked for it.
func (t EventType) NeedsIntent() bool { return t.Intents() != 0 }

// CarriesContent tells whether fields of the event are left empty without the
// intent MESSAGE_CONTENT.
// See https://docs.discord.com/developers/events/gateway#message-content-intent.
func (t EventType) CarriesContent() bool {
	switch t {
	case EventMessageCreate, EventMessageUpdate, EventAutoModerationActionExecution:
		return true
	}
	return false
}

// IntentsFor derives the intents that bring the given events: every one that
// brings a part of an event, except a privileged one where an ordinary one
// does too. MESSAGE_CONTENT brings no event and is never part of it: see
// EventType.CarriesContent.
func IntentsFor(events []EventType) Intents {
	var all Intents
	for _, t := range events {
		need := t.Intents()
		if ordinary := need &^ IntentsPrivileged; ordinary != 0 {
			need = ordinary
		}
		all |= need
	}
	return all
}

// count returns the number of intents in the set.
func (i Intents) count() int { return bits.OnesCount64(uint64(i)) }
