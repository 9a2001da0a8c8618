// Package store keeps the host's durable records: conditional batches of
// writes on keys. The embedded file store is in file.go; a cluster engine fits
// behind the same interface, which is why it offers compare-and-swap by
// revision and no interactive transactions.
package store

import (
	"context"
	"errors"
)

// Revision orders the writes to one key: each successful write gives it a
// higher one. 0 means that the key does not exist.
type Revision uint64

// Entry is one record.
type Entry struct {
	Key      string
	Value    []byte
	Revision Revision
}

// Check is a condition of a batch: the key has exactly this revision (0: it
// does not exist).
type Check struct {
	Key      string
	Revision Revision
}

// Write is one change of a batch.
type Write struct {
	Key    string
	Value  []byte
	Delete bool
}

// Batch is committed as a whole or not at all.
type Batch struct {
	Checks []Check
	Writes []Write // at most one a key
}

// Errors that callers branch on.
var (
	ErrNotFound = errors.New("store: no such key")
	ErrConflict = errors.New("store: a key has another revision than expected")
	ErrClosed   = errors.New("store: closed")
	ErrLocked   = errors.New("store: locked")
)

// Store is safe for use by many goroutines. Keys are not empty and compare as
// bytes; key and value sizes are limited by the engine (file: 32 KiB, 1 GiB).
type Store interface {
	// Get returns one entry, or ErrNotFound.
	Get(ctx context.Context, key string) (Entry, error)

	// List returns up to limit entries whose keys begin with prefix and are
	// greater than after, in the order of their keys. A limit of 0 is no limit.
	List(ctx context.Context, prefix, after string, limit int) ([]Entry, error)

	// Commit makes a batch durable and returns the revision that its writes
	// got, or ErrConflict when a check failed, in which case nothing changed.
	// It returns after the data is on the disk; batches of several callers
	// share one commit. Any other error leaves the outcome unknown: all of the
	// batch has happened or none, and a key that it writes, read back, tells.
	Commit(ctx context.Context, b Batch) (Revision, error)

	// Watch tells of writes to keys that begin with prefix, those that are
	// committed after it has returned, each once and in the order of their
	// revisions. What was there before, List tells: watch first, list then, and
	// leave out changes with a revision that the list has. The channel is closed
	// when ctx ends or the store is closed, and when the receiver falls so far
	// behind that changes would be missing: then watch and list anew.
	Watch(ctx context.Context, prefix string) (<-chan Change, error)

	// Close waits for commits under way.
	Close() error
}
