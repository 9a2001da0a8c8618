package discordtest

import (
	"sort"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// session is what an IDENTIFY began: it outlives its connections. All of it
// belongs to the hub's lock.
type session struct {
	id        string
	shard, of int
	tuple     bool // the IDENTIFY named a shard
	intents   discord.Intents
	threshold int
	started   time.Time

	conn   *conn // nil while disconnected
	seq    int64 // of the last dispatch
	acked  int64 // by the last heartbeat
	log    replay
	expiry Timer // runs while disconnected
	ended  bool

	resumes  int // how often it was resumed
	partings int // how often it lost its connection
}

// entry is one dispatch that may have to be sent again.
type entry struct {
	seq  int64
	name string
	d    []byte
}

// replay is what a RESUME brings again: the dispatches since the last
// heartbeat's sequence, up to a limit.
type replay struct {
	entries []entry // seq rises
	floor   int64   // everything up to it is dropped
	limit   int
}

func (r *replay) add(e entry) {
	if len(r.entries) >= max(r.limit, 1) {
		cut := len(r.entries) - r.limit + 1 + r.limit/8
		r.drop(r.entries[min(cut, len(r.entries))-1].seq)
	}
	if r.limit > 0 {
		r.entries = append(r.entries, e)
	} else {
		r.floor = e.seq
	}
}

// drop forgets everything up to a sequence.
func (r *replay) drop(seq int64) {
	if seq <= r.floor {
		return
	}
	r.floor = seq
	n := sort.Search(len(r.entries), func(i int) bool { return r.entries[i].seq > seq })
	kept := copy(r.entries, r.entries[n:])
	clear(r.entries[kept:])
	r.entries = r.entries[:kept]
}

// after returns the dispatches behind a sequence. It is false when some of
// them are dropped already.
func (r *replay) after(seq int64) ([]entry, bool) {
	if seq < r.floor {
		return nil, false
	}
	n := sort.Search(len(r.entries), func(i int) bool { return r.entries[i].seq > seq })
	return r.entries[n:], true
}

// generation is the sessions that were identified with one number of shards.
type generation struct {
	of     int
	shards [][]*session
}
