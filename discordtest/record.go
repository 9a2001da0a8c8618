package discordtest

import (
	"context"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Sent is one dispatch in the books: what went to which session.
type Sent struct {
	Number  uint64          `json:"event"` // of the event: the same on every session that got it
	Session string          `json:"session"`
	Shard   int             `json:"shard"`
	Of      int             `json:"of"`
	Seq     int64           `json:"s"`
	Type    string          `json:"t"`
	Guild   discord.GuildID `json:"guild_id"`
	Time    time.Time       `json:"time"`
}

// Stats counts what a server has done since it started.
type Stats struct {
	Sessions        int    `json:"sessions"`         // connected now
	Identifies      int    `json:"identifies"`       // IDENTIFYs that counted against the day's limit
	Resumes         int    `json:"resumes"`          // sessions resumed
	EventsSent      uint64 `json:"events_sent"`      // dispatches, counted once for each session, replays not again
	RESTRequests    int    `json:"rest_requests"`    // received
	MessagesCreated int    `json:"messages_created"` // by the bot
	RateLimited     int    `json:"rate_limited"`     // REST requests answered 429
}

// record keeps the books: what was sent, what clients did wrong, and counters.
// Its lock is the last one taken.
type record struct {
	clock Clock
	limit int

	mu         sync.Mutex
	lines      []line // a ring once it is full
	oldest     int
	forgotten  uint64
	stats      Stats
	violations []Violation
	violated   int
	strikes    []Strike
	beats      []Beat
	bell       chan struct{} // closed at the next change; nil when nobody waits
}

func newRecord(o Options) *record { return &record{clock: o.Clock, limit: o.BookLimit} }

// sent books a dispatch.
func (r *record) sent(s *session, e *event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats.EventsSent++
	if r.limit <= 0 {
		return
	}
	l := line{number: e.number, seq: s.seq, guild: e.guild, at: e.at.UnixNano(), session: s, name: e.name}
	if len(r.lines) < r.limit {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.oldest] = l
	r.oldest = (r.oldest + 1) % len(r.lines)
	r.forgotten++
}

// line is a Sent as it is kept.
type line struct {
	number  uint64
	seq     int64
	guild   discord.GuildID
	at      int64 // unix nanoseconds
	session *session
	name    string
}

// books returns what was sent, oldest first, and how much older is forgotten.
func (r *record) books() ([]Sent, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Sent, len(r.lines))
	for i := range all {
		l := &r.lines[(r.oldest+i)%len(r.lines)]
		// What a session is called and where it belongs never changes.
		all[i] = Sent{l.number, l.session.id, l.session.shard, l.session.of, l.seq, l.name, l.guild, time.Unix(0, l.at).UTC()}
	}
	return all, r.forgotten
}

// violate books a breach of a rule.
func (r *record) violate(v Violation) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.violated++
	if len(r.violations) < violationLimit {
		v.Number, v.Time = r.violated, r.clock.Now()
		r.violations = append(r.violations, v)
	}
	r.ring()
}

// count changes the counters.
func (r *record) count(f func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.stats)
	r.ring()
}

func (r *record) snapshot() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// changed wakes those who wait for something to happen.
func (r *record) changed() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring()
}

func (r *record) ring() {
	if r.bell != nil {
		close(r.bell)
		r.bell = nil
	}
}

// until returns once f is true, asking again after each change, or with the
// context's error.
func (r *record) until(ctx context.Context, f func() bool) error {
	for {
		r.mu.Lock()
		if r.bell == nil {
			r.bell = make(chan struct{})
		}
		bell := r.bell
		r.mu.Unlock()
		if f() {
			return nil
		}
		select {
		case <-bell:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// breaches returns the violations, oldest first.
func (r *record) breaches() []Violation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Violation{}, r.violations...)
}

// struck books a fault on a session, or on a connection that has none. It needs
// the hub's lock.
func (r *record) struck(s *session, f Fault) {
	line := Strike{Time: r.clock.Now(), Kind: f.Kind, At: f.At, Shard: -1, Resumable: f.Kind == FaultInvalidSession && f.Resumable}
	if f.Kind == FaultClose {
		line.Code = int(f.Code)
	}
	if s != nil {
		line.Session, line.Shard, line.Seq = s.id, s.shard, s.seq
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.strikes) >= 2*strikeLimit {
		r.strikes = append([]Strike(nil), r.strikes[strikeLimit:]...)
	}
	r.strikes = append(r.strikes, line)
	r.ring()
}

func (r *record) faults() []Strike {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Strike{}, r.strikes[max(0, len(r.strikes)-strikeLimit):]...)
}

// A Beat is one heartbeat.
type Beat struct {
	Time    time.Time `json:"time"`
	Session string    `json:"session"`  // "" before IDENTIFY
	Shard   int       `json:"shard"`    // -1 before IDENTIFY
	Acked   *int64    `json:"acked"`    // the sequence it acknowledged; null: none
	Sent    int64     `json:"sequence"` // of the session's last dispatch at that time
}

// beatLimit is how many heartbeats are kept.
const beatLimit = 100000

// beat books a heartbeat.
func (r *record) beat(s *session, acked *int64) {
	b := Beat{Time: r.clock.Now(), Shard: -1, Acked: acked}
	if s != nil {
		b.Session, b.Shard, b.Sent = s.id, s.shard, s.seq
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.beats) >= 2*beatLimit {
		r.beats = append([]Beat(nil), r.beats[beatLimit:]...)
	}
	r.beats = append(r.beats, b)
	r.ring()
}

func (r *record) heartbeats() []Beat {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Beat{}, r.beats[max(0, len(r.beats)-beatLimit):]...)
}
