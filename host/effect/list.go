package effect

import (
	"context"
	"encoding/binary"
	"iter"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// listPage is how many keys are read from the store at a time. Their values
// come along.
const listPage = 64

// kvList answers committed keys merged with the batch's own writes.
func kvList(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	prefix, after, buf := bytesAt(g, p, 0), bytesAt(g, p, 2), bytesAt(g, p, 4)
	if code := r.mayKeep(); code != abi.OK {
		return code
	}
	if len(prefix) > MaxKey || len(after) > MaxKey {
		return abi.TooBig
	}
	n, code := r.list(string(prefix), string(after), buf)
	if code != abi.OK {
		return code
	}
	return abi.Code(n)
}

// list fills buf with as many keys as have room: each as its length, 4 bytes
// little-endian, and its bytes. It returns how many bytes that are, 0 at the
// end.
func (r *Recorder) list(prefix, after string, buf []byte) (n int, code abi.Code) {
	for more := true; more; {
		var keys []string
		var err error
		if keys, after, more, err = r.keys(prefix, after); err != nil {
			r.env.Log.host(hclog.Error, "keys not listed", "prefix", Line([]byte(prefix)), "error", err)
			return 0, abi.Internal
		}
		for _, key := range keys {
			if n+4+len(key) > len(buf) {
				if n == 0 {
					return 0, abi.TooBig
				}
				return n, abi.OK
			}
			binary.LittleEndian.PutUint32(buf[n:], uint32(len(key)))
			n += 4 + copy(buf[n+4:], key)
		}
	}
	return n, abi.OK
}

// keys are the next keys of a prefix as the handler sees them: what is
// committed, without what its batch deleted, with what its batch added. more
// tells whether there may be others after last.
func (r *Recorder) keys(prefix, after string) (keys []string, last string, more bool, err error) {
	keys, last, err = r.env.Space.List(context.Background(), prefix, after, listPage)
	if err != nil {
		return nil, "", false, err
	}
	more = last != ""
	keys = slices.DeleteFunc(keys, func(k string) bool { _, _, own := r.written(k); return own })
	for key, p := range r.allWritten() {
		inRange := key > after && strings.HasPrefix(key, prefix) && (!more || key <= last)
		if inRange && !p.deleted && !r.env.Space.expired(Value{Expires: p.expires}) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, last, more, nil
}

// allWritten goes through what the handler sees of its own batch's writes.
func (r *Recorder) allWritten() iter.Seq2[string, pendingValue] {
	return func(yield func(string, pendingValue) bool) {
		own := r.own
		if r.entered != nil {
			own = r.entered.own
		}
		for key, v := range own {
			if !yield(key, v) {
				return
			}
		}
		for key, v := range r.pending {
			if _, mine := own[key]; !mine && !yield(key, v) {
				return
			}
		}
	}
}
