package discordtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// command carries out what an identified client asks for.
func (h *hub) command(c *conn, op discord.Opcode, d json.RawMessage) *refusal {
	var err error
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.session == nil {
		return nil // it ended meanwhile
	}
	switch op {
	case discord.OpPresenceUpdate:
		err = h.setPresence(c, d)
	case discord.OpVoiceStateUpdate:
		err = h.setVoice(c, d)
	case discord.OpRequestGuildMembers:
		err = h.listMembers(c, d)
	case discord.OpRequestSoundboardSounds:
		err = h.listSounds(c, d)
	case discord.OpRequestChannelInfo:
		err = h.channelInfo(c, d)
	}
	if err != nil {
		return &refusal{discord.CloseDecodeError, RulePayload, op.String() + ": " + err.Error()}
	}
	return nil
}

// setPresence checks a presence update, and drops it when there were five in
// the last 20 seconds.
func (h *hub) setPresence(c *conn, d json.RawMessage) error {
	var j struct {
		Since      *int64            `json:"since"`
		Activities []json.RawMessage `json:"activities"`
		Status     string            `json:"status"`
		AFK        bool              `json:"afk"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return err
	}
	switch j.Status {
	case "online", "dnd", "idle", "invisible", "offline":
	default:
		return fmt.Errorf("%q is not a status", j.Status)
	}
	if !c.presences.allow(h.clock.Now()) {
		h.rec.violate(c.violation(RulePresenceRate, "more than 5 presence updates in 20 s"))
		return nil
	}
	c.presence = j.Status
	return nil
}

// setVoice lets the bot enter or leave a voice channel.
func (h *hub) setVoice(c *conn, d json.RawMessage) error {
	var j struct {
		Guild    discord.Snowflake  `json:"guild_id"`
		Channel  *discord.ChannelID `json:"channel_id"`
		SelfMute bool               `json:"self_mute"`
		SelfDeaf bool               `json:"self_deaf"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return err
	}
	g := h.ownGuild(c, discord.OpVoiceStateUpdate, j.Guild)
	if g == nil {
		return nil
	}
	if j.Channel != nil && !j.Channel.IsValid() {
		j.Channel = nil
	}
	s := c.session
	state := newEvent("VOICE_STATE_UPDATE", g.ID, encode(map[string]any{
		"guild_id": g.ID, "channel_id": j.Channel, "user_id": h.world.bot.ID, "member": g.me().json(), "session_id": s.id,
		"self_mute": j.SelfMute, "self_deaf": j.SelfDeaf, "mute": false, "deaf": false, "self_video": false, "suppress": false,
		"request_to_speak_timestamp": nil,
	}))
	state.own = true
	if state.wanted(s.intents) {
		h.answer(s, state.name, g.ID, state.d)
	}
	if j.Channel != nil {
		h.answer(s, "VOICE_SERVER_UPDATE", g.ID, encode(map[string]any{
			"token": "voice-" + s.id[:8], "guild_id": g.ID, "endpoint": "voice.example.com:2048",
		}))
	}
	return nil
}

const (
	memberChunk  = 1000
	memberAnswer = 100 // of a query or a list of ids
	listEvery    = 30 * time.Second
)

// listMembers answers a member request in chunks.
// See https://docs.discord.com/developers/events/gateway-events#request-guild-members.
func (h *hub) listMembers(c *conn, d json.RawMessage) error {
	var j struct {
		Guild     discord.Snowflake `json:"guild_id"`
		Query     *string           `json:"query"`
		Limit     int               `json:"limit"`
		Presences bool              `json:"presences"`
		Users     snowflakes        `json:"user_ids"`
		Nonce     string            `json:"nonce"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return err
	}
	if (j.Query == nil) == (j.Users == nil) {
		return fmt.Errorf("exactly one of query and user_ids is needed")
	}
	g := h.ownGuild(c, discord.OpRequestGuildMembers, j.Guild)
	if g == nil {
		return nil
	}
	s := c.session
	if len(j.Nonce) > 32 {
		h.rec.violate(c.violation(RuleNonce, fmt.Sprintf("a member request with a nonce of %d bytes: at most 32", len(j.Nonce))))
		j.Nonce = ""
	}
	all := j.Query != nil && *j.Query == "" && j.Limit == 0
	if all {
		now := h.clock.Now()
		if last, asked := h.listsAsked[g.ID]; asked && now.Sub(last) < listEvery {
			h.rec.violate(c.violation(RuleMembersRate, "the full member list of guild "+g.ID.String()+" twice in 30 s"))
			h.limitMembers(s, g, j.Nonce, listEvery-now.Sub(last))
			return nil
		}
		if !s.intents.Has(discord.IntentGuildMembers) {
			h.rec.violate(c.violation(RuleIntents, "the full member list without the intent GUILD_MEMBERS"))
			return nil
		}
		h.listsAsked[g.ID] = now
	}
	found, missing := g.search(j.Query, j.Limit, j.Users, all)
	h.sendMembers(s, g, found, missing, j.Presences && s.intents.Has(discord.IntentGuildPresences), j.Nonce)
	return nil
}

// search finds members by prefix or id, and the ids that nobody has.
func (g *Guild) search(query *string, limit int, ids []discord.Snowflake, all bool) (found []*member, missing []discord.Snowflake) {
	if query == nil {
		for _, id := range ids[:min(len(ids), memberAnswer)] {
			if m := g.find(discord.UserID(id)); m != nil {
				found = append(found, m)
			} else {
				missing = append(missing, id)
			}
		}
		return found, missing
	}
	if limit <= 0 || limit > memberAnswer {
		limit = memberAnswer
	}
	prefix := strings.ToLower(*query)
	for i := range g.people {
		m := &g.people[i]
		if all || len(found) < limit && (strings.HasPrefix(m.Username, prefix) || strings.HasPrefix(strings.ToLower(m.nick), prefix)) {
			found = append(found, m)
		}
	}
	return found, nil
}

type chunkJSON struct {
	NotFound   []discord.Snowflake `json:"not_found,omitempty"`
	Presences  []presenceJSON      `json:"presences,omitempty"`
	Nonce      string              `json:"nonce,omitempty"`
	Members    []memberJSON        `json:"members"`
	GuildID    discord.GuildID     `json:"guild_id"`
	ChunkIndex int                 `json:"chunk_index"`
	ChunkCount int                 `json:"chunk_count"`
}

func (h *hub) sendMembers(s *session, g *Guild, found []*member, missing []discord.Snowflake, presences bool, nonce string) {
	count := max(1, (len(found)+memberChunk-1)/memberChunk)
	for i := range count {
		chunk := chunkJSON{Nonce: nonce, Members: []memberJSON{}, GuildID: g.ID, ChunkIndex: i, ChunkCount: count}
		if i == 0 {
			chunk.NotFound = missing
		}
		for _, m := range found[i*memberChunk : min(len(found), (i+1)*memberChunk)] {
			chunk.Members = append(chunk.Members, m.json())
			if presences && m.online {
				chunk.Presences = append(chunk.Presences, g.presence(m))
			}
		}
		h.answer(s, "GUILD_MEMBERS_CHUNK", g.ID, encode(chunk))
	}
}

// limitMembers says when the member list may be asked for again.
func (h *hub) limitMembers(s *session, g *Guild, nonce string, after time.Duration) {
	meta := map[string]any{"guild_id": g.ID}
	if nonce != "" {
		meta["nonce"] = nonce
	}
	h.answer(s, "RATE_LIMITED", g.ID, encode(map[string]any{
		"opcode": discord.OpRequestGuildMembers, "retry_after": after.Round(time.Millisecond).Seconds(), "meta": meta,
	}))
}

// listSounds answers with the soundboard of each guild.
func (h *hub) listSounds(c *conn, d json.RawMessage) error {
	var j struct {
		Guilds snowflakes `json:"guild_ids"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return err
	}
	for _, id := range j.Guilds {
		if g := h.ownGuild(c, discord.OpRequestSoundboardSounds, id); g != nil {
			h.answer(c.session, "SOUNDBOARD_SOUNDS", g.ID, encode(map[string]any{"guild_id": g.ID, "soundboard_sounds": []any{map[string]any{
				"name": "quack", "sound_id": "1", "volume": 1.0, "emoji_id": nil, "emoji_name": "🦆", "available": true,
			}}}))
		}
	}
	return nil
}

// channelInfo answers with the state of a guild's voice channels.
func (h *hub) channelInfo(c *conn, d json.RawMessage) error {
	var j struct {
		Guild  discord.Snowflake `json:"guild_id"`
		Fields []string          `json:"fields"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return err
	}
	g := h.ownGuild(c, discord.OpRequestChannelInfo, j.Guild)
	if g == nil {
		return nil
	}
	channels := []map[string]any{}
	for _, ch := range g.Channels {
		if ch.Type != 2 {
			continue
		}
		info := map[string]any{"id": ch.ID}
		for _, f := range j.Fields {
			if f == "status" || f == "voice_start_time" {
				info[f] = nil
			}
		}
		channels = append(channels, info)
	}
	h.answer(c.session, "CHANNEL_INFO", g.ID, encode(map[string]any{"guild_id": g.ID, "channels": channels}))
	return nil
}
