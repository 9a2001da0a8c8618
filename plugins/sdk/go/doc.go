// Package sdk is for writing plugins of Shardhost in Go.
//
// A plugin is a main package whose init function registers what it handles. It
// is built with the Go toolchain alone, and the host loads it, feeds it the
// events it asked for, and swaps it for a newer one while the bot stays
// connected:
//
//	package main
//
//	import sdk "github.com/shardhost/shardhost/plugins/sdk/go"
//
//	func init() {
//		sdk.OnMessage(func(c *sdk.Ctx, m *sdk.Message) error {
//			if m.Author.Bot || m.Content != "!ping" {
//				return nil
//			}
//			return c.Reply(m, "pong")
//		})
//	}
//
//	func main() {}
//
// Handlers are called one after the other; variables of the plugin need no
// locks. What a handler asks for through its Ctx (messages, REST calls, writes,
// timers) happens when it has returned nil: all of it, and exactly once, even
// if the host is killed in between. A handler that returns an error, panics or
// runs too long leaves no trace, and its event is tried again on a fresh
// instance. So handlers need no clean-up, and variables are a cache: what must
// last belongs into KV.
//
// A handler that needs an answer awaits it, while others go on:
//
//	post, err := c.CreateMessage(m.ChannelID, "One moment ...")
//	if err != nil {
//		return err
//	}
//	_, err = c.EditMessage(post.ChannelID, post.ID, "Done.")
//	return err
//
// What is awaited leaves at once; see Ctx.Await for what that means.
//
// The same code runs natively: package sdktest is a host for go test.
//
// The SDK imports neither fmt nor encoding/json, which would make a module of
// 2.4 MB larger by a quarter to a third and its loading slower by as much; a
// plugin that wants them imports them. Discord's payloads are read with JSON,
// which costs a tenth of encoding/json in a guest.
package sdk
