// Command remembers counts !count in a variable that it hands on, and answers
// !news with what the host has told it.
package main

import (
	"strconv"
	"strings"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	count := 0
	var news []string
	sdk.OnSave(1, func(*sdk.Ctx) ([]byte, error) { return []byte(strconv.Itoa(count)), nil })
	sdk.OnLoad(func(_ *sdk.Ctx, _ int32, state []byte) (err error) {
		count, err = strconv.Atoi(string(state))
		return err
	})
	sdk.OnColdStart(func(_ *sdk.Ctx, reason string) error {
		news = append(news, "cold "+reason)
		return nil
	})
	sdk.OnGap(func(_ *sdk.Ctx, gap *sdk.Gap) error {
		news = append(news, "gap of shard "+strconv.Itoa(gap.Shard)+" of "+strconv.Itoa(gap.Of))
		return nil
	})
	sdk.OnTopic("told.*", func(c *sdk.Ctx, p *sdk.Post) error {
		return c.Send(p.Data.Get("channel").ID(), p.Topic)
	})
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		switch m.Content {
		case "!count":
			count++
			return c.Reply(m, strconv.Itoa(count))
		case "!news":
			return c.Reply(m, "news: "+strings.Join(news, ", "))
		case "!tell":
			return c.Publish("told.it", sdk.Object{"channel": m.ChannelID})
		}
		return nil
	})
}

func main() {}
