package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/internal/store"
)

// DeadLetter is a frame that failed too often.
type DeadLetter struct {
	ID         string    `json:"-"` // PLUGIN/NUMBER: where it stands in the store
	Plugin     string    `json:"plugin"`
	Lane       int       `json:"lane"`
	Generation int       `json:"generation"`
	Version    string    `json:"version,omitempty"` // of the plugin, as its manifest says
	SHA256     string    `json:"sha256"`            // of the plugin's module
	Time       time.Time `json:"time"`              // when it failed last
	Attempts   int       `json:"attempts"`          // with those after it became a dead letter
	Error      string    `json:"error"`
	Stack      string    `json:"stack,omitempty"`   // the guest's frames, innermost first, one a line
	Printed    string    `json:"printed,omitempty"` // the last lines that it printed before it trapped
	Event      string    `json:"event,omitempty"`   // the event's name, or completion, timer
	FrameID    string    `json:"frame_id"`          // stable: the same when the frame is delivered again
	Frame      []byte    `json:"frame"`             // as abi.Frame encodes it
}

// Errors of dead letters that callers branch on.
var (
	ErrNoLetter   = errors.New("there is no such dead letter")
	ErrLetterBusy = errors.New("the dead letter is being delivered again")
)

const letterPrefix = "dead/"

// letterKey is where a dead letter stands in the store.
func letterKey(id string) string { return letterPrefix + id }

// Parse reads the frame of a dead letter.
func (d *DeadLetter) Parse() (abi.Frame, error) {
	f, rest, err := abi.Parse(d.Frame)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes follow the frame", len(rest))
	}
	return f, err
}

// decodeLetter reads a record. On an error the letter has no more than its ID
// and its plugin.
func decodeLetter(e store.Entry) (DeadLetter, error) {
	id := strings.TrimPrefix(e.Key, letterPrefix)
	plugin, _, _ := strings.Cut(id, "/")
	bad := func(err error) (DeadLetter, error) {
		return DeadLetter{ID: id, Plugin: plugin}, fmt.Errorf("dead letter %q is damaged: %w; drop it, nothing else depends on it", id, err)
	}
	d := DeadLetter{ID: id}
	if err := json.Unmarshal(e.Value, &d); err != nil {
		return bad(err)
	}
	if d.Plugin != plugin || d.Lane < 0 || d.Attempts < 0 {
		return bad(errors.New("it contradicts itself"))
	}
	if _, err := d.Parse(); err != nil {
		return bad(fmt.Errorf("its frame: %w", err))
	}
	return d, nil
}

// DeadLetters calls f for each dead letter of a plugin, or of all plugins where
// the name is empty: plugin by plugin, oldest first. For a damaged one err says
// so, and the letter has only its ID and its plugin. f ends the walk with false.
func (j *Journal) DeadLetters(ctx context.Context, plugin string, f func(d DeadLetter, err error) bool) error {
	prefix := letterPrefix
	if plugin != "" {
		prefix += plugin + "/"
	}
	return j.each(ctx, prefix, func(e store.Entry) bool { return f(decodeLetter(e)) })
}

// letterPage is how many records are read at a time: they may be large.
const letterPage = 32

// each walks over the records with a prefix.
func (j *Journal) each(ctx context.Context, prefix string, f func(store.Entry) bool) error {
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, letterPage)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if after = e.Key; !f(e) {
				return nil
			}
		}
		if len(entries) < letterPage {
			return nil
		}
	}
}

// DeadLetter returns one dead letter, or ErrNoLetter.
func (j *Journal) DeadLetter(ctx context.Context, id string) (DeadLetter, error) {
	e, err := j.store.Get(ctx, letterKey(id))
	if errors.Is(err, store.ErrNotFound) {
		return DeadLetter{}, fmt.Errorf("%w: %q", ErrNoLetter, id)
	}
	if err != nil {
		return DeadLetter{}, err
	}
	return decodeLetter(e)
}
