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
	maxList  = 1000 // keys in one answer
)

// pendingValue is a write of the batch under way.
type pendingValue struct {
	data    []byte
	deleted bool
	expires time.Time
}

// pendingRevision is the version of a value that this batch has written and
// nobody has committed yet.
const pendingRevision = 1<<63 - 1

// grown is what one entry counts against the quota.
func grown(key string, value []byte) int64 { return int64(len(key) + len(value)) }

var kvFunctions = map[string]wasm.HostFunc{
	"kv_get":  answer(kvGet),
	"kv_put":  answer(kvPut),
	"kv_cas":  answer(kvCompareAndSwap),
	"kv_del":  answer(kvDelete),
	"kv_add":  answer(kvAdd),
	"kv_list": answer(kvList),
	"kv_version": func(g *wasm.Guest, stack []uint64) {
		stack[0] = uint64(kvVersion(g.Env().(*Recorder), g, stack))
	},
}

// lookup is a key as the handler sees it: its batch's own writes first.
func (r *Recorder) lookup(key string) (Value, bool, abi.Code) {
	if p, ok := r.pending[key]; ok {
		if p.deleted || (!p.expires.IsZero() && !p.expires.After(r.env.Now())) {
			return Value{}, false, abi.OK
		}
		return Value{Data: p.data, Expires: p.expires, Revision: pendingRevision}, true, abi.OK
	}
	v, ok, err := r.env.Space.Get(context.Background(), key)
	if err != nil {
		r.env.Log.host(hclog.Error, "key not read", "key", key, "error", err)
		return Value{}, false, abi.Internal
	}
	return v, ok, abi.OK
}

// key reads the key that parameters 0 and 1 name.
func (r *Recorder) key(g *wasm.Guest, p []uint64) (string, abi.Code) {
	if r.env.Grant.KV == nil {
		return "", r.deny("kv", `add a block "kv" to grant`)
	}
	b := bytesAt(g, p, 0)
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
	v, ok, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	if !ok {
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
	v, ok, code := r.lookup(key)
	if code == abi.OK && !ok {
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
	old, had, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	now := old.Revision
	if !had {
		now = 0
	}
	if now != version {
		return abi.Exists
	}
	_, own := r.pending[key]
	// An expired value still has a record in the store: its revision is what
	// the commit compares with.
	return r.put(key, value, ttl, old, Effect{Checked: !own, Revision: old.Revision})
}

// put records a write and makes it visible to the rest of the batch.
func (r *Recorder) put(key string, value []byte, ttl int64, old Value, e Effect) abi.Code {
	if ttl < 0 {
		return abi.Invalid
	}
	if len(value) > MaxValue {
		return abi.TooBig
	}
	if !r.inFrame() {
		return abi.Invalid
	}
	e.Kind, e.Key, e.Value, e.Grow = KVPut, key, append([]byte(nil), value...), grown(key, value)
	if old.Revision != 0 {
		e.Grow -= grown(key, old.Data)
	}
	if ttl > 0 {
		e.Expires = r.env.Now().Add(time.Duration(ttl) * time.Millisecond)
	}
	if code := r.reserve(e.Grow); code != abi.OK {
		return code
	}
	r.record(e)
	r.pending[key] = pendingValue{data: e.Value, expires: e.Expires}
	return abi.OK
}

// reserve takes bytes of the quota.
func (r *Recorder) reserve(grow int64) abi.Code {
	used := r.env.Space.used.Add(grow)
	if grow > 0 && used > r.env.Grant.KV.Quota {
		r.env.Space.used.Add(-grow)
		r.deny("kv quota", `raise quota in the block "kv" of grant, or delete keys`)
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
	old, had, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	if !had {
		return abi.NotFound
	}
	e := Effect{Kind: KVDelete, Key: key, Grow: -grown(key, old.Data)}
	r.env.Space.used.Add(e.Grow)
	r.record(e)
	r.pending[key] = pendingValue{deleted: true}
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
	old, had, code := r.lookup(key)
	if code != abi.OK {
		return code
	}
	var base int64
	if had {
		n, err := strconv.ParseInt(string(old.Data), 10, 64)
		if err != nil {
			return abi.Invalid
		}
		base = n
	}
	sum := base + delta
	if (sum < base) != (delta < 0) && delta != 0 {
		return abi.TooBig
	}
	data := strconv.AppendInt(nil, sum, 10)
	e := Effect{Kind: KVAdd, Key: key, Delta: delta, Grow: grown(key, data)}
	if old.Revision != 0 {
		e.Grow -= grown(key, old.Data)
	}
	if code := r.reserve(e.Grow); code != abi.OK {
		return code
	}
	r.record(e)
	r.pending[key] = pendingValue{data: data, expires: old.Expires}
	binary.LittleEndian.PutUint64(out, uint64(sum))
	return abi.OK
}

// kvList answers committed keys merged with the batch's own writes.
func kvList(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	if r.env.Grant.KV == nil {
		return r.deny("kv", `add a block "kv" to grant`)
	}
	prefix, after, buf := string(bytesAt(g, p, 0)), string(bytesAt(g, p, 2)), bytesAt(g, p, 4)
	if len(prefix) > MaxKey || len(after) > MaxKey {
		return abi.TooBig
	}
	keys, err := r.keys(prefix, after)
	if err != nil {
		r.env.Log.host(hclog.Error, "keys not listed", "prefix", prefix, "error", err)
		return abi.Internal
	}
	n := 0
	for i, key := range keys {
		if n+4+len(key) > len(buf) {
			if i == 0 {
				return abi.TooBig
			}
			break
		}
		binary.LittleEndian.PutUint32(buf[n:], uint32(len(key)))
		n += 4 + copy(buf[n+4:], key)
	}
	return abi.Code(n)
}
