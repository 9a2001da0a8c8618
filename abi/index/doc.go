// Package index finds the fields of an event's body that a guest has asked for,
// and writes where they stand: the table that follows the body of a frame with
// the flag abi.FlagFields. A host does it once an event, natively, so that the
// guest need not read the text at all. docs/abi.md has the rules.
//
// The Go SDK is compiled with it, for texts that come without a table.
package index
