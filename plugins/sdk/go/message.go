package sdk

// Message is a message of a channel.
// See https://docs.discord.com/developers/resources/message#message-object.
type Message struct {
	ID        ID
	ChannelID ID
	GuildID   ID // 0 in a direct message
	Content   string
	Author    User
	Data      JSON // all of it, as Discord sent it; it may be kept

	event *Event // that brought it; nil: it came otherwise
}

// Get goes down into the message's data as JSON.Get does. Fields of
// MESSAGE_CREATE that the plugin has asked for with Fields it finds at once.
func (m *Message) Get(path ...string) JSON {
	if m.event != nil {
		return m.event.Get(path...)
	}
	return m.Data.Get(path...)
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
	h := newHandler("OnMessage", 1)
	plugin.intents = append(plugin.intents, "MESSAGE_CONTENT")
	places := plugin.ask(h, messageCreate, messagePaths)
	on("OnMessage", messageCreate, func(c *Ctx, e *Event) error {
		m := readMessage(e.view(places, messageFields))
		m.event = e
		return fn(c, m)
	})
}

const messageCreate = "MESSAGE_CREATE"

// messagePaths are the fields of Message, as readMessage reads them.
var (
	messagePaths  = []string{"id", "channel_id", "guild_id", "content", "author.id", "author.username", "author.global_name", "author.bot"}
	messageFields = compile(messagePaths)
)

func readMessage(v view) *Message {
	return &Message{ID: v.id(0), ChannelID: v.id(1), GuildID: v.id(2), Content: v.string(3), Author: v.user(4), Data: v.text}
}

func parseMessage(data JSON) *Message { return readMessage(newView(data, messageFields)) }

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
