// Counter counts how often !count was said in a guild. The number is in the
// host's store, so it survives reloads and restarts.
package main

import (
	"strconv"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnMessage(count)
}

func count(c *sdk.Ctx, m *sdk.Message) error {
	if m.Author.Bot || m.Content != "!count" {
		return nil
	}
	n, err := c.KV().Add("count/"+m.GuildID.String(), 1)
	if err != nil {
		return err
	}
	return c.Reply(m, strconv.FormatInt(n, 10))
}

func main() {}
