// Command late answers the command late, and makes it wait: at !busy it does not
// come back before its deadline.
package main

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		for n := 0; m.Content == "!busy"; n++ {
			_ = n
		}
		return nil
	})
	sdk.Command("late", "Better than never", func(c *sdk.Ctx, i *sdk.Interaction) error {
		return i.Reply("here I am")
	})
}

func main() {}
