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
// Nothing waits inside a handler. A REST call that has an answer takes a
// function that is called with it later:
//
//	c.REST("GET", "/channels/"+id.String(), nil, func(c *sdk.Ctx, r *sdk.Response) error {
//		if err := r.Err(); err != nil {
//			return err
//		}
//		return c.Send(id, "This is "+r.Body.Get("name").String())
//	})
//
// The same code runs natively: package sdktest is a host for go test.
//
// The SDK imports neither fmt nor encoding/json, which would make a module of
// 2.4 MB larger by a quarter to a third and its loading slower by as much; a
// plugin that wants them imports them. Discord's payloads are read with JSON,
// which costs a tenth of encoding/json in a guest.
package sdk
