// Ledger books every message it handles in the host's store, in the order of
// each guild, and does what the message asks for: writes one, sets a timer whose
// firing books and writes, or waits for the answer to what it writes and books
// that, or writes one and books the answer. Every effect is
// one that the server or the store shows afterwards.
package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

// version is set when the module is built, so that builds differ.
var version = "1"

func init() {
	sdk.OnStart(func(c *sdk.Ctx) error {
		c.Log().Debug("starts", "version", version)
		return nil
	})
	sdk.OnMessage(handle)
	sdk.OnTimer("later", func(c *sdk.Ctx, t *sdk.Timer) error {
		number, channel, _ := strings.Cut(t.Data, " ")
		if err := book(c, "fired", number); err != nil {
			return err
		}
		return c.Send(sdk.ParseID(channel), "fired "+number)
	})
	sdk.OnTimer("wait", func(c *sdk.Ctx, t *sdk.Timer) error {
		number, channel, _ := strings.Cut(t.Data, " ")
		r, err := c.Await(&sdk.Request{Method: "POST", Path: "/channels/" + channel + "/messages", Body: sdk.Object{"content": "awaited " + number}})
		if err != nil {
			return err
		}
		if err := r.Err(); err != nil {
			return book(c, "refused", number)
		}
		return book(c, "waited", number)
	})
	sdk.OnResponse("asked", func(c *sdk.Ctx, r *sdk.Response) error {
		if err := r.Err(); err != nil {
			return book(c, "refused", r.Data)
		}
		return book(c, "answered", r.Data)
	})
}

func handle(c *sdk.Ctx, m *sdk.Message) error {
	if m.Author.Bot {
		return nil
	}
	if m.Content == "!books" {
		return books(c, m)
	}
	guild := m.GuildID.String()
	n, err := c.KV().Add("count/"+guild, 1)
	if err != nil {
		return err
	}
	if err := c.KV().Put(fmt.Sprintf("log/%s/%08d", guild, n), m.ID.String()); err != nil {
		return err
	}
	word, rest, _ := strings.Cut(m.Content, " ")
	number, argument, _ := strings.Cut(rest, " ")
	switch word {
	case "!send":
		return c.Send(m.ChannelID, "sent "+number)
	case "!ask":
		return c.Do(&sdk.Request{
			Method: "POST", Path: "/channels/" + m.ChannelID.String() + "/messages", Body: sdk.Object{"content": "asked " + number},
			Continue: "asked", Data: number,
		})
	case "!timer", "!wait":
		ms, err := strconv.Atoi(argument)
		if err != nil {
			return err
		}
		name := "later"
		if word == "!wait" {
			name = "wait"
		}
		_, err = c.After(name, time.Duration(ms)*time.Millisecond, number+" "+m.ChannelID.String())
		return err
	case "!trap":
		if err := c.Send(m.ChannelID, "trapped "+number); err != nil {
			return err
		}
		if !c.Redelivered() {
			panic("asked to")
		}
	}
	return nil
}

// book counts that something numbered has happened, and how much of its kind
// has happened in all.
func book(c *sdk.Ctx, what, number string) error {
	if _, err := c.KV().Add(what+"/"+number, 1); err != nil {
		return err
	}
	_, err := c.KV().Add("all/"+what, 1)
	return err
}

// books says what the guild's count is.
func books(c *sdk.Ctx, m *sdk.Message) error {
	n, err := c.KV().Get("count/" + m.GuildID.String())
	if errors.Is(err, sdk.ErrNotFound) {
		n, err = "0", nil
	}
	if err != nil {
		return err
	}
	return c.Send(m.ChannelID, "books "+n)
}

func main() {}
