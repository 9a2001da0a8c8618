// Package journal commits what handlers did.
//
// The effects of finished frames, the lane's position and the requests that are
// to be sent go to the store in one batch: after a crash either all of it has
// happened or none. REST calls leave afterwards, from a durable outbox; their
// answers are committed before they are delivered. The package also holds the
// shard's Tracker, which knows up to which sequence everything is finished.
package journal
