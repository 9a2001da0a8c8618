// Package gateway is one shard's connection to Discord, or to a service that
// speaks the same protocol.
//
// A Gateway is opened once and then lives by itself: it dials, keeps the
// heartbeat, starts a session with IDENTIFY or goes on with an old one by
// RESUME, and connects again after whatever ends a connection, until it is
// closed or Discord refuses it for good.
//
//	id := gateway.DefaultIdentifier(token)
//	id.SetShard(0, 2)
//	g := gateway.New("wss://gateway.discord.gg", id, gateway.Options{
//		Sink:     sink,
//		Compress: gateway.CompressZstd,
//	})
//	if err := g.Open(ctx); err != nil {
//		return err
//	}
//	defer g.Close() // the session survives: see Options.CloseCode
//
// What it receives goes to one Sink, on the goroutine that reads the
// connection, in the order of the stream. An Event's body is Discord's d, byte
// for byte, in a pooled buffer: it is never decoded here, and a sink that keeps
// it retains it. A Sink may take its time; heartbeats have a goroutine of their
// own, and while the reader is held up on purpose silence is not death.
//
// # One connection, one object
//
// Timers, decompressor and send window belong to a connection and die with it.
// What lasts is the Session and the decision what to do next, which are a
// Gateway's. The life of a connection is the enum State; what follows its end
// is decided in one place, course.go, from how it ended.
//
// # Positions
//
// A session can be resumed from any sequence the service still knows. A sink
// that tracks what is finished (Sink.Position) makes heartbeats and RESUME
// carry that, and not what was last received: whatever was in flight when the
// process died is then sent again.
//
// The protocol is described at https://docs.discord.com/developers/events/gateway.
package gateway
