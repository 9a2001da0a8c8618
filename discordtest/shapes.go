package discordtest

import (
	"encoding/json"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// The JSON shapes of things, with keys in the order of recorded payloads.

type userJSON struct {
	Username      string         `json:"username"`
	PublicFlags   int            `json:"public_flags"`
	ID            discord.UserID `json:"id"`
	GlobalName    *string        `json:"global_name"`
	DisplayName   *string        `json:"display_name"`
	Discriminator string         `json:"discriminator"`
	Bot           bool           `json:"bot"`
	Avatar        *string        `json:"avatar"`
}

func (u User) json() userJSON {
	return userJSON{
		Username: u.Username, ID: u.ID, GlobalName: textOrNull(u.GlobalName), DisplayName: textOrNull(u.GlobalName),
		Discriminator: "0", Bot: u.Bot, Avatar: textOrNull(u.avatar),
	}
}

type memberJSON struct {
	User                       *userJSON        `json:"user,omitempty"`
	Roles                      []discord.RoleID `json:"roles"`
	PremiumSince               *string          `json:"premium_since"`
	Pending                    bool             `json:"pending"`
	Nick                       *string          `json:"nick"`
	Mute                       bool             `json:"mute"`
	JoinedAt                   string           `json:"joined_at"`
	Flags                      int              `json:"flags"`
	Deaf                       bool             `json:"deaf"`
	CommunicationDisabledUntil *string          `json:"communication_disabled_until"`
	Avatar                     *string          `json:"avatar"`
}

// json is the member with its user.
func (m *member) json() memberJSON {
	j := m.partial()
	u := m.User.json()
	j.User = &u
	return j
}

// partial is the member as it stands beside a user.
func (m *member) partial() memberJSON {
	j := memberJSON{Roles: []discord.RoleID{}, Nick: textOrNull(m.nick), JoinedAt: timestamp(m.joined)}
	if m.role != 0 {
		j.Roles = append(j.Roles, m.role)
	}
	return j
}

type channelJSON struct {
	Version              int                `json:"version"`
	Type                 int                `json:"type"`
	Topic                *string            `json:"topic"`
	RateLimitPerUser     int                `json:"rate_limit_per_user"`
	Position             int                `json:"position"`
	PermissionOverwrites []json.RawMessage  `json:"permission_overwrites"`
	ParentID             *discord.ChannelID `json:"parent_id"`
	Name                 string             `json:"name"`
	LastMessageID        *discord.MessageID `json:"last_message_id"`
	ID                   discord.ChannelID  `json:"id"`
	Flags                int                `json:"flags"`
	GuildID              *discord.GuildID   `json:"guild_id,omitempty"`
	Recipients           []userJSON         `json:"recipients,omitempty"`
}

// json is the channel as REST answers it; inside a GUILD_CREATE it has no
// guild_id.
func (c *Channel) json() channelJSON {
	j := channelJSON{Type: c.Type, Position: c.position, PermissionOverwrites: []json.RawMessage{}, Name: c.Name, ID: c.ID}
	if c.parent != 0 {
		j.ParentID = &c.parent
	}
	if c.GuildID.IsValid() {
		j.GuildID = &c.GuildID
	}
	if c.with != nil {
		j.Recipients = []userJSON{c.with.json()}
	}
	return j
}

type roleJSON struct {
	Version      int            `json:"version"`
	UnicodeEmoji *string        `json:"unicode_emoji"`
	Tags         struct{}       `json:"tags"`
	Position     int            `json:"position"`
	Permissions  string         `json:"permissions"`
	Name         string         `json:"name"`
	Mentionable  bool           `json:"mentionable"`
	Managed      bool           `json:"managed"`
	ID           discord.RoleID `json:"id"`
	Icon         *string        `json:"icon"`
	Hoist        bool           `json:"hoist"`
	Flags        int            `json:"flags"`
	Color        int            `json:"color"`
}

type presenceJSON struct {
	User         idOnly            `json:"user"`
	Status       string            `json:"status"`
	ClientStatus map[string]string `json:"client_status"`
	Activities   []activityJSON    `json:"activities"`
	GuildID      *discord.GuildID  `json:"guild_id,omitempty"`
}

type idOnly struct {
	ID discord.UserID `json:"id"`
}

type activityJSON struct {
	Type       int              `json:"type"`
	Timestamps map[string]int64 `json:"timestamps"`
	Name       string           `json:"name"`
	ID         string           `json:"id"`
	CreatedAt  int64            `json:"created_at"`
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timestamp is Discord's form of a time.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000-07:00") }
