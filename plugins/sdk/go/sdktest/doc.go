// Package sdktest is a host for tests of plugins: the plugin's own code runs
// natively, in go test, with a clock that the test moves and a Discord that
// only notes what it is asked for.
//
//	func TestPing(t *testing.T) {
//		bot := sdktest.Start(t)
//		bot.Say("!ping")
//		if got := bot.Sent(); !slices.Equal(got, []string{"pong"}) {
//			t.Errorf("the bot said %q", got)
//		}
//	}
//
// Put the test beside the plugin, in package main, so that its init functions
// have registered the handlers. As in the real host, what a handler asks for
// takes effect when it has returned nil, and leaves no trace when it fails. A
// failure fails the test, unless the test asks for it with Failure. Variables
// of the plugin are those of the test process: they are shared by its tests
// and survive Restart.
package sdktest
