package discordtest

import (
	"bytes"
	"strconv"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// event is one thing that happened in the world. It becomes one dispatch on
// every session that is to have it; d is marshalled once for all.
type event struct {
	number uint64 // counts events of this server, from 1
	typ    discord.EventType
	name   string
	guild  discord.GuildID // 0: none, to shard 0
	at     time.Time
	d      []byte
	bare   []byte // d without content, for sessions without MESSAGE_CONTENT; nil until needed

	own bool // about the bot itself: some intents are not needed then
}

func newEvent(name string, guild discord.GuildID, d []byte) *event {
	return &event{typ: discord.ParseEvent(name), name: name, guild: guild, d: d}
}

// regard notes whether the event is about the bot itself.
func (e *event) regard(bot discord.UserID) {
	switch e.typ {
	case discord.EventGuildMemberUpdate, discord.EventThreadMembersUpdate:
		e.own = e.own || bytes.Contains(e.d, []byte(`"`+bot.String()+`"`))
	}
}

// route is the guild whose shard gets the event.
func (e *event) route() discord.GuildID {
	switch e.typ {
	case discord.EventEntitlementCreate, discord.EventEntitlementUpdate, discord.EventEntitlementDelete:
		return 0 // to shard 0 even when guild_id is set
	}
	return e.guild
}

// need is the set of intents of which a session must have one; 0: any session
// gets the event.
func (e *event) need() discord.Intents {
	const direct = discord.IntentDirectMessages | discord.IntentDirectMessageReactions | discord.IntentDirectMessageTyping | discord.IntentDirectMessagePolls
	need := e.typ.Intents()
	switch e.typ {
	case discord.EventGuildMemberUpdate:
		if e.own {
			return 0
		}
	case discord.EventThreadMembersUpdate:
		if e.own {
			return discord.IntentGuilds
		}
		return discord.IntentGuildMembers
	}
	switch {
	case need == 0:
		return 0
	case e.guild.IsValid():
		return need &^ direct
	case need&direct != 0:
		return need & direct
	}
	return need
}

// wanted tells whether a session with these intents gets the event.
func (e *event) wanted(intents discord.Intents) bool {
	need := e.need()
	return need == 0 || need&intents != 0
}

// body is d as a session with these intents gets it.
func (e *event) body(intents discord.Intents, bot discord.UserID) []byte {
	if intents.Has(discord.IntentMessageContent) || !e.typ.CarriesContent() {
		return e.d
	}
	if e.bare == nil {
		e.bare = e.d
		if !e.open(bot) {
			e.bare = withoutContent(e.d, e.typ)
		}
	}
	return e.bare
}

// open tells whether the content may be seen without MESSAGE_CONTENT: the
// bot's own messages, direct ones, and those that mention it.
// See https://docs.discord.com/developers/events/gateway#message-content-intent.
func (e *event) open(bot discord.UserID) bool {
	if e.typ == discord.EventAutoModerationActionExecution {
		return false
	}
	if !e.guild.IsValid() {
		return true
	}
	o, err := parseObject(e.d)
	if err != nil {
		return false
	}
	id := []byte(`"id":"` + bot.String() + `"`)
	return bytes.Contains(o.get("mentions"), id) || bytes.Contains(o.get("author"), id)
}

// withoutContent empties the fields that MESSAGE_CONTENT protects.
func withoutContent(d []byte, t discord.EventType) []byte {
	o, err := parseObject(d)
	if err != nil {
		return d
	}
	empty := map[string]string{"content": `""`, "embeds": `[]`, "attachments": `[]`, "components": `[]`}
	if t == discord.EventAutoModerationActionExecution {
		empty = map[string]string{"content": `""`, "matched_content": `""`}
	}
	for key, value := range empty {
		if o.get(key) != nil {
			o.set(key, []byte(value))
		}
	}
	o.drop("poll")
	return encode(o)
}

// appendDispatch writes the frame of a dispatch, in the order of keys that
// recorded frames have.
func appendDispatch(b []byte, name string, seq int64, d []byte) []byte {
	b = append(b, `{"t":"`...)
	b = append(b, name...)
	b = append(b, `","s":`...)
	b = strconv.AppendInt(b, seq, 10)
	b = append(b, `,"op":0,"d":`...)
	b = append(b, d...)
	return append(b, '}')
}

// control is the frame of any other opcode.
func control(op discord.Opcode, d string) []byte {
	return []byte(`{"t":null,"s":null,"op":` + strconv.Itoa(int(op)) + `,"d":` + d + `}`)
}
