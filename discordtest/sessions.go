package discordtest

import (
	"cmp"
	"slices"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A Session is what the server knows of one gateway session.
type Session struct {
	ID        string          `json:"id"`
	Shard     int             `json:"shard"`
	Of        int             `json:"of"`
	Intents   discord.Intents `json:"intents"`
	Connected bool            `json:"connected"`
	Started   time.Time       `json:"started"`
	Sequence  int64           `json:"sequence"`           // of the last dispatch
	Acked     int64           `json:"acked"`              // by the last heartbeat
	Replay    int             `json:"replay"`             // dispatches kept for a RESUME
	Resumes   int             `json:"resumes"`            // how often it was resumed
	Beats     int             `json:"beats"`              // heartbeats on its connection
	FirstBeat float64         `json:"first_beat"`         // of the connection, in intervals after HELLO; 0: none yet
	Presence  string          `json:"presence,omitempty"` // as the connection set it last
	Ended     bool            `json:"ended,omitempty"`    // only on the stream: it cannot be resumed
}

// Sessions returns the sessions that can go on or be resumed, by number of
// shards, shard and age.
func (s *Server) Sessions() []Session { return s.hub.list() }

func (h *hub) list() []Session {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := []Session{}
	for _, s := range h.sessions {
		list = append(list, h.info(s))
	}
	slices.SortFunc(list, func(a, b Session) int {
		return cmp.Or(cmp.Compare(a.Of, b.Of), cmp.Compare(a.Shard, b.Shard), a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// info needs the lock.
func (h *hub) info(s *session) Session {
	info := Session{
		ID: s.id, Shard: s.shard, Of: s.of, Intents: s.intents, Connected: s.conn != nil, Started: s.started,
		Sequence: s.seq, Acked: s.acked, Replay: len(s.log.entries), Resumes: s.resumes, Ended: s.ended,
	}
	if c := s.conn; c != nil {
		info.Beats, info.Presence = c.beats, c.presence
		if h.opts.HeartbeatInterval > 0 {
			info.FirstBeat = float64(c.firstBeat) / float64(h.opts.HeartbeatInterval)
		}
	}
	return info
}

// tell wakes those who wait and watch: something about a session has changed.
// It needs the lock.
func (h *hub) tell(s *session) {
	h.watch.send("session", h.info(s))
	h.rec.changed()
}
