package conformance

import (
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance/guest"
)

// build makes the module of a case.
func build(f func(b *guest.Builder)) func() []byte {
	return func() []byte {
		b := guest.New()
		f(b)
		return b.Module()
	}
}

// plugin is a guest that keeps the contract but for what is filled in.
func plugin(p guest.Plugin) func() []byte {
	return build(func(b *guest.Builder) { b.Plugin(p) })
}

func wellBehaved() []Case {
	const rule = "a guest that keeps the contract is run"
	return []Case{
		{Name: "answers", Rule: rule, Module: Silent, Answers: true},
		{Name: "logs", Rule: rule, Module: Echo, Answers: true},
		{Name: "many frames", Rule: "frames of a batch follow each other", Module: Echo, Answers: true,
			Frames: []abi.Frame{{Kind: abi.KindEvent, Body: []byte("one")}, {Kind: abi.KindTimer, Tag: 7}, {Kind: abi.KindControl, Name: []byte("name")}}},
		{Name: "a large frame", Rule: "shard_buffer is called again for more", Module: Echo, Answers: true,
			Frames: []abi.Frame{{Kind: abi.KindEvent, Body: make([]byte, 1<<20)}}},
		{Name: "fails a frame", Rule: "a negative result fails the frame, not the guest", Module: func() []byte { return Failing(-5, "no") }, Answers: true, Code: -5},
		{Name: "initializes", Rule: "_initialize runs once, before anything else", Answers: true, Code: 1,
			Module: build(func(b *guest.Builder) {
				g := b.Global(guest.I32Type, guest.I32(0))
				b.Plugin(guest.Plugin{
					Initialize: guest.Seq(guest.GlobalGet(g), guest.I32(1), guest.I32Add, guest.GlobalSet(g)),
					Batch:      guest.GlobalGet(g),
				})
			})},
		{Name: "a start function of its own", Rule: "a start function may do what does not leave the module", Answers: true, Code: 3,
			Module: build(func(b *guest.Builder) {
				g := b.Global(guest.I32Type, guest.I32(0))
				start := b.Func("$start", "", "", "", guest.I32(3), guest.GlobalSet(g))
				b.Start = &start
				b.Plugin(guest.Plugin{Batch: guest.GlobalGet(g)})
			})},
		{Name: "recurses a little", Rule: "calls may nest", Answers: true, Code: 5000,
			Module: build(func(b *guest.Builder) {
				f := b.Next()
				b.Func("$f", "i", "i", "", guest.Get(0), guest.If(guest.I32Type,
					guest.Get(0), guest.I32(1), guest.I32Sub, guest.Call(f), guest.I32(1), guest.I32Add, guest.Else, guest.I32(0)))
				b.Plugin(guest.Plugin{Batch: guest.Seq(guest.I32(5000), guest.Call(f))})
			})},
		{Name: "moves memory", Rule: "bulk memory instructions work", Answers: true, Code: 'x',
			Module: build(func(b *guest.Builder) {
				b.Pages = 40
				b.Plugin(guest.Plugin{Batch: guest.Seq(
					guest.I32(1<<16), guest.I32('x'), guest.I32(1<<20), guest.MemoryFill,
					guest.I32(1<<16+100), guest.I32(1<<16), guest.I32(1<<20), guest.MemoryCopy,
					guest.I32(1<<16+1<<20+99), guest.Load8(0))})
			})},
		{Name: "grows to the limit", Rule: "growing beyond the limit fails, as it does when memory is short", Answers: true, Code: -1,
			Module: plugin(guest.Plugin{Batch: guest.Seq(guest.I32(200), guest.MemoryGrow)})},
		{Name: "without names and manifest", Rule: "custom sections are optional", Answers: true,
			Module: build(func(b *guest.Builder) { b.Custom("shard.manifest", []byte("{broken")); b.Plugin(guest.Plugin{}) })},
	}
}

func wrongModules() []Case {
	check := func(name, rule string, f func(b *guest.Builder), words ...string) Case {
		return Case{Name: name, Rule: rule, Module: build(f), Kinds: words}
	}
	exports := func(skip string, f func(b *guest.Builder)) func(b *guest.Builder) {
		return func(b *guest.Builder) {
			for _, x := range []struct {
				name, params, results string
				code                  guest.Code
			}{
				{abi.ExportMarker, "", "", nil},
				{abi.ExportBuffer, "i", "l", guest.I64(0)},
				{abi.ExportInit, "i", "i", guest.I32(0)},
				{abi.ExportBatch, "ii", "i", guest.I32(0)},
			} {
				if x.name != skip {
					b.Func(x.name, x.params, x.results, "", x.code)
				}
			}
			if f != nil {
				f(b)
			}
		}
	}
	const signatures = "exports have exactly the types of the contract"
	const memory = "there is one memory, defined and exported as memory"
	return []Case{
		{Name: "not a module", Rule: "a plugin is a core module", Module: func() []byte { return []byte("\x7fELF\x02\x01\x01") }, Kinds: []string{"not a WebAssembly module"}},
		{Name: "empty file", Rule: "a plugin is a core module", Module: func() []byte { return nil }, Kinds: []string{"truncated", "empty"}},
		{Name: "a component", Rule: "a plugin is a core module", Module: func() []byte { return []byte("\x00asm\x0d\x00\x01\x00") }, Kinds: []string{"component"}},
		{Name: "cut short", Rule: "a plugin is whole", Module: func() []byte { b := Echo(); return b[:len(b)/2] }, Kinds: []string{"truncated"}},
		check("no marker", signatures, exports(abi.ExportMarker, nil), abi.ExportMarker),
		check("no batch", signatures, exports(abi.ExportBatch, nil), abi.ExportBatch),
		check("no init", signatures, exports(abi.ExportInit, nil), abi.ExportInit),
		check("no buffer", signatures, exports(abi.ExportBuffer, nil), abi.ExportBuffer),
		check("batch of another type", signatures, exports(abi.ExportBatch, func(b *guest.Builder) { b.Func(abi.ExportBatch, "i", "i", "", guest.I32(0)) }), abi.ExportBatch),
		check("buffer of another type", signatures, exports(abi.ExportBuffer, func(b *guest.Builder) { b.Func(abi.ExportBuffer, "i", "i", "", guest.I32(0)) }), abi.ExportBuffer),
		check("stop of another type", signatures, exports("", func(b *guest.Builder) { b.Func(abi.ExportStop, "", "", "") }), abi.ExportStop),
		check("save is a global", signatures, exports("", func(b *guest.Builder) {
			b.Export(abi.ExportSave, 3, b.Global(guest.I32Type, guest.I32(0)))
		}), abi.ExportSave),
		check("a command", signatures, func(b *guest.Builder) { b.Func("_start", "", "", "") }, "reactor"),
		check("no memory", memory, func(b *guest.Builder) { exports("", nil)(b); b.Pages = -1 }, "memory"),
		check("memory not exported", memory, func(b *guest.Builder) { exports("", nil)(b); b.HideMemory = true }, "not exported"),
		check("memory exported twice", memory, exports("", func(b *guest.Builder) { b.Export("more", 2, 0) }), "exported once"),
		check("imported memory", memory, func(b *guest.Builder) {
			b.RawImport("env", "memory", []byte{2, 0, 1})
			exports("", nil)(b)
			b.Pages = -1
		}, "memory"),
		check("too much memory", "the least memory is within the limit", exports("", func(b *guest.Builder) { b.Pages = 1000 }), "limit"),
		check("start calls the host", "a start function does not reach the host", func(b *guest.Builder) {
			log := b.Import("log")
			exports("", nil)(b)
			start := b.Func("$start", "", "", "", guest.I32(0), guest.I32(0), guest.I32(0), guest.Call(log), guest.Drop)
			b.Start = &start
		}, "start function"),
		check("start calls indirectly", "a start function does not reach the host", func(b *guest.Builder) {
			exports("", nil)(b)
			start := b.Func("$start", "", "", "", guest.I32(0), guest.CallIndirect(b.Type("", "")))
			b.Start = &start
			b.Table(1)
		}, "start function"),
	}
}

func wrongImports() []Case {
	imports := func(name, rule string, grants []string, f func(b *guest.Builder), words ...string) Case {
		return Case{Name: name, Rule: rule, Grants: grants, Kinds: words,
			Module: build(func(b *guest.Builder) { f(b); b.Plugin(guest.Plugin{}) })}
	}
	const granted = "imports are within the grants"
	const known = "imports are functions of the contract, with its types, or of WASI preview 1"
	all := []string{"discord", "http", "kv", "timers", "gateway", "bus"}
	cases := []Case{
		imports("an unknown module", known, all, func(b *guest.Builder) { b.ImportFrom("env", "abort", "iiii", "") }, "env.abort"),
		imports("a later version", known, all, func(b *guest.Builder) { b.ImportFrom("shard_v2", "log", "iii", "i") }, "shard_v2"),
		imports("an unknown function", known, all, func(b *guest.Builder) { b.ImportFrom(abi.Module, "fly", "", "i") }, "fly"),
		imports("another type", known, all, func(b *guest.Builder) { b.ImportFrom(abi.Module, "log", "i", "i") }, "log"),
		imports("unknown in WASI", known, all, func(b *guest.Builder) { b.ImportFrom("wasi_snapshot_preview1", "fd_fly", "", "i") }, "fd_fly"),
		imports("a global", known, all, func(b *guest.Builder) { b.RawImport(abi.Module, "log", []byte{3, guest.I32Type, 0}) }, "only functions"),
		imports("a name of a megabyte", known, all, func(b *guest.Builder) { b.ImportFrom(strings.Repeat("x", 1<<20), "f", "", "") }, "xxx"),
	}
	for _, f := range abi.Functions {
		if f.Since > abi.Minor {
			cases = append(cases, imports("a later function "+f.Name, known, all, func(b *guest.Builder) { b.Import(f.Name) }, f.Name+" (since"))
		} else if f.Grant != "" {
			cases = append(cases, imports("not granted "+f.Name, granted, nil, func(b *guest.Builder) { b.Import(f.Name) }, `the grant "`+f.Grant+`"`))
		}
	}
	return cases
}
