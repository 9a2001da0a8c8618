// Package host is the composition: it opens, reloads and closes everything.
//
// The road of an event through it: a gateway hands each dispatch to its shard's
// sink (sink.go), which asks one table (table.go), indexed by event number, who
// wants it. Nobody: the shard's position advances at once. Otherwise each
// plugin gets a counted reference in the mailbox of a lane (host/plugin), whose
// effects the journal commits (host/journal).
//
// Reload (reload.go) reads the configuration again, prepares everything beside
// what runs, and swaps all or nothing. Sessions stay connected.
package host
