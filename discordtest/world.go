package discordtest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A User is a person or a bot.
type User struct {
	ID         discord.UserID `json:"id"`
	Username   string         `json:"username"`
	GlobalName string         `json:"global_name"`
	Bot        bool           `json:"bot"`
	avatar     string
}

// A Channel of a guild, or with one person (Type 1).
type Channel struct {
	ID       discord.ChannelID `json:"id"`
	GuildID  discord.GuildID   `json:"guild_id"` // null: a direct message
	Name     string            `json:"name"`
	Type     int               `json:"type"` // 0 text, 1 direct message, 2 voice, 4 category
	parent   discord.ChannelID
	position int
	with     *User // whom a direct message is with
}

// A Guild that the bot is in.
type Guild struct {
	ID       discord.GuildID `json:"id"`
	Name     string          `json:"name"`
	Channels []Channel       `json:"channels"` // the first is the text channel #general
	Members  int             `json:"members"`  // how many people and bots are in it

	index  int
	seed   uint64
	people []member
	roles  []role
	joined time.Time
}

// member is somebody in a guild: the first is its owner, the second the bot.
type member struct {
	User
	nick   string
	role   discord.RoleID // 0: only @everyone
	joined time.Time
	online bool
}

type role struct {
	ID   discord.RoleID
	name string
	bits string
}

// General returns the guild's text channel #general.
func (g *Guild) General() discord.ChannelID { return g.Channels[0].ID }

// Shard returns the shard, of n, that serves the guild.
func (g *Guild) Shard(n int) int { return discord.GuildShard(g.ID, n) }

//go:embed embedded/guild.json
var guildTemplate []byte

// world is who and what exists. It does not change after it was made.
type world struct {
	app       discord.ApplicationID
	bot       User
	guilds    []*Guild
	byID      map[discord.GuildID]*Guild
	template  object
	fewEmojis json.RawMessage // the first of the template's
}

func newWorld(o Options) (*world, error) {
	template, err := parseObject(guildTemplate)
	if err != nil {
		return nil, fmt.Errorf("discordtest: embedded/guild.json: %w", err)
	}
	var emojis []json.RawMessage
	if err := json.Unmarshal(template.get("emojis"), &emojis); err != nil {
		return nil, fmt.Errorf("discordtest: embedded/guild.json: emojis: %w", err)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x776f726c64))
	w := &world{
		template: template, fewEmojis: encode(emojis[:min(4, len(emojis))]),
		byID: make(map[discord.GuildID]*Guild, o.Guilds),
	}
	id := bornBetween(2022, 2024, rng)
	w.app = discord.ApplicationID(id)
	w.bot = User{ID: discord.UserID(id), Username: "shardbot", Bot: true, avatar: hash(rng)}
	for i := range o.Guilds {
		people := 4 + rng.IntN(12)
		if i%5 == 4 {
			people = 100 + rng.IntN(100)
		}
		if i == 0 && o.Large > 0 {
			people = max(o.Large, 3)
		}
		g := w.newGuild(i, people, rng)
		w.guilds = append(w.guilds, g)
		w.byID[g.ID] = g
	}
	return w, nil
}

// newGuild makes a guild of so many people, the bot among them.
func (w *world) newGuild(i, people int, rng *rand.Rand) *Guild {
	g := &Guild{ID: guildID(i, rng), index: i, Members: people, seed: rng.Uint64()}
	g.joined = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.IntN(300*24)) * time.Hour)
	nouns := words(nouns)
	g.Name = fmt.Sprintf("%s %s", title(pick(rng, nouns)), title(pick(rng, nouns)))

	channels, roles := 5, 2
	if people >= 100 {
		channels, roles = 26, 13
	}
	newID := func() uint64 { return uint64(g.ID) + rng.Uint64N(1<<50) + 1<<22 }
	g.Channels = []Channel{{ID: discord.ChannelID(newID()), Name: "general"}}
	category := Channel{ID: discord.ChannelID(newID()), Name: title(pick(rng, nouns)), Type: 4}
	g.Channels = append(g.Channels, category)
	g.Channels[0].parent = category.ID
	for n := 1; n < channels; n++ {
		c := Channel{ID: discord.ChannelID(newID()), parent: category.ID, position: n}
		c.Name = pick(rng, nouns) + "-" + pick(rng, nouns)
		if n%4 == 3 {
			c.Type, c.Name = 2, title(pick(rng, nouns))
		}
		g.Channels = append(g.Channels, c)
	}
	for n := range g.Channels {
		g.Channels[n].GuildID = g.ID
	}
	g.roles = []role{{discord.RoleID(g.ID), "@everyone", "1071698660929"}}
	for range roles {
		g.roles = append(g.roles, role{discord.RoleID(newID()), title(pick(rng, nouns)), "1071698665025"})
	}
	for n := range people {
		g.people = append(g.people, w.newMember(g, n, rng))
	}
	return g
}

// newMember makes the n-th member of a guild.
func (w *world) newMember(g *Guild, n int, rng *rand.Rand) member {
	m := member{joined: g.joined.Add(-time.Duration(rng.IntN(500*24*60)) * time.Minute), online: n < 2 || rng.IntN(5) < 2}
	if n == 1 {
		m.User, m.joined, m.role = w.bot, g.joined, g.roles[1].ID
		return m
	}
	m.User = newPerson(bornBetween(2016, 2023, rng), rng)
	m.Bot = n%17 == 16
	if rng.IntN(4) == 0 {
		m.nick = title(pick(rng, words(nouns)))
	}
	if rng.IntN(3) == 0 {
		m.role = pick(rng, g.roles).ID
	}
	return m
}

// newPerson makes a user with a name.
func newPerson(id discord.Snowflake, rng *rand.Rand) User {
	first, noun := pick(rng, words(firstNames)), pick(rng, words(nouns))
	return User{
		ID:         discord.UserID(id),
		Username:   fmt.Sprintf("%s_%s%d", first, noun, rng.IntN(100)),
		GlobalName: title(first) + " " + title(noun),
		avatar:     hash(rng),
	}
}

// hash makes the 32 hex digits of an image.
func hash(rng *rand.Rand) string { return fmt.Sprintf("%016x%016x", rng.Uint64(), rng.Uint64()) }

// owner is who made the guild.
func (g *Guild) owner() *member { return &g.people[0] }

// me is the bot's membership.
func (g *Guild) me() *member { return &g.people[1] }

// find returns the member with that user id, or nil.
func (g *Guild) find(id discord.UserID) *member {
	for i := range g.people {
		if g.people[i].ID == id {
			return &g.people[i]
		}
	}
	return nil
}

// named returns the member with that name, or nil.
func (g *Guild) named(name string) *member {
	for i := range g.people {
		if strings.EqualFold(g.people[i].Username, name) || strings.EqualFold(g.people[i].GlobalName, name) {
			return &g.people[i]
		}
	}
	return nil
}

// someone returns a member who is no bot.
func (g *Guild) someone(rng *rand.Rand) *member {
	for range 100 {
		if m := &g.people[rng.IntN(len(g.people))]; !m.Bot {
			return m
		}
	}
	return g.owner()
}

// onShard returns the guilds of one shard, in order.
func (w *world) onShard(shard, of int) []*Guild {
	var mine []*Guild
	for _, g := range w.guilds {
		if g.Shard(of) == shard {
			mine = append(mine, g)
		}
	}
	return mine
}

// byID returns the members in the order of their ids, as lists of REST have
// them.
func (g *Guild) byID() []*member {
	list := make([]*member, len(g.people))
	for i := range g.people {
		list[i] = &g.people[i]
	}
	slices.SortFunc(list, func(a, b *member) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
