package wasm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// The official tests of WebAssembly travel inside wazero's Go module, as files
// that wast2json made: modules, and JSON that says what to do with them. Here
// every module runs twice, as it is and rewritten, and both must do the same.

// allFeatures is what the rewriter understands.
const allFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences

// wazeroDir is where the sources of wazero are: the module cache.
func wazeroDir(t testing.TB) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("find wazero's sources: %v", err)
	}
	return strings.TrimSpace(string(out))
}

type specFile struct {
	Commands []specCommand `json:"commands"`
}

type specCommand struct {
	Type       string     `json:"type"`
	Line       int        `json:"line"`
	Name       string     `json:"name"`
	Filename   string     `json:"filename"`
	As         string     `json:"as"`
	Action     specAction `json:"action"`
	ModuleType string     `json:"module_type"`
}

type specAction struct {
	Type   string      `json:"type"`
	Module string      `json:"module"`
	Field  string      `json:"field"`
	Args   []specValue `json:"args"`
}

type specValue struct {
	Type  string          `json:"type"`
	Lane  string          `json:"lane_type"`
	Value json.RawMessage `json:"value"`
}

// bits are the value as wazero passes it.
func (v specValue) bits() ([]uint64, error) {
	parse := func(s string, bits int) (uint64, error) {
		if strings.HasPrefix(s, "-") {
			n, err := strconv.ParseInt(s, 10, bits)
			return uint64(n) & (1<<bits - 1), err
		}
		return strconv.ParseUint(s, 10, 64)
	}
	width := map[string]int{"i8": 8, "i16": 16, "i32": 32, "f32": 32, "i64": 64, "f64": 64}
	if v.Type == "v128" {
		var lanes []string
		if err := json.Unmarshal(v.Value, &lanes); err != nil {
			return nil, err
		}
		var out [2]uint64
		for i, s := range lanes {
			n, err := parse(s, min(width[v.Lane], 63))
			if err != nil {
				return nil, err
			}
			at := i * width[v.Lane]
			out[at/64] |= n << (at % 64)
		}
		return out[:], nil
	}
	var s string
	if err := json.Unmarshal(v.Value, &s); err != nil {
		return nil, err
	}
	if s == "null" {
		return []uint64{0}, nil
	}
	n, err := parse(s, 63)
	if v.Type == "i32" {
		n = uint64(uint32(n))
	}
	if v.Type == "externref" {
		n++ // wazero takes 0 for null
	}
	return []uint64{n}, err
}

// specRun is one runtime in which a file's modules live.
type specRun struct {
	ctx     context.Context
	runtime wazero.Runtime
	metered bool
	refills int
	modules map[string]api.Module
	last    api.Module
}

func newSpecRun(t testing.TB, spectest []byte, metered bool) *specRun {
	ctx := context.Background()
	s := &specRun{ctx: ctx, metered: metered, modules: make(map[string]api.Module)}
	s.runtime = wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithCoreFeatures(allFeatures))
	t.Cleanup(func() { _ = s.runtime.Close(ctx) })
	if _, err := s.runtime.InstantiateWithConfig(ctx, spectest, wazero.NewModuleConfig()); err != nil {
		t.Fatal(err)
	}
	// A small refill takes the road through the host often.
	refill := api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
		s.refills++
		if int64(stack[1]) < 0 {
			panic(errors.New("stack overflow"))
		}
		stack[0] = 40
	})
	if _, err := s.runtime.NewHostModuleBuilder(meter.Module).NewFunctionBuilder().
		WithGoModuleFunction(refill, []api.ValueType{api.ValueTypeI64, api.ValueTypeI64}, []api.ValueType{api.ValueTypeI64}).
		Export(meter.Refill).Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// load compiles and instantiates a module. The verdict is "" or what failed.
func (s *specRun) load(b []byte, name, as string) string {
	s.last = nil
	if s.metered {
		m, err := binary.Decode(b)
		if err != nil {
			return "refused: " + err.Error()
		}
		if b, err = meter.Rewrite(m, meter.Options{Table: -1}); err != nil {
			return "refused: " + err.Error()
		}
	}
	c, err := s.runtime.CompileModule(s.ctx, b)
	if err != nil {
		return "refused: " + err.Error()
	}
	mod, err := s.runtime.InstantiateModule(s.ctx, c, wazero.NewModuleConfig().WithName(as).WithStartFunctions())
	if err != nil {
		return "instantiation: " + specError(err)
	}
	s.last = mod
	if name != "" {
		s.modules[name] = mod
	}
	return ""
}

// act performs an action and tells everything that can be observed of it.
func (s *specRun) act(a specAction) string {
	mod := s.last
	if a.Module != "" {
		mod = s.modules[a.Module]
	}
	if mod == nil {
		return "no module"
	}
	if a.Type == "get" {
		g := mod.ExportedGlobal(a.Field)
		if g == nil {
			return "no global"
		}
		return fmt.Sprint("global ", g.Type(), g.Get())
	}
	f := mod.ExportedFunction(a.Field)
	if f == nil {
		return "no function"
	}
	var args []uint64
	for _, v := range a.Args {
		bits, err := v.bits()
		if err != nil {
			return "bad argument: " + err.Error()
		}
		args = append(args, bits...)
	}
	out, err := f.Call(s.ctx, args...)
	if err != nil {
		text := specError(err)
		// Unlike a guest, these modules are used again after a trap.
		for _, m := range append([]api.Module{s.last}, slices.Collect(maps.Values(s.modules))...) {
			if m == nil {
				continue
			}
			if depth, ok := m.ExportedGlobal(meter.DepthExport).(api.MutableGlobal); ok {
				depth.Set(uint64(meter.DefaultStack))
			}
		}
		return text
	}
	types := f.Definition().ResultTypes()
	if len(types) == len(out) {
		for i, t := range types {
			if t == 0x70 || t == 0x69 { // addresses differ
				out[i] = min(out[i], 1)
			}
		}
	}
	return fmt.Sprint("results ", out)
}

func specError(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	if i := strings.LastIndex(text, "wasm error: "); i >= 0 {
		text = text[i+len("wasm error: "):]
	}
	return strings.TrimSuffix(text, " (recovered by wazero)")
}

// runSpec runs one JSON file both ways and returns how many actions it compared.
func runSpec(t *testing.T, file string, spectest []byte) (actions, refills int) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var spec specFile
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	plain, metered := newSpecRun(t, spectest, false), newSpecRun(t, spectest, true)
	differ := func(c specCommand, a, b string) {
		if specExceptions[fmt.Sprintf("%s:%d", filepath.Base(file), c.Line)] {
			return
		}
		const refused = "refused: " // for whatever reason
		if a != b && !(strings.HasPrefix(a, refused) && strings.HasPrefix(b, refused)) {
			t.Errorf("%s:%d: %s %s %s: plain %.200q, metered %.200q", filepath.Base(file), c.Line, c.Type, c.Filename, c.Action.Field, a, b)
		}
	}
	for i, c := range spec.Commands {
		switch c.Type {
		case "module", "assert_invalid", "assert_malformed", "assert_unlinkable", "assert_uninstantiable", "assert_trap", "assert_return", "assert_exhaustion", "assert_exception", "action":
			if c.Filename == "" {
				a, b := plain.act(c.Action), metered.act(c.Action)
				differ(c, a, b)
				actions++
				continue
			}
			if strings.HasSuffix(c.Filename, ".wat") {
				continue // tests the text format
			}
			b, err := os.ReadFile(filepath.Join(filepath.Dir(file), c.Filename))
			if err != nil {
				t.Fatal(err)
			}
			as := ""
			if c.Type == "module" {
				for _, next := range spec.Commands[i+1:] {
					if next.Type == "register" && (next.Name == c.Name || next.Name == "") {
						as = next.As
					}
					if next.Type != "register" {
						break
					}
				}
			}
			before, beforeMetered := plain.last, metered.last
			x, y := plain.load(b, c.Name, as), metered.load(b, c.Name, as)
			differ(c, x, y)
			actions++
			if c.Type == "module" && x != y {
				return actions, metered.refills // what follows would only repeat it
			}
			if c.Type != "module" {
				plain.last, metered.last = before, beforeMetered
			}
		case "register":
		default:
			t.Errorf("%s:%d: unknown command %s", file, c.Line, c.Type)
		}
	}
	return actions, metered.refills
}

// specSuites are the folders of tests, and those files of each that the normal
// test runs: they exercise what the rewriter changes. All of them run when
// SHARD_SPEC_TESTS is "all".
var specSuites = map[string][]string{
	"v1":                        {"br_table", "fac", "func", "loop", "start", "unwind"},
	"v2":                        {"bulk", "elem", "if", "memory_copy", "memory_fill", "memory_init", "ref_func", "table_grow", "table_init", "labels", "return"},
	"tail-call":                 nil,
	"exception-handling":        nil,
	"extended-const":            nil,
	"threads":                   nil,
	"typed-function-references": {"call_ref", "br_on_null", "br_on_non_null", "return_call_ref", "ref", "table"},
}

// specExceptions are commands where wazero itself gives modules with functions
// another verdict than modules without: it takes ref.null func in a table's
// initializer for function 0 when there is one, and a rewritten module has one.
var specExceptions = map[string]bool{"table.json:57": true, "table.json:61": true}

func TestSpecSuitesBehaveTheSame(t *testing.T) {
	root := filepath.Join(wazeroDir(t), "internal", "integration_test", "spectest")
	spectest, err := os.ReadFile(filepath.Join(root, "testdata", "spectest.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	refills := 0
	for suite, some := range specSuites {
		files, err := filepath.Glob(filepath.Join(root, suite, "testdata", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no tests in %s: %v", suite, err)
		}
		t.Run(suite, func(t *testing.T) {
			total := 0
			for _, file := range files {
				name := strings.TrimSuffix(filepath.Base(file), ".json")
				if some != nil && !slices.Contains(some, name) && os.Getenv("SHARD_SPEC_TESTS") != "all" {
					continue
				}
				n, r := runSpec(t, file, spectest)
				total, refills = total+n, refills+r
			}
			if total == 0 {
				t.Fatal("no file of the suite was run")
			}
			t.Logf("%d actions compared", total)
		})
	}
	if refills == 0 {
		t.Fatal("no rewritten module ever ran dry: the tests tested nothing")
	}
}
