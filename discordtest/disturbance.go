package discordtest

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gorilla/websocket"

	"github.com/shardhost/shardhost/discord"
)

// disturb sends what a client must live through, or see as the end of its
// stream. It needs the lock.
func (h *hub) disturb(c *conn, f Fault) {
	s := c.session
	switch f.Kind {
	case FaultCorrupt:
		noise := make([]byte, 64)
		for i := range noise {
			noise[i] = byte(c.rng.IntN(256))
		}
		// Behind the codec's back: the streams of both sides part here.
		c.act(func(c *conn) error {
			return c.wire.message(websocket.BinaryMessage, append(noise, 0, 0, 0xFF, 0xFF))
		})
	case FaultHeartbeatRequest:
		c.control(discord.OpHeartbeat, "null")
	case FaultGarbage:
		c.enqueue(item{frame: []byte(pick(c.rng, garbage()))})
	case FaultUnknownOpcode:
		c.control(99, `{"of":"the future"}`)
	}
	if s == nil {
		return
	}
	guilds := slices.DeleteFunc(h.joined(s.shard, s.of), func(g *Guild) bool { return h.membership(g.ID) != MemberPresent })
	switch f.Kind {
	case FaultUnknownEvent:
		d := map[string]any{"of": "the future"}
		var guild discord.GuildID
		if len(guilds) > 0 {
			guild = guilds[0].ID
			d["guild_id"] = guild
		}
		h.answer(s, "QUANTUM_STATE_UPDATE", guild, encode(d))
	case FaultNullData:
		h.answer(s, "USER_UPDATE", 0, []byte("null"))
	case FaultDuplicate:
		last := s.log.entries
		for _, e := range last[max(0, len(last)-f.Events):] {
			c.dispatch(e.seq, e.name, e.d)
		}
	case FaultGap:
		s.seq += int64(f.Events)
	case FaultHuge:
		if len(guilds) > 0 && s.intents.Has(discord.IntentGuilds) {
			h.answer(s, "GUILD_CREATE", guilds[0].ID, h.world.hugeBody(guilds[0], s.intents, s.threshold, f.Events<<20))
		}
	case FaultOutage:
		if !s.intents.Has(discord.IntentGuilds) {
			return
		}
		for _, g := range guilds {
			h.answer(s, "GUILD_DELETE", g.ID, encode(unavailable{true, g.ID}))
		}
		for _, g := range guilds {
			h.answer(s, "GUILD_CREATE", g.ID, h.world.createBody(g, s.intents, s.threshold))
		}
	}
}

// garbage is payloads that no client can use.
func garbage() []string {
	return []string{
		``, ` `, `null`, `[]`, `"text"`, `{`, `}`, `{"op":0`, `{"op":"zero","d":{}}`, `{"op":0,"s":"x","t":7,"d":{}}`, "\x00\xff\xfe",
		`{"t":"MESSAGE_CREATE","s":1,"op":0,"d":{"content":"cut`, `<html><body>502 Bad Gateway</body></html>`, `{"t":"GUILD_CREATE","op":0}`,
	}
}

// hugeBody is a GUILD_CREATE of at least so many bytes: its list of members is
// as long as it takes.
func (w *world) hugeBody(g *Guild, intents discord.Intents, threshold, size int) []byte {
	o, err := parseObject(w.createBody(g, intents, threshold))
	if err != nil {
		panic(fmt.Sprintf("discordtest: a GUILD_CREATE of this package is no JSON: %v", err))
	}
	members := make([]json.RawMessage, 0, size/300)
	for total := 0; total < size; {
		m := g.people[len(members)%len(g.people)].json()
		m.User.ID += discord.UserID(len(members))
		raw := encode(m)
		members = append(members, raw)
		total += len(raw)
	}
	o.put("members", members)
	o.put("member_count", len(members))
	o.put("large", true)
	return encode(o)
}
