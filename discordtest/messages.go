package discordtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/shardhost/shardhost/discord"
)

const (
	contentLimit = 2000 // characters of a bot's message
	embedLimit   = 10
	nonceLimit   = 25 // characters
	nonceMemory  = 5 * time.Minute
	ephemeral    = 1 << 6 // flag
)

// nonceUse is a message that was made with a nonce.
type nonceUse struct {
	message Message
	at      time.Time
}

// messageForm is what creates or edits a message. A nil field was left out.
type messageForm struct {
	Content      *string         `json:"content"`
	Nonce        json.RawMessage `json:"nonce"`
	EnforceNonce bool            `json:"enforce_nonce"`
	TTS          bool            `json:"tts"`
	Embeds       json.RawMessage `json:"embeds"`
	Reference    *struct {
		MessageID       discord.MessageID `json:"message_id"`
		FailIfNotExists *bool             `json:"fail_if_not_exists"`
	} `json:"message_reference"`
	Components json.RawMessage     `json:"components"`
	Stickers   []discord.Snowflake `json:"sticker_ids"`
	Flags      int                 `json:"flags"`
	Poll       json.RawMessage     `json:"poll"`
}

// given returns a raw field, nil for null.
func given(raw json.RawMessage) json.RawMessage {
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		return nil
	}
	return raw
}

// check refuses what Discord refuses. files says how many came with it.
// See https://docs.discord.com/developers/resources/message#create-message.
func (f *messageForm) check(files int) *answer {
	var bad answer
	embeds, isList := elements(f.Embeds)
	components, rows := elements(f.Components)
	nonce := string(bytes.Trim(given(f.Nonce), `"`))
	switch {
	case f.Content != nil && utf8.RuneCountInString(*f.Content) > contentLimit:
		bad = invalid("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
	case !isList:
		bad = invalid("embeds", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
	case !rows:
		bad = invalid("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
	case embeds > embedLimit:
		bad = invalid("embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
	case utf8.RuneCountInString(nonce) > nonceLimit:
		bad = invalid("nonce", "NONCE_TYPE_TOO_LONG", "Must be less than 25 characters.")
	case (f.Content == nil || *f.Content == "") && embeds == 0 && components == 0 && len(f.Stickers) == 0 && files == 0 && given(f.Poll) == nil:
		bad = fail(http.StatusBadRequest, 50006, "Cannot send an empty message")
	default:
		return nil
	}
	return &bad
}

// elements counts the elements of an array; left out or null is an empty one.
func elements(raw json.RawMessage) (int, bool) {
	if len(given(raw)) == 0 {
		return 0, true
	}
	var list []json.RawMessage
	err := json.Unmarshal(raw, &list)
	return len(list), err == nil
}

// target finds the channel of a request, and its guild if it has one.
func (c *call) target() (*Channel, *Guild, *answer) {
	ch := c.server.history.channel(discord.ChannelID(c.snowflake("channel")))
	if ch == nil {
		a := fail(http.StatusNotFound, 10003, "Unknown Channel")
		return nil, nil, &a
	}
	g := c.server.world.byID[ch.GuildID]
	if g != nil && c.server.Membership(g.ID) == MemberLeft {
		a := fail(http.StatusForbidden, 50001, "Missing Access")
		return nil, nil, &a
	}
	return ch, g, nil
}

// message finds the message of a request.
func (c *call) message() (Message, *answer) {
	ch, _, bad := c.target()
	if bad != nil {
		return Message{}, bad
	}
	m, found := c.server.history.get(ch.ID, discord.MessageID(c.snowflake("message")))
	if !found {
		a := fail(http.StatusNotFound, 10008, "Unknown Message")
		return Message{}, &a
	}
	return m, nil
}

// createMessage is POST channels/{channel}/messages.
func (c *call) createMessage() answer {
	ch, g, bad := c.target()
	if bad != nil {
		return *bad
	}
	if ch.Type == 4 {
		return fail(http.StatusBadRequest, 50008, "Cannot send messages in a non-text channel")
	}
	var form messageForm
	if bad := c.decode(&form); bad != nil {
		return *bad
	}
	if bad := form.check(len(c.files)); bad != nil {
		return *bad
	}
	nonce := string(given(form.Nonce))
	now := c.server.clock.Now()
	// One at a time, so that two calls with one nonce make one message.
	c.mu.Lock()
	defer c.mu.Unlock()
	if use, used := c.nonces[nonce]; used && form.EnforceNonce && nonce != "" && now.Sub(use.at) < nonceMemory {
		if m, found := c.server.history.get(use.message.ChannelID, use.message.ID); found {
			return ok(m)
		}
		return ok(use.message)
	}
	m, bad := c.server.author(ch, g, form, c.files)
	if bad != nil {
		return *bad
	}
	if nonce != "" {
		for old, use := range c.nonces {
			if now.Sub(use.at) >= nonceMemory {
				delete(c.nonces, old)
			}
		}
		c.nonces[nonce] = nonceUse{m, now}
	}
	return ok(m)
}

// author lets the bot write a message.
func (s *Server) author(ch *Channel, g *Guild, f messageForm, files []upload, finish ...func(*Message)) (Message, *answer) {
	m := &Message{
		ID: discord.MessageID(s.mint.next()), ChannelID: ch.ID, GuildID: ch.GuildID, Author: s.world.bot, TTS: f.TTS, Flags: f.Flags,
		Embeds: given(f.Embeds), Components: given(f.Components), Nonce: given(f.Nonce), Poll: given(f.Poll),
	}
	if f.Content != nil {
		m.Content = *f.Content
	}
	if g != nil {
		partial := g.me().partial()
		m.member = &partial
	}
	if f.Reference != nil && f.Reference.MessageID.IsValid() {
		to, found := s.history.get(ch.ID, f.Reference.MessageID)
		switch {
		case found:
			m.Reference, m.referenced, m.Type = to.ID, encode(to), 19
		case f.Reference.FailIfNotExists == nil || *f.Reference.FailIfNotExists:
			bad := invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
			return Message{}, &bad
		}
	}
	attachments := []map[string]any{}
	for _, file := range files {
		id := s.mint.next()
		attachments = append(attachments, map[string]any{
			"id": id, "filename": file.name, "size": file.size, "content_type": file.kind,
			"url":       fmt.Sprintf("https://cdn.example.com/attachments/%s/%s/%s", ch.ID, id, file.name),
			"proxy_url": fmt.Sprintf("https://media.example.com/attachments/%s/%s/%s", ch.ID, id, file.name),
		})
	}
	m.Attachments = encode(attachments)
	m.mention(s.world, g)
	for _, f := range finish {
		f(m)
	}
	s.publish(m)
	s.rec.count(func(st *Stats) { st.MessagesCreated++ })
	return *m, nil
}

// publish puts a message into its channel and tells all sessions.
func (s *Server) publish(m *Message) {
	s.history.add(m)
	if m.Flags&ephemeral != 0 {
		// Only one person sees it: its event has no guild and goes to shard 0.
		// See https://github.com/discord/discord-api-docs/issues/5819.
		alone := *m
		alone.GuildID, alone.member = 0, nil
		s.hub.dispatch(newEvent("MESSAGE_CREATE", 0, alone.event()))
	} else {
		s.hub.dispatch(newEvent("MESSAGE_CREATE", m.GuildID, m.event()))
	}
	s.rec.changed()
	s.stream.send("message", *m)
}

// listMessages is GET channels/{channel}/messages: newest first.
func (c *call) listMessages() answer {
	ch, _, bad := c.target()
	if bad != nil {
		return *bad
	}
	limit := 50
	if text := c.query("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return invalid("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
		}
		limit = n
	}
	list := c.server.history.list(ch.ID)
	bound := func(name string, in func(a, b discord.MessageID) bool) {
		if id, err := discord.ParseSnowflake(c.query(name)); err == nil && id.IsValid() {
			list = slices.DeleteFunc(list, func(m Message) bool { return !in(m.ID, discord.MessageID(id)) })
		}
	}
	bound("before", func(a, b discord.MessageID) bool { return a < b })
	bound("after", func(a, b discord.MessageID) bool { return a > b })
	if c.query("after") != "" {
		list = list[:min(len(list), limit)]
	}
	list = list[max(0, len(list)-limit):]
	slices.Reverse(list)
	return ok(list)
}

// getMessage is GET channels/{channel}/messages/{message}.
func (c *call) getMessage() answer {
	m, bad := c.message()
	if bad != nil {
		return *bad
	}
	return ok(m)
}

// editMessage is PATCH channels/{channel}/messages/{message}.
func (c *call) editMessage() answer {
	m, bad := c.message()
	if bad != nil {
		return *bad
	}
	if m.Author.ID != c.server.world.bot.ID {
		return fail(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	}
	return c.server.edit(c, m)
}

// edit changes one of the bot's messages by the form in a call's body.
func (s *Server) edit(c *call, m Message) answer {
	var form messageForm
	if bad := c.decode(&form); bad != nil {
		return *bad
	}
	if form.Content != nil {
		m.Content = *form.Content
	}
	if form.Embeds != nil {
		m.Embeds = given(form.Embeds)
	}
	if form.Components != nil {
		m.Components = given(form.Components)
	}
	content := m.Content
	whole := messageForm{Content: &content, Embeds: m.Embeds, Components: m.Components, Poll: m.Poll}
	attached, _ := elements(m.Attachments)
	if bad := whole.check(len(c.files) + attached); bad != nil {
		return *bad
	}
	g := s.world.byID[m.GuildID]
	changed, found := s.history.change(m.ChannelID, m.ID, func(old *Message) {
		old.Content, old.Embeds, old.Components, old.Edited = m.Content, m.Embeds, m.Components, s.clock.Now()
		old.mention(s.world, g)
	})
	if !found {
		return fail(http.StatusNotFound, 10008, "Unknown Message")
	}
	s.hub.dispatch(newEvent("MESSAGE_UPDATE", changed.GuildID, changed.event()))
	s.rec.changed()
	s.stream.send("message", changed)
	return ok(changed)
}

// deleteMessage is DELETE channels/{channel}/messages/{message}.
func (c *call) deleteMessage() answer {
	m, bad := c.message()
	if bad != nil {
		return *bad
	}
	return c.server.erase(m)
}

// erase takes a message away and tells all sessions.
func (s *Server) erase(m Message) answer {
	if !s.history.remove(m.ChannelID, m.ID) {
		return fail(http.StatusNotFound, 10008, "Unknown Message")
	}
	d := object{}
	d.put("id", m.ID)
	d.put("channel_id", m.ChannelID)
	if m.GuildID.IsValid() {
		d.put("guild_id", m.GuildID)
	}
	s.hub.dispatch(newEvent("MESSAGE_DELETE", m.GuildID, encode(d)))
	s.rec.changed()
	s.stream.send("delete", map[string]any{"id": m.ID, "channel_id": m.ChannelID})
	return nothing()
}
