package meter

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/abi/conformance/guest"
	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/internal/corpus"
)

func decode(t testing.TB, b []byte) *binary.Module {
	t.Helper()
	m, err := binary.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func rewrite(t testing.TB, b []byte) []byte {
	t.Helper()
	out, err := Rewrite(decode(t, b), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRewriteAddsWhatItSays(t *testing.T) {
	before := decode(t, conformance.Echo())
	m := decode(t, rewrite(t, conformance.Echo()))
	last := m.Imports[len(m.Imports)-1]
	if last.Module != Module || last.Name != Refill || m.Types[last.Type].String() != "(i64, i64) -> (i64)" {
		t.Errorf("the last import is %s.%s %v", last.Module, last.Name, m.Types[last.Type])
	}
	if got, want := len(m.Globals), len(before.Globals)+2; got != want {
		t.Errorf("%d globals, want %d", got, want)
	}
	for _, x := range before.Exports {
		found := false
		for _, y := range m.Exports {
			if x.Name != y.Name {
				continue
			}
			found = true
			if want := x.Index + Moved; x.Kind == binary.KindFunc && y.Index != want {
				t.Errorf("export %s is function %d, want %d", x.Name, y.Index, want)
			}
		}
		if !found {
			t.Errorf("the export %s is gone", x.Name)
		}
	}
	if names := string(m.Custom("name")); !strings.Contains(names, abi.ExportBatch) {
		t.Errorf("the names are gone: %q", names)
	}
}

func TestRewriteIsDeterministic(t *testing.T) {
	b := conformance.Counter("k")
	if first, second := rewrite(t, b), rewrite(t, b); !bytes.Equal(first, second) {
		t.Error("two rewritten forms of one module differ: a cache of compiled code would miss")
	}
}

func TestRewriteDropsWhatWouldLie(t *testing.T) {
	b := guest.New()
	b.Plugin(guest.Plugin{})
	for _, name := range []string{".debug_line", "sourceMappingURL", "metadata.code.branch_hint", "shard.manifest", "producers"} {
		b.Custom(name, []byte("x"))
	}
	m := decode(t, rewrite(t, b.Module()))
	var kept []string
	for _, s := range m.Sections {
		if s.ID == binary.SectionCustom && s.Name != "name" {
			kept = append(kept, s.Name)
		}
	}
	if got := strings.Join(kept, " "); got != "shard.manifest producers" {
		t.Errorf("kept %s", got)
	}
}

// TestRewriteRefuses has modules that were not valid, or are out of proportion.
func TestRewriteRefuses(t *testing.T) {
	function := func(code ...guest.Code) func(*guest.Builder) {
		return func(b *guest.Builder) { b.Func("f", "", "", "i", code...) }
	}
	for _, c := range []struct {
		name  string
		build func(b *guest.Builder)
		want  string
		limit bool
	}{
		{"call of the host's own function", function(guest.Call(1)), "function 1 does not exist", false},
		{"the counter", function(guest.I64(1<<40), guest.GlobalSet(0)), "global does not exist", false},
		{"the added local", function(guest.I64(0), guest.Set(1)), "local does not exist", false},
		{"the block around the body", function(guest.Br(1)), "block that does not exist", false},
		{"the added type", function(guest.Op(0x02, 1), guest.End), "type 1 does not exist", false},
		{"else without if", function(guest.Else), "else without an if", false},
		{"code behind the end", function(guest.End, guest.Nop), "behind its end", false},
		{"no end", func(b *guest.Builder) { b.Func("f", "", "", "", guest.Op(0x02, 0x40)) }, "no end", false},
		{"an unknown instruction", function(guest.Op(0xff)), "is not known", false},
		{"export of the counter", func(b *guest.Builder) { b.Func("f", "", "", ""); b.Export("x", 3, 0) }, "global does not exist", false},
		{"the name of the depth", func(b *guest.Builder) { b.Func(DepthExport, "", "", "") }, "needs itself", false},
		{"the host's own module", func(b *guest.Builder) { b.ImportFrom(Module, Refill, "ll", "l") }, "adds itself", false},
		{"a huge table", func(b *guest.Builder) { b.Table(1 << 26) }, "tables of more than", true},
		{"a function of many parameters", func(b *guest.Builder) { b.Type(strings.Repeat("i", 2000), "") }, "parameters", true},
		{"a function of many locals", func(b *guest.Builder) { b.Func("f", "", "", strings.Repeat("i", maxLocals+1)) }, "locals", true},
		{"blocks in blocks", function(bytes.Repeat([]byte{0x02, 0x40}, maxNesting+1), bytes.Repeat([]byte{0x0b}, maxNesting+1)), "nested", true},
		{"an import's name of a megabyte", func(b *guest.Builder) { b.ImportFrom("m", strings.Repeat("x", 1<<20), "", "") }, "name of an import", true},
		{"an export's name of a megabyte", func(b *guest.Builder) { b.Func(strings.Repeat("x", 1<<20), "", "", "") }, "name of an export", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := guest.New()
			c.build(b)
			_, err := Rewrite(decode(t, b.Module()), Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrLimit) != c.limit {
				t.Errorf("got %v, want %q and a limit: %v", err, c.want, c.limit)
			}
		})
	}
}

// TestRewriteEveryModule reads and rewrites all the modules that travel with
// wazero, tests of broken ones among them: each is refused, or its new form can
// be read.
func TestRewriteEveryModule(t *testing.T) {
	rewritten, refused := 0, 0
	for _, file := range corpus.Wazero(t) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := binary.Decode(b)
		if err != nil {
			refused++
			continue
		}
		out, err := Rewrite(m, Options{Table: -1})
		if err != nil {
			refused++
			continue
		}
		if _, err := binary.Decode(out); err != nil {
			t.Errorf("%s: the new form cannot be read: %v", filepath.Base(file), err)
		}
		rewritten++
	}
	t.Logf("%d rewritten, %d refused", rewritten, refused)
	if rewritten < 3*refused {
		t.Errorf("only %d rewritten, %d refused", rewritten, refused)
	}
}

// TestRewriteIsLinear has modules that are built to be slow.
func TestRewriteIsLinear(t *testing.T) {
	const functions, size = 16, 1 << 16 // bytes of each
	nest := func(op byte, n int) guest.Code {
		return guest.Seq(bytes.Repeat([]byte{op, 0x40}, n), bytes.Repeat([]byte{0x0b}, n))
	}
	for _, c := range []struct {
		name string
		body guest.Code
	}{
		{"nested loops", nest(0x03, 2000)},
		{"loops that assign much", guest.Seq(bytes.Repeat([]byte{0x03, 0x40}, 2000), bytes.Repeat([]byte{0x41, 0, 0x21, 0}, size/4), bytes.Repeat([]byte{0x0b}, 2000))},
		{"loops in a row", bytes.Repeat([]byte{0x03, 0x40, 0x0b}, size/48)},
		{"branches", bytes.Repeat([]byte{0x02, 0x40, 0x41, 0, 0x0d, 0, 0x0b}, size/48)},
		{"a long line", bytes.Repeat([]byte{0x3f, 0, 0x1a}, size/3)},
		{"tables of branches", bytes.Repeat(guest.Seq([]byte{0x02, 0x40, 0x41, 0, 0x0e, 60}, make([]byte, 61), []byte{0x0b}), size/544)},
		{"fills", bytes.Repeat([]byte{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0}, size/9)},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := guest.New()
			for range functions {
				b.Func("$f", "", "", "i", c.body)
			}
			m := decode(t, b.Module())
			start := time.Now()
			out, err := Rewrite(m, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("it took %v", took)
			}
			if len(out) > 40*functions*size {
				t.Errorf("%d bytes became %d", functions*len(c.body), len(out))
			}
		})
	}
}

// TestRewriteDamaged flips bytes of modules: nothing may panic, and what is
// accepted can be read.
func TestRewriteDamaged(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, module := range [][]byte{conformance.Echo(), conformance.Counter("k"), conformance.Timer(1, 0)} {
		for range 5000 {
			b := bytes.Clone(module)
			for range 1 + r.IntN(3) {
				b[8+r.IntN(len(b)-8)] = byte(r.Uint32())
			}
			m, err := binary.Decode(b)
			if err != nil {
				continue
			}
			out, err := Rewrite(m, Options{})
			if err != nil {
				continue
			}
			if _, err := binary.Decode(out); err != nil {
				t.Fatalf("seed %d: %x became unreadable: %v", seed, b, err)
			}
		}
	}
}

func FuzzRewrite(f *testing.F) {
	for _, b := range [][]byte{conformance.Echo(), conformance.Poison('x'), conformance.Rest("{}"), conformance.Spin()} {
		f.Add(b)
	}
	for i, file := range corpus.Wazero(f) {
		if b, err := os.ReadFile(file); err == nil && i%40 == 0 && len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := binary.Decode(b)
		if err != nil {
			return
		}
		out, err := Rewrite(m, Options{})
		if err != nil {
			return
		}
		if _, err := binary.Decode(out); err != nil {
			t.Fatalf("the new form cannot be read: %v", err)
		}
		if len(out) > 64*len(b)+4096 {
			t.Fatalf("%d bytes became %d", len(b), len(out))
		}
	})
}

func BenchmarkRewrite(b *testing.B) {
	file := os.Getenv("SHARD_GUEST")
	if file == "" {
		file = corpus.Wazero(b)[0]
	}
	module, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(module)))
	b.ReportAllocs()
	size := 0
	for b.Loop() {
		m, err := binary.Decode(module)
		if err != nil {
			b.Fatal(err)
		}
		out, err := Rewrite(m, Options{})
		if err != nil {
			b.Fatal(err)
		}
		size = len(out)
	}
	b.ReportMetric(float64(size)/float64(len(module)), "growth")
}
