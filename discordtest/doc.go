// Package discordtest is a Discord to test against, as net/http/httptest is to
// HTTP: a gateway and a REST API on a port of this machine, with guilds and
// people in them. It is strict about every limit in Discord's documentation,
// takes any client in any language, and breaks in every way the protocol
// allows when it is told to.
//
//	srv := discordtest.NewServer(discordtest.Options{Guilds: 20, Shards: 2})
//	defer srv.Close()
//	bot := start(srv.Token, srv.REST) // srv.REST is the base URL of the API
//
// # What is in it
//
// One application with one bot, which is a member of Options.Guilds guilds.
// Every guild has a text channel #general, which is its first one, and people
// who talk when they are told to:
//
//	g := srv.Guilds()[0]
//	srv.SendMessage(g.General(), "!ping")
//	answer, err := srv.WaitForMessage(ctx, g.General(), func(m discordtest.Message) bool {
//		return m.Author.Bot && m.Content == "pong"
//	})
//
// Guild i is served by shard i modulo the number of shards, whatever that
// number is, so a test knows which session an event goes to. Everything that
// looks random follows from Options.Seed.
//
// [Server.Post] writes as a certain person or answers a message,
// [Server.Interact] uses a slash command or a button, [Server.Dispatch] sends
// any event, [Server.Load] lets thousands of realistic ones happen.
//
// # Time
//
// Nothing sleeps. Windows, deadlines, intervals and rates follow
// Options.Clock; with a [ManualClock] a test lets five seconds pass at once:
//
//	clock := discordtest.NewManualClock(time.Now())
//	srv := discordtest.NewServer(discordtest.Options{Clock: clock})
//	…
//	clock.Advance(5 * time.Second) // the next IDENTIFY is allowed
//
// The WaitFor methods return when something has happened, without polling.
//
// # Books
//
// The server knows what it sent and what it got. [Server.Books] has a line for
// each dispatch to each session, with the number of the event behind it;
// [Server.RESTRequests] every request; [Server.Violations] every rule that a
// client broke, which is the list to find empty at the end of a test; and
// [Server.Sessions] what heartbeats have acknowledged. [Server.Audit] compares
// the books with what a client says it took: what was lost, doubled or
// reordered.
//
// The replay buffer of a session holds nothing that a heartbeat has
// acknowledged, and a session that was closed with 1000 or 1001 is gone: a
// client that acknowledges what it has not handled will lose it here, not in
// production.
//
// # Faults
//
// [Server.Fault] breaks live sessions, or waits for a moment of a later
// connection:
//
//	srv.Fault(discordtest.Fault{Kind: discordtest.FaultReset, Shard: discordtest.AllShards})
//	srv.Fault(discordtest.Fault{Kind: discordtest.FaultReconnect, At: discordtest.AtReplay, After: 3})
//
// [Server.Script] gives REST requests another answer than theirs, and
// Options.Chaos injects faults all the time. Where a test wants to say every
// step, [Server.Next] plays a [Scene] on the next connection:
//
//	story := srv.Next(func(c *discordtest.Scene) {
//		c.Hello(time.Minute)
//		c.Expect(discord.OpIdentify)
//		c.Ready("session-1")
//		c.Close(discord.CloseSessionTimedOut)
//	})
//	…
//	if err := story.Wait(ctx); err != nil {
//		t.Error(err)
//	}
//
// # Other languages
//
// Everything above is also reached over HTTP, below [Server.Control].
// docs/sim.md of this repository is the reference; `shardhost sim` runs a
// server by itself.
package discordtest
