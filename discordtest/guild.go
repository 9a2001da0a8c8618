package discordtest

import (
	"math/rand/v2"
	"slices"

	"github.com/shardhost/shardhost/discord"
)

// veryLarge is the number of members from which a GUILD_CREATE lists only the
// bot and who is in voice, whatever the intents.
// See https://docs.discord.com/developers/events/gateway-events#guild-create.
const veryLarge = 75000

// createBody is the d of the guild's GUILD_CREATE for a session: who is listed
// depends on its intents and large_threshold.
func (w *world) createBody(g *Guild, intents discord.Intents, threshold int) []byte {
	o := slices.Clone(w.template)
	w.fill(&o, g)
	large := g.Members > threshold
	o.put("large", large)
	o.put("joined_at", timestamp(g.joined))
	o.put("member_count", g.Members)
	o.put("unavailable", false)

	listed := []*member{g.me()}
	presences := []presenceJSON{}
	if intents.Has(discord.IntentGuildPresences) && g.Members <= veryLarge {
		listed = listed[:0]
		for i := range g.people {
			m := &g.people[i]
			if large && !m.online {
				continue
			}
			listed = append(listed, m)
			if m.online {
				presences = append(presences, g.presence(m))
			}
		}
	}
	members := make([]memberJSON, len(listed))
	for i, m := range listed {
		members[i] = m.json()
	}
	o.put("members", members)
	o.put("presences", presences)

	channels := make([]channelJSON, len(g.Channels))
	for i := range g.Channels {
		channels[i] = g.Channels[i].json()
		channels[i].GuildID = nil
	}
	o.put("channels", channels)
	return encode(o)
}

// guildBody is the guild as REST answers it.
func (w *world) guildBody(g *Guild) object {
	o := slices.Clone(w.template)
	w.fill(&o, g)
	for _, key := range []string{"joined_at", "large", "unavailable", "member_count", "voice_states", "members", "channels", "threads",
		"presences", "stage_instances", "guild_scheduled_events", "lazy", "guild_hashes", "application_command_counts", "embedded_activities"} {
		o.drop(key)
	}
	return o
}

// fill writes what is the guild's own into a copy of the template.
func (w *world) fill(o *object, g *Guild) {
	o.put("id", g.ID)
	o.put("name", g.Name)
	o.put("owner_id", g.owner().ID)
	o.put("system_channel_id", g.General())
	roles := make([]roleJSON, len(g.roles))
	for i, r := range g.roles {
		roles[i] = roleJSON{Position: i, Permissions: r.bits, Name: r.name, ID: r.ID, Hoist: i > 0}
	}
	o.put("roles", roles)
	if g.Members < 100 {
		o.set("emojis", w.fewEmojis) // small guilds have a few, not the fifty of the template
	}
}

// presence is what a member is doing: the same each time it is asked.
func (g *Guild) presence(m *member) presenceJSON {
	rng := rand.New(rand.NewPCG(g.seed, uint64(m.ID)))
	p := presenceJSON{
		User: idOnly{m.ID}, Status: pick(rng, []string{"online", "idle", "dnd"}),
		ClientStatus: map[string]string{}, Activities: []activityJSON{},
	}
	p.ClientStatus[pick(rng, []string{"desktop", "mobile", "web"})] = p.Status
	if rng.IntN(2) == 0 {
		start := g.joined.UnixMilli() + rng.Int64N(1<<30)
		p.Activities = append(p.Activities, activityJSON{
			Timestamps: map[string]int64{"start": start}, Name: title(pick(rng, words(nouns))), ID: hash(rng)[:16], CreatedAt: start + 99,
		})
	}
	return p
}
