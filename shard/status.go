package shard

import (
	"time"

	"github.com/shardhost/shardhost/gateway"
)

// Status is how one shard stands. What the shard itself cannot say is zero: only
// its ids, Generation, InCharge and Opened come from the manager.
type Status struct {
	gateway.Status
	LatencyMS  float64 `json:"latency_ms"`
	Generation uint64  `json:"generation"`
	InCharge   bool    `json:"in_charge"` // its generation serves; else it is being opened beside that
	Opened     bool    `json:"opened"`

	// Stalled: no event of any kind has come for many times the usual distance,
	// although the connection is alive and other shards have events.
	Stalled bool `json:"stalled,omitempty"`
}

// Status returns how the shards of this process stand, those in charge first,
// each generation in the order of its ids.
func (m *Manager) Status() []Status {
	m.mu.Lock()
	var list []Status
	var shards []Shard
	add := func(g *generation, inCharge bool) {
		for i := range g.states {
			s := g.states[i]
			tuple := *s.ID.Shard
			list = append(list, Status{
				Status:     gateway.Status{Shard: tuple.ShardID(), Of: tuple.NumShards(), Sequence: -1, Position: -1},
				Generation: g.number, InCharge: inCharge, Opened: s.Opened,
			})
			shards = append(shards, s.Shard)
		}
	}
	add(m.current, true)
	if m.next != nil {
		add(m.next, false)
	}
	m.mu.Unlock()
	for i, s := range shards {
		if reporter, ok := s.(interface{ Status() gateway.Status }); ok {
			list[i].Status = reporter.Status()
			list[i].LatencyMS = float64(list[i].Latency) / float64(time.Millisecond)
		}
	}
	markStalled(list, time.Now())
	return list
}

// A shard is stalled when it has been quiet for so many times the usual distance
// of its events, and so long at least, while another had one a moment ago.
const (
	stallDistances = 30
	stallLeast     = 10 * time.Minute
	stallMoment    = time.Minute
)

func markStalled(list []Status, now time.Time) {
	var latest time.Time
	for i := range list {
		if list[i].InCharge && list[i].LastEvent.After(latest) {
			latest = list[i].LastEvent
		}
	}
	if now.Sub(latest) > stallMoment {
		return // nobody has any
	}
	for i := range list {
		s := &list[i]
		s.Stalled = s.InCharge && s.State == gateway.StateReady && s.Usual > 0 && now.Sub(s.LastEvent) > max(stallLeast, stallDistances*s.Usual)
	}
}

// Summary is how a manager stands as a whole.
type Summary struct {
	Shards      int    `json:"shards"`      // of the generation in charge, in all processes
	Recommended int    `json:"recommended"` // what Discord said last; 0: it was not asked
	Rescaling   bool   `json:"rescaling"`
	LastError   string `json:"last_error,omitempty"` // of the last rescale
}

// Summary returns how the manager stands.
func (m *Manager) Summary() Summary {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := Summary{Shards: m.current.of, Recommended: m.recommended.Shards, Rescaling: m.rescaling}
	if m.lastError != nil {
		s.LastError = m.lastError.Error()
	}
	return s
}
