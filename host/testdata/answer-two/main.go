// Command answer-two answers !which with its own name.
package main

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		if m.Content != "!which" {
			return nil
		}
		return c.Reply(m, "two")
	})
}

func main() {}
