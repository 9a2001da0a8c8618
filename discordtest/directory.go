package discordtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/discord"
)

// The endpoints that tell who and what exists.

func (c *call) gateway() answer { return ok(map[string]string{"url": c.server.Gateway}) }

type sessionLimitJSON struct {
	Total          int   `json:"total"`
	Remaining      int   `json:"remaining"`
	ResetAfter     int64 `json:"reset_after"` // ms
	MaxConcurrency int   `json:"max_concurrency"`
}

func (c *call) gatewayBot() answer {
	s := c.server
	s.hub.mu.Lock()
	remaining, after := s.hub.governor.state(s.clock.Now())
	shards := s.hub.opts.Shards
	s.hub.mu.Unlock()
	return ok(struct {
		URL    string           `json:"url"`
		Shards int              `json:"shards"`
		Limit  sessionLimitJSON `json:"session_start_limit"`
	}{s.Gateway, shards, sessionLimitJSON{s.opts.IdentifyLimit, remaining, after.Milliseconds(), s.opts.MaxConcurrency}})
}

func (c *call) me() answer {
	return ok(readyUserJSON{Verified: true, userJSON: c.server.world.bot.json(), MFA: true})
}

func (c *call) user() answer {
	id := discord.UserID(c.snowflake("user"))
	for _, g := range c.server.world.guilds {
		if u := c.server.world.person(g, id); u != nil {
			return ok(u.json())
		}
	}
	return fail(http.StatusNotFound, 10013, "Unknown User")
}

func (c *call) myGuilds() answer {
	guilds := []map[string]any{}
	for _, g := range c.server.world.guilds {
		if c.server.Membership(g.ID) == MemberLeft {
			continue
		}
		guilds = append(guilds, map[string]any{
			"id": g.ID, "name": g.Name, "icon": nil, "owner": false, "permissions": "1071698660929", "features": []string{},
		})
	}
	return ok(guilds)
}

func (c *call) application() answer {
	w := c.server.world
	flags := 1<<13 | 1<<15 | 1<<19 // presences, members and content of a bot that need not be verified
	for intent, flag := range map[discord.Intents]int{
		discord.IntentGuildPresences: 1 << 13, discord.IntentGuildMembers: 1 << 15, discord.IntentMessageContent: 1 << 19,
	} {
		if c.server.opts.DisallowedIntents&intent != 0 {
			flags &^= flag
		}
	}
	return ok(map[string]any{
		"id": w.app, "name": title(w.bot.Username), "icon": nil, "description": "", "bot_public": true, "bot_require_code_grant": false,
		"verify_key": strings.Repeat("0", 64), "flags": flags, "bot": w.bot.json(), "approximate_guild_count": len(w.guilds),
		"owner": map[string]any{"id": "1", "username": "owner", "discriminator": "0", "avatar": nil},
	})
}

// openDirect is POST users/@me/channels.
func (c *call) openDirect() answer {
	var form struct {
		Recipient discord.UserID `json:"recipient_id"`
	}
	if bad := c.decode(&form); bad != nil {
		return *bad
	}
	for _, g := range c.server.world.guilds {
		if m := g.find(form.Recipient); m != nil && m.ID != c.server.world.bot.ID {
			return ok(c.server.history.direct(m.User, c.server.mint.next).json())
		}
	}
	return invalid("recipient_id", "BASE_TYPE_REQUIRED", "Unknown user")
}

func (c *call) here() (*Guild, *answer) {
	g := c.server.world.byID[discord.GuildID(c.snowflake("guild"))]
	if g == nil || c.server.Membership(g.ID) == MemberLeft {
		a := fail(http.StatusNotFound, 10004, "Unknown Guild")
		return nil, &a
	}
	return g, nil
}

func (c *call) guild() answer {
	g, bad := c.here()
	if bad != nil {
		return *bad
	}
	o := c.server.world.guildBody(g)
	if c.query("with_counts") == "true" {
		o.put("approximate_member_count", g.Members)
		o.put("approximate_presence_count", g.Members/2)
	}
	return ok(o)
}

func (c *call) guildChannels() answer {
	g, bad := c.here()
	if bad != nil {
		return *bad
	}
	channels := make([]channelJSON, len(g.Channels))
	for i := range g.Channels {
		channels[i] = g.Channels[i].json()
	}
	return ok(channels)
}

func (c *call) guildMember() answer {
	g, bad := c.here()
	if bad != nil {
		return *bad
	}
	if m := g.find(discord.UserID(c.snowflake("user"))); m != nil {
		return ok(m.json())
	}
	return fail(http.StatusNotFound, 10007, "Unknown Member")
}

func (c *call) guildMembers() answer {
	g, bad := c.here()
	if bad != nil {
		return *bad
	}
	limit := 1
	if n, err := strconv.Atoi(c.query("limit")); err == nil {
		limit = min(max(n, 1), 1000)
	}
	after, _ := discord.ParseSnowflake(c.query("after"))
	members := []memberJSON{}
	for _, m := range g.byID() {
		if len(members) < limit && (!after.IsValid() || discord.Snowflake(m.ID) > after) {
			members = append(members, m.json())
		}
	}
	return ok(members)
}

func (c *call) channel() answer {
	ch, _, bad := c.target()
	if bad != nil {
		return *bad
	}
	j := ch.json()
	if list := c.server.history.list(ch.ID); len(list) > 0 {
		j.LastMessageID = &list[len(list)-1].ID
	}
	return ok(j)
}

func (c *call) typing() answer {
	ch, g, bad := c.target()
	if bad != nil {
		return *bad
	}
	d := object{}
	d.put("user_id", c.server.world.bot.ID)
	d.put("timestamp", c.server.clock.Now().Unix())
	d.put("channel_id", ch.ID)
	if g != nil {
		d.put("member", g.me().json())
		d.put("guild_id", g.ID)
	}
	c.server.hub.dispatch(newEvent("TYPING_START", ch.GuildID, json.RawMessage(encode(d))))
	c.server.stream.send("typing", d)
	return nothing()
}
