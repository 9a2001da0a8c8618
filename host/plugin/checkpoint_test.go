package plugin

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shardhost/shardhost/abi"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/internal/store"
)

// remembering is a guest that counts events in its memory. It writes the number
// under the key n when an event has a body, and traps when that is "trap". What
// a control frame says it keeps under the frame's name.
type remembering struct {
	schema  int32 // of its state; 0: it saves and loads nothing
	control []string
	version string
}

func (c remembering) module() []byte {
	b := asm.New()
	put, write := b.Import("kv_put"), b.Import("state_write")
	n := b.Data("n")
	cell := asm.I32(scratch)
	kind := func(k abi.Kind) asm.Code { return asm.Seq(asm.FrameKind, asm.I32(int32(k)), asm.I32Eq) }
	p := asm.Plugin{Frame: asm.Seq(
		kind(abi.KindControl), asm.If(asm.Empty,
			asm.FrameNamePtr, asm.FrameNameLen, asm.FrameBody, asm.I64(0), asm.Call(put), asm.Drop),
		kind(abi.KindEvent), asm.If(asm.Empty,
			asm.FrameBodyLen, asm.I32(4), asm.I32Eq, asm.If(asm.Empty, asm.Unreachable),
			cell, cell, asm.Load32(0), asm.I32(1), asm.I32Add, asm.Store32(0),
			asm.FrameBodyLen, asm.If(asm.Empty,
				n.Both(), cell, asm.I32(4), asm.I64(0), asm.Call(put), asm.Drop)),
	)}
	if c.schema != 0 {
		p.Save = asm.Seq(asm.I32(c.schema), cell, asm.I32(4), asm.Call(write))
		p.Load = asm.Seq(
			asm.Get(0), asm.I32(c.schema), asm.I32Ne, asm.If(asm.Empty, asm.I32(-9), asm.Return),
			cell, asm.I32(int32(b.Pages)<<16), asm.Load32(0), asm.Store32(0),
			asm.I32(0),
		)
	}
	b.Plugin(p)
	manifest, _ := json.Marshal(map[string]any{"control": c.control})
	b.Custom(abi.ManifestSection, manifest)
	b.Custom("version", []byte(c.version))
	return b.Module()
}

var everyControl = []string{abi.ControlCold, abi.ControlStale, abi.ControlGap}

func (w *world) openModule(module []byte) {
	w.t.Helper()
	var err error
	if w.plugin, err = Open(context.Background(), w.deps(), w.spec, module); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) swapModule(module []byte) {
	w.t.Helper()
	next, err := w.plugin.Prepare(context.Background(), w.spec, module, true)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.plugin.Swap(context.Background(), next); err != nil {
		w.t.Fatal(err)
	}
}

// remembered is the number that the guest has counted to, as of its last event
// with a body.
func (w *world) remembered() uint32 {
	n := w.kv("n")
	if len(n) != 4 {
		return 0
	}
	return binary.LittleEndian.Uint32([]byte(n))
}

// kill ends the plugin as SIGKILL would: nothing of its end reaches the store.
func (w *world) kill() {
	w.t.Helper()
	w.store.fail(true)
	w.closeNow()
	w.store.fail(false)
}

func TestCheckpoint(t *testing.T) {
	v1 := remembering{schema: 1, control: everyControl}
	type step = func(w *world)
	events := func(n int) step {
		return func(w *world) {
			for range n {
				w.send(1, nil)
			}
			w.settle()
		}
	}
	shutDown := func(w *world) { w.settle(); w.close() }
	kill := func(w *world) { w.settle(); w.kill() }
	for _, c := range []struct {
		name  string
		life  []step
		next  remembering
		lanes int // of the next start, 0: as before
		want  uint32
		cold  string // what the next guest is told
		stale bool
	}{
		{"shut down", []step{events(5), shutDown}, v1, 0, 6, "", false},
		{"shut down twice", []step{events(5), shutDown, func(w *world) { w.openModule(v1.module()) }, shutDown}, v1, 0, 6, "", false},
		{"shut down, the next module has the same schema", []step{events(5), shutDown}, remembering{schema: 1, version: "2"}, 0, 6, "", false},
		{"killed before the first checkpoint", []step{events(5), kill}, v1, 0, 1, coldNew, false},
		{"killed right after a checkpoint", []step{events(5), func(*world) { time.Sleep(time.Minute) }, kill}, v1, 0, 6, "", false},
		{"killed later, told", []step{events(5), func(*world) { time.Sleep(time.Minute) }, events(2), kill}, v1, 0, 6, "", true},
		{"killed later, would not be told", []step{events(5), func(*world) { time.Sleep(time.Minute) }, events(2), kill},
			remembering{schema: 1, control: []string{abi.ControlCold}}, 0, 1, coldStale, false},
		{"killed after the next checkpoint", []step{events(5), func(*world) { time.Sleep(time.Minute) }, events(2), func(*world) { time.Sleep(time.Minute) }, kill}, v1, 0, 8, "", false},
		{"another schema", []step{events(5), shutDown}, remembering{schema: 2, control: everyControl}, 0, 1, coldSchema, false},
		{"nothing to load", []step{events(5), shutDown}, remembering{control: everyControl}, 0, 1, coldSchema, false},
		{"another number of lanes", []step{events(5), shutDown}, v1, 3, 1, coldNew, false},
		{"a piece is damaged", []step{events(5), shutDown, func(w *world) {
			keys := w.keys("memory/p/")
			w.write(store.Write{Key: "memory/p/" + keys[0], Value: []byte{9, 9, 9, 9}})
		}}, v1, 0, 1, coldDamaged, false},
		{"the record is damaged", []step{events(5), shutDown, func(w *world) {
			w.write(store.Write{Key: "checkpoint/p/1/0", Value: []byte("{")})
		}}, v1, 0, 1, coldDamaged, false},
		{"more than max_size", []step{func(w *world) {
			w.spec.Checkpoint.MaxSize = 3
			w.swapModule(v1.module())
		}, events(5), shutDown}, v1, 0, 1, coldNew, false},
		{"out of the configuration for a while", []step{events(5), shutDown, func(w *world) {
			if err := w.journal.ForgetCheckpoints(context.Background(), func(string) bool { return false }); err != nil {
				w.t.Error(err)
			}
		}}, v1, 0, 1, coldNew, false},
		{"retired", []step{events(5), shutDown, func(w *world) { w.openModule(v1.module()) }, func(w *world) {
			if err := w.plugin.Retire(context.Background()); err != nil {
				w.t.Error(err)
			}
		}, shutDown}, v1, 0, 1, coldNew, false},
		{"two lanes for a while", []step{events(5), shutDown, func(w *world) { w.openModule(v1.module()) }, func(w *world) {
			w.spec.Lanes = 2
			w.swapModule(v1.module())
			w.spec.Lanes = 1
			w.swapModule(v1.module())
		}, kill}, v1, 0, 1, coldNew, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Checkpoint.Every, w.spec.Checkpoint.MaxSize = 30*time.Second, 1<<20
				w.openModule(v1.module())
				for _, step := range c.life {
					step(w)
				}
				w.spec.Lanes = max(c.lanes, 1)
				w.spec.Checkpoint.MaxSize = 1 << 20
				w.openModule(c.next.module())
				w.plugin.Resumed()
				w.settle()
				told := ""
				if c.cold != "" {
					told = `{"reason":"` + c.cold + `"}`
				}
				w.wantKV(abi.ControlCold, told)
				if (w.kv(abi.ControlStale) != "") != c.stale {
					t.Errorf("the guest was told of stale memory: %q", w.kv(abi.ControlStale))
				}
				w.send(1, script("x"))
				w.settle()
				if got := w.remembered(); got != c.want {
					t.Errorf("it counts to %d, want %d\n%s", got, c.want, w.log)
				}
				if heads, pieces := w.keys("checkpoint/"), w.keys("memory/"); len(heads) > 1 || len(pieces) > 1 {
					t.Errorf("left in the store: %q, %q", heads, pieces)
				}
			})
		})
	}
}

// A large memory is kept in pieces, of which none is left behind.
func TestCheckpointPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 9<<20 + 12345
		b := asm.New()
		write, put := b.Import("state_write"), b.Import("kv_put")
		b.Pages = 4 + 2*size>>16
		sum := b.Data("size")
		cell := asm.I32(scratch)
		b.Plugin(asm.Plugin{
			Frame: asm.Seq(sum.Both(), cell, asm.I32(4), asm.I64(0), asm.Call(put), asm.Drop),
			Save:  asm.Seq(asm.I32(1), asm.I32(0), asm.I32(size), asm.Call(write)),
			Load:  asm.Seq(cell, asm.Get(1), asm.Store32(0), asm.I32(0)),
		})
		module := b.Module()
		w := newWorld(t)
		w.spec.Limits.Memory, w.spec.Checkpoint.MaxSize = 64<<20, 64<<20
		w.openModule(module)
		var pieces int
		for range 2 {
			w.send(1, nil)
			w.settle()
			w.close()
			pieces = len(w.keys("memory/"))
			w.openModule(module)
		}
		if want := (size + 256<<10 - 1) / (256 << 10); pieces != want {
			t.Errorf("%d pieces, want %d", pieces, want)
		}
		// The host dies while the pieces of the next one are written.
		commits := 0
		w.store.mu.Lock()
		w.store.chance = func() bool { commits++; return commits > 2 }
		w.store.mu.Unlock()
		w.send(1, nil)
		w.settle()
		w.closeNow()
		w.store.mu.Lock()
		w.store.chance = nil
		w.store.mu.Unlock()
		w.openModule(module)
		w.send(1, nil)
		w.settle()
		if n := len(w.keys("memory/")); n != pieces {
			t.Errorf("%d pieces after a checkpoint that was never finished, want %d", n, pieces)
		}
	})
}

// Memory that was given back, and what Discord sends again, are together every
// event exactly once, whenever the host dies; where that is not so the guest is
// told.
func TestCheckpointAgainstModel(t *testing.T) {
	seeds := newRand(t)
	for i := range 60 {
		seed := seeds.Uint64()
		ok := t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { playCheckpoints(t, rand.New(rand.NewPCG(seed, uint64(i)))) })
		})
		if !ok {
			return
		}
	}
}

func playCheckpoints(t *testing.T, r *rand.Rand) {
	w := newWorld(t)
	w.spec.Checkpoint.Every, w.spec.Checkpoint.MaxSize = 10*time.Second, 1<<20
	module := remembering{schema: 1, control: everyControl}.module()
	w.openModule(module)
	bodies := []script{} // of the session, by sequence-1
	next := func(body script) {
		bodies = append(bodies, body)
		w.deliver(w.eventAt(int64(len(bodies)), 1, body))
	}
	missing := 0 // events that the memory has lost, as the guest was told
	check := func() {
		t.Helper()
		next(script("x"))
		w.settle()
		if got := int(w.remembered()); got != len(bodies)-missing {
			t.Fatalf("it counts to %d, want %d\n%s", got, len(bodies)-missing, w.log)
		}
	}
	for range 20 {
		for range r.IntN(6) {
			if r.IntN(2) == 0 {
				next(nil)
			} else {
				next(script("x"))
			}
			if r.IntN(3) == 0 {
				w.settle()
			}
		}
		switch r.IntN(4) {
		case 0:
			time.Sleep(time.Duration(r.IntN(15)) * time.Second)
			continue
		case 1:
			w.settle()
			w.kill()
		case 2:
			time.Sleep(11 * time.Second)
			w.settle()
			w.kill()
		default:
			w.settle()
			w.close()
		}
		position := max(0, w.position())
		if position > 0 && r.IntN(2) == 0 {
			position = r.Int64N(position + 1) // it was stored a while ago
		}
		w.openModule(module)
		w.plugin.Resumed()
		w.settle()
		told := w.kv(abi.ControlStale)+w.kv(abi.ControlCold) != ""
		w.unseed(abi.ControlStale)
		w.unseed(abi.ControlCold)
		w.tracker.Begin(w.session, position)
		for seq := position + 1; seq <= int64(len(bodies)); seq++ {
			e := w.eventAt(seq, 1, bodies[seq-1])
			e.Replayed = true
			w.deliver(e)
		}
		if told {
			next(script("x"))
			w.settle()
			missing = len(bodies) - int(w.remembered())
		}
		check()
	}
	check()
}

func TestControlFrames(t *testing.T) {
	mute := remembering{schema: 1}
	v1 := remembering{schema: 1, control: everyControl}
	for _, c := range []struct {
		name  string
		guest remembering
		do    func(w *world)
		cold  string
		gap   string
	}{
		{"a fresh start", v1, func(w *world) { w.plugin.Began(nil) }, "", ""},
		{"no memory, sessions resumed", v1, func(w *world) { w.plugin.Resumed() }, `{"reason":"new"}`, ""},
		{"two sessions resumed", v1, func(w *world) {
			w.plugin.Resumed()
			w.settle()
			w.unseed(abi.ControlCold)
			w.plugin.Resumed()
		}, "", ""},
		{"a guest that asks for nothing", mute, func(w *world) { w.plugin.Resumed(); w.plugin.Began(&Gap{Of: 1}) }, "", ""},
		{"a crash", v1, func(w *world) {
			w.plugin.Began(nil)
			w.send(1, script("trap"))
			w.settle()
			time.Sleep(time.Minute)
		}, `{"reason":"crash"}`, ""},
		{"a crash before any session", v1, func(w *world) {
			w.send(1, script("trap"))
			w.settle()
			time.Sleep(time.Minute)
		}, "", ""},
		{"a reload that hands over", v1, func(w *world) { w.plugin.Began(nil); w.swapModule(v1.module()) }, "", ""},
		{"a reload that does not", v1, func(w *world) {
			w.plugin.Began(nil)
			w.swapModule(remembering{schema: 2, control: everyControl}.module())
		}, `{"reason":"reload"}`, ""},
		{"another number of lanes", v1, func(w *world) {
			w.plugin.Began(nil)
			w.spec.Lanes = 2
			w.swapModule(v1.module())
		}, `{"reason":"reload"}`, ""},
		{"a lost session", v1, func(w *world) { w.plugin.Began(&Gap{Shard: 1, Of: 2, After: 77}) }, "", `{"shard":1,"of":2,"after":77}`},
		{"a lost session of an earlier run", v1, func(w *world) { w.plugin.Began(&Gap{Shard: 1, Of: 2, After: -1}) }, "", `{"shard":1,"of":2}`},
		{"a lost session, and the host dies", v1, func(w *world) {
			release := hold(w.plugin, 0)
			w.plugin.Began(&Gap{Shard: 1, Of: 2, After: 77})
			w.store.fail(true)
			release()
			w.closeNow()
			w.store.fail(false)
			w.openModule(v1.module())
		}, "", `{"shard":1,"of":2,"after":77}`},
		{"a lost session while the store is away", v1, func(w *world) {
			w.store.fail(true)
			w.plugin.Began(&Gap{Shard: 1, Of: 2, After: 77})
			w.store.fail(false)
			time.Sleep(time.Minute)
		}, "", `{"shard":1,"of":2,"after":77}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.spec.Checkpoint.MaxSize = 1 << 20
				w.openModule(c.guest.module())
				w.settle()
				c.do(w)
				w.settle()
				w.wantKV(abi.ControlCold, c.cold)
				w.wantKV(abi.ControlGap, c.gap)
				w.send(1, script("x"))
				w.settle()
				if w.remembered() != 1 {
					t.Errorf("it counts to %d, want 1", w.remembered())
				}
				if left := w.keys("in/"); len(left) > 0 {
					t.Errorf("messages left: %q", left)
				}
			})
		})
	}
}
