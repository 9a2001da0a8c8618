package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// Bounds of the dead letters that are kept for one plugin; the oldest go first.
const (
	maxDeadLetters     = 1000
	maxDeadLetterBytes = 64 << 20
)

// DeadLetter is a frame that failed too often.
type DeadLetter struct {
	Plugin     string    `json:"plugin"`
	Lane       int       `json:"lane"`
	Generation int       `json:"generation"`
	SHA256     string    `json:"sha256"` // of the plugin's module
	Time       time.Time `json:"time"`
	Attempts   int       `json:"attempts"`
	Error      string    `json:"error"`
	Event      string    `json:"event,omitempty"`
	Frame      []byte    `json:"frame"` // as abi.Frame encodes it
}

// DeadLetters is where the frames of one plugin go that failed too often. They
// are buried in the commit that lets their position go.
type DeadLetters struct {
	prefix    string
	most      int // letters, and their bytes together
	mostBytes int

	mu     sync.Mutex
	graves []grave // oldest first
	bytes  int
	last   int64 // unix nanoseconds in the newest key
}

type grave struct {
	key  string
	size int
}

// OpenDeadLetters finds the dead letters of a plugin.
func (j *Journal) OpenDeadLetters(ctx context.Context, plugin string) (*DeadLetters, error) {
	d := &DeadLetters{prefix: "dead/" + plugin + "/", most: maxDeadLetters, mostBytes: maxDeadLetterBytes}
	entries, err := j.store.List(ctx, d.prefix, "", 0)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if _, err := fmt.Sscanf(e.Key[len(d.prefix):], "%016x", &d.last); err != nil {
			return nil, fmt.Errorf("dead letter %q has no time in its key; the store's file is damaged", e.Key)
		}
		d.dig(e.Key, len(e.Value))
	}
	return d, nil
}

func (d *DeadLetters) dig(key string, size int) {
	d.graves = append(d.graves, grave{key, size})
	d.bytes += size
}

// bury returns the writes that keep a dead letter, and let the oldest go where
// there are too many.
func (d *DeadLetters) bury(letter DeadLetter) ([]store.Write, error) {
	value, err := json.Marshal(letter)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = max(d.last+1, letter.Time.UnixNano())
	writes := []store.Write{{Key: fmt.Sprintf("%s%016x", d.prefix, d.last), Value: value}}
	count, bytes := len(d.graves)+1, d.bytes+len(value)
	for _, g := range d.graves {
		if count <= d.most && bytes <= d.mostBytes {
			break
		}
		writes = append(writes, store.Write{Key: g.key, Delete: true})
		count, bytes = count-1, bytes-g.size
	}
	return writes, nil
}

// keep takes note of writes that were committed.
func (d *DeadLetters) keep(writes []store.Write) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range writes {
		if !w.Delete {
			d.dig(w.Key, len(w.Value))
			continue
		}
		if i := slices.IndexFunc(d.graves, func(g grave) bool { return g.key == w.Key }); i >= 0 {
			d.bytes -= d.graves[i].size
			d.graves = slices.Delete(d.graves, i, i+1)
		}
	}
}

// DeadLetters returns up to limit dead letters of a plugin, oldest first; a
// limit of 0 is no limit.
func (j *Journal) DeadLetters(ctx context.Context, plugin string, limit int) ([]DeadLetter, error) {
	entries, err := j.store.List(ctx, "dead/"+plugin+"/", "", limit)
	if err != nil {
		return nil, err
	}
	letters := make([]DeadLetter, len(entries))
	for i, e := range entries {
		if err := json.Unmarshal(e.Value, &letters[i]); err != nil {
			return nil, fmt.Errorf("dead letter %q is damaged: %w", e.Key, err)
		}
	}
	return letters, nil
}
