package discordtest

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/shardhost/shardhost/discord"
)

// A Membership is how the bot stands to a guild.
type Membership string

// What the bot may be to a guild. At the start it is in all of them.
const (
	MemberPresent     Membership = "present"
	MemberLeft        Membership = "left"        // removed: nothing comes from the guild
	MemberUnavailable Membership = "unavailable" // in it, but an outage keeps it away
)

// SetGuild lets the bot join a guild, be removed from it, or lose it to an
// outage, while sessions run and for those that begin later: GUILD_CREATE or
// GUILD_DELETE tells them. Of a guild that is not present no events come, and
// REST knows none that was left.
// See https://docs.discord.com/developers/events/gateway#guild-availability.
func (s *Server) SetGuild(id discord.GuildID, m Membership) error {
	g := s.world.byID[id]
	if g == nil {
		return fmt.Errorf("discordtest: there is no guild %s", id)
	}
	switch m {
	case MemberPresent, MemberLeft, MemberUnavailable:
		s.hub.setGuild(g, m)
		return nil
	}
	return fmt.Errorf("discordtest: state %q is not known: %s, %s or %s", m, MemberPresent, MemberLeft, MemberUnavailable)
}

// Membership returns how the bot stands to a guild.
func (s *Server) Membership(id discord.GuildID) Membership {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	return s.hub.membership(id)
}

// membership needs the lock.
func (h *hub) membership(id discord.GuildID) Membership {
	if m, ok := h.away[id]; ok {
		return m
	}
	return MemberPresent
}

func (h *hub) setGuild(g *Guild, m Membership) {
	h.mu.Lock()
	defer h.mu.Unlock()
	was := h.membership(g.ID)
	if was == m {
		return
	}
	h.away[g.ID] = m
	if m == MemberPresent {
		delete(h.away, g.ID)
	}
	h.events++
	now := h.clock.Now()
	for _, gen := range h.generations {
		for _, s := range gen.shards[g.Shard(gen.of)] {
			if !s.intents.Has(discord.IntentGuilds) {
				continue
			}
			e := h.membershipEvent(s, g, was, m)
			e.number, e.at = h.events, now
			h.push(s, e)
		}
	}
}

// membershipEvent is what a session is told.
func (h *hub) membershipEvent(s *session, g *Guild, was, is Membership) *event {
	switch {
	case is == MemberLeft:
		return newEvent("GUILD_DELETE", g.ID, encode(map[string]any{"id": g.ID}))
	case is == MemberUnavailable && was == MemberLeft: // joined in the middle of an outage
		return newEvent("GUILD_CREATE", g.ID, encode(unavailable{true, g.ID}))
	case is == MemberUnavailable:
		return newEvent("GUILD_DELETE", g.ID, encode(unavailable{true, g.ID}))
	}
	d := h.world.createBody(g, s.intents, s.threshold)
	if was == MemberLeft {
		if o, err := parseObject(d); err == nil {
			o.put("joined_at", timestamp(h.clock.Now()))
			d = encode(o)
		}
	}
	return newEvent("GUILD_CREATE", g.ID, d)
}

// joined returns those guilds of a shard that the bot has not left. It needs
// the lock.
func (h *hub) joined(shard, of int) (guilds []*Guild) {
	for _, g := range h.world.onShard(shard, of) {
		if h.membership(g.ID) != MemberLeft {
			guilds = append(guilds, g)
		}
	}
	return guilds
}

// A guildState is a guild as GET /sim/guilds shows it.
type guildState struct {
	*Guild
	State Membership `json:"state"`
}

func (s *Server) controlGuilds() any {
	list := make([]guildState, len(s.world.guilds))
	for i, g := range s.world.guilds {
		list[i] = guildState{g, s.Membership(g.ID)}
	}
	return list
}

// controlGuild is POST /sim/guilds.
func (s *Server) controlGuild(r *http.Request) (any, error) {
	var j struct {
		Guild guildKey   `json:"guild"`
		State Membership `json:"state"`
	}
	if err := readJSON(r, &j); err != nil {
		return nil, err
	}
	g, err := s.guild(j.Guild)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, errors.New("guild is needed: a number from 0, or an id as a string")
	}
	return struct{}{}, s.SetGuild(g.ID, j.State)
}
