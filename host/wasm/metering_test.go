package wasm

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// BenchmarkMetering runs guests as they are, rewritten, and with wazero's own
// way of stopping them. SHARD_GUESTS names more of them by a pattern: modules
// that export buf() -> ptr and run(n) -> i32.
func BenchmarkMetering(b *testing.B) {
	files, err := filepath.Glob(os.Getenv("SHARD_GUESTS"))
	if err != nil {
		b.Fatal(err)
	}
	payload, _ := os.ReadFile(os.Getenv("SHARD_PAYLOAD"))
	for _, file := range files {
		module, err := os.ReadFile(file)
		if err != nil {
			b.Fatal(err)
		}
		m, err := binary.Decode(module)
		if err != nil {
			b.Fatal(err)
		}
		metered, err := meter.Rewrite(m, meter.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, v := range []struct {
			name   string
			module []byte
			close  bool
		}{{"plain", module, false}, {"metered", metered, false}, {"close", module, true}} {
			b.Run(filepath.Base(file)+"/"+v.name, func(b *testing.B) {
				ctx := context.Background()
				r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCloseOnContextDone(v.close))
				defer r.Close(ctx)
				i64 := []api.ValueType{api.ValueTypeI64}
				g := &Guest{born: time.Now()}
				g.deadline = 1 << 62
				g.units, g.quantum = 1<<62, refillFirst
				if _, err := r.NewHostModuleBuilder(meter.Module).NewFunctionBuilder().
					WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
						stack[0] = uint64(g.refill(int64(stack[0]), int64(stack[1])))
					}), append(i64, i64...), i64).Export(meter.Refill).Instantiate(ctx); err != nil {
					b.Fatal(err)
				}
				if err := linkWASI(ctx, r); err != nil {
					b.Fatal(err)
				}
				g.output.to = os.Stderr
				ctx = &guestContext{ctx, g}
				mod, err := r.InstantiateWithConfig(ctx, v.module, wazero.NewModuleConfig().WithStartFunctions())
				if err != nil {
					b.Fatal(err)
				}
				g.mem = mod.Memory()
				if f := mod.ExportedFunction("_initialize"); f != nil {
					if _, err := f.Call(ctx); err != nil {
						b.Fatal(err)
					}
				}
				var stack [1]uint64
				if err := mod.ExportedFunction("buf").CallWithStack(ctx, stack[:]); err != nil {
					b.Fatal(err)
				}
				mod.Memory().Write(uint32(stack[0]), payload)
				run := mod.ExportedFunction("run")
				b.ReportAllocs()
				for b.Loop() {
					stack[0] = uint64(len(payload))
					if err := run.CallWithStack(ctx, stack[:]); err != nil {
						b.Fatal(err)
					}
				}
				if v.name == "metered" {
					b.ReportMetric(float64(1<<62-g.units)/float64(b.N), "units/op")
				}
			})
		}
	}
}
