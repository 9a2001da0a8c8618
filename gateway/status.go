package gateway

import (
	"sync/atomic"
	"time"
)

// counters count since the gateway was made.
type counters struct {
	identifies, resumes, reconnects, events, commands atomic.Uint64
	duplicates, gaps                                  atomic.Uint64
	garbage, oversized, early, unknown, nonces        atomic.Uint64
}

// A Status is how a gateway stands at one moment.
type Status struct {
	Shard     int           `json:"id"`
	Of        int           `json:"of"`
	State     State         `json:"state"`
	Since     time.Time     `json:"since"`    // when State began
	Session   string        `json:"session"`  // "": none
	Sequence  int64         `json:"sequence"` // last received, -1: none
	Position  int64         `json:"position"` // up to which everything is finished, -1: none
	Latency   time.Duration `json:"-"`        // between the last acknowledged heartbeat and its ACK, 0: not known
	LastFrame time.Time     `json:"last_frame"`
	LastEvent time.Time     `json:"last_event"`           // of any kind
	Usual     time.Duration `json:"-"`                    // distance of its events on average, 0: too few to tell
	LastError string        `json:"last_error,omitempty"` // why the last connection ended; "" when ready again
	Remedy    string        `json:"remedy,omitempty"`     // what a person can do about it

	// Silent are the events that used to come and have not for long, although
	// others still do: sessions are known that lose a kind of event until they
	// are restarted.
	Silent []string `json:"silent,omitempty"`

	Identifies uint64 `json:"identifies"`
	Resumes    uint64 `json:"resumes"`
	Reconnects uint64 `json:"reconnects"`
	Events     uint64 `json:"events"`     // given to the sink
	Commands   uint64 `json:"commands"`   // sent for callers
	Duplicates uint64 `json:"duplicates"` // events left out because the sink had them
	Gaps       uint64 `json:"gaps"`       // sequences that jumped
	Garbage    uint64 `json:"garbage"`    // messages that could not be read
	Oversized  uint64 `json:"oversized"`  // messages left out for their size
	Early      uint64 `json:"early"`      // events before READY
	Unknown    uint64 `json:"unknown"`    // messages with an unknown opcode
}

// Status returns how the gateway stands.
func (g *Gateway) Status() Status {
	position := g.position() // asks the sink, which may have locks of its own
	g.mu.Lock()
	defer g.mu.Unlock()
	n := &g.counters
	s := Status{
		Shard: g.shard.ShardID(), Of: g.shard.NumShards(),
		State: g.state, Since: g.since,
		Sequence: g.seq.Load(), Position: position,
		Identifies: n.identifies.Load(), Resumes: n.resumes.Load(), Reconnects: n.reconnects.Load(),
		Events: n.events.Load(), Commands: n.commands.Load(),
		Duplicates: n.duplicates.Load(), Gaps: n.gaps.Load(), Garbage: n.garbage.Load(),
		Oversized: n.oversized.Load(), Early: n.early.Load(), Unknown: n.unknown.Load(),
	}
	s.Silent = g.silence.kinds(time.Now())
	s.LastEvent, s.Usual = g.silence.pace()
	if g.course.session != nil {
		s.Session = g.course.session.ID
	}
	if c := g.conn; c != nil {
		s.Latency = time.Duration(c.heart.latency.Load())
		if last := c.line.last.Load(); last != 0 {
			s.LastFrame = time.Unix(0, last)
		}
	}
	err := g.err
	if err == nil {
		err = g.lastErr
	}
	if err != nil {
		s.LastError, s.Remedy = err.Error(), remedy(err)
	}
	return s
}

// oddity counts something that should not come and logs it: the first time, and
// then ever less often.
func (g *Gateway) oddity(count *atomic.Uint64, text string, args ...any) {
	if n := count.Add(1); n&(n-1) == 0 {
		g.log.Warn(text, append(args, "count", n)...)
	}
}
