package discordtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"

	"github.com/shardhost/shardhost/discord"
)

// A Post is what a person writes.
type Post struct {
	Channel discord.ChannelID
	Author  string            // user id or name; a name nobody has makes a new person; "": any member
	Content string            // up to 4000 characters
	ReplyTo discord.MessageID // the message it answers; 0: none
}

// SendMessage lets somebody write into a channel.
func (s *Server) SendMessage(channel discord.ChannelID, content string) (Message, error) {
	return s.Post(Post{Channel: channel, Content: content})
}

// Post lets a person write. All sessions that are to have it get the
// MESSAGE_CREATE before it returns, though not necessarily on the wire.
func (s *Server) Post(p Post) (Message, error) {
	ch := s.history.channel(p.Channel)
	switch {
	case ch == nil:
		return Message{}, fmt.Errorf("discordtest: there is no channel %d; every guild's first one is its #general", uint64(p.Channel))
	case ch.Type == 4:
		return Message{}, fmt.Errorf("discordtest: channel %s is a category: nobody can write there", ch.ID)
	case p.Content == "":
		return Message{}, fmt.Errorf("discordtest: a message without content")
	case utf8.RuneCountInString(p.Content) > 2*contentLimit:
		return Message{}, fmt.Errorf("discordtest: a message of %d characters: at most %d", utf8.RuneCountInString(p.Content), 2*contentLimit)
	}
	g := s.world.byID[ch.GuildID]
	m := &Message{ID: discord.MessageID(s.mint.next()), ChannelID: ch.ID, GuildID: ch.GuildID, Content: p.Content}
	m.Nonce = encode(s.mint.next())
	switch {
	case ch.with != nil:
		m.Author = *ch.with
	default:
		who, err := s.speaker(g, p.Author)
		if err != nil {
			return Message{}, err
		}
		partial := who.partial()
		m.Author, m.member = who.User, &partial
	}
	if p.ReplyTo != 0 {
		to, found := s.history.get(ch.ID, p.ReplyTo)
		if !found {
			return Message{}, fmt.Errorf("discordtest: there is no message %s in channel %s to reply to", p.ReplyTo, ch.ID)
		}
		m.Reference, m.referenced, m.Type = to.ID, encode(to), 19
	}
	m.mention(s.world, g)
	s.publish(m)
	return *m, nil
}

// speaker finds who writes in a guild.
func (s *Server) speaker(g *Guild, name string) (*member, error) {
	if name == "" {
		var who *member
		s.random(func(rng *rand.Rand) { who = g.someone(rng) })
		return who, nil
	}
	if id, err := discord.ParseSnowflake(name); err == nil && id.IsValid() {
		if m := g.find(discord.UserID(id)); m != nil {
			return m, nil
		}
		return nil, fmt.Errorf("discordtest: guild %s has no member %s", g.ID, name)
	}
	if m := g.named(name); m != nil {
		return m, nil
	}
	return s.visitor(g, name), nil
}

// visitor makes a person of a name, the same each time.
func (s *Server) visitor(g *Guild, name string) *member {
	h := uint64(14695981039346656037)
	for _, b := range []byte(strings.ToLower(name)) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	id := bornBetween(2016, 2023, rand.New(rand.NewPCG(s.opts.Seed, h)))
	return &member{User: User{ID: discord.UserID(id), Username: strings.ToLower(name), GlobalName: name}, joined: g.joined}
}

// Messages returns what stands in a channel, oldest first, the bot's messages
// included. Only the last Options.HistoryLimit are kept, and those of a load
// not at all.
func (s *Server) Messages(channel discord.ChannelID) []Message { return s.history.list(channel) }

// DirectChannel returns the channel of direct messages between the bot and a
// member of a guild, by user id.
func (s *Server) DirectChannel(user discord.UserID) (discord.ChannelID, error) {
	for _, g := range s.world.guilds {
		if m := g.find(user); m != nil && m.ID != s.world.bot.ID {
			return s.history.direct(m.User, s.mint.next).ID, nil
		}
	}
	return 0, fmt.Errorf("discordtest: no guild has a member %s", user)
}
