package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/store"
)

// DeadLetters is where the frames of one plugin go that failed too often. They
// are buried in the commit that lets their position go, and are bounded in
// number and size: the oldest go first. A letter that is delivered again is
// removed in the commit of what its handler did.
type DeadLetters struct {
	journal *Journal
	log     hclog.Logger
	prefix  string

	mu        sync.Mutex
	most      int // letters, and their bytes together
	mostBytes int64
	line      func(limit string) config.Location // where a limit is written; nil: nobody knows
	graves    []grave                            // oldest first
	bytes     int64
	lost      uint64              // given up for want of room since the host was started
	busy      map[string]struct{} // keys of those that are being delivered again
	last      uint64              // the number in the newest key, at first unix nanoseconds
}

type grave struct {
	key  string
	size int
}

// OpenDeadLetters finds the dead letters of a plugin, of which it keeps so many
// with so many bytes.
func (j *Journal) OpenDeadLetters(ctx context.Context, plugin string, most int, mostBytes int64) (*DeadLetters, error) {
	d := &DeadLetters{
		journal: j, log: j.log.With("plugin", plugin), prefix: letterKey(plugin) + "/",
		most: most, mostBytes: mostBytes, busy: map[string]struct{}{},
	}
	err := j.each(ctx, d.prefix, func(e store.Entry) bool {
		d.dig(e.Key, len(e.Value))
		var number uint64
		if _, err := fmt.Sscanf(e.Key[len(d.prefix):], "%x", &number); err == nil {
			d.last = max(d.last, number)
		}
		return true
	})
	return d, err
}

// Limit changes the bounds. What is beyond them goes with the next burial. line
// tells where they are written.
func (d *DeadLetters) Limit(most int, mostBytes int64, line func(limit string) config.Location) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.most, d.mostBytes, d.line = most, mostBytes, line
}

// limit is the bound that the oldest letter has just gone for, and where it is
// written. d.mu is held.
func (d *DeadLetters) limit() (name string, at config.Location) {
	name = "failure.dead_letter_bytes"
	if len(d.graves) >= d.most {
		name = "failure.dead_letters"
	}
	if d.line != nil {
		at = d.line(name)
	}
	return name, at
}

// Count tells how many letters there are, and how many had to go since the host
// was started.
func (d *DeadLetters) Count() (kept int, lost uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.graves), d.lost
}

// Claim reads a letter that is to be delivered again. Until Release nobody else
// gets it.
func (d *DeadLetters) Claim(ctx context.Context, id string) (DeadLetter, error) {
	if err := d.hold(letterKey(id)); err != nil {
		return DeadLetter{}, fmt.Errorf("%w: %q", err, id)
	}
	letter, err := d.journal.DeadLetter(ctx, id)
	if err != nil {
		d.Release(id)
	}
	return letter, err
}

func (d *DeadLetters) hold(key string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, busy := d.busy[key]; busy {
		return ErrLetterBusy
	}
	if !slices.ContainsFunc(d.graves, func(g grave) bool { return g.key == key }) {
		return ErrNoLetter
	}
	d.busy[key] = struct{}{}
	return nil
}

// Release ends Claim.
func (d *DeadLetters) Release(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.busy, letterKey(id))
}

// Drop removes a letter for good.
func (d *DeadLetters) Drop(ctx context.Context, id string) error {
	key := letterKey(id)
	if err := d.hold(key); err != nil {
		return fmt.Errorf("%w: %q", err, id)
	}
	defer d.Release(id)
	if _, err := d.journal.store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: key, Delete: true}}}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fill(key)
	return nil
}

func (d *DeadLetters) dig(key string, size int) {
	d.fill(key)
	at, _ := slices.BinarySearchFunc(d.graves, key, func(g grave, key string) int {
		if g.key < key {
			return -1
		}
		return 1
	})
	d.graves = slices.Insert(d.graves, at, grave{key, size})
	d.bytes += int64(size)
}

func (d *DeadLetters) fill(key string) bool {
	i := slices.IndexFunc(d.graves, func(g grave) bool { return g.key == key })
	if i < 0 {
		return false
	}
	d.bytes -= int64(d.graves[i].size)
	d.graves = slices.Delete(d.graves, i, i+1)
	return true
}

// bury returns the writes that keep a dead letter, and let the oldest go where
// there are too many. A letter with an ID has failed again and keeps its place.
func (d *DeadLetters) bury(letter DeadLetter) ([]store.Write, error) {
	value, err := json.Marshal(letter)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	key := letterKey(letter.ID)
	if letter.ID == "" {
		d.last = max(d.last+1, uint64(letter.Time.UnixNano()))
		key = fmt.Sprintf("%s%016x", d.prefix, d.last)
	}
	count, bytes := 1, int64(len(value))
	for _, g := range d.graves {
		if g.key != key {
			count, bytes = count+1, bytes+int64(g.size)
		}
	}
	var writes []store.Write
	if d.most > 0 {
		writes = append(writes, store.Write{Key: key, Value: value})
	}
	for _, g := range d.graves {
		if count <= d.most && bytes <= d.mostBytes {
			break
		}
		if g.key != key {
			writes = append(writes, store.Write{Key: g.key, Delete: true})
			count, bytes = count-1, bytes-int64(g.size)
		}
	}
	return writes, nil
}

// keep takes note of writes of bury that were committed.
func (d *DeadLetters) keep(writes []store.Write) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range writes {
		if !w.Delete {
			d.dig(w.Key, len(w.Value))
			continue
		}
		if !d.fill(w.Key) {
			continue
		}
		if d.lost++; d.lost&(d.lost-1) == 0 { // at 1, 2, 4, 8 …: loud, but no flood
			name, at := d.limit()
			d.log.Warn("oldest dead letter dropped, there is no room", "id", w.Key[len(letterPrefix):], "dropped", d.lost,
				"most", d.most, "most_bytes", d.mostBytes, "limit", name, "change", at.Prefix()+"replay or drop dead letters, or raise "+name)
		}
	}
}

// forget takes note of letters whose removal was committed.
func (d *DeadLetters) forget(ids []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		d.fill(letterKey(id))
	}
}
