package journal

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/internal/store"
)

// TestPositionsAgainstModel: what was finished, in turn or ahead, is held, and
// nothing else is, also after it was read again.
func TestPositionsAgainstModel(t *testing.T) {
	r := newRand(t)
	for range 20 {
		j := New(store.NewMemory(), hclog.NewNullLogger(), time.Now)
		p, err := j.LoadPositions(context.Background(), "p")
		if err != nil {
			t.Fatal(err)
		}
		lane := effect.Lane{Index: 0, Of: 1}
		var waiting []int64 // ordinary events, in their order
		finished := map[int64]bool{}
		next := int64(0)
		for range 100 {
			var batch []Position
			finish := func(seq int64, ahead bool) {
				batch = append(batch, Position{Shard: 2, Of: 4, Session: "s", Seq: seq, Ahead: ahead})
				finished[seq] = true
			}
			for range 1 + r.IntN(5) {
				next += 1 + int64(r.IntN(3))
				switch r.IntN(3) {
				case 0: // an interaction, at once
					finish(next, len(waiting) > 0)
				default:
					waiting = append(waiting, next)
				}
			}
			for range r.IntN(4) {
				if len(waiting) > 0 {
					finish(waiting[0], false)
					waiting = waiting[1:]
				}
			}
			changed := p.after(lane, batch)
			b := store.Batch{}
			for key, m := range changed {
				b.Writes = append(b.Writes, store.Write{Key: key.in("p"), Value: m.encode()})
			}
			if _, err := j.store.Commit(context.Background(), b); err != nil {
				t.Fatal(err)
			}
			p.keep(changed)
			again, err := j.LoadPositions(context.Background(), "p")
			if err != nil || !sameMarks(again.marks, p.marks) {
				t.Fatalf("read again it is %v, was %v: %v", again.marks, p.marks, err)
			}
			for _, seq := range waiting {
				if p.Holds(Position{Shard: 2, Session: "s", Seq: seq}, 0) {
					t.Fatalf("%d waits and is held: %v", seq, p.marks)
				}
			}
			for seq := range finished {
				if !p.Holds(Position{Shard: 2, Session: "s", Seq: seq}, 0) {
					t.Fatalf("%d is finished and not held: %v", seq, p.marks)
				}
			}
			if p.Holds(Position{Shard: 2, Session: "other", Seq: 0}, 0) || p.Holds(Position{Shard: 1, Session: "s", Seq: 0}, 0) {
				t.Fatal("another session or shard is held")
			}
		}
	}
}

func sameMarks(a, b map[markKey]mark) bool {
	return maps.EqualFunc(a, b, func(x, y mark) bool { return string(x.encode()) == string(y.encode()) })
}

func FuzzMark(f *testing.F) {
	f.Add(mark{session: "abc", seq: 7, ahead: []int64{9, 12}}.encode())
	f.Add(mark{seq: -1}.encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := decodeMark(b)
		if err != nil {
			return
		}
		again, err := decodeMark(m.encode())
		if err != nil || !reflect.DeepEqual(again, m) {
			t.Fatalf("%+v becomes %+v, %v", m, again, err)
		}
		m.advance(Position{Session: m.session, Seq: m.seq + 1})
	})
}

func FuzzKeys(f *testing.F) {
	f.Add("1/0/4/3", "kvexpiry/000000000000000a/p/a/b")
	f.Fuzz(func(t *testing.T, position, record string) {
		if k, err := decodeMarkKey(position); err == nil {
			again, err := decodeMarkKey(strings.TrimPrefix(k.in("p"), "lane/p/"))
			if err != nil || again != k {
				t.Fatalf("%+v becomes %+v, %v", k, again, err)
			}
		}
		if x, err := parseExpiry(record); err == nil && x.at >= 0 {
			again, err := parseExpiry(expiryKey(time.UnixMilli(x.at), x.plugin, x.key))
			if err != nil || again.at != x.at || again.plugin != x.plugin || again.key != x.key {
				t.Fatalf("%+v becomes %+v, %v", x, again, err)
			}
		}
	})
}

func FuzzOutgoing(f *testing.F) {
	f.Add((&Outgoing{Lane: 1, ID: "s:1:0", Call: &effect.Call{Method: "POST", Path: "/channels/81/messages", Body: []byte(`{"content":"x"}`)}}).encode())
	f.Add([]byte(`{"call":{"method":"POST","path":"/channels/1/messages","body":"bnVsbA=="}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := decodeOutgoing("out/p/1", b)
		if err != nil {
			return
		}
		if _, err := decodeOutgoing("out/p/1", out.encode()); err != nil {
			t.Fatalf("%+v cannot be read again: %v", out, err)
		}
		body, once := withNonce(out.Call, "p "+out.ID)
		if once && !isMessageCreate(out.Call) {
			t.Fatalf("%s would be sent twice", out.Call.Path)
		}
		if again, _ := withNonce(out.Call, "p "+out.ID); string(again) != string(body) {
			t.Fatal("the nonce is not stable")
		}
		_ = out.queue()
	})
}
