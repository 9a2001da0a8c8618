package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/shardhost/shardhost/discord"
)

// MaxCommand is the longest message, in bytes, that a gateway takes. A longer
// one would end the connection with 4002.
// See https://docs.discord.com/developers/events/gateway#sending-events.
const MaxCommand = 4096

// maxNonce is the longest nonce, in bytes, of a member request. Discord drops a
// longer one without a word, and the chunks could not be told apart.
const maxNonce = 32

// Errors of Send that depend on the command alone: sending it again would give
// the same error.
var (
	ErrCommandTooLong = errors.New("gateway: command is too long")
	ErrBadCommand     = errors.New("gateway: command cannot be sent")
)

// An Activity is what a bot shows itself doing.
// See https://docs.discord.com/developers/events/gateway-events#activity-object.
type Activity struct {
	Name  string `json:"name"`
	Type  int    `json:"type"` // 0 playing, 1 streaming, 2 listening, 3 watching, 4 custom, 5 competing
	URL   string `json:"url,omitempty"`
	State string `json:"state,omitempty"`
}

// UpdatePresenceCommand is opcode 3: how the bot appears.
// See https://docs.discord.com/developers/events/gateway-events#update-presence.
type UpdatePresenceCommand struct {
	Since      *int64     `json:"since"` // unix milliseconds since when idle; nil: not idle
	Activities []Activity `json:"activities"`
	Status     string     `json:"status"` // online, dnd, idle, invisible, offline
	AFK        bool       `json:"afk"`
}

// MarshalJSON writes no activities as an empty list: Discord takes no null.
func (c UpdatePresenceCommand) MarshalJSON() ([]byte, error) {
	type plain UpdatePresenceCommand
	if c.Activities == nil {
		c.Activities = []Activity{}
	}
	if c.Status == "" {
		c.Status = "online"
	}
	return encodeJSON(plain(c))
}

// UpdateVoiceStateCommand is opcode 4: join, move or leave a voice channel.
// See https://docs.discord.com/developers/events/gateway-events#update-voice-state.
type UpdateVoiceStateCommand struct {
	GuildID   discord.GuildID    `json:"guild_id"`
	ChannelID *discord.ChannelID `json:"channel_id"` // nil: leave
	SelfMute  bool               `json:"self_mute"`
	SelfDeaf  bool               `json:"self_deaf"`
}

// RequestGuildMembersCommand is opcode 8; GUILD_MEMBERS_CHUNK events answer it.
// It must go to the shard that has the guild.
// See https://docs.discord.com/developers/events/gateway-events#request-guild-members.
type RequestGuildMembersCommand struct {
	GuildID   discord.GuildID  `json:"guild_id"`
	Query     *string          `json:"query,omitempty"` // prefix of a name; "" with Limit 0: all members
	Limit     int              `json:"limit"`           // members, at most 100; 0 with Query "": all
	Presences bool             `json:"presences,omitempty"`
	UserIDs   []discord.UserID `json:"user_ids,omitempty"` // at most 100, instead of Query
	Nonce     string           `json:"nonce,omitempty"`    // at most 32 bytes; comes back with the chunks
}

// RequestSoundboardSoundsCommand is opcode 31; one SOUNDBOARD_SOUNDS a guild
// answers it.
// See https://docs.discord.com/developers/events/gateway-events#request-soundboard-sounds.
type RequestSoundboardSoundsCommand struct {
	GuildIDs []discord.GuildID `json:"guild_ids"`
}

// RequestChannelInfoCommand is opcode 43; CHANNEL_INFO answers it.
// See https://docs.discord.com/developers/events/gateway-events#request-channel-info.
type RequestChannelInfoCommand struct {
	GuildID discord.GuildID `json:"guild_id"`
	Fields  []string        `json:"fields"` // status, voice_start_time
}

// command is a message that is ready to be sent.
type command struct {
	op   discord.Opcode
	text []byte          // {"op":…,"d":…}
	body json.RawMessage // d
}

// newCommand makes the message of a caller's command, after checks that would
// otherwise cost the connection.
func newCommand(op discord.Opcode, payload any) (command, error) {
	switch op {
	case discord.OpPresenceUpdate, discord.OpVoiceStateUpdate, discord.OpRequestGuildMembers,
		discord.OpRequestSoundboardSounds, discord.OpRequestChannelInfo:
	case discord.OpHeartbeat, discord.OpIdentify, discord.OpResume:
		return command{}, fmt.Errorf("%w: %s is sent by the gateway itself", ErrBadCommand, op)
	default:
		return command{}, fmt.Errorf("%w: %s is not one that a bot may send; use 3, 4, 8, 31 or 43", ErrBadCommand, op)
	}
	c, err := encodeCommand(op, payload)
	if err != nil {
		return c, err
	}
	if op == discord.OpRequestGuildMembers {
		return c, checkMemberRequest(c.body)
	}
	return c, nil
}

// encodeCommand writes {"op":…,"d":…} and refuses what is too long or not JSON.
func encodeCommand(op discord.Opcode, payload any) (command, error) {
	d, err := encodeJSON(payload)
	if err != nil {
		return command{}, fmt.Errorf("%w: %s: %v", ErrBadCommand, op, err)
	}
	text := make([]byte, 0, len(d)+20)
	text = fmt.Appendf(text, `{"op":%d,"d":`, int(op))
	start := len(text)
	text = append(text, d...)
	text = append(text, '}')
	if len(text) > MaxCommand {
		return command{}, fmt.Errorf("%w: %s has %d bytes, a gateway takes at most %d: send less in one command", ErrCommandTooLong, op, len(text), MaxCommand)
	}
	return command{op: op, text: text, body: text[start : len(text)-1]}, nil
}

// encodeJSON is json.Marshal without \u003c for <, which costs 5 of 4096 bytes.
func encodeJSON(v any) ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

func checkMemberRequest(body []byte) error {
	var request struct {
		Nonce   string            `json:"nonce"`
		UserIDs []json.RawMessage `json:"user_ids"`
	}
	// Shapes that this struct does not fit (one id instead of a list) are
	// allowed; only what it does read is checked.
	_ = json.Unmarshal(body, &request)
	if len(request.Nonce) > maxNonce {
		return fmt.Errorf("%w: %s: nonce has %d bytes; Discord ignores those longer than %d", ErrBadCommand, discord.OpRequestGuildMembers, len(request.Nonce), maxNonce)
	}
	if len(request.UserIDs) > 100 {
		return fmt.Errorf("%w: %s: %d user ids; Discord answers for at most 100", ErrBadCommand, discord.OpRequestGuildMembers, len(request.UserIDs))
	}
	return nil
}
