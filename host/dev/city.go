package dev

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

// What the page is given of a server.
const (
	maxChannels = 8
	maxMessages = 200 // of each channel, when it is opened
)

// A city is the simulated Discord as the page sees it.
type city struct {
	sim    *discordtest.Server
	shards int
	guilds []guild
}

func newCity(sim *discordtest.Server, shards int) *city {
	c := &city{sim: sim, shards: shards}
	for _, g := range sim.Guilds() {
		shown := guild{ID: g.ID.String(), Name: g.Name, Shard: g.Shard(shards)}
		for _, ch := range g.Channels {
			if ch.Type == 0 && len(shown.Channels) < maxChannels {
				shown.Channels = append(shown.Channels, channel{ch.ID.String(), ch.Name})
			}
		}
		c.guilds = append(c.guilds, shown)
	}
	return c
}

// Guilds lists the servers with their text channels.
func (c *city) Guilds() []guild { return c.guilds }

// Stats counts what the host has done.
func (c *city) Stats() simStats {
	s := c.sim.Stats()
	return simStats{Identifies: s.Identifies, Resumes: s.Resumes, Sessions: s.Sessions}
}

// Messages returns a channel's last messages, oldest first.
func (c *city) Messages(id string) []message {
	channel, err := discord.ParseSnowflake(id)
	if err != nil {
		return nil
	}
	all := c.sim.Messages(discord.ChannelID(channel))
	var out []message
	for _, m := range all[max(0, len(all)-maxMessages):] {
		out = append(out, shown(m.ID, m.ChannelID, m.Author, m.Content, m.Reference, !m.Edited.IsZero(), m.Embeds))
	}
	return out
}

// Say writes a message, or uses a slash command that the bot has registered.
func (c *city) Say(guild, channel, user, content string) error {
	at, err := c.place(guild, channel)
	if err != nil {
		return err
	}
	if use, isUse, err := slashUse(c.sim.AppCommands(0), content); isUse {
		if err != nil {
			return err
		}
		use.Channel, use.User = at, user
		_, err = c.sim.Interact(use)
		return plain(err)
	}
	_, err = c.sim.Post(discordtest.Post{Channel: at, Author: user, Content: content})
	return plain(err)
}

// place finds a channel of a server.
func (c *city) place(guild, channel string) (discord.ChannelID, error) {
	for _, g := range c.sim.Guilds() {
		if g.ID.String() != guild {
			continue
		}
		for _, ch := range g.Channels {
			if ch.ID.String() == channel {
				return ch.ID, nil
			}
		}
	}
	return 0, errors.New("there is no such channel")
}

// plain takes the package's name off an error that a person reads on the page.
func plain(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.TrimPrefix(err.Error(), "discordtest: "))
}

// shown is a message as the page has it.
func shown(id discord.MessageID, channel discord.ChannelID, by discordtest.User, content string, answers discord.MessageID, edited bool, embeds json.RawMessage) message {
	m := message{
		ID: id.String(), Channel: channel.String(), Author: author{by.ID.String(), by.GlobalName, by.Bot},
		Content: content, Time: millis(id.Time()), Edited: edited, Embeds: embeds,
	}
	if string(m.Embeds) == "[]" {
		m.Embeds = nil
	}
	if m.Author.Name == "" {
		m.Author.Name = by.Username
	}
	if answers != 0 {
		m.ReplyTo = answers.String()
	}
	return m
}

// wireMessage is a message as the simulator streams it: Discord's own form.
type wireMessage struct {
	ID        discord.MessageID `json:"id"`
	ChannelID discord.ChannelID `json:"channel_id"`
	Author    discordtest.User  `json:"author"`
	Content   string            `json:"content"`
	Edited    *string           `json:"edited_timestamp"`
	Embeds    json.RawMessage   `json:"embeds"`
	Reference *struct {
		MessageID discord.MessageID `json:"message_id"`
	} `json:"message_reference"`
}

// typingEvent is who types, as the simulator streams it.
type typingEvent struct {
	ChannelID discord.ChannelID `json:"channel_id"`
	Member    struct {
		User discordtest.User `json:"user"`
	} `json:"member"`
}

// follow passes on what is written until ctx ends.
func (c *city) follow(ctx context.Context, to *feed) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.sim.Control+"/stream", nil)
	if err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		return fmt.Errorf("dev: the simulator's stream: %w", err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 16<<20)
	name := ""
	for lines.Scan() {
		if event, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			name = event
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			c.pass(name, []byte(data), to)
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("dev: the simulator's stream ended: %v", lines.Err())
}

// pass hands one event of the simulator's stream to the pages.
func (c *city) pass(name string, data []byte, to *feed) {
	switch name {
	case "message":
		var m wireMessage
		if json.Unmarshal(data, &m) != nil || !m.ID.IsValid() || !m.ChannelID.IsValid() {
			return
		}
		var answers discord.MessageID
		if m.Reference != nil {
			answers = m.Reference.MessageID
		}
		to.publish("message", shown(m.ID, m.ChannelID, m.Author, m.Content, answers, m.Edited != nil, m.Embeds))
	case "typing":
		var by typingEvent
		if json.Unmarshal(data, &by) == nil && by.Member.User.Username != "" {
			to.publish("typing", typing{by.ChannelID.String(), by.Member.User.Username})
		}
	case "delete":
		var d struct {
			ID        discord.MessageID `json:"id"`
			ChannelID discord.ChannelID `json:"channel_id"`
		}
		if json.Unmarshal(data, &d) == nil {
			to.publish("deletion", deletion{d.ID.String(), d.ChannelID.String()})
		}
	}
}
