package plugin

import (
	"context"
	"encoding/binary"
	"strings"
	"testing"
	"testing/synctest"

	asm "github.com/shardhost/shardhost/abi/conformance/guest"
)

// stateful is a guest that counts frames in its memory and keeps the number, as
// 4 bytes, under the key n.
type stateful struct {
	saves, loads int32 // schemas; saves 0: it hands nothing over
	save, load   asm.Code
	version      string
}

func (c stateful) module() []byte {
	b := asm.New()
	put, write := b.Import("kv_put"), b.Import("state_write")
	n := b.Data("n")
	outside := b.Data("outside")
	cell := asm.I32(scratch)
	frame := asm.Seq(
		cell, cell, asm.Load32(0), asm.I32(1), asm.I32Add, asm.Store32(0),
		n.Both(), cell, asm.I32(4), asm.I64(0), asm.Call(put), asm.Drop,
		// Outside of shard_save it is refused.
		asm.I32(scratch+8), asm.I32(1), cell, asm.I32(4), asm.Call(write), asm.Store32(0),
		outside.Both(), asm.I32(scratch+8), asm.I32(4), asm.I64(0), asm.Call(put), asm.Drop,
	)
	p := asm.Plugin{Frame: frame, Save: c.save, Load: c.load}
	if c.saves != 0 {
		p.Save = asm.Seq( // in two pieces, and one of another schema that is refused
			asm.I32(c.saves), cell, asm.I32(1), asm.Call(write), asm.Drop,
			asm.I32(c.saves+1), cell, asm.I32(1), asm.Call(write), asm.I32(-1), asm.I32Ne, asm.If(asm.Empty, asm.Unreachable),
			asm.I32(c.saves), asm.I32(scratch+1), asm.I32(3), asm.Call(write),
		)
	}
	if c.loads != 0 {
		p.Load = asm.Seq(
			asm.Get(0), asm.I32(c.loads), asm.I32Ne, asm.If(asm.Empty, asm.I32(-9), asm.Return),
			asm.Get(1), asm.I32(4), asm.I32Ne, asm.If(asm.Empty, asm.Unreachable),
			cell, asm.I32(int32(b.Pages)<<16), asm.Load32(0), asm.Store32(0),
			asm.I32(0),
		)
	}
	b.Plugin(p)
	b.Custom("version", []byte(c.version))
	return b.Module()
}

func TestHandOver(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to stateful
		lanes    int
		want     uint32
		log      string
		restarts int
	}{
		{"handed over", stateful{saves: 1, loads: 1}, stateful{saves: 1, loads: 1, version: "2"}, 1, 6, "state handed over", 0},
		{"another schema", stateful{saves: 1}, stateful{loads: 2}, 1, 1, "another schema", 0},
		{"nothing to save", stateful{}, stateful{loads: 1}, 1, 1, "", 0},
		{"nothing to load", stateful{saves: 1}, stateful{version: "2"}, 1, 1, "", 0},
		{"saves with a trap", stateful{save: asm.Unreachable}, stateful{loads: 1}, 1, 1, "state not saved", 0},
		{"refuses to save", stateful{save: asm.I32(-8)}, stateful{loads: 1}, 1, 1, "state not saved", 0},
		{"writes nothing", stateful{save: asm.I32(0)}, stateful{loads: 1}, 1, 1, "", 0},
		{"loads with a trap", stateful{saves: 1}, stateful{load: asm.Unreachable}, 1, 1, "state not loaded", 1},
		{"refuses to load", stateful{saves: 1}, stateful{load: asm.I32(-8)}, 1, 1, "state not loaded", 1},
		{"another number of lanes", stateful{saves: 1}, stateful{loads: 1}, 2, 1, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				var err error
				if w.plugin, err = Open(context.Background(), w.deps(), w.spec, c.from.module()); err != nil {
					t.Fatal(err)
				}
				for range 5 {
					w.send(1, nil)
				}
				w.settle()
				w.spec.Lanes = c.lanes
				next, err := w.plugin.Prepare(context.Background(), w.spec, c.to.module(), false)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.plugin.Swap(context.Background(), next); err != nil {
					t.Fatal(err)
				}
				w.send(1, nil)
				w.settle()
				if got := binary.LittleEndian.Uint32([]byte(w.kv("n"))); got != c.want {
					t.Errorf("it counted to %d, want %d", got, c.want)
				}
				if w.kv("outside") != "\xff\xff\xff\xff" {
					t.Errorf("state_write outside of shard_save answers % x", w.kv("outside"))
				}
				w.wantLog(c.log)
				if c.log == "" && strings.Contains(w.log.String(), "state ") {
					t.Errorf("the log speaks of state:\n%s", w.log)
				}
				if n := w.log.count("lane starts anew:"); n != c.restarts {
					t.Errorf("%d restarts, want %d:\n%s", n, c.restarts, w.log)
				}
			})
		})
	}
}
