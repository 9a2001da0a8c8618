package journal

import (
	"bytes"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/effect"
)

// FuzzParkedRecord reads any bytes as the record of a parked frame: they are
// refused, or hold one frame that is written again as it was.
func FuzzParkedRecord(f *testing.F) {
	frame := abi.Frame{Kind: abi.KindEvent, Guild: 5, Shard: 3, Name: []byte("MESSAGE_CREATE"), Body: []byte(`{"id":"1"}`)}
	f.Add(encodeParked(&effect.Parked{Lane: 2, Bytes: frame.Append(nil)}))
	f.Add(encodeParked(&effect.Parked{Bytes: frame.Append(frame.Append(nil))}))
	f.Add([]byte(`{"lane":-1,"frame":""}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		p, _, err := decodeParked("s:1", value)
		if err != nil {
			return
		}
		if p.Lane < 0 || p.Owner(3) < 0 || p.Owner(3) > 2 {
			t.Errorf("lane %d, owner %d of 3", p.Lane, p.Owner(3))
		}
		again, _, err := decodeParked("s:1", encodeParked(p))
		if err != nil || !bytes.Equal(again.Bytes, p.Bytes) || again.Lane != p.Lane || again.Guild != p.Guild || again.Shard != p.Shard {
			t.Errorf("read %+v, written and read again it is %+v, %v", p, again, err)
		}
	})
}

// FuzzOutboxRecord reads any bytes as a call's record.
func FuzzOutboxRecord(f *testing.F) {
	call := &effect.Call{Method: "POST", Path: "/channels/1/messages", Body: []byte(`{}`), Tag: 1}
	f.Add((&Outgoing{Lane: 1, ID: "s:1:0", Call: call}).encode())
	f.Add((&Outgoing{ID: "s:1:await:2", Call: call, Parked: "s:1", Index: 2, Answered: true, Status: 200, Body: []byte("{}")}).encode())
	f.Add([]byte(`{"call":{},"index":-1}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		out, err := decodeOutgoing("out/p/1", value)
		if err != nil {
			return
		}
		again, err := decodeOutgoing("out/p/1", out.encode())
		if err != nil || again.Parked != out.Parked || again.Index != out.Index || again.Lane != out.Lane {
			t.Errorf("read %+v, written and read again it is %+v, %v", out, again, err)
		}
	})
}
