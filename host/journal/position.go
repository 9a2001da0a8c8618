package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/shardhost/shardhost/host/effect"
)

// Position names one event that a lane has finished.
type Position struct {
	Shard, Of int
	Session   string
	Seq       int64
	Ahead     bool // out of turn: events that the lane received before it may still wait
}

// Positions is how far the lanes of one plugin have come. A lane's position
// stands in the store beside its effects, so that an event whose effects are
// committed is recognised when Discord sends it again after a restart. The
// number of lanes is part of the key: with another number, another lane may own
// the event's guild.
type Positions struct {
	mu    sync.Mutex
	marks map[markKey]mark
}

// markKey names a mark: the number of lanes and the lane, the number of shards
// and the shard.
type markKey struct{ lanes, lane, of, shard int }

func (k markKey) in(plugin string) string {
	return fmt.Sprintf("lane/%s/%d/%d/%d/%d", plugin, k.lanes, k.lane, k.of, k.shard)
}

// mark is how far a lane has come in a session: everything up to seq and what
// is listed in ahead, ascending, is finished.
type mark struct {
	session string
	seq     int64
	ahead   []int64
}

// LoadPositions reads the positions of a plugin's lanes.
func (j *Journal) LoadPositions(ctx context.Context, plugin string) (*Positions, error) {
	p := &Positions{marks: map[markKey]mark{}}
	prefix := "lane/" + plugin + "/"
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, 1000)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			after = e.Key
			key, err := decodeMarkKey(e.Key[len(prefix):])
			if err != nil {
				return nil, fmt.Errorf("position record %q: %w", e.Key, err)
			}
			if p.marks[key], err = decodeMark(e.Value); err != nil {
				return nil, fmt.Errorf("position record %q: %w", e.Key, err)
			}
		}
		if len(entries) < 1000 {
			return p, nil
		}
	}
}

// Holds tells whether the effects of an event are committed. guild is the
// event's, which tells the lane that owns it.
func (p *Positions) Holds(at Position, guild uint64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, m := range p.marks {
		if key.shard == at.Shard && m.session == at.Session && m.holds(at.Seq) && key.lane == effect.LaneOf(guild, key.lanes) {
			return true
		}
	}
	return false
}

func (m *mark) holds(seq int64) bool {
	if seq <= m.seq {
		return true
	}
	_, ahead := slices.BinarySearch(m.ahead, seq)
	return ahead
}

// after returns the marks that change when a lane has finished some events.
func (p *Positions) after(lane effect.Lane, finished []Position) map[markKey]mark {
	if len(finished) == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := map[markKey]mark{}
	for _, at := range finished {
		if at.Seq < 0 {
			continue // without a sequence it never comes again
		}
		key := markKey{lane.Of, lane.Index, at.Of, at.Shard}
		m, ok := changed[key]
		if !ok {
			m = p.marks[key]
			m.ahead = slices.Clone(m.ahead)
		}
		m.advance(at)
		changed[key] = m
	}
	return changed
}

func (m *mark) advance(at Position) {
	if m.session != at.Session {
		*m = mark{session: at.Session, seq: -1}
	}
	if at.Ahead {
		if i, there := slices.BinarySearch(m.ahead, at.Seq); !there && at.Seq > m.seq {
			m.ahead = slices.Insert(m.ahead, i, at.Seq)
		}
		return
	}
	m.seq = max(m.seq, at.Seq)
	i, found := slices.BinarySearch(m.ahead, m.seq)
	if found {
		i++
	}
	m.ahead = m.ahead[i:]
}

func (p *Positions) keep(changed map[markKey]mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for key, m := range changed {
		p.marks[key] = m
	}
}

// encode is a mark's record: the sequence, the number of those ahead and the
// difference of each to the one before it, all as varints, then the session.
func (m mark) encode() []byte {
	b := binary.AppendVarint(nil, m.seq)
	b = binary.AppendUvarint(b, uint64(len(m.ahead)))
	last := m.seq
	for _, seq := range m.ahead {
		b = binary.AppendUvarint(b, uint64(seq-last))
		last = seq
	}
	return append(b, m.session...)
}

var errBadMark = errors.New("not a sequence and a session; the store's file is damaged")

func decodeMark(b []byte) (mark, error) {
	seq, n := binary.Varint(b)
	if n <= 0 {
		return mark{}, errBadMark
	}
	b = b[n:]
	m := mark{seq: seq}
	count, n := binary.Uvarint(b)
	if n <= 0 || count > uint64(len(b)) {
		return mark{}, errBadMark
	}
	b = b[n:]
	for range count {
		step, n := binary.Uvarint(b)
		if n <= 0 || step == 0 || seq+int64(step) <= seq {
			return mark{}, errBadMark
		}
		seq += int64(step)
		m.ahead = append(m.ahead, seq)
		b = b[n:]
	}
	m.session = string(b)
	return m, nil
}

func decodeMarkKey(s string) (markKey, error) {
	bad := errors.New("not LANES/LANE/OF/SHARD; the store's file is damaged")
	parts := strings.Split(s, "/")
	if len(parts) != 4 {
		return markKey{}, bad
	}
	var n [4]int
	for i, part := range parts {
		v, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return markKey{}, bad
		}
		n[i] = int(v)
	}
	k := markKey{lanes: n[0], lane: n[1], of: n[2], shard: n[3]}
	if k.lane >= k.lanes {
		return markKey{}, bad
	}
	return k, nil
}
