package wasm

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm/internal/corpus"
	"github.com/tetratelabs/wazero"
)

// TestCorpus runs guests of several languages as they are and rewritten: they
// answer the same for the same frames, in the same order.
func TestCorpus(t *testing.T) {
	message := corpus.Message(t)
	const instructions = 1 << 40 // the deadline is the one that matters
	engine := newEngine(t, Options{CacheDir: filepath.Join(t.TempDir(), "cache")})
	for _, c := range corpus.Guests(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			plain := runPlain(t, c.Module)
			ours := instantiate(t, compile(t, engine, c.Module, ModuleConfig{Name: c.Name, Instructions: instructions}), GuestConfig{})
			r := rand.New(rand.NewPCG(1, 2))
			var worked bool
			for i := range 60 {
				body := message
				if i > 0 { // damaged, and cut
					body = append([]byte(nil), message[:r.IntN(len(message)+1)]...)
					for range r.IntN(5) {
						if len(body) > 0 {
							body[r.IntN(len(body))] = byte(r.Uint32())
						}
					}
				}
				want, wantErr := plain(body)
				got, gotErr := batch(ours, 10*time.Second, string(body))
				if got != want || (gotErr == nil) != (wantErr == nil) {
					t.Fatalf("input %d: it answered %d, %v; without the meter %d, %v\n%q", i, got, gotErr, want, wantErr, body)
				}
				if gotErr != nil {
					break // both have trapped
				}
				worked = worked || got != 0
			}
			if !worked {
				t.Error("it never answered anything")
			}
		})
	}
}

// runPlain instantiates a guest of the corpus as it is.
func runPlain(t *testing.T, module []byte) func(body []byte) (int32, error) {
	t.Helper()
	g := &Guest{born: time.Now()}
	ctx := context.Context(&guestContext{context.Background(), g})
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { _ = r.Close(ctx) })
	if err := linkWASI(ctx, r); err != nil {
		t.Fatal(err)
	}
	g.deadline = time.Hour
	mod, err := r.InstantiateWithConfig(ctx, module, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	g.mod, g.mem = mod, mod.Memory() // WASI needs it
	if initialize := mod.ExportedFunction(abi.ExportInitialize); initialize != nil {
		if _, err := initialize.Call(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return func(body []byte) (int32, error) {
		frame := (&abi.Frame{Kind: abi.KindEvent, Tag: 1, Body: body}).Append(nil)
		to, err := mod.ExportedFunction(abi.ExportBuffer).Call(ctx, uint64(len(frame)))
		if err != nil {
			return 0, err
		}
		mod.Memory().Write(uint32(to[0]>>32), frame)
		code, err := mod.ExportedFunction(abi.ExportBatch).Call(ctx, uint64(len(frame)), 1)
		if err != nil {
			return 0, err
		}
		return int32(code[0]), nil
	}
}
