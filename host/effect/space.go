package effect

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/internal/store"
)

// Space is the namespace of one plugin's keys and values. It is safe for use by
// many lanes; it only reads: writes are effects, which the journal commits.
type Space struct {
	store  store.Store
	prefix string // of keys
	shares string // prefix of the records that hold the namespace's size
	now    func() time.Time

	committed atomic.Int64 // bytes of keys and values in the store
	reserved  atomic.Int64 // by how much the writes recorded and not yet committed let it grow

	mu    sync.Mutex
	free  *sync.Cond
	held  map[string]struct{} // keys that a commit is about to write
	share map[int]int64       // by which each writer has let the namespace grow, see Grow
}

// Value is one value of a namespace.
type Value struct {
	Data     []byte
	Revision uint64
	Expires  time.Time // zero: never
}

// Prefixes in the store: of plugins' keys, and of what these take.
const (
	spacePrefix = "kv/"
	sharePrefix = "kvused/"
)

// OpenSpace opens the namespace of a plugin.
func OpenSpace(ctx context.Context, s store.Store, plugin string, now func() time.Time) (*Space, error) {
	space := &Space{
		store: s, prefix: spacePrefix + plugin + "/", shares: sharePrefix + plugin + "/", now: now,
		held: map[string]struct{}{}, share: map[int]int64{},
	}
	space.free = sync.NewCond(&space.mu)
	entries, err := s.List(ctx, space.shares, "", 0)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		writer, err := strconv.Atoi(e.Key[len(space.shares):])
		if err != nil || len(e.Value) != 8 {
			return nil, fmt.Errorf("record %q is not a writer with the size of its share; the store's file is damaged", e.Key)
		}
		space.share[writer] = int64(binary.BigEndian.Uint64(e.Value))
		space.committed.Add(space.share[writer])
	}
	return space, nil
}

// Used is the size of the namespace in bytes, with the writes that are not yet
// committed.
func (s *Space) Used() int64 { return s.committed.Load() + s.reserved.Load() }

// reserve takes bytes of the quota for a write.
func (s *Space) reserve(grow, quota int64) bool {
	if s.reserved.Add(grow)+s.committed.Load() <= quota || grow <= 0 {
		return true
	}
	s.reserved.Add(-grow)
	return false
}

// Unreserve gives back what effects have reserved: they are committed, or will
// not take place.
func (s *Space) Unreserve(effects []Effect) {
	grow := int64(0)
	for i := range effects {
		grow += effects[i].Grow
	}
	if grow != 0 {
		s.reserved.Add(-grow)
	}
}

// Sweeper is the writer that removes what has expired; lanes are writers by
// their index.
const Sweeper = -1

// Grow makes the record of a writer who is about to let the namespace grow by
// some bytes. It belongs into the batch that does so; Grown tells that it was
// committed. Each writer has a record of its own, so that none waits for
// another, and their sum is exact after a crash too.
func (s *Space) Grow(writer int, by int64) store.Write {
	s.mu.Lock()
	defer s.mu.Unlock()
	return store.Write{
		Key:   s.shares + strconv.Itoa(writer),
		Value: binary.BigEndian.AppendUint64(nil, uint64(s.share[writer]+by)),
	}
}

// Grown tells that the record of Grow was committed.
func (s *Space) Grown(writer int, by int64) {
	s.mu.Lock()
	s.share[writer] += by
	s.mu.Unlock()
	s.committed.Add(by)
}

// Settle reads a writer's record, after a commit whose outcome is unknown.
func (s *Space) Settle(ctx context.Context, writer int) error {
	e, err := s.store.Get(ctx, s.shares+strconv.Itoa(writer))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	share := int64(0)
	if len(e.Value) == 8 {
		share = int64(binary.BigEndian.Uint64(e.Value))
	}
	s.mu.Lock()
	by := share - s.share[writer]
	s.mu.Unlock()
	s.Grown(writer, by)
	return nil
}

// Hold waits until no other commit is about to write one of the keys, and keeps
// others from doing so until Release. Who commits thus knows what the store
// holds. The keys must differ.
func (s *Space) Hold(keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.anyHeld(keys) {
		s.free.Wait()
	}
	for _, key := range keys {
		s.held[key] = struct{}{}
	}
}

func (s *Space) anyHeld(keys []string) bool {
	if len(s.held) == 0 {
		return false
	}
	for _, key := range keys {
		if _, held := s.held[key]; held {
			return true
		}
	}
	return false
}

// Release ends Hold.
func (s *Space) Release(keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		delete(s.held, key)
	}
	s.free.Broadcast()
}

// StoreKey is the key in the store of a key of the namespace.
func (s *Space) StoreKey(key string) string { return s.prefix + key }

// Size is what an entry counts against the quota, 0 for one that is not there.
func (s *Space) Size(key string, v Value) int64 {
	if v.Revision == 0 {
		return 0
	}
	return grown(key, len(v.Data))
}

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
	v, err = decodeValue(e)
	return v, err == nil && !s.expired(v), err
}

// List returns the keys that begin with prefix and are greater than after, in
// their order, without the expired ones: up to page of them, or none where all
// had expired. last is where to go on, "" at the end.
func (s *Space) List(ctx context.Context, prefix, after string, page int) (keys []string, last string, err error) {
	from := ""
	if after != "" {
		from = s.StoreKey(after)
	}
	entries, err := s.store.List(ctx, s.StoreKey(prefix), from, page)
	if err != nil {
		return nil, "", err
	}
	for _, e := range entries {
		last = e.Key[len(s.prefix):]
		v, err := decodeValue(e)
		if err != nil {
			return nil, "", fmt.Errorf("key %q: %w", last, err)
		}
		if !s.expired(v) {
			keys = append(keys, last)
		}
	}
	if len(entries) < page {
		last = ""
	}
	return keys, last, nil
}

func (s *Space) expired(v Value) bool { return !v.Expires.IsZero() && !v.Expires.After(s.now()) }

var errBadValue = errors.New("the stored value is shorter than its header; the store's file is damaged")

func decodeValue(e store.Entry) (Value, error) {
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
