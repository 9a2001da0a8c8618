// Remind reminds people: !remind 10s drink water. The timer belongs to the
// host, so a reminder comes even if the plugin was reloaded or the host
// restarted in between.
package main

import (
	"strings"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

const usage = "Tell me when and what: `!remind 10m drink water`"

func init() {
	sdk.OnMessage(remind)
	sdk.OnTimer("remind", due)
}

func remind(c *sdk.Ctx, m *sdk.Message) error {
	words, ok := strings.CutPrefix(m.Content, "!remind")
	if !ok || m.Author.Bot {
		return nil
	}
	when, what, _ := strings.Cut(strings.TrimSpace(words), " ")
	delay, err := time.ParseDuration(when)
	if err != nil || delay <= 0 || delay > 365*24*time.Hour || what == "" {
		return c.Reply(m, usage)
	}
	// What the timer hands back: where to write, and what.
	note := m.ChannelID.String() + " " + m.Author.Mention() + " " + what
	if _, err := c.After("remind", delay, note); err != nil {
		return err
	}
	return c.Reply(m, "I will remind you in "+delay.String()+".")
}

func due(c *sdk.Ctx, t *sdk.Timer) error {
	channel, text, _ := strings.Cut(t.Data, " ")
	return c.Send(sdk.ParseID(channel), text)
}

func main() {}
