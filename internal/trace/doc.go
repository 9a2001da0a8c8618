// Package trace writes down what becomes of some of the events, as spans of
// OpenTelemetry, and sends them to a collector.
//
// A [Tracer] decides of each event whether it is traced: then [Tracer.Root] is
// the first span of its trace, from which the others descend:
//
//	MESSAGE_CREATE                            received and given to the mailboxes
//	└─ plugin ping                            from the mailbox to the commit
//	   ├─ mailbox                             it waits for the lane
//	   ├─ guest                               the guest handles it, or the batch that it is in
//	   ├─ commit                              its effects become durable
//	   └─ POST /channels/{channel.id}/…       a call, from the commit to its answer
//	      ├─ POST                             an attempt: what Discord took
//	      └─ plugin ping                      the answer's own way through the lane
//
// Of all others Root returns nil, and every method of a nil [Span] does nothing:
// the road of an event that is not traced costs a comparison here and there and
// allocates nothing. A nil [Tracer] traces nothing.
//
// Spans are sent as Protobuf over HTTP (https://opentelemetry.io/docs/specs/otlp/),
// several at a time, and never wait for a collector: what finds no room is
// counted and dropped. They hold names, numbers and ids, and nothing that people
// wrote.
package trace
