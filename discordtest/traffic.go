package discordtest

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// traffic makes what happens in guilds: many small events, most of them
// messages, in the proportions of a busy bot.
type traffic struct {
	server *Server
	rng    *rand.Rand
	lines  []utterance // what people say
	embeds json.RawMessage
	guilds []*quarter
}

// utterance is something that people say.
type utterance struct {
	text string
	json json.RawMessage
}

func utter(text string) utterance { return utterance{text, encode(text)} }

// quarter is the prepared events of one guild.
type quarter struct {
	guild    *Guild
	channels []discord.ChannelID
	speakers []*speaker // nil until they say something
}

// speaker is one person with their events, cut where they differ.
type speaker struct {
	user      User
	message   *stencil // id, nonce, channel, timestamp, embeds, content
	reply     *stencil // the same
	typing    *stencil // channel, seconds
	reaction  *stencil // message, channel
	member    []byte
	voice     []byte
	presences [][]byte
}

// Marks that stand for ids, times and texts until a stencil is cut.
const (
	markID      = 9100000000000000001
	markChannel = 9100000000000000002
	markNonce   = `"@nonce@"`
	markEmbeds  = `["@embeds@"]`
	markText    = `"@text@"`
)

func mark(id uint64) string { return strconv.FormatUint(id, 10) }

// speakers bounds how many people are prepared, over all guilds; a guild has
// at least two of them and at most eight.
const speakers = 4000

func newTraffic(s *Server, seed uint64) *traffic {
	t := &traffic{server: s, rng: rand.New(rand.NewPCG(seed, 0x74726166666963))}
	for _, line := range strings.Split(chatter, "|") {
		t.lines = append(t.lines, utter(strings.TrimSpace(line)))
	}
	t.lines = append(t.lines, utter(strings.Repeat("a longer message that tells a story at some length. ", 12)))
	t.embeds = encode([]any{map[string]any{
		"type": "rich", "title": "Release 1.4", "description": strings.Repeat("what has changed, line by line. ", 12), "color": 0x5865F2,
		"url": "https://example.com/releases/1.4", "author": map[string]string{"name": "ci", "url": "https://example.com"},
		"fields": []any{
			map[string]any{"name": "commit", "value": "0123456789abcdef", "inline": true},
			map[string]any{"name": "tests", "value": "1422 passed", "inline": true},
		},
		"footer": map[string]string{"text": "build 4711"},
	}})
	for _, g := range s.world.guilds {
		t.guilds = append(t.guilds, t.quarter(g))
	}
	return t
}

func (t *traffic) quarter(g *Guild) *quarter {
	q := &quarter{guild: g}
	for _, ch := range g.Channels {
		if ch.Type == 0 {
			q.channels = append(q.channels, ch.ID)
		}
	}
	n := min(max(speakers/len(t.server.world.guilds), 2), 8)
	q.speakers = make([]*speaker, min(n, g.Members-1))
	return q
}

// speaks picks somebody of a guild.
func (t *traffic) speaks(q *quarter) *speaker {
	i := t.rng.IntN(len(q.speakers))
	if q.speakers[i] == nil {
		q.speakers[i] = t.speaker(q.guild, q.guild.someone(t.rng))
	}
	return q.speakers[i]
}

func (t *traffic) speaker(g *Guild, m *member) *speaker {
	partial := m.partial()
	message := Message{
		ID: markID, ChannelID: markChannel, GuildID: g.ID, Author: m.User, Content: "@text@", Nonce: json.RawMessage(markNonce),
		Embeds: json.RawMessage(markEmbeds), member: &partial,
	}
	at := timestamp(message.Time())
	cut := func(m *Message) *stencil {
		return newStencil(m.event(), mark(markID), markNonce, mark(markChannel), at, markEmbeds, markText)
	}
	sp := &speaker{user: m.User, message: cut(&message)}
	// A reply carries the message it answers, whose ids are not its own.
	other := Message{ID: message.ID - 1<<40, ChannelID: g.General(), GuildID: g.ID, Author: g.owner().User, Content: "the question"}
	message.Type, message.Reference, message.referenced = 19, other.ID, other.event()
	sp.reply = newStencil(replaceReference(message.event()), mark(markID), markNonce, mark(markChannel), at, markEmbeds, markText)

	var typing object
	typing.put("user_id", m.ID)
	typing.put("timestamp", 9100000001)
	typing.put("member", m.json())
	typing.put("channel_id", discord.ChannelID(markChannel))
	typing.put("guild_id", g.ID)
	sp.typing = newStencil(encode(typing), mark(markChannel), "9100000001")

	var react object
	react.put("user_id", m.ID)
	react.put("type", 0)
	react.put("message_id", discord.MessageID(markID))
	react.put("message_author_id", g.owner().ID)
	react.put("member", m.json())
	react.put("emoji", emoji(pick(t.rng, []string{"👍", "🎉", "blob:204255221017214977"})))
	react.put("channel_id", discord.ChannelID(markChannel))
	react.put("burst", false)
	react.put("guild_id", g.ID)
	sp.reaction = newStencil(encode(react), mark(markID), mark(markChannel))

	sp.member = encode(struct {
		memberJSON
		GuildID discord.GuildID `json:"guild_id"`
	}{m.json(), g.ID})
	sp.voice = encode(map[string]any{
		"guild_id": g.ID, "channel_id": nil, "user_id": m.ID, "member": m.json(), "session_id": hash(t.rng), "self_mute": false,
		"self_deaf": false, "mute": false, "deaf": false, "self_video": false, "suppress": false, "request_to_speak_timestamp": nil,
	})
	for _, status := range []string{"online", "idle", "dnd", "offline"} {
		p := g.presence(m)
		p.Status, p.GuildID = status, &g.ID
		sp.presences = append(sp.presences, encode(p))
	}
	return sp
}

// replaceReference gives the reference of a prepared reply the guild's channel
// instead of the mark, which may stand only once.
func replaceReference(d []byte) []byte {
	o := mustObject(d)
	ref := mustObject(o.get("message_reference"))
	ref.set("channel_id", mustObject(o.get("referenced_message")).get("channel_id"))
	o.put("message_reference", ref)
	return encode(o)
}

// next makes one event.
func (t *traffic) next(now time.Time) *event {
	q := pick(t.rng, t.guilds)
	sp := t.speaks(q)
	channel := pick(t.rng, q.channels)
	var name string
	var d []byte
	switch n := t.rng.IntN(1000); {
	case n < 550:
		name, d = "MESSAGE_CREATE", t.message(q.guild, sp, channel)
	case n < 800:
		name, d = "PRESENCE_UPDATE", pick(t.rng, sp.presences)
	case n < 950:
		name, d = "TYPING_START", sp.typing.fill(digits(uint64(channel)), digits(uint64(now.Unix())))
	case n < 985:
		name, d = "MESSAGE_REACTION_ADD", sp.reaction.fill(digits(uint64(t.server.mint.next())), digits(uint64(channel)))
	case n < 993:
		name, d = "GUILD_MEMBER_UPDATE", sp.member
	default:
		name, d = "VOICE_STATE_UPDATE", sp.voice
	}
	return newEvent(name, q.guild.ID, d)
}

func (t *traffic) message(g *Guild, sp *speaker, channel discord.ChannelID) []byte {
	id := t.server.mint.next()
	line := pick(t.rng, t.lines)
	embeds := json.RawMessage("[]")
	form := sp.message
	switch t.rng.IntN(10) {
	case 0:
		embeds = t.embeds
	case 1:
		form = sp.reply
	}
	t.server.history.pass(&Message{
		ID: discord.MessageID(id), ChannelID: channel, GuildID: g.ID, Author: sp.user, Content: line.text, Embeds: embeds,
	})
	text := digits(uint64(id))
	return form.fill(text, append(append([]byte{'"'}, text...), '"'), digits(uint64(channel)), []byte(timestamp(id.Time())), embeds, line.json)
}

func digits(n uint64) []byte { return strconv.AppendUint(nil, n, 10) }
