package effect

import (
	"context"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// Space is the namespace of one plugin's keys and values. It is safe for use by
// many lanes; it only reads: writes are effects, which the journal commits.
type Space struct {
	store  store.Store
	prefix string
	now    func() time.Time
	used   atomic.Int64 // bytes of keys and values, with the writes not yet committed
}

// Value is one value of a namespace.
type Value struct {
	Data     []byte
	Revision uint64
	Expires  time.Time // zero: never
}

// OpenSpace opens the namespace of a plugin.
func OpenSpace(ctx context.Context, s store.Store, plugin string, now func() time.Time) (*Space, error) {
	space := &Space{store: s, prefix: "kv/" + plugin + "/", now: now}
	usage, err := s.Get(ctx, UsageKey(plugin))
	switch {
	case err == nil && len(usage.Value) == 8:
		space.used.Store(int64(binary.BigEndian.Uint64(usage.Value)))
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return nil, err
	}
	return space, nil
}

// UsageKey is where the journal keeps the size of a plugin's namespace.
func UsageKey(plugin string) string { return "kvused/" + plugin }

// Used is the size of the namespace in bytes.
func (s *Space) Used() int64 { return s.used.Load() }

// StoreKey is the key in the store of a key of the namespace.
func (s *Space) StoreKey(key string) string { return s.prefix + key }

// Get returns the committed value of a key; ok is false when there is none or
// it has expired, in which case the value is what still stands in the store.
func (s *Space) Get(ctx context.Context, key string) (v Value, ok bool, err error) {
	e, err := s.store.Get(ctx, s.StoreKey(key))
	if errors.Is(err, store.ErrNotFound) {
		return Value{}, false, nil
	}
	if err != nil {
		return Value{}, false, err
	}
	v, err = s.decode(e)
	return v, err == nil && !s.expired(v), err
}

// List returns up to limit keys that begin with prefix and are greater than
// after, in their order. Expired ones are left out.
func (s *Space) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	var keys []string
	cursor := after
	for len(keys) < limit {
		from := ""
		if cursor != "" {
			from = s.StoreKey(cursor)
		}
		entries, err := s.store.List(ctx, s.StoreKey(prefix), from, limit)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			cursor = e.Key[len(s.prefix):]
			v, err := s.decode(e)
			if err == nil && !s.expired(v) && len(keys) < limit {
				keys = append(keys, cursor)
			}
		}
		if len(entries) < limit {
			break
		}
	}
	return keys, nil
}

func (s *Space) expired(v Value) bool { return !v.Expires.IsZero() && !v.Expires.After(s.now()) }

var errBadValue = errors.New("the stored value is shorter than its header; the store's file is damaged")

func (s *Space) decode(e store.Entry) (Value, error) {
	if len(e.Value) < 8 {
		return Value{}, errBadValue
	}
	v := Value{Data: e.Value[8:], Revision: uint64(e.Revision)}
	if ms := int64(binary.BigEndian.Uint64(e.Value)); ms != 0 {
		v.Expires = time.UnixMilli(ms)
	}
	return v, nil
}

// EncodeValue is how a value stands in the store: 8 bytes of expiry (unix
// milliseconds, 0: never) and the data.
func EncodeValue(data []byte, expires time.Time) []byte {
	b := make([]byte, 8, 8+len(data))
	if !expires.IsZero() {
		binary.BigEndian.PutUint64(b, uint64(expires.UnixMilli()))
	}
	return append(b, data...)
}

// Freed says that a value was removed from the store by the host.
func (s *Space) Freed(key string, data []byte) { s.used.Add(-grown(key, data)) }
