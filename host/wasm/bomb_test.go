package wasm

import (
	"bytes"
	"context"
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// leb is an unsigned number as modules write it.
func leb(n uint64) []byte { return binary.AppendUvarint(nil, n) }

// section is one section of a module.
func section(id byte, body ...[]byte) []byte {
	b := slices.Concat(body...)
	return slices.Concat([]byte{id}, leb(uint64(len(b))), b)
}

var header = []byte("\x00asm\x01\x00\x00\x00")

// TestBombs looks at and compiles modules that announce more than they hold, or
// hold more of something than anybody needs. What they take, refused or not,
// stays in proportion to their size.
func TestBombs(t *testing.T) {
	const lots = 1 << 20
	emptyType := section(1, []byte{1, 0x60, 0, 0})
	code := func(bodies int, body []byte) []byte {
		one := slices.Concat(leb(uint64(len(body))), body)
		return section(10, leb(uint64(bodies)), bytes.Repeat(one, bodies))
	}
	funcs := func(n int) []byte { return section(3, leb(uint64(n)), make([]byte, n)) }
	plugin := func(f func(b *guest.Builder)) []byte {
		b := guest.New()
		f(b)
		b.Plugin(guest.Plugin{})
		return b.Module()
	}
	for _, c := range []struct {
		name   string
		module []byte
	}{
		{"four billion types announced", slices.Concat(header, section(1, leb(1<<32-1), []byte{0x60, 0, 0}))},
		{"four billion functions announced", slices.Concat(header, emptyType, section(3, leb(1<<32-1), []byte{0}))},
		{"four billion bodies announced", slices.Concat(header, emptyType, funcs(1), section(10, leb(1<<32-1), []byte{2, 0, 0x0b}))},
		{"a section of four gigabytes announced", slices.Concat(header, []byte{1}, leb(1<<32-1))},
		{"a million types", slices.Concat(header, section(1, leb(lots), bytes.Repeat([]byte{0x60, 0, 0}, lots)))},
		{"a million functions", slices.Concat(header, emptyType, funcs(lots), code(lots, []byte{0, 0x0b}))},
		{"a million globals", slices.Concat(header, section(6, leb(lots), bytes.Repeat([]byte{0x7f, 0, 0x41, 0, 0x0b}, lots)))},
		{"a million exports", slices.Concat(header, emptyType, funcs(1), section(7, leb(lots/4), bytes.Repeat([]byte{1, 'a', 0, 0}, lots/4)), code(1, []byte{0, 0x0b}))},
		{"a million custom sections", slices.Concat(header, bytes.Repeat(section(0, []byte{1, 'a'}), lots))},
		{"a million data segments", slices.Concat(header, section(5, []byte{1, 0, 1}), section(11, leb(lots), bytes.Repeat([]byte{1, 0}, lots)))},
		{"a million element segments", slices.Concat(header, section(4, []byte{1, 0x70, 0, 1}), section(9, leb(lots), bytes.Repeat([]byte{0, 0x41, 0, 0x0b, 0}, lots)))},
		{"an element segment of four billion", slices.Concat(header, section(4, []byte{1, 0x70, 0, 1}), section(9, []byte{1, 0, 0x41, 0, 0x0b}, leb(1<<32-1)))},
		{"four billion locals", slices.Concat(header, emptyType, funcs(1), code(1, slices.Concat([]byte{1}, leb(1<<32-1), []byte{0x7f, 0x0b})))},
		{"locals in a million groups", slices.Concat(header, emptyType, funcs(1), code(1, slices.Concat(leb(lots), bytes.Repeat([]byte{1, 0x7f}, lots), []byte{0x0b})))},
		{"many functions with many locals", slices.Concat(header, emptyType, funcs(1000), code(1000, slices.Concat([]byte{1}, leb(19_999), []byte{0x7f, 0x0b})))},
		{"a million nested blocks", slices.Concat(header, emptyType, funcs(1), code(1, slices.Concat([]byte{0}, bytes.Repeat([]byte{0x02, 0x40}, lots), bytes.Repeat([]byte{0x0b}, lots+1))))},
		{"a br_table of a million labels", slices.Concat(header, emptyType, funcs(1), code(1, slices.Concat([]byte{0, 0x41, 0, 0x0e}, leb(lots), make([]byte, lots+1), []byte{0x0b})))},
		{"many large br_tables", slices.Concat(header, emptyType, funcs(16), code(16, slices.Concat([]byte{0, 0x41, 0, 0x0e}, leb(60_000), make([]byte, 60_001), []byte{0x0b})))},
		{"a br_table that announces four billion", slices.Concat(header, emptyType, funcs(1), code(1, slices.Concat([]byte{0, 0x41, 0, 0x0e}, leb(1<<32-1), []byte{0, 0x0b})))},
		{"a type of a million parameters", slices.Concat(header, section(1, []byte{1, 0x60}, leb(lots), bytes.Repeat([]byte{0x7f}, lots), []byte{0}))},
		{"names of a million functions that are not there", plugin(func(b *guest.Builder) {
			b.Custom("name", section(1, leb(lots), bytes.Repeat([]byte{1, 1, 'f'}, lots)))
		})},
		{"one long name over and over", plugin(func(b *guest.Builder) {
			long := slices.Concat([]byte{1}, leb(60_000), bytes.Repeat([]byte{'n'}, 60_000))
			b.Custom("name", section(1, leb(100), bytes.Repeat(long, 100)))
		})},
		{"a manifest of nested arrays", plugin(func(b *guest.Builder) { b.Custom("shard.manifest", bytes.Repeat([]byte("["), lots)) })},
		{"a call graph of one long chain", plugin(func(b *guest.Builder) {
			for range 100_000 {
				b.Func("$", "", "", "", guest.Call(b.Next()+1))
			}
			b.Func("$", "", "", "")
		})},
		{"a long name of each import", plugin(func(b *guest.Builder) {
			for range 500 {
				b.ImportFrom(strings.Repeat("m", 60_000/16), "f", "", "")
			}
		})},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			began := time.Now()
			problems := 0
			info, err := Inspect(c.module)
			if err == nil {
				problems = len(info.Check(64<<20, func(string) bool { return true }))
			}
			looked := time.Since(began)
			// Compile is for modules without problems, and must withstand others.
			m, compileErr := newEngine(t, Options{}).Compile(context.Background(), c.module, ModuleConfig{Name: "bomb", Functions: testFunctions})
			if compileErr == nil {
				if err := m.Close(context.Background()); err != nil {
					t.Error(err)
				}
			}
			took := time.Since(began)
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d bytes: looked at in %v, all in %v, with %d MB: %d problems, %.80v, %.160v", len(c.module), looked, took, used>>20, problems, err, compileErr)
			if looked > 20*time.Second || took > 2*time.Minute { // the race detector makes compiling ten times slower
				t.Errorf("%d bytes took %v to look at and %v in all", len(c.module), looked, took)
			}
			// The race detector makes it four times as much.
			if most := uint64(128<<20 + 800*len(c.module)); used > most {
				t.Errorf("%d bytes took %d MB", len(c.module), used>>20)
			}
		})
	}
}
