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

const expiryPrefix = "kvexpiry/"

func expiryKey(at time.Time, plugin, key string) string {
	return fmt.Sprintf("%s%016x/%s/%s", expiryPrefix, at.UnixMilli(), plugin, key)
}

// expiry is such a record.
type expiry struct {
	record string // its own key
	at     int64  // unix milliseconds
	plugin string
	key    string
}

func parseExpiry(record string) (expiry, error) {
	stamp, rest, _ := strings.Cut(strings.TrimPrefix(record, expiryPrefix), "/")
	plugin, key, ok := strings.Cut(rest, "/")
	at, err := strconv.ParseInt(stamp, 16, 64)
	if err != nil || !ok {
		return expiry{}, fmt.Errorf("expiry record %q is not TIME/PLUGIN/KEY; the store's file is damaged", record)
	}
	return expiry{record: record, at: at, plugin: plugin, key: key}, nil
}

// sweepPage is how many values one commit of the sweep removes. While it is
// under way, lanes that write the same keys wait.
const sweepPage = 256

// Sweep removes values that have expired. space finds the namespace of a
// plugin; nil leaves its records for later.
func (j *Journal) Sweep(ctx context.Context, space func(plugin string) *effect.Space) error {
	j.sweeping.Lock()
	defer j.sweeping.Unlock()
	for s := range j.unsure {
		if err := s.Settle(ctx, effect.Sweeper); err != nil {
			return err
		}
		delete(j.unsure, s)
	}
	now := j.now().UnixMilli()
	for after := ""; ; {
		entries, err := j.store.List(ctx, expiryPrefix, after, sweepPage)
		if err != nil {
			return err
		}
		due := map[string][]expiry{} // by plugin
		over := len(entries) < sweepPage
		for _, e := range entries {
			after = e.Key
			x, err := parseExpiry(e.Key)
			if err != nil {
				return err
			}
			if over = over || x.at > now; x.at > now {
				break
			}
			due[x.plugin] = append(due[x.plugin], x)
		}
		for plugin, all := range due {
			if s := space(plugin); s != nil {
				if err := j.expire(ctx, s, all); err != nil {
					return fmt.Errorf("plugin %q: %w", plugin, err)
				}
			}
		}
		if over {
			return nil
		}
	}
}

// expire removes the values of one plugin that have expired, but for those that
// were written again with another expiry.
func (j *Journal) expire(ctx context.Context, s *effect.Space, due []expiry) error {
	keys := make([]string, 0, len(due))
	last := map[string]expiry{}
	for _, x := range due {
		if _, twice := last[x.key]; !twice {
			keys = append(keys, x.key)
		}
		last[x.key] = x
	}
	s.Hold(keys)
	defer s.Release(keys)
	var b store.Batch
	var grown int64
	for _, x := range due {
		b.Writes = append(b.Writes, store.Write{Key: x.record, Delete: true})
	}
	for key, x := range last {
		v, _, err := s.Get(ctx, key)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if v.Revision == 0 || v.Expires.IsZero() || v.Expires.UnixMilli() > x.at {
			continue
		}
		at := s.StoreKey(key)
		b.Checks = append(b.Checks, store.Check{Key: at, Revision: store.Revision(v.Revision)})
		b.Writes = append(b.Writes, store.Write{Key: at, Delete: true})
		grown -= s.Size(key, v)
	}
	if grown != 0 {
		b.Writes = append(b.Writes, s.Grow(effect.Sweeper, grown))
	}
	_, err := j.store.Commit(ctx, b)
	switch {
	case errors.Is(err, store.ErrConflict):
		return nil // by another host, a moment ago: the next sweep looks at it anew
	case err != nil:
		j.unsure[s] = true
		return err
	}
	if grown != 0 {
		s.Grown(effect.Sweeper, grown)
	}
	return nil
}
