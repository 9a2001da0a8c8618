package sdk

import "errors"

// The calls that handlers await most. Each waits for Discord's answer, see
// Ctx.Await; everything else is reached through that.

// CreateMessage writes a message to a channel and returns it. body is the text,
// or all of the message as Object says; in a text, people mentioned are
// notified, @everyone and roles are not.
// See https://docs.discord.com/developers/resources/message#create-message.
func (c *Ctx) CreateMessage(channel ID, body any) (*Message, error) {
	return c.awaitMessage("POST", messagesPath(channel), body)
}

// EditMessage changes one of the bot's own messages, and returns it.
func (c *Ctx) EditMessage(channel, message ID, body any) (*Message, error) {
	return c.awaitMessage("PATCH", messagesPath(channel)+"/"+message.String(), body)
}

// DeleteMessage deletes a message.
func (c *Ctx) DeleteMessage(channel, message ID) error {
	_, err := c.Await(&Request{Method: "DELETE", Path: messagesPath(channel) + "/" + message.String()})
	return err
}

// GetMessage reads a message.
func (c *Ctx) GetMessage(channel, message ID) (*Message, error) {
	return c.awaitMessage("GET", messagesPath(channel)+"/"+message.String(), nil)
}

// React adds a reaction of the bot's. emoji is the character, or name:id for one
// of a guild's own.
func (c *Ctx) React(channel, message ID, emoji string) error {
	_, err := c.Await(&Request{
		Method: "PUT", Path: messagesPath(channel) + "/" + message.String() + "/reactions/" + escape(emoji) + "/@me",
	})
	return err
}

// GetMember reads a member of a guild.
// See https://docs.discord.com/developers/resources/guild#guild-member-object.
func (c *Ctx) GetMember(guild, user ID) (JSON, error) {
	r, err := c.Await(&Request{Method: "GET", Path: "/guilds/" + guild.String() + "/members/" + user.String()})
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}

// Acknowledge is Defer that waits until Discord knows: do it before anything
// that may take longer than three seconds.
func (i *Interaction) Acknowledge() error {
	if i.ctx == nil {
		return errNoInteraction
	}
	_, err := i.ctx.Await(&Request{
		Method: "POST", Path: "/interactions/" + i.ID.String() + "/" + i.Token + "/callback", Body: Object{"type": 5},
	})
	return err
}

// EditReply changes the answer to the interaction, or gives it after
// Acknowledge, and returns it.
func (i *Interaction) EditReply(body any) (*Message, error) {
	return i.awaitMessage("PATCH", "/messages/@original", body)
}

// CreateFollowUp is FollowUp that returns the message.
func (i *Interaction) CreateFollowUp(body any) (*Message, error) {
	return i.awaitMessage("POST", "", body)
}

func (i *Interaction) awaitMessage(method, path string, body any) (*Message, error) {
	if i.ctx == nil {
		return nil, errNoInteraction
	}
	return i.ctx.awaitMessage(method, "/webhooks/"+i.ApplicationID.String()+"/"+i.Token+path, body)
}

func (c *Ctx) awaitMessage(method, path string, body any) (*Message, error) {
	if text, ok := body.(string); ok {
		body = messageBody(text, "")
	}
	// To change a message twice is to change it once.
	r, err := c.Await(&Request{Method: method, Path: path, Body: body, Resend: method == "PATCH"})
	if err != nil {
		return nil, err
	}
	return parseMessage(r.Body), nil
}

var errNoInteraction = errors.New("this interaction did not come from the host")

func messagesPath(channel ID) string { return "/channels/" + channel.String() + "/messages" }

// escape writes a string as a segment of a path.
func escape(s string) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, 3*len(s))
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~', c == ':':
			b = append(b, c)
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
