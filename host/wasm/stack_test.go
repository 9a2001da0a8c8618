package wasm

import (
	"context"
	"strings"
	"testing"
	"unsafe"

	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// TestStackEstimate compares the native stack that a call takes, seen as the
// distance between the stacks of two host calls, with what package meter takes
// it for: the bound on the depth of calls is only as good as that.
func TestStackEstimate(t *testing.T) {
	live := func(n int) (locals string, before, after guest.Code) {
		for i := range n {
			local := uint32(1 + i)
			before = guest.Seq(before, guest.Get(0), guest.I32(int32(i+3)), guest.I32Mul, guest.Set(local))
			after = guest.Seq(after, guest.Get(local), guest.I32Add)
		}
		return strings.Repeat("i", n), before, after
	}
	for _, c := range []struct {
		name  string
		build func(b *guest.Builder, probe uint32)
	}{
		{"few variables", func(b *guest.Builder, probe uint32) {
			self := b.Next()
			b.Func("$f", "i", "i", "", guest.Call(probe), guest.Get(0), guest.I32Eqz,
				guest.If(guest.I32Type, guest.I32(1), guest.Else, guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(self), guest.Get(0), guest.I32Add))
		}},
		{"a hundred variables", func(b *guest.Builder, probe uint32) {
			self := b.Next()
			locals, before, after := live(100)
			b.Func("$f", "i", "i", locals, guest.Call(probe), before, guest.Get(0), guest.I32Eqz,
				guest.If(guest.I32Type, guest.I32(1), guest.Else, guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(self)), after)
		}},
		{"values on the stack", func(b *guest.Builder, probe uint32) {
			self := b.Next()
			var push, add guest.Code
			for i := range 200 {
				push = guest.Seq(push, guest.Get(0), guest.I32(int32(i+3)), guest.I32Mul)
				add = guest.Seq(add, guest.I32Add)
			}
			b.Func("$f", "i", "i", "", guest.Call(probe), guest.Get(0), guest.I32Eqz, guest.If(guest.Empty, guest.I32(1), guest.Return),
				push, guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(self), add)
		}},
		{"many results", func(b *guest.Builder, probe uint32) {
			self := b.Next()
			zeros := guest.Code(nil)
			for range 50 {
				zeros = append(zeros, guest.I64(0)...)
			}
			b.Func("$f", "i", strings.Repeat("l", 50), "", guest.Call(probe), guest.Get(0), guest.I32Eqz,
				guest.If(guest.Empty, zeros, guest.Return), guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(self))
		}},
		{"vectors", func(b *guest.Builder, probe uint32) {
			self := b.Next()
			var before, after guest.Code
			for i := range uint32(40) { // i8x16.splat; i8x16.add
				before = guest.Seq(before, guest.Get(0), guest.I32(int32(i)), guest.I32Add, guest.Op(0xfd, 0x0f), guest.Set(1+i))
				after = guest.Seq(after, guest.Get(1), guest.Get(1+i), guest.Op(0xfd, 0x6e), guest.Set(1))
			}
			b.Func("$f", "i", "i", strings.Repeat("v", 40), guest.Call(probe), before, guest.Get(0), guest.I32Eqz,
				guest.If(guest.I32Type, guest.I32(1), guest.Else, guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(self)),
				after, guest.Get(1), guest.Op(0xfd, 0x1b, 0), guest.I32Add)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := guest.New()
			probe := b.ImportFrom("test", "probe", "", "")
			c.build(b, probe)
			b.Func("run", "", "", "", guest.I32(20), guest.Call(b.Next()-1), drop(c.name))
			frame, estimate := measureFrame(t, b.Module())
			t.Logf("a frame takes %d bytes, estimated %d", frame, estimate)
			if frame > 2*estimate {
				t.Errorf("a frame takes %d bytes, more than twice the estimate of %d", frame, estimate)
			}
			if estimate > 8*frame {
				t.Errorf("a frame takes %d bytes, the estimate is %d", frame, estimate)
			}
		})
	}
}

// measureFrame runs a module and returns the least distance between the native
// stacks of two calls in a row of test.probe, and how far the counter of the
// stack moved between them.
func measureFrame(t *testing.T, module []byte) (frame, estimate int64) {
	t.Helper()
	m, err := binary.Decode(module)
	if err != nil {
		t.Fatal(err)
	}
	b, err := meter.Rewrite(m, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	var at, left []int64
	probe := func(_ context.Context, mod api.Module, stack []uint64) {
		at = append(at, int64(uintptr(unsafe.Pointer(unsafe.SliceData(stack)))))
		left = append(left, int64(mod.ExportedGlobal(meter.DepthExport).Get()))
	}
	i64 := []api.ValueType{api.ValueTypeI64}
	for _, err := range []error{
		func() error {
			_, err := r.NewHostModuleBuilder("test").NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(probe), []api.ValueType{}, nil).Export("probe").Instantiate(ctx)
			return err
		}(),
		func() error {
			refill := api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) { stack[0] = 1 << 40 })
			_, err := r.NewHostModuleBuilder(meter.Module).NewFunctionBuilder().WithGoModuleFunction(refill, append(i64, i64...), i64).Export(meter.Refill).Instantiate(ctx)
			return err
		}(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	mod, err := r.Instantiate(ctx, b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mod.ExportedFunction("run").Call(ctx); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(at); i++ {
		// When the stack was moved in between, the distance means nothing.
		if d := at[i-1] - at[i]; d > 0 && d < 1<<20 && (frame == 0 || d < frame) {
			frame, estimate = d, left[i-1]-left[i]
		}
	}
	if frame == 0 {
		t.Fatal("nothing was measured")
	}
	return frame, estimate
}

// drop takes the results of the function under test from the stack.
func drop(name string) (c guest.Code) {
	n := 1
	if name == "many results" {
		n = 50
	}
	for range n {
		c = append(c, guest.Drop...)
	}
	return c
}
