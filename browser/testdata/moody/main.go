// Command moody fails on !fail while its mood is bad, and answers otherwise.
package main

import (
	"errors"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
)

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		switch {
		case m.Content != "!fail":
			return nil
		case c.Config().Get("mood").String() == "bad":
			return errors.New("moody is in a bad mood")
		}
		return c.Reply(m, "mended")
	})
}

func main() {}
