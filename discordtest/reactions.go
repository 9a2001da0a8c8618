package discordtest

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/shardhost/shardhost/discord"
)

// addReaction is PUT channels/{channel}/messages/{message}/reactions/{emoji}/@me.
func (c *call) addReaction() answer { return c.react(true) }

// removeReaction is DELETE of the same.
func (c *call) removeReaction() answer { return c.react(false) }

func (c *call) react(add bool) answer {
	m, bad := c.message()
	if bad != nil {
		return *bad
	}
	name, err := url.PathUnescape(c.params["emoji"])
	if err != nil || name == "" {
		return fail(http.StatusBadRequest, 10014, "Unknown Emoji")
	}
	c.server.react(m, c.server.world.bot, name, add)
	return nothing()
}

// react puts or takes away a user's reaction.
func (s *Server) react(m Message, by User, name string, add bool) {
	_, found := s.history.change(m.ChannelID, m.ID, func(old *Message) {
		// Copies of the message share the old list: make a new one.
		reactions := make([]reaction, 0, len(old.reactions)+1)
		there := false
		for _, r := range old.reactions {
			if r.emoji == name {
				there = true
				r.users = slices.DeleteFunc(slices.Clone(r.users), func(id discord.UserID) bool { return id == by.ID })
				if add {
					r.users = append(r.users, by.ID)
				}
			}
			if len(r.users) > 0 {
				reactions = append(reactions, r)
			}
		}
		if add && !there {
			reactions = append(reactions, reaction{name, []discord.UserID{by.ID}})
		}
		old.reactions = reactions
	})
	if !found {
		return
	}
	d := object{}
	d.put("user_id", by.ID)
	d.put("type", 0)
	d.put("message_id", m.ID)
	event := "MESSAGE_REACTION_REMOVE"
	if add {
		event = "MESSAGE_REACTION_ADD"
		d.put("message_author_id", m.Author.ID)
		if g := s.world.byID[m.GuildID]; g != nil {
			if who := g.find(by.ID); who != nil {
				d.put("member", who.json())
			}
		}
	}
	d.put("emoji", emoji(name))
	d.put("channel_id", m.ChannelID)
	d.put("burst", false)
	if m.GuildID.IsValid() {
		d.put("guild_id", m.GuildID)
	}
	s.hub.dispatch(newEvent(event, m.GuildID, encode(d)))
	s.rec.changed()
}
