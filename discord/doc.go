// Package discord holds the facts of the Discord API that the host needs to
// route an event and to talk about it: typed ids, the table of dispatch
// events, gateway intents, opcodes and close codes. It decodes no payload:
// bodies pass through the host byte for byte, and typed structs belong to the
// plugins.
//
// The event table is generated from events.csv, whose first column is the
// number that an event has in frames and recordings. Numbers are never changed
// or used again: a new event is appended at the end of the file, then
//
//	go generate ./discord
//
// writes events_table.go and docs/events.md, and a test fails when they are stale.
package discord

//go:generate go run ./internal/gen
