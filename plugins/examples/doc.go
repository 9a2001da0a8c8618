// Package examples holds plugins to read and to begin with:
//
//	ping     answers a message
//	counter  keeps a number in the host's store
//	remind   sets timers
//	levels   keeps values of its own type, and has commands and a button
//
// Others are in other languages: welcome in C, which greets who joins, and
// leaderboard in Zig, which counts points; moderation, roles and tickets.
//
// Each of Go is a package of its own with a test that runs it natively. The tests of
// this package build them for WebAssembly, run one as the host does, and have a
// guest made for the purpose call every function of the host.
package examples
