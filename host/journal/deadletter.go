package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// maxDeadLetters bounds what is kept for one plugin; the oldest goes first.
const maxDeadLetters = 1000

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

// Bury keeps a dead letter.
func (j *Journal) Bury(ctx context.Context, d DeadLetter) error {
	value, err := json.Marshal(d)
	if err != nil {
		return err
	}
	prefix := "dead/" + d.Plugin + "/"
	b := store.Batch{Writes: []store.Write{{Key: fmt.Sprintf("%s%016x-%d", prefix, d.Time.UnixNano(), d.Lane), Value: value}}}
	old, err := j.store.List(ctx, prefix, "", maxDeadLetters)
	if err != nil {
		return err
	}
	if len(old) == maxDeadLetters {
		b.Writes = append(b.Writes, store.Write{Key: old[0].Key, Delete: true})
	}
	_, err = j.store.Commit(ctx, b)
	return err
}

// DeadLetters returns up to limit dead letters of a plugin, oldest first.
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
