package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// Keys with a time to live stand a second time under their moment of expiry, so
// that the sweep finds what is due without reading everything.

func expiryKey(at time.Time, plugin, key string) string {
	return fmt.Sprintf("kvexpiry/%016x/%s/%s", at.UnixMilli(), plugin, key)
}

// sweepPage is how many records one commit of the sweep removes.
const sweepPage = 500

// Sweep removes values that have expired. space finds the namespace of a
// plugin; nil leaves its records for later.
func (j *Journal) Sweep(ctx context.Context, space func(plugin string) *effect.Space) error {
	const prefix = "kvexpiry/"
	for after := ""; ; {
		entries, err := j.store.List(ctx, prefix, after, sweepPage)
		if err != nil {
			return err
		}
		due := false
		for _, e := range entries {
			after = e.Key
			stamp, rest, _ := strings.Cut(e.Key[len(prefix):], "/")
			plugin, key, ok := strings.Cut(rest, "/")
			at, err := strconv.ParseInt(stamp, 16, 64)
			if err != nil || !ok {
				return fmt.Errorf("expiry record %q is not TIME/PLUGIN/KEY", e.Key)
			}
			if due = at <= j.now().UnixMilli(); !due {
				return nil
			}
			if s := space(plugin); s != nil {
				if err := j.expire(ctx, s, plugin, key, e.Key, at); err != nil {
					return err
				}
			}
		}
		if len(entries) < sweepPage {
			return nil
		}
	}
}

// expire removes one value, unless it was written again with another expiry.
func (j *Journal) expire(ctx context.Context, s *effect.Space, plugin, key, record string, at int64) error {
	b := store.Batch{Writes: []store.Write{{Key: record, Delete: true}}}
	v, _, err := s.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("plugin %q key %q: %w", plugin, key, err)
	}
	gone := v.Revision != 0 && v.Expires.UnixMilli() == at
	if gone {
		b.Checks = []store.Check{{Key: s.StoreKey(key), Revision: store.Revision(v.Revision)}}
		b.Writes = append(b.Writes, store.Write{Key: s.StoreKey(key), Delete: true})
	}
	_, err = j.store.Commit(ctx, b)
	if errors.Is(err, store.ErrConflict) {
		return nil // written again a moment ago: the next sweep looks at it anew
	}
	if err == nil && gone {
		s.Freed(key, v.Data)
	}
	return err
}
