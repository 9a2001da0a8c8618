package effect

import (
	"context"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Limits of keys and values, in bytes.
const (
	MaxKey   = 1 << 10
	MaxValue = 256 << 10
)

// pendingValue is a write of the batch under way.
type pendingValue struct {
	data    []byte
	deleted bool
	expires time.Time

	// sum: the value was reckoned from the one that the store had at base, so
	// that a compare-and-swap of it holds only while the store still has that.
	sum  bool
	base uint64
}

// pendingRevision is the version of a value that this batch has written and
// nobody has committed yet.
const pendingRevision = 1<<63 - 1

// grown is what one entry counts against the quota.
func grown(key string, size int) int64 { return int64(len(key) + size) }

// lookup is a key as the handler sees it: its batch's own writes first. What
// has expired is not there, but the value tells what still stands in the store.
func (r *Recorder) lookup(key string) (v Value, there bool, code abi.Code) {
	if p, _, ok := r.written(key); ok {
		if p.deleted {
			return Value{}, false, abi.OK
		}
		v := Value{Data: p.data, Expires: p.expires, Revision: pendingRevision}
		return v, !r.env.Space.expired(v), abi.OK
	}
	v, there, err := r.env.Space.Get(context.Background(), key)
	if err != nil {
		r.env.Log.host(hclog.Error, "key not read", "key", Line([]byte(key)), "error", err)
		return Value{}, false, abi.Internal
	}
	return v, there, abi.OK
}

func (r *Recorder) mayKeep() abi.Code {
	if r.env.Grant.KV == nil {
		return r.deny("kv", `add a block "kv" to grant`)
	}
	return abi.OK
}

// key reads the key that parameters 0 and 1 name.
func (r *Recorder) key(g *wasm.Guest, p []uint64) (string, abi.Code) {
	b := bytesAt(g, p, 0)
	if code := r.mayKeep(); code != abi.OK {
		return "", code
	}
	if len(b) == 0 {
		return "", abi.Invalid
	}
	if len(b) > MaxKey {
		return "", abi.TooBig
	}
	return string(b), abi.OK
}

func kvGet(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	key, code := r.key(g, p)
	if code != abi.OK {
		return code
	}
	buf := bytesAt(g, p, 2)
	v, there, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	if !there {
		return abi.NotFound
	}
	copy(buf, v.Data)
	return abi.Code(len(v.Data))
}

func kvVersion(r *Recorder, g *wasm.Guest, p []uint64) int64 {
	key, code := r.key(g, p)
	if code != abi.OK {
		return int64(code)
	}
	v, there, code := r.lookup(key)
	if code == abi.OK && !there {
		code = abi.NotFound
	}
	if code != abi.OK {
		return int64(code)
	}
	return int64(v.Revision)
}

func kvPut(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	key, code := r.key(g, p)
	if code != abi.OK {
		return code
	}
	value, ttl := bytesAt(g, p, 2), int64(p[4])
	old, _, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	return r.put(key, value, ttl, old, Effect{})
}

func kvCompareAndSwap(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	key, code := r.key(g, p)
	if code != abi.OK {
		return code
	}
	version, value, ttl := p[2], bytesAt(g, p, 3), int64(p[5])
	old, there, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	now := old.Revision
	if !there {
		now = 0
	}
	if now != version {
		return abi.Exists
	}
	// An expired value still has a record in the store: its revision is what
	// the commit compares with. What the batch itself has put or deleted does
	// not depend on the store.
	check := Effect{Checked: true, Revision: old.Revision}
	if own, foreign, ok := r.written(key); ok {
		check = Effect{Checked: own.sum, Revision: own.base}
		if foreign && r.entered != nil {
			// Good for this batch only: later there is a revision to compare.
			r.entered.fragile = true
		}
	}
	return r.put(key, value, ttl, old, check)
}

// put records a write and makes it visible to the rest of the batch.
func (r *Recorder) put(key string, value []byte, ttl int64, old Value, e Effect) abi.Code {
	if ttl < 0 || ttl > maxTTL || !r.inFrame() {
		return abi.Invalid
	}
	if len(value) > MaxValue {
		return abi.TooBig
	}
	e.Kind, e.Key, e.Grow = KVPut, key, grown(key, len(value))
	if old.Revision != 0 {
		e.Grow -= grown(key, len(old.Data))
	}
	if ttl > 0 {
		e.Expires = r.env.Now().Add(time.Duration(ttl) * time.Millisecond)
	}
	if code := r.reserve(e.Grow, len(key)+len(value)); code != abi.OK {
		return code
	}
	e.Value = append([]byte{}, value...)
	r.record(e, len(key)+len(value))
	r.wrote(key, pendingValue{data: e.Value, expires: e.Expires})
	return abi.OK
}

// maxTTL is a hundred years in milliseconds: beyond it a time overflows.
const maxTTL = 100 * 366 * 24 * 3600 * 1000

// reserve takes bytes of the quota, and makes sure that the batch has room for
// an effect of that size.
func (r *Recorder) reserve(grow int64, size int) abi.Code {
	if !r.room(size) {
		return abi.TryAgain
	}
	if !r.env.Space.reserve(grow, r.env.Grant.KV.Quota) {
		r.limit("grant.kv.quota", `raise quota in the block "kv" of grant, or delete keys`)
		return abi.TryAgain
	}
	return abi.OK
}

func kvDelete(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	key, code := r.key(g, p)
	if code != abi.OK {
		return code
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	old, there, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	if !there {
		return abi.NotFound
	}
	e := Effect{Kind: KVDelete, Key: key, Grow: -grown(key, len(old.Data))}
	if code := r.reserve(e.Grow, len(key)); code != abi.OK {
		return code
	}
	r.record(e, len(key))
	r.wrote(key, pendingValue{deleted: true})
	return abi.OK
}

// kvAdd is recorded as a difference, so that lanes that count on one key at the
// same time lose nothing. The sum it answers holds what this lane knows.
func kvAdd(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	key, code := r.key(g, p)
	if code != abi.OK {
		return code
	}
	delta, out := int64(p[2]), g.Bytes(uint32(p[3]), 8)
	if !r.inFrame() {
		return abi.Invalid
	}
	old, there, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	next := pendingValue{sum: true, base: old.Revision}
	if own, foreign, ok := r.written(key); ok && (!foreign || r.entered == nil) {
		next.sum, next.base = own.sum, own.base
	}
	var base int64
	if there {
		n, err := strconv.ParseInt(string(old.Data), 10, 64)
		if err != nil {
			return abi.Invalid
		}
		base, next.expires = n, old.Expires
	}
	sum, ok := Sum(base, delta)
	if !ok {
		return abi.TooBig
	}
	next.data = strconv.AppendInt(nil, sum, 10)
	e := Effect{Kind: KVAdd, Key: key, Delta: delta, Grow: grown(key, len(next.data))}
	if old.Revision != 0 {
		e.Grow -= grown(key, len(old.Data))
	}
	if code := r.reserve(e.Grow, len(key)); code != abi.OK {
		return code
	}
	r.record(e, len(key))
	r.wrote(key, next)
	binary.LittleEndian.PutUint64(out, uint64(sum))
	return abi.OK
}

// Sum adds two numbers; ok is false when the sum is too large for 64 bits.
func Sum(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0) || b == 0
}
