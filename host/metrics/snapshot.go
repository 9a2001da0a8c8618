package metrics

import (
	"time"

	"github.com/shardhost/shardhost/internal/histogram"
)

// A Source is a running host. Its methods are called from many goroutines.
type Source interface {
	Metrics() Snapshot

	// Ready tells whether every shard is ready, else why not, in one line.
	Ready() (ok bool, reason string)
}

// A Snapshot is what a host has counted up to one moment.
type Snapshot struct {
	Version  string
	Sessions []Session
	Gateway  Gateway
	Budget   Budget
	Plugins  []Plugin
	REST     REST
	Store    Store
	Reloads  Reloads
	Tracing  Tracing
}

// Session is one gateway session.
type Session struct {
	Shard    int
	State    string // one of Snapshot.Gateway.States
	Latency  time.Duration
	Received int64 // sequence; -1: none
	Position int64 // up to which every plugin has finished; -1: none
	Silent   int   // kinds of events that used to come and have not for long
	InCharge bool  // its generation serves; else it is being opened beside that
}

// Gateway counts over all sessions, those included that are gone.
type Gateway struct {
	States     []string // every state that a session can be in
	Shards     int      // that this process has
	Guilds     int
	Events     map[string]uint64 // by type
	Identifies uint64
	Resumes    uint64
	Reconnects uint64
	Commands   uint64
	Anomalies  map[string]uint64 // by kind
}

// Budget is that of new sessions.
type Budget struct {
	Used, Limit int // Limit 0: not known yet
	ResetAt     time.Time
}

// Plugin is one plugin of the configuration.
type Plugin struct {
	Name, Version   string
	Running         bool // not resting after failures
	Generation      int
	Lanes           int
	Handled         uint64
	Failed          uint64
	Dropped         uint64
	Buried          uint64
	Delayed         uint64
	Restarts        uint64
	Queued          int
	Waiting         int
	Missed          uint64 // messages
	Memory          int64
	DeadLetters     int
	DeadLettersLost uint64
	Latency         histogram.Snapshot
	Outbox          Outbox
	Guest           map[string]Guest // what it reports about itself, by name
}

// Outbox is a plugin's calls of Discord's REST API.
type Outbox struct {
	Waiting           int       // for an answer
	Oldest            time.Time // zero: none waits
	Resent, Uncertain uint64
	Latency           histogram.Snapshot // from the commit to the answer
}

// Guest is one number that a plugin reports.
type Guest struct {
	Kind  string // counter, gauge, histogram
	Value float64
	Count uint64
}

// REST is the client of Discord's REST API.
type REST struct {
	Requests, RateLimited uint64
	Repeats               uint64
	Answers               map[string]uint64  // by class of their status; none: there was no answer
	Latency               histogram.Snapshot // of each request
	Buckets               int
	Paused                time.Time      // the global limit lets nothing pass before
	Invalid               map[string]int // of the last ten minutes, by plugin; "" is the host
	InvalidLimit          int
	Refused               bool // the token
}

// Store is the durable store.
type Store struct {
	Batches  uint64             // asked for
	Failures uint64             // of those
	Commits  histogram.Snapshot // disk writes, each of one or more batches
	Size     int64              // bytes of the file
}

// Reloads counts by outcome.
type Reloads struct{ Done, Refused uint64 }

// Tracing counts spans by outcome.
type Tracing struct{ Sent, Lost uint64 }
