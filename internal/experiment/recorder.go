package main

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/gateway"
)

// A recorder notes what all shards of a bot take, in the order in which they
// take it.
type recorder struct {
	mu    sync.Mutex
	taken []discordtest.Delivery
	at    []int64 // unix nanoseconds, of each
}

func (r *recorder) take(e *gateway.Event) {
	now := time.Now().UnixNano()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, discordtest.Delivery{Session: e.Session, Seq: e.Seq})
	r.at = append(r.at, now)
}

// sessions are those of which anything was taken.
func (r *recorder) sessions() map[string]bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := make(map[string]bool)
	for _, d := range r.taken {
		known[d.Session] = true
	}
	return known
}

// A shardSink is one shard's way into a recorder. It finishes events late, as
// plugins do: its position trails what it took by a few events, until it is
// told to catch up.
type shardSink struct {
	all *recorder

	mu       sync.Mutex
	random   *rand.Rand
	last     int64
	position int64
	prompt   bool
}

func newShardSink(all *recorder, seed uint64) *shardSink {
	return &shardSink{all: all, random: rand.New(rand.NewPCG(seed, 0x73696e6b)), last: -1, position: -1}
}

func (s *shardSink) Begin(gateway.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.position = -1, -1
}

func (s *shardSink) Dispatch(e *gateway.Event) {
	s.all.take(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = e.Seq
	switch {
	case s.prompt:
		s.position = s.last
	case s.random.IntN(4) == 0:
		s.position = max(s.position, s.last-int64(s.random.IntN(3)))
	}
}

// Position is what the sink says it has finished.
func (s *shardSink) Position() (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.position, true
}

// catchUp finishes everything, now and from now on.
func (s *shardSink) catchUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.prompt, s.position = true, s.last
}
