// Command hostile does what a plugin must not do, on request.
package main

import sdk "github.com/shardhost/shardhost/plugins/sdk/go"

var hoard [][]byte

func init() {
	sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
		switch m.Content {
		case "!spin":
			for {
			}
		case "!recurse":
			recurse(0)
		case "!hoard":
			for {
				hoard = append(hoard, make([]byte, 1<<20))
			}
		case "!panic":
			panic("asked to")
		case "!alive":
			return c.Reply(m, "alive")
		}
		return nil
	})
}

//go:noinline
func recurse(n int) int { return recurse(n+1) + n }

func main() {}
