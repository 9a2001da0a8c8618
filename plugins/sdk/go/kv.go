package sdk

import (
	"encoding/binary"
	"errors"
	"iter"
	"time"
)

// KV is the plugin's own store of keys and values, which all its lanes share
// and which survives reloads and restarts. It needs the grant kv. A handler
// sees its own writes; they are kept when it has returned nil.
//
// A key has 1 to 1024 bytes and a value at most 256 KiB.
type KV struct{ guest *Guest }

// KV returns the plugin's store.
func (c *Ctx) KV() KV { return KV{c.guest} }

// Get returns the value of a key, or ErrNotFound.
func (kv KV) Get(key string) (string, error) {
	buf := make([]byte, 256)
	for {
		n := kv.guest.host.KVGet(key, buf)
		if n < 0 {
			return "", failed("kv_get", key, n)
		}
		if int(n) <= len(buf) {
			return string(buf[:n]), nil
		}
		buf = make([]byte, n)
	}
}

// Put sets the value of a key for ever.
func (kv KV) Put(key, value string) error { return kv.PutFor(key, value, 0) }

// PutFor sets the value of a key for that long, to the millisecond. 0 is for
// ever.
func (kv KV) PutFor(key, value string, ttl time.Duration) error {
	return failed("kv_put", key, kv.guest.host.KVPut(key, value, milliseconds(ttl)))
}

// Delete removes a key. That it was not there is no error.
func (kv KV) Delete(key string) error {
	err := failed("kv_del", key, kv.guest.host.KVDelete(key))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Add adds delta to the number that a key holds in decimal, 0 where there is
// none, and returns the sum. Lanes that add to one key at the same time lose
// nothing; what each sees is the sum of what it knows.
func (kv KV) Add(key string, delta int64) (int64, error) {
	sum := new(int64)
	err := failed("kv_add", key, kv.guest.host.KVAdd(key, delta, sum))
	return *sum, err
}

// Version returns the version of a key's value, for Swap, or ErrNotFound.
func (kv KV) Version(key string) (uint64, error) {
	version := kv.guest.host.KVVersion(key)
	if version < 0 {
		return 0, failed("kv_version", key, int32(version))
	}
	return uint64(version), nil
}

// Swap sets the value of a key if it still has that version, or with version 0
// if there is no such key. ErrExists: it is another by now.
func (kv KV) Swap(key string, version uint64, value string, ttl time.Duration) error {
	return failed("kv_cas", key, kv.guest.host.KVSwap(key, version, value, milliseconds(ttl)))
}

// Keys goes through the keys with a prefix, in the order of their bytes. An
// error ends the walk with an empty key.
func (kv KV) Keys(prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		buf := make([]byte, 8<<10)
		after := ""
		for {
			n := kv.guest.host.KVList(prefix, after, buf)
			if n < 0 {
				yield("", failed("kv_list", prefix, n))
				return
			}
			if n == 0 {
				return
			}
			for page := buf[:n]; len(page) >= 4; {
				size := int(binary.LittleEndian.Uint32(page))
				after = string(page[4 : 4+size])
				page = page[4+size:]
				if !yield(after, nil) {
					return
				}
			}
		}
	}
}

// milliseconds rounds up, so that a short time does not become for ever.
func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}
