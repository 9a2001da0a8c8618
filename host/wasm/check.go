package wasm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm/binary"
)

// Problem is one reason not to run a module.
type Problem struct {
	Text  string
	Grant string // the grant block that is missing, "" if that is not it
	Hint  string // what to do, "" if Text says it
}

func (p Problem) String() string {
	if p.Hint == "" {
		return p.Text
	}
	return p.Text + "; " + p.Hint
}

// exportTypes are the signatures of the guest's exports.
var exportTypes = [...]struct {
	name     string
	typ      string
	required bool
}{
	{abi.ExportMarker, "() -> ()", true},
	{abi.ExportBuffer, "(i32) -> (i64)", true},
	{abi.ExportInit, "(i32) -> (i32)", true},
	{abi.ExportBatch, "(i32, i32) -> (i32)", true},
	{abi.ExportInitialize, "() -> ()", false},
	{abi.ExportSave, "() -> (i32)", false},
	{abi.ExportLoad, "(i32, i32) -> (i32)", false},
	{abi.ExportStop, "(i32) -> (i32)", false},
	{abi.ExportManifest, "() -> (i64)", false},
}

// Check compares a module with the contract. limit is the memory one instance
// may have, in bytes; granted says which grant blocks the configuration has.
// It reports everything it finds, in the order of the contract.
func (i *Info) Check(limit int64, granted func(grant string) bool) []Problem {
	var p []Problem
	p = i.checkExports(p)
	p = i.checkMemory(p, limit)
	p = i.checkImports(p, granted)
	p = i.checkStart(p)
	if n := len(p) - maxProblems; n > 0 {
		p = append(p[:maxProblems], Problem{Text: fmt.Sprintf("and %d more problems", n)})
	}
	return p
}

// maxProblems bounds the report about a module that is wrong in every respect.
const maxProblems = 50

func (i *Info) checkExports(p []Problem) []Problem {
	find := func(name string) *Export {
		for n := range i.Exports {
			if i.Exports[n].Name == name {
				return &i.Exports[n]
			}
		}
		return nil
	}
	if find(abi.ExportMarker) == nil {
		hint := "build it with one of the SDKs, or export the function " + abi.ExportMarker
		if find("_start") != nil {
			hint = "it is a command with _start; build a reactor instead: -buildmode=c-shared for Go, -mexec-model=reactor for C, crate-type cdylib for Rust"
		}
		p = append(p, Problem{Text: "it is not a plugin: the export " + abi.ExportMarker + " is missing", Hint: hint})
	}
	for _, want := range exportTypes {
		x := find(want.name)
		switch {
		case x == nil && want.required && want.name != abi.ExportMarker:
			p = append(p, Problem{Text: "the export " + want.name + " is missing: it must be a function " + want.typ})
		case x != nil && x.Kind != binary.KindFunc.String():
			p = append(p, Problem{Text: fmt.Sprintf("the export %s is a %s: it must be a function %s", want.name, x.Kind, want.typ)})
		case x != nil && x.Type != want.typ:
			p = append(p, Problem{Text: fmt.Sprintf("the export %s has type %s: it must be %s", want.name, clip(x.Type), want.typ)})
		}
	}
	return p
}

func (i *Info) checkMemory(p []Problem, limit int64) []Problem {
	m := i.module
	exported := 0
	for _, x := range i.Exports {
		if x.Kind == binary.KindMemory.String() {
			if x.Name == abi.ExportMemory {
				exported++
			} else {
				p = append(p, Problem{Text: fmt.Sprintf("a memory is exported as %q: it may be exported once only, as %q", clip(x.Name), abi.ExportMemory)})
			}
		}
	}
	switch {
	case len(m.Memories)+m.ImportedMemories > 1:
		p = append(p, Problem{Text: fmt.Sprintf("it has %d memories: one is allowed", len(m.Memories)+m.ImportedMemories)})
	case len(m.Memories) == 1 && exported == 0:
		p = append(p, Problem{Text: "its memory is not exported", Hint: "export it as " + abi.ExportMemory})
	case len(m.Memories) == 0 && m.ImportedMemories == 0:
		p = append(p, Problem{Text: "it has no memory", Hint: "define one and export it as " + abi.ExportMemory})
	}
	if len(m.Memories) == 0 {
		return p
	}
	mem := m.Memories[0]
	if mem.Shared {
		p = append(p, Problem{Text: "its memory is shared between threads", Hint: "build it without threads"})
	}
	if least := int64(mem.Min) * pageSize; least > limit {
		p = append(p, Problem{
			Text: fmt.Sprintf("it needs %s of memory to start, the limit is %s", mib(least), mib(limit)),
			Hint: "raise limits.memory, or give the linker a smaller stack",
		})
	}
	return p
}

func (i *Info) checkImports(p []Problem, granted func(string) bool) []Problem {
	var missing []string // grants already reported
	optional := i.optional()
	for _, imp := range i.Imports {
		what := clip(imp.Module) + "." + clip(imp.Name)
		if imp.Kind != binary.KindFunc.String() {
			p = append(p, Problem{Text: fmt.Sprintf("it imports the %s %s: only functions may be imported", imp.Kind, what)})
			continue
		}
		switch {
		case imp.Module == wasiModule:
			if want, ok := wasiType(imp.Name); !ok {
				p = append(p, Problem{Text: "it imports " + what + ", which WASI preview 1 does not have"})
			} else if imp.Type != want {
				p = append(p, Problem{Text: fmt.Sprintf("it imports %s as %s: it is %s", what, clip(imp.Type), want)})
			}
		case imp.Module == abi.Module:
			var prob *Problem
			if prob, missing = i.checkImport(imp, granted, optional, missing); prob != nil {
				p = append(p, *prob)
			}
		case strings.HasPrefix(imp.Module, "shard_v"):
			p = append(p, Problem{Text: fmt.Sprintf("it imports %s; this host speaks %s", what, abi.Module), Hint: "build it with an SDK for version " + fmt.Sprint(abi.Version)})
		default:
			p = append(p, Problem{Text: "it imports " + what + ": only " + abi.Module + " and " + wasiModule + " may be imported from", Hint: importHint(imp.Module)})
		}
	}
	return p
}

func (i *Info) checkImport(imp Import, granted func(string) bool, optional, missing []string) (*Problem, []string) {
	what := abi.Module + "." + clip(imp.Name)
	speaks := fmt.Sprintf("this host speaks %d.%d", abi.Version, abi.Minor)
	f, ok := abi.LookupFunction(imp.Name)
	switch {
	case !ok:
		return &Problem{Text: fmt.Sprintf("it needs %s, which is not in any version known here; %s", what, speaks), Hint: "update the host, or build with an older SDK"}, missing
	case f.Since > abi.Minor:
		return &Problem{Text: fmt.Sprintf("it needs %s (since %d.%d); %s", what, abi.Version, f.Since, speaks), Hint: "update the host, or build with an older SDK"}, missing
	case imp.Type != signature(f.Params, f.Results):
		return &Problem{Text: fmt.Sprintf("it imports %s as %s: it is %s", what, clip(imp.Type), signature(f.Params, f.Results))}, missing
	case f.Grant != "" && !granted(f.Grant) && !slices.Contains(missing, f.Grant) && !slices.Contains(optional, f.Name):
		return &Problem{
			Text:  fmt.Sprintf("it uses %s, which needs the grant %q", what, f.Grant),
			Grant: f.Grant,
			Hint:  fmt.Sprintf("add %s {} to the plugin's grant block if it may", f.Grant),
		}, append(missing, f.Grant)
	}
	return nil, missing
}

// Optional tells whether the module can do without the grant for a function that
// it imports.
func (i *Info) Optional(function string) bool { return slices.Contains(i.optional(), function) }

// optional are the functions that the module can do without.
func (i *Info) optional() []string {
	return strings.Fields(string(i.module.Custom(abi.OptionalSection)))
}

// importHint explains imports that a toolchain adds.
func importHint(module string) string {
	switch module {
	case "env":
		return "the linker leaves undefined functions there: link with --no-allow-undefined to see which they are"
	case "gojs", "go":
		return "it was built with GOOS=js; use GOOS=wasip1"
	case "wasi_unstable":
		return "it was built for an early WASI; use a newer toolchain"
	case "wbg", "__wbindgen_placeholder__":
		return "it was built with wasm-bindgen for browsers; build the plain cdylib"
	}
	if strings.HasPrefix(module, "wasi:") {
		return "it was built for WASI 0.2; build for preview 1"
	}
	return ""
}

// signature writes the letters of abi.Function as Info writes types.
func signature(params, results string) string {
	words := func(letters string) string {
		var list []string
		for _, c := range letters {
			list = append(list, map[rune]string{'i': "i32", 'l': "i64", 'd': "f64"}[c])
		}
		return strings.Join(list, ", ")
	}
	return "(" + words(params) + ") -> (" + words(results) + ")"
}

func wasiType(name string) (string, bool) {
	if name == "proc_exit" {
		return signature("i", ""), true
	}
	for _, f := range wasiFunctions {
		if f.name == name {
			return signature(f.params, "i"), true
		}
	}
	return "", false
}

func mib(n int64) string { return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20)) }

// clip shortens names for messages: a hostile module may have one of a
// megabyte.
func clip(s string) string {
	if len(s) > 100 {
		return strings.ToValidUTF8(s[:100], "") + "…"
	}
	return s
}
