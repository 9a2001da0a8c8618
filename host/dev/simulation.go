package dev

import (
	"encoding/json"
)

// A simulation is the Discord behind the page.
type simulation interface {
	// Guilds lists where the bot is, with text channels only.
	Guilds() []guild

	// Messages returns what stands in a channel, oldest first.
	Messages(channel string) []message

	// Say writes a message as a user of that name.
	Say(guild, channel, user, content string) error

	// Stats counts what the host has done.
	Stats() simStats
}

// guild is a server on the page.
type guild struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Shard    int       `json:"shard"` // that its events arrive on
	Channels []channel `json:"channels"`
}

// channel is a text channel on the page.
type channel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// message is a message on the page. A second one with the same id replaces
// the first.
type message struct {
	ID      string          `json:"id"`
	Channel string          `json:"channel"`
	Author  author          `json:"author"`
	Content string          `json:"content"`
	Time    float64         `json:"time"`               // unix milliseconds
	ReplyTo string          `json:"reply_to,omitempty"` // id of the message it answers
	Edited  bool            `json:"edited,omitempty"`
	Embeds  json.RawMessage `json:"embeds,omitempty"` // Discord's
}

// author is who wrote a message.
type author struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Bot  bool   `json:"bot"`
}

// typing says that somebody types; an empty User ends it.
type typing struct {
	Channel string `json:"channel"`
	User    string `json:"user"`
}

// deletion says that a message is gone.
type deletion struct {
	ID      string `json:"id"`
	Channel string `json:"channel"`
}

// simStats is what the simulated Discord has counted.
type simStats struct {
	Identifies int `json:"identifies"`
	Resumes    int `json:"resumes"`
	Sessions   int `json:"sessions"`
}
