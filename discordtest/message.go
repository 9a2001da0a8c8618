package discordtest

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A Message stands in a channel. Its JSON form is Discord's.
type Message struct {
	ID        discord.MessageID
	ChannelID discord.ChannelID
	GuildID   discord.GuildID // 0: a direct message
	Author    User
	Content   string
	Edited    time.Time         // zero: never
	Embeds    json.RawMessage   // array, never nil
	Nonce     json.RawMessage   // as the creator gave it; nil: none
	Reference discord.MessageID // the message it answers; 0: none

	Attachments json.RawMessage // array, never nil
	Components  json.RawMessage // array, never nil
	Poll        json.RawMessage // nil: none
	Flags       int
	Type        int // 0 ordinary, 19 reply, 20 answer to a slash command

	TTS         bool
	mentions    []User
	everyone    bool
	roles       []discord.RoleID
	member      *memberJSON // the author's membership
	referenced  json.RawMessage
	interaction json.RawMessage
	reactions   []reaction
}

// reaction is an emoji under a message, and who put it there.
type reaction struct {
	emoji string
	users []discord.UserID
}

type referenceJSON struct {
	Type      int               `json:"type"`
	MessageID discord.MessageID `json:"message_id"`
	GuildID   *discord.GuildID  `json:"guild_id,omitempty"`
	ChannelID discord.ChannelID `json:"channel_id"`
}

type messageJSON struct {
	Type            int               `json:"type"`
	TTS             bool              `json:"tts"`
	Timestamp       string            `json:"timestamp"`
	Pinned          bool              `json:"pinned"`
	Poll            json.RawMessage   `json:"poll,omitempty"`
	Nonce           json.RawMessage   `json:"nonce,omitempty"`
	Reference       *referenceJSON    `json:"message_reference,omitempty"`
	Referenced      json.RawMessage   `json:"referenced_message,omitempty"`
	Interaction     json.RawMessage   `json:"interaction_metadata,omitempty"`
	Mentions        []userJSON        `json:"mentions"`
	MentionRoles    []discord.RoleID  `json:"mention_roles"`
	MentionEveryone bool              `json:"mention_everyone"`
	Member          *memberJSON       `json:"member,omitempty"`
	ID              discord.MessageID `json:"id"`
	Flags           int               `json:"flags"`
	Embeds          json.RawMessage   `json:"embeds"`
	EditedTimestamp *string           `json:"edited_timestamp"`
	Content         string            `json:"content"`
	Components      json.RawMessage   `json:"components"`
	ChannelID       discord.ChannelID `json:"channel_id"`
	Author          userJSON          `json:"author"`
	Attachments     json.RawMessage   `json:"attachments"`
	GuildID         *discord.GuildID  `json:"guild_id,omitempty"`
	Reactions       []reactionJSON    `json:"reactions,omitempty"`
}

type reactionJSON struct {
	Count int       `json:"count"`
	Me    bool      `json:"me"`
	Emoji emojiJSON `json:"emoji"`
}

type emojiJSON struct {
	ID   *string `json:"id"`
	Name string  `json:"name"`
}

// emoji makes the object of an emoji as it stands in a URL: a character, or
// name:id.
func emoji(s string) emojiJSON {
	if name, id, custom := strings.Cut(s, ":"); custom {
		return emojiJSON{ID: &id, Name: name}
	}
	return emojiJSON{Name: s}
}

// Time is when the message was made.
func (m *Message) Time() time.Time { return m.ID.Time() }

// MarshalJSON writes the message as REST answers it: without guild_id and the
// author's membership, which only events have.
func (m Message) MarshalJSON() ([]byte, error) {
	j := m.json()
	j.Member, j.GuildID = nil, nil
	return encode(j), nil
}

// event is the d of the message's MESSAGE_CREATE or MESSAGE_UPDATE.
func (m *Message) event() []byte { return encode(m.json()) }

func (m *Message) json() messageJSON {
	j := messageJSON{
		Type: m.Type, TTS: m.TTS, Timestamp: timestamp(m.Time()), Poll: m.Poll, Nonce: m.Nonce,
		Referenced: m.referenced, Interaction: m.interaction, Mentions: []userJSON{}, MentionRoles: m.roles, MentionEveryone: m.everyone,
		Member: m.member, ID: m.ID, Flags: m.Flags, Embeds: list(m.Embeds), Content: m.Content, Components: list(m.Components),
		ChannelID: m.ChannelID, Author: m.Author.json(), Attachments: list(m.Attachments),
	}
	if j.MentionRoles == nil {
		j.MentionRoles = []discord.RoleID{}
	}
	for _, u := range m.mentions {
		j.Mentions = append(j.Mentions, u.json())
	}
	if m.GuildID.IsValid() {
		j.GuildID = &m.GuildID
	}
	if m.Reference != 0 {
		j.Reference = &referenceJSON{MessageID: m.Reference, ChannelID: m.ChannelID, GuildID: j.GuildID}
	}
	if !m.Edited.IsZero() {
		at := timestamp(m.Edited)
		j.EditedTimestamp = &at
	}
	for _, r := range m.reactions {
		j.Reactions = append(j.Reactions, reactionJSON{Count: len(r.users), Emoji: emoji(r.emoji)})
	}
	return j
}

// list returns an array, the empty one for nil.
func list(raw json.RawMessage) json.RawMessage {
	if raw == nil {
		return json.RawMessage("[]")
	}
	return raw
}

// mention fills in what the content mentions: <@id> and <@!id> of people, the
// bot included, <@&id> of roles, @everyone and @here.
func (m *Message) mention(w *world, g *Guild) {
	m.mentions, m.roles = nil, nil
	m.everyone = strings.Contains(m.Content, "@everyone") || strings.Contains(m.Content, "@here")
	for rest := m.Content; ; {
		_, after, found := strings.Cut(rest, "<@")
		if !found {
			return
		}
		rest = after
		text, _, closed := strings.Cut(after, ">")
		if !closed {
			return
		}
		if digits, isRole := strings.CutPrefix(text, "&"); isRole {
			if id, err := discord.ParseSnowflake(digits); err == nil && g != nil && g.hasRole(discord.RoleID(id)) {
				m.roles = append(m.roles, discord.RoleID(id))
			}
			continue
		}
		id, err := discord.ParseSnowflake(strings.TrimPrefix(text, "!"))
		if err != nil {
			continue
		}
		if u := w.person(g, discord.UserID(id)); u != nil && !slices.ContainsFunc(m.mentions, func(o User) bool { return o.ID == u.ID }) {
			m.mentions = append(m.mentions, *u)
		}
	}
}

// person finds a user by id: the bot, or a member of the guild, if any.
func (w *world) person(g *Guild, id discord.UserID) *User {
	if id == w.bot.ID {
		return &w.bot
	}
	if g == nil {
		return nil
	}
	if m := g.find(id); m != nil {
		return &m.User
	}
	return nil
}

func (g *Guild) hasRole(id discord.RoleID) bool {
	return slices.ContainsFunc(g.roles, func(r role) bool { return r.ID == id })
}
