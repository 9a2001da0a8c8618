// Package abi is the contract between the host and a guest, version 1.
//
// It holds the binary frame that carries an event, a completion, a timer or a
// control message to a guest, the names of the guest's exports and of the
// host's functions, and the result codes both sides agree on. It imports only
// the standard library's encoding/binary, because guests compile it too.
//
// The prose specification is docs/abi.md.
package abi
