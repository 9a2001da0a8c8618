package sdk

import "github.com/shardhost/shardhost/abi/scan"

// Message is a message of a channel.
// See https://docs.discord.com/developers/resources/message#message-object.
type Message struct {
	ID        ID
	ChannelID ID
	GuildID   ID // 0 in a direct message
	Content   string
	Author    User
	Data      JSON // all of it, as Discord sent it; it may be kept
}

// User is a person or a bot.
type User struct {
	ID         ID
	Username   string
	GlobalName string // "" if the user has none
	Bot        bool
}

// Name is the name to show: the global one where there is one.
func (u User) Name() string {
	if u.GlobalName != "" {
		return u.GlobalName
	}
	return u.Username
}

// Mention is the text that mentions the user in a message.
func (u User) Mention() string { return u.ID.Mention() }

// OnMessage registers a handler for new messages, the bot's own among them:
// look at m.Author.Bot. It asks for the intent MESSAGE_CONTENT, without which
// Discord leaves the content of most messages empty.
func OnMessage(fn func(c *Ctx, m *Message) error) {
	plugin.intents = append(plugin.intents, "MESSAGE_CONTENT")
	on("OnMessage", "MESSAGE_CREATE", func(c *Ctx, e *Event) error {
		return fn(c, parseMessage(e.Data))
	})
}

// parseMessage reads the fields of Message in one pass.
func parseMessage(data JSON) *Message {
	m := &Message{Data: data}
	s := scan.Scanner{Text: data}
	for s.NextField() {
		switch string(s.Key) {
		case "id":
			m.ID = JSON(s.Value).ID()
		case "channel_id":
			m.ChannelID = JSON(s.Value).ID()
		case "guild_id":
			m.GuildID = JSON(s.Value).ID()
		case "content":
			m.Content = JSON(s.Value).String()
		case "author":
			m.Author = parseUser(s.Value)
		}
	}
	return m
}

func parseUser(data JSON) User {
	var u User
	s := scan.Scanner{Text: data}
	for s.NextField() {
		switch string(s.Key) {
		case "id":
			u.ID = JSON(s.Value).ID()
		case "username":
			u.Username = JSON(s.Value).String()
		case "global_name":
			u.GlobalName = JSON(s.Value).String()
		case "bot":
			u.Bot = JSON(s.Value).Bool()
		}
	}
	return u
}

// Reply answers a message in its channel, shown as a reply to it. The person
// is notified; @everyone and roles in text are not.
func (c *Ctx) Reply(m *Message, text string) error {
	more := `,"message_reference":{"fail_if_not_exists":false,"message_id":"` + m.ID.String() + `"}`
	return c.REST("POST", "/channels/"+m.ChannelID.String()+"/messages", messageBody(text, more), nil)
}

// Send writes a message to a channel. People mentioned in text are notified;
// @everyone and roles are not. For anything richer see REST.
func (c *Ctx) Send(channel ID, text string) error {
	return c.REST("POST", "/channels/"+channel.String()+"/messages", messageBody(text, ""), nil)
}

// messageBody is a message with that text; more are further fields, each with
// a comma before it. It is what plugins send most, so no Object is made.
func messageBody(text, more string) JSON {
	b := append(make(JSON, 0, 128+len(text)+len(more)), `{"allowed_mentions":{"parse":["users"],"replied_user":true},"content":`...)
	return append(append(appendString(b, text), more...), '}')
}
