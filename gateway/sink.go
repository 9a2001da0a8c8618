package gateway

import "github.com/shardhost/shardhost/discord"

// A Session is what is needed to RESUME.
type Session struct {
	ID        string
	ResumeURL string // without gateway parameters; "": use the gateway's own URL
	Seq       int64  // the position to resume from; -1: nothing received yet
}

// A Sink takes what a gateway receives. One gateway has one sink; Dispatch and
// Begin are called on the goroutine that reads the connection, in the order of
// the stream, Position on any goroutine.
type Sink interface {
	// Begin says that a new session has started (READY): sequences count anew.
	// It is called before the Dispatch of that READY. After a RESUME it is not
	// called, because the old session goes on.
	Begin(Session)

	// Dispatch takes one event, borrowed: it must Retain what it keeps. It may
	// block to slow the connection down; heartbeats go on meanwhile. READY and
	// RESUMED are dispatched like all others.
	Dispatch(*Event)

	// Position is the highest sequence up to which everything is finished:
	// what goes into heartbeats and RESUME. ok is false when the sink does not
	// track positions; the gateway then uses the last sequence received.
	Position() (seq int64, ok bool)
}

// A Selector is a Sink that knows beforehand into which events it will not
// look. Selects is called for each event of a known type, on the goroutine that
// reads; of an event that is not selected only the envelope is read, so that it
// reaches Dispatch with its sequence but without Guild and Data. READY, RESUMED
// and the answers that the gateway itself waits for are always read.
type Selector interface {
	Sink
	Selects(discord.EventType) bool
}
