package sdk

import "github.com/shardhost/shardhost/abi"

// Activity is what the bot is shown to be doing. Type: 0 playing, 1 streaming,
// 2 listening, 3 watching, 4 a custom text, 5 competing.
type Activity struct {
	Type int
	Name string
	URL  string // of a stream
}

// SetPresence changes how the bot is shown, on the shard of the event being
// handled. status is online, dnd, idle or invisible. It needs the grant
// gateway with "presence".
// See https://docs.discord.com/developers/events/gateway-events#update-presence.
func (c *Ctx) SetPresence(status string, activities ...Activity) error {
	shown := []Object{}
	for _, a := range activities {
		o := Object{"type": a.Type, "name": a.Name}
		if a.Type == 4 {
			o["state"] = a.Name
		}
		if a.URL != "" {
			o["url"] = a.URL
		}
		shown = append(shown, o)
	}
	return c.Gateway(-1, abi.GatewayPresence, Object{
		"since": nil, "afk": false, "status": status, "activities": shown,
	})
}

// RequestMembers asks for members of a guild, whose names begin with prefix;
// "" is all, for which limit must be 0. They arrive as GUILD_MEMBERS_CHUNK
// events. It needs the grant gateway with "members", on the guild's own shard.
// See https://docs.discord.com/developers/events/gateway-events#request-guild-members.
func (c *Ctx) RequestMembers(guild ID, prefix string, limit int) error {
	return c.Gateway(-1, abi.GatewayMembers, Object{"guild_id": guild, "query": prefix, "limit": limit})
}

// Gateway sends a command over the gateway: one of the opcodes that package abi
// names, d as Object says. shard -1 is that of the event being handled. The
// host sends it when the handler has returned nil, within Discord's limits.
func (c *Ctx) Gateway(shard int, op int32, d any) error {
	data, err := appendJSON(nil, d)
	if err != nil {
		return err
	}
	return failed("gateway", "", c.guest.host.Gateway(int32(shard), op, string(data)))
}
