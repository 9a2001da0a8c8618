package wasm

import (
	"context"

	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
)

func TestInspect(t *testing.T) {
	b := guest.New()
	b.Import("log")
	b.Pages, b.MaxPages = 3, 9
	b.Plugin(guest.Plugin{})
	b.Custom(abi.ManifestSection, []byte(`{"name":"p","events":["MESSAGE_CREATE"],"intents":7,"unknown":{},"state_schema":2}`))
	info, err := Inspect(b.Module())
	if err != nil {
		t.Fatal(err)
	}
	if info.MemoryMin != 3 || info.MemoryMax != 9 || len(info.SHA256) != 64 || info.Size != len(b.Module()) {
		t.Errorf("got %+v", info)
	}
	if len(info.Imports) != 1 || info.Imports[0] != (Import{"shard_v1", "log", "function", "(i32, i32, i32) -> (i32)"}) {
		t.Errorf("imports %+v", info.Imports)
	}
	found := false
	for _, x := range info.Exports {
		found = found || x == Export{"shard_batch", "function", "(i32, i32) -> (i32)"}
	}
	if !found {
		t.Errorf("exports %+v", info.Exports)
	}
	m := info.Manifest
	if m == nil || m.Name != "p" || len(m.Events) != 1 || m.StateSchema != 2 || m.Intents != nil {
		t.Errorf("manifest %+v: a field of the wrong type must not spoil the others", m)
	}
}

func TestInspectTellsForeignFiles(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"Linux executable", "\x7fELF\x02\x01\x01\x00", "Linux executable"},
		{"Windows executable", "MZ\x90\x00\x03\x00\x00\x00", "Windows executable"},
		{"text format", "(module (memory 1))", "wat2wasm"},
		{"Go source", "package main\n", "Go source"},
		{"zip", "PK\x03\x04........", "zip"},
		{"gzip", "\x1f\x8b\x08.......", "gzip"},
		{"failed download", "<!DOCTYPE html><html>", "HTML"},
		{"Git LFS", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
		{"JSON", `{"message":"Not Found"}`, "JSON"},
		{"component", "\x00asm\x0d\x00\x01\x00", "core module"},
		{"cut", "\x00asm\x01\x00", "truncated at byte 6"},
		{"empty", "", "truncated at byte 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Inspect([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCheckReportsEverythingAtOnce(t *testing.T) {
	b := guest.New()
	b.Import("kv_get")
	b.Import("kv_put")
	b.Import("rest")
	b.ImportFrom("env", "abort", "", "")
	b.ImportFrom("wasi_snapshot_preview1", "proc_exit", "i", "i")
	b.Pages = 2000
	b.Func(abi.ExportInit, "", "", "")
	info, err := Inspect(b.Module())
	if err != nil {
		t.Fatal(err)
	}
	problems := info.Check(64<<20, func(string) bool { return false })
	grants, texts := "", ""
	for _, p := range problems {
		grants += p.Grant + " "
		texts += p.String() + "\n"
	}
	for _, want := range []string{
		"export shard_abi_1 is missing", "export shard_batch is missing", "export shard_init has type () -> (): it must be (i32) -> (i32)",
		"needs 125 MiB of memory to start, the limit is 64 MiB", "env.abort", "proc_exit as (i32) -> (i32): it is (i32) -> ()",
		`needs the grant "kv"; add kv {} to the plugin's grant block`, `needs the grant "discord"`,
	} {
		if !strings.Contains(texts, want) {
			t.Errorf("no problem says %q:\n%s", want, texts)
		}
	}
	if strings.Count(grants, "kv") != 1 {
		t.Errorf("each missing grant is reported once, got %q", grants)
	}
}

func TestCheckIsShortAboutHostileModules(t *testing.T) {
	b := guest.New()
	for range 5000 {
		b.ImportFrom(strings.Repeat("x", 300), "f", "", "")
	}
	info, err := Inspect(b.Module())
	if err != nil {
		t.Fatal(err)
	}
	problems := info.Check(64<<20, func(string) bool { return true })
	total := 0
	for _, p := range problems {
		total += len(p.String())
	}
	if len(problems) > maxProblems+1 || total > 20_000 {
		t.Errorf("%d problems in %d bytes", len(problems), total)
	}
}

// TestHostileModulesLoadInTime has modules that are small and cost much to
// compile, or would.
func TestHostileModulesLoadInTime(t *testing.T) {
	const size = 256 << 10
	repeat := func(n int, c guest.Code) (out guest.Code) {
		for range n {
			out = append(out, c...)
		}
		return out
	}
	for _, c := range []struct {
		name  string
		build func(b *guest.Builder)
	}{
		{"loops in loops with many locals", func(b *guest.Builder) {
			b.Func("f", "", "", strings.Repeat("i", 2000), repeat(1000, guest.Op(0x03, 0x40)),
				repeat(2000, guest.Seq(guest.Get(1), guest.Set(2))), repeat(1000, guest.End))
		}},
		{"many branches", func(b *guest.Builder) {
			b.Func("f", "", "", "i", repeat(size/8, guest.Seq(guest.Get(0), guest.BrIf(0))))
		}},
		{"many empty functions", func(b *guest.Builder) {
			for range 50_000 {
				b.Func("$", "", "", "")
			}
		}},
		{"locals through many joins", func(b *guest.Builder) {
			var use guest.Code
			for i := range uint32(2000) {
				use = guest.Seq(use, guest.Get(i), guest.Get((i+1)%2000), guest.I32Add, guest.Set(i))
			}
			b.Func("f", "", "", strings.Repeat("i", 2000), repeat(4000, guest.Seq(guest.Get(0), guest.If(guest.Empty, guest.Get(1), guest.Set(2), guest.Else, guest.Get(2), guest.Set(1)))), use)
		}},
		{"locals through many loops", func(b *guest.Builder) {
			var use guest.Code
			for i := range uint32(2000) {
				use = guest.Seq(use, guest.Get(i), guest.Get((i+1)%2000), guest.I32Add, guest.Set(i))
			}
			b.Func("f", "", "", strings.Repeat("i", 2000), repeat(2000, guest.Seq(guest.Op(0x03, 0x40), guest.Get(1), guest.BrIf(0), guest.End)), use)
		}},
		{"a deep chain of blocks", func(b *guest.Builder) {
			b.Func("f", "", "", "ii", repeat(40_000, guest.Block(guest.Empty, guest.Get(0), guest.BrIf(0))), guest.Get(1), guest.Drop)
		}},
		{"a long straight line", func(b *guest.Builder) {
			b.Func("f", "", "", "i", repeat(size/6, guest.Seq(guest.Get(0), guest.I32(3), guest.I32Mul, guest.Set(0))))
		}},
		{"a deep stack", func(b *guest.Builder) {
			b.Func("f", "", "", "i", repeat(20000, guest.Seq(guest.Get(0), guest.Load32(0))), repeat(20000, guest.Drop))
		}},
		{"calls with all registers busy", func(b *guest.Builder) {
			f := b.Func("$g", "", "", "")
			b.Func("f", "", "", "i", repeat(3000, guest.Seq(guest.Get(0), guest.Load32(0))), repeat(3000, guest.Seq(guest.Call(f), guest.Get(0), guest.I32Add, guest.Set(0))))
		}},
		{"blocks of wide types", func(b *guest.Builder) {
			wide := b.Type("", strings.Repeat("i", 900))
			b.Func("f", "", "", "", repeat(3000, guest.Seq(guest.Op(0x02), guest.Op(byte(wide)), guest.Unreachable, guest.End, guest.Unreachable)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := guest.New()
			c.build(b)
			b.Plugin(guest.Plugin{})
			start := time.Now()
			m, err := newEngine(t, Options{}).Compile(context.Background(), b.Module(), ModuleConfig{Name: "slow", Functions: testFunctions})
			took := time.Since(start)
			if err == nil {
				if err := m.Close(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d bytes took %v: %v", len(b.Module()), took, err)
			if took > 20*time.Second {
				t.Errorf("%d bytes took %v", len(b.Module()), took)
			}
		})
	}
}

func FuzzInspect(f *testing.F) {
	for _, c := range conformance.Cases() {
		if b := c.Module(); len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		if info, err := Inspect(b); err == nil {
			info.Check(1<<20, func(g string) bool { return g == "kv" })
		}
	})
}

// FuzzMeteredIsValid compares verdicts: a module that wazero accepts is
// accepted in its metered form, and one that it refuses is refused.
func FuzzMeteredIsValid(f *testing.F) {
	for _, c := range conformance.Cases() {
		if b := c.Module(); len(b) < 4096 {
			f.Add(b)
		}
	}
	ctx := context.Background()
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := binary.Decode(b)
		if err != nil || len(b) > 1<<16 || m.Custom("name") != nil {
			return
		}
		out, err := meter.Rewrite(m, meter.Options{})
		if err != nil {
			return // stricter than wazero, or refused by it as well
		}
		// The interpreter validates alike and compiles faster. No branch of the
		// test may hand wazero what Rewrite did not look at, such as names: its
		// decoder trusts the counts that it reads.
		r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(features).WithDebugInfoEnabled(false))
		defer r.Close(ctx)
		_, plain := r.CompileModule(ctx, b)
		_, metered := r.CompileModule(ctx, out)
		if plain == nil && metered != nil {
			t.Fatalf("the metered form is refused: %v", metered)
		}
		if plain != nil && metered == nil && !strings.Contains(plain.Error(), "section") {
			t.Fatalf("the metered form of what was refused is accepted: %v", plain)
		}
	})
}
