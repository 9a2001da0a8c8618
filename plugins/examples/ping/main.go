// Ping answers !ping with pong.
package main

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		if m.Author.Bot || m.Content != "!ping" {
			return nil
		}
		return c.Reply(m, "pong")
	})
}

func main() {}
