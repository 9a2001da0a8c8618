package discordtest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/shardhost/shardhost/discord"
)

// handle takes one message from a client. A refusal ends the connection.
// See https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway.
func (h *hub) handle(c *conn, data []byte) *refusal {
	h.mu.Lock()
	known, ending := c.session != nil, c.ending
	h.mu.Unlock()
	if ending {
		return nil
	}
	if !c.sends.allow(h.clock.Now()) {
		return &refusal{discord.CloseRateLimited, RuleSendRate, "more than 120 messages in 60 s"}
	}
	if len(data) > payloadLimit {
		return &refusal{discord.CloseDecodeError, RulePayloadSize, fmt.Sprintf("a message of more than %d bytes", payloadLimit)}
	}
	var m struct {
		Op *discord.Opcode `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return &refusal{discord.CloseDecodeError, RulePayload, "a message that is no JSON object with op and d: " + err.Error()}
	}
	if m.Op == nil {
		return &refusal{discord.CloseDecodeError, RulePayload, "a message without op"}
	}
	switch op := *m.Op; op {
	case discord.OpHeartbeat:
		return h.heartbeat(c, m.D)
	case discord.OpIdentify, discord.OpResume:
		switch {
		case known:
			return &refusal{discord.CloseAlreadyAuthenticated, RuleIdentifiedTwice, op.String() + " on an identified connection"}
		case op == discord.OpIdentify:
			return h.identify(c, m.D)
		}
		return h.resumption(c, m.D)
	case discord.OpPresenceUpdate, discord.OpVoiceStateUpdate, discord.OpRequestGuildMembers, discord.OpRequestSoundboardSounds, discord.OpRequestChannelInfo:
		if !known {
			return &refusal{discord.CloseNotAuthenticated, RuleNotIdentified, op.String() + " before IDENTIFY or RESUME"}
		}
		return h.command(c, op, m.D)
	default:
		return &refusal{discord.CloseUnknownOpcode, RuleOpcode, op.String()}
	}
}

// heartbeat acknowledges a beat and forgets what it says was received.
func (h *hub) heartbeat(c *conn, d json.RawMessage) *refusal {
	var seq *int64
	if len(d) > 0 {
		if err := json.Unmarshal(d, &seq); err != nil {
			return &refusal{discord.CloseDecodeError, RulePayload, "a heartbeat whose d is no number and not null"}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.beats == 0 {
		c.firstBeat = h.clock.Now().Sub(c.opened)
	}
	c.beats++
	h.awaitBeat(c)
	if c.muted {
		return nil
	}
	if s := c.session; s != nil && seq != nil {
		switch {
		case *seq > s.seq || *seq < 0:
			h.rec.violate(c.violation(RuleHeartbeatSequence, fmt.Sprintf("a heartbeat with sequence %d, the session is at %d", *seq, s.seq)))
		case *seq < s.acked:
			h.rec.violate(c.violation(RuleHeartbeatSequence, fmt.Sprintf("a heartbeat with sequence %d after one with %d", *seq, s.acked)))
		default:
			s.acked = *seq
			s.log.drop(*seq)
		}
	}
	c.control(discord.OpHeartbeatAck, "null")
	h.rec.beat(c.session, seq)
	return nil
}

// identify begins a session, if limits and checks allow it.
func (h *hub) identify(c *conn, d json.RawMessage) *refusal {
	id, minor, r := parseIdentify(d, h.opts, h.tokenOK)
	h.mu.Lock()
	for _, v := range minor {
		h.rec.violate(c.violation(v.Rule, v.Detail))
	}
	if r != nil {
		h.mu.Unlock()
		return r
	}
	rule, detail := h.governor.allow(id.shard, h.clock.Now())
	if rule != RuleIdentifyBudget {
		h.rec.count(func(s *Stats) { s.Identifies++ })
	}
	if rule != "" {
		h.rec.violate(c.violation(rule, detail))
		if rule == RuleIdentifyBudget && h.opts.TokenReset {
			h.resetToken()
			h.mu.Unlock()
			return nil
		}
		c.control(discord.OpInvalidSession, "false")
		h.mu.Unlock()
		return nil
	}
	most := h.opts.MaxGuildsPerShard
	h.mu.Unlock()
	if n := len(h.world.onShard(id.shard, id.of)); n > most {
		return &refusal{discord.CloseShardingRequired, RuleShard, fmt.Sprintf("shard %d of %d has %d guilds: at most %d", id.shard, id.of, n, most)}
	}
	if plain, ok := c.codec.(*plainCodec); ok && id.compress {
		c.act(func(*conn) error { plain.payloads = true; return nil })
	}
	if h.strike(c, AtIdentify, id.shard) {
		return nil
	}
	h.begin(c, id)
	h.strike(c, AtReady, id.shard)
	return nil
}

// resetToken does what Discord does when a bot identifies too often: all
// sessions end, and the token is worth nothing any more. It needs the lock.
func (h *hub) resetToken() {
	h.tokenGone = true
	for c := range h.conns {
		h.close(c, discord.CloseAuthenticationFailed)
	}
	for _, s := range h.sessions {
		h.end(s)
	}
}

// resumption takes a session up again.
func (h *hub) resumption(c *conn, d json.RawMessage) *refusal {
	var j struct {
		Token     *string `json:"token"`
		SessionID *string `json:"session_id"`
		Seq       *int64  `json:"seq"`
	}
	if err := json.Unmarshal(d, &j); err != nil {
		return &refusal{discord.CloseDecodeError, RulePayload, "RESUME: " + err.Error()}
	}
	if j.Token == nil || !h.tokenOK(unprefixed(*j.Token)) {
		return &refusal{discord.CloseAuthenticationFailed, RuleToken, "RESUME with a wrong token"}
	}
	if j.SessionID == nil || j.Seq == nil {
		return &refusal{discord.CloseDecodeError, RulePayload, "RESUME without session_id or seq"}
	}
	if h.opts.ResumeListen != "" && !c.resumeURL {
		h.violate(c, RuleResumeURL, "RESUME did not come to the address of resume_gateway_url")
	}
	if h.strikeResume(c, *j.SessionID) {
		return nil
	}
	code, ok := h.resume(c, *j.SessionID, *j.Seq)
	switch {
	case ok && code != 0:
		h.mu.Lock()
		h.close(c, code)
		h.mu.Unlock()
	case !ok:
		c.control(discord.OpInvalidSession, "false")
	default:
		h.strike(c, AtResumed, h.shardOf(*j.SessionID))
	}
	return nil
}

// shardOf is the shard of a session, -1 when there is no such session.
func (h *hub) shardOf(id string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sessions[id]; s != nil {
		return s.shard
	}
	return -1
}

// snowflakes are ids as clients send them: strings, or numbers.
type snowflakes []discord.Snowflake

// UnmarshalJSON takes one id too.
func (s *snowflakes) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return json.Unmarshal(b, (*[]discord.Snowflake)(s))
	}
	var one discord.Snowflake
	if err := json.Unmarshal(b, &one); err != nil {
		return err
	}
	*s = snowflakes{one}
	return nil
}

// ownGuild finds a guild of the session's shard. It needs the lock.
func (h *hub) ownGuild(c *conn, op discord.Opcode, id discord.Snowflake) *Guild {
	s, g := c.session, h.world.byID[discord.GuildID(id)]
	switch {
	case g == nil:
		h.rec.violate(c.violation(RuleWrongShard, fmt.Sprintf("%s for guild %s, which does not exist", op, strconv.FormatUint(uint64(id), 10))))
		return nil
	case g.Shard(s.of) != s.shard:
		h.rec.violate(c.violation(RuleWrongShard, fmt.Sprintf("%s for guild %s on shard %d: it belongs to shard %d", op, g.ID, s.shard, g.Shard(s.of))))
		return nil
	}
	return g
}
