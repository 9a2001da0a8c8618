// Suite shows what every SDK does alike: plugins/sdk/suite says what that is.
package main

import (
	"errors"
	"strconv"
	"strings"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnMessage(message)
	sdk.Command("add", "Add two numbers", add,
		sdk.Integer("a", "The first").Required(), sdk.Integer("b", "The second").Required())
	sdk.On("GUILD_CREATE", guild)
	sdk.On("SOMETHING_NEW", something)
	sdk.OnTimer("remind", remind)
	sdk.OnSave(1, func(*sdk.Ctx) ([]byte, error) { return strconv.AppendInt(nil, visits, 10), nil })
	sdk.OnLoad(func(_ *sdk.Ctx, _ int32, state []byte) (err error) {
		visits, err = strconv.ParseInt(string(state), 10, 64)
		return err
	})
}

var visits int64 // handed over at a reload

func message(c *sdk.Ctx, m *sdk.Message) error {
	word, rest, _ := strings.Cut(m.Content, " ")
	switch word {
	case "!echo":
		return c.Reply(m, rest)
	case "!count":
		n, err := c.KV().Add("count/"+m.GuildID.String(), 1)
		if err != nil {
			return err
		}
		return c.Reply(m, strconv.FormatInt(n, 10))
	case "!note":
		return note(c, m, rest)
	case "!remind":
		ms, text, _ := strings.Cut(rest, " ")
		n, err := strconv.Atoi(ms)
		if err != nil {
			return err
		}
		_, err = c.After("remind", time.Duration(n)*time.Millisecond, m.ChannelID.String()+" "+text)
		return err
	case "!topic":
		return topic(c, m)
	case "!fail":
		if err := c.KV().Put("failed", "yes"); err != nil {
			return err
		}
		return errors.New(rest)
	case "!trap":
		panic("trap asked for")
	case "!visits":
		visits++
		return c.Reply(m, strconv.FormatInt(visits, 10))
	case "!who":
		if name := m.Author.Name(); name != "" {
			return c.Reply(m, name)
		}
		return c.Reply(m, "nobody")
	case "!nonce":
		return c.Reply(m, strconv.FormatInt(m.Data.Get("nonce").Int(), 10))
	}
	return nil
}

func note(c *sdk.Ctx, m *sdk.Message, text string) error {
	key := "note/" + m.GuildID.String()
	old, err := c.KV().Get(key)
	if errors.Is(err, sdk.ErrNotFound) {
		old = "nothing"
	} else if err != nil {
		return err
	}
	if err := c.KV().Put(key, text); err != nil {
		return err
	}
	return c.Reply(m, old)
}

func remind(c *sdk.Ctx, t *sdk.Timer) error {
	channel, text, _ := strings.Cut(t.Data, " ")
	id, err := strconv.ParseUint(channel, 10, 64)
	if err != nil {
		return err
	}
	return c.Send(sdk.ID(id), text)
}

func topic(c *sdk.Ctx, m *sdk.Message) error {
	return c.REST("GET", "/channels/"+m.ChannelID.String(), nil, func(c *sdk.Ctx, r *sdk.Response) error {
		if r.Err() != nil {
			return c.Reply(m, "No topic: "+strconv.Itoa(r.Status))
		}
		return c.Reply(m, "Topic: "+r.Body.Get("topic").String())
	})
}

func add(c *sdk.Ctx, i *sdk.Interaction) error {
	return i.Reply(strconv.FormatInt(i.Option("a").Int()+i.Option("b").Int(), 10))
}

func guild(c *sdk.Ctx, e *sdk.Event) error {
	var last sdk.ID
	n := 0
	for member := range e.Data.Get("members").Items() {
		last = member.Get("user", "id").ID()
		n++
	}
	return c.Send(e.Data.Get("system_channel_id").ID(), strconv.Itoa(n)+" members, last "+last.String())
}

func something(c *sdk.Ctx, e *sdk.Event) error {
	return c.Send(e.Data.Get("channel_id").ID(), e.Name+" "+string(e.Data))
}

func main() {}
