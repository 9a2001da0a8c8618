package shard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/internal/store"
)

// How far sessions have come changes with every event, and is stored every
// second. So the positions of all shards of a process share one record beside
// those of the shards: a thousand shards cost one small write. It lies at
// position.APP.N.OWNER:
//
//	{"at":1700000000000,"p":[[0,7,4211],[1,5,3980]]}
//
// Each entry is a shard's id, the number of the write of the shard's own record
// that it belongs to (sessionRecord.Write), and the sequence. When a session
// begins or ends, the shard's record is written anew and so gets another number:
// the position of the session before does not count from that moment on,
// whatever happens in between.
type positionRecord struct {
	At        int64      `json:"at"` // unix milliseconds
	Positions [][3]int64 `json:"p"`
}

// parsePositions reads a record of the positions of some of n shards.
func parsePositions(text []byte, n int) (positionRecord, error) {
	var r positionRecord
	if err := json.Unmarshal(text, &r); err != nil {
		return positionRecord{}, err
	}
	for _, p := range r.Positions {
		if p[0] < 0 || p[0] >= int64(n) || p[1] < 0 || p[2] < -1 {
			return positionRecord{}, fmt.Errorf("shard %d of %d, write %d, sequence %d", p[0], n, p[1], p[2])
		}
	}
	return r, nil
}

// appendPosition adds one entry to a record that is being written.
func appendPosition(text []byte, id int, write uint64, seq int64) []byte {
	if text[len(text)-1] != '[' {
		text = append(text, ',')
	}
	text = append(text, '[')
	text = strconv.AppendInt(text, int64(id), 10)
	text = append(text, ',')
	text = strconv.AppendUint(text, write, 10)
	text = append(text, ',')
	text = strconv.AppendInt(text, seq, 10)
	return append(text, ']')
}

func beginPositions(text []byte, now time.Time) []byte {
	text = append(text[:0], `{"at":`...)
	text = strconv.AppendInt(text, now.UnixMilli(), 10)
	return append(text, `,"p":[`...)
}

func endPositions(text []byte) []byte { return append(text, `]}`...) }

func (b *sessionBook) positionKey(n int) string {
	return b.positionPrefix() + strconv.Itoa(n) + "." + b.as.Owner
}

func (b *sessionBook) positionPrefix() string { return "position." + b.app + "." }

// A place is where this process keeps the positions of shards of one count.
type place struct {
	damaged []byte // what stood there and could not be read
}

// readPositions takes the stored positions of one owner's shards in.
func (b *sessionBook) readPositions(e store.Entry) {
	count, _, ok := strings.Cut(strings.TrimPrefix(e.Key, b.positionPrefix()), ".")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return
	}
	own := e.Key == b.positionKey(n)
	if own {
		b.places[n] = place{}
	}
	r, err := parsePositions(e.Value, n)
	if err != nil {
		b.log.Error("stored positions are damaged; their sessions go on from older ones, and the record is kept aside", "key", e.Key, "aside", asideKey(e.Key), "error", err)
		if own { // else its owner does that
			b.places[n] = place{damaged: e.Value}
		}
		return
	}
	for _, p := range r.Positions {
		entry := b.entries[gateway.Shard{int(p[0]), n}]
		if entry == nil || entry.damaged != nil || entry.record.Write != uint64(p[1]) {
			continue
		}
		entry.record.Seq = max(entry.record.Seq, p[2])
		entry.record.At = max(entry.record.At, r.At)
		entry.moved = own
	}
}

// clearLocked returns the writes that remove this process's record of the
// positions of n shards.
func (b *sessionBook) clearLocked(n int) []store.Write {
	p, ok := b.places[n]
	if !ok {
		return nil
	}
	delete(b.places, n)
	writes := []store.Write{{Key: b.positionKey(n), Delete: true}}
	if p.damaged != nil {
		writes = append(writes, store.Write{Key: asideKey(b.positionKey(n)), Value: p.damaged})
	}
	return writes
}

// foldLocked adds to a batch what makes the record of the positions of n shards
// unnecessary: it goes, and shards that stood in it and are not taken over by
// this process get theirs into their own records, which it returns.
func (b *sessionBook) foldLocked(batch *store.Batch, n int) (others []*sessionEntry) {
	batch.Writes = append(batch.Writes, b.clearLocked(n)...)
	for tuple, entry := range b.entries {
		if tuple.NumShards() != n || !entry.moved {
			continue
		}
		entry.moved = false
		key := b.key(tuple)
		batch.Checks = append(batch.Checks, store.Check{Key: key, Revision: entry.revision})
		batch.Writes = append(batch.Writes, store.Write{Key: key, Value: entry.record.text()})
		others = append(others, entry)
	}
	return others
}

// keep stores how far the sessions of a generation's shards have come, if any
// has moved. What is said of a session that the records do not name any more,
// because another one has begun meanwhile, is not heard.
func (b *sessionBook) keep(ctx context.Context, g *generation, changes []change, now time.Time) {
	b.writing.Lock()
	defer b.writing.Unlock()
	var batch store.Batch
	var again []*sessionEntry // whose records could not be written last time
	text := beginPositions(b.text, now)
	moved := now.Sub(b.keptAt) >= touchInterval
	look := now.Sub(b.looked) >= touchInterval
	b.keeping = b.keeping[:0]
	b.mu.Lock()
	for i := range changes {
		c := &changes[i]
		entry := b.entries[c.tuple]
		if entry == nil || entry.lost || entry.generation != c.generation {
			continue
		}
		if look || entry.unsaved {
			batch.Checks = append(batch.Checks, store.Check{Key: b.key(c.tuple), Revision: entry.revision})
		}
		if entry.unsaved {
			batch.Writes = append(batch.Writes, store.Write{Key: b.key(c.tuple), Value: entry.record.encode(now)})
			again = append(again, entry)
		}
		if c.session.ID == "" || c.session.ID != entry.record.Session {
			continue
		}
		seq := max(c.session.Seq, entry.record.Seq)
		moved = moved || seq > entry.record.Seq
		text = appendPosition(text, c.tuple.ShardID(), entry.record.Write, seq)
		b.keeping = append(b.keeping, kept{entry, seq})
	}
	b.mu.Unlock()
	b.text = endPositions(text)
	if len(again) == 0 && (!moved || len(b.keeping) == 0) {
		return
	}
	batch.Writes = append(batch.Writes, store.Write{Key: b.positionKey(g.of), Value: b.text})
	err := b.commit(ctx, batch, again)
	switch {
	case errors.Is(err, store.ErrConflict):
		b.findLost(ctx, batch.Checks) // the next time they are left out
		return
	case err != nil:
		b.notStored(err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.places[g.of], b.keptAt = place{}, now
	if look {
		b.looked = now
	}
	for _, k := range b.keeping {
		k.entry.record.Seq, k.entry.kept = k.seq, k.seq
	}
}

// findLost gives up the records that somebody else has written.
func (b *sessionBook) findLost(ctx context.Context, checks []store.Check) {
	for i := range checks {
		_, err := b.store.Commit(ctx, store.Batch{Checks: checks[i : i+1]})
		if !errors.Is(err, store.ErrConflict) {
			continue
		}
		tuple, _ := parseTuple(strings.TrimPrefix(checks[i].Key, "shard."+b.app+"."))
		b.mu.Lock()
		entry := b.entries[tuple]
		b.mu.Unlock()
		if entry != nil {
			b.lose(entry, checks[i].Key)
		}
	}
}

// kept is a position on its way to the store.
type kept struct {
	entry *sessionEntry
	seq   int64
}
