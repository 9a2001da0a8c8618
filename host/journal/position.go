package journal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/shardhost/shardhost/internal/store"
)

// A lane's position stands beside its effects, so that an event whose effects
// are committed is recognised when Discord sends it again after a restart. The
// number of lanes is part of the key: with another number, another lane may own
// the event's guild.

func (p Position) write(r *Record) store.Write {
	return store.Write{
		Key:   fmt.Sprintf("lane/%s/%d/%d/%d", r.Plugin, r.Lanes, r.Lane, p.Shard),
		Value: []byte(strconv.FormatInt(p.Seq, 10) + " " + p.Session),
	}
}

// Committed is what one plugin had committed when the host stopped.
type Committed struct {
	marks []mark
}

type mark struct {
	lanes, lane, shard int
	session            string
	seq                int64
}

// LoadCommitted reads the positions of a plugin's lanes.
func (j *Journal) LoadCommitted(ctx context.Context, plugin string) (*Committed, error) {
	c := &Committed{}
	prefix := "lane/" + plugin + "/"
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			after = e.Key
			var m mark
			if _, err := fmt.Sscanf(e.Key[len(prefix):], "%d/%d/%d", &m.lanes, &m.lane, &m.shard); err != nil || m.lanes < 1 {
				return nil, fmt.Errorf("position record %q is not LANES/LANE/SHARD", e.Key)
			}
			seq, session, ok := strings.Cut(string(e.Value), " ")
			if m.seq, err = strconv.ParseInt(seq, 10, 64); err != nil || !ok {
				return nil, fmt.Errorf("position record %q does not hold SEQUENCE SESSION", e.Key)
			}
			m.session = session
			c.marks = append(c.marks, m)
		}
		if len(entries) < 1000 {
			return c, nil
		}
	}
}

// Holds tells whether the effects of an event were committed before the host
// stopped. laneOf tells which of n lanes owns the event.
func (c *Committed) Holds(shard int, session string, seq int64, laneOf func(lanes int) int) bool {
	for _, m := range c.marks {
		if m.shard == shard && m.session == session && seq <= m.seq && m.lane == laneOf(m.lanes) {
			return true
		}
	}
	return false
}
