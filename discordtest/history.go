package discordtest

import (
	"slices"
	"sort"
	"sync"

	"github.com/shardhost/shardhost/discord"
)

// history is the messages of all channels, and the channels of direct
// messages, which come into being when somebody writes.
type history struct {
	limit int

	mu       sync.RWMutex
	channels map[discord.ChannelID]*Channel
	messages map[discord.ChannelID][]*Message // by id, oldest first
	passing  map[discord.ChannelID][]*Message // the last few of a load, oldest first
}

// passingLimit is how many messages of a load a channel remembers: enough for
// an answer to one to find it.
const passingLimit = 64

func newHistory(w *world, limit int) *history {
	h := &history{
		limit:    limit,
		channels: make(map[discord.ChannelID]*Channel),
		messages: make(map[discord.ChannelID][]*Message),
		passing:  make(map[discord.ChannelID][]*Message),
	}
	for _, g := range w.guilds {
		for i := range g.Channels {
			h.channels[g.Channels[i].ID] = &g.Channels[i]
		}
	}
	return h
}

// channel returns the channel with that id, or nil.
func (h *history) channel(id discord.ChannelID) *Channel {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.channels[id]
}

// direct returns the channel of direct messages with a user.
func (h *history) direct(u User, newID func() discord.Snowflake) *Channel {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.channels {
		if c.with != nil && c.with.ID == u.ID {
			return c
		}
	}
	c := &Channel{ID: discord.ChannelID(newID()), Type: 1, with: &u}
	h.channels[c.ID] = c
	return c
}

// add puts a message at the end of its channel.
func (h *history) add(m *Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.messages[m.ChannelID] = keep(h.messages[m.ChannelID], m, h.limit, h.limit)
}

// pass remembers a message for a short while.
func (h *history) pass(m *Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.passing[m.ChannelID] = keep(h.passing[m.ChannelID], m, 2*passingLimit, passingLimit)
}

// keep adds a message to a list that is sorted by id, and cuts the list to cut
// when it is longer than most.
func keep(list []*Message, m *Message, most, cut int) []*Message {
	at := len(list)
	for at > 0 && list[at-1].ID > m.ID {
		at--
	}
	list = slices.Insert(list, at, m)
	if len(list) > most {
		list = slices.Delete(list, 0, len(list)-cut)
	}
	return list
}

// get returns a copy of a message.
func (h *history) get(channel discord.ChannelID, id discord.MessageID) (Message, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if m := h.find(channel, id); m != nil {
		return *m, true
	}
	return Message{}, false
}

// find needs the lock.
func (h *history) find(channel discord.ChannelID, id discord.MessageID) *Message {
	for _, list := range [][]*Message{h.messages[channel], h.passing[channel]} {
		i := sort.Search(len(list), func(i int) bool { return list[i].ID >= id })
		if i < len(list) && list[i].ID == id {
			return list[i]
		}
	}
	return nil
}

// change replaces a message by what f makes of its copy, and returns it.
func (h *history) change(channel discord.ChannelID, id discord.MessageID, f func(*Message)) (Message, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := h.find(channel, id)
	if m == nil {
		return Message{}, false
	}
	f(m)
	return *m, true
}

// remove takes a message out.
func (h *history) remove(channel discord.ChannelID, id discord.MessageID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	found := false
	take := func(m *Message) bool {
		found = found || m.ID == id
		return m.ID == id
	}
	h.messages[channel] = slices.DeleteFunc(h.messages[channel], take)
	h.passing[channel] = slices.DeleteFunc(h.passing[channel], take)
	return found
}

// list returns copies of a channel's messages, oldest first.
func (h *history) list(channel discord.ChannelID) []Message {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]Message, len(h.messages[channel]))
	for i, m := range h.messages[channel] {
		list[i] = *m
	}
	return list
}
