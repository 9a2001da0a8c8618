package wasm

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm/binary"
	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// pageSize is the unit of a guest's memory in bytes.
const pageSize = 64 << 10

// HostFunc is one host function. Parameters are in stack in the order of the
// contract, an i32 in the low half; a result goes to stack[0]. It runs on the
// goroutine that called the guest and must not block.
type HostFunc func(g *Guest, stack []uint64)

// ModuleConfig says how a module is run.
type ModuleConfig struct {
	Name         string              // the plugin's name, for messages
	Functions    map[string]HostFunc // by name in abi.Functions
	Memory       int64               // limit of one instance in bytes; 0: 64 MiB
	Instructions int64               // limit of one frame, about one a WebAssembly instruction; 0: 2 billion
	Stack        int64               // estimate of native stack in bytes that calls may take; 0: meter.DefaultStack
	Init         time.Duration       // limit of instantiation and of every call but Batch; 0: 5s
}

// A Module is a compiled module, ready to be instantiated any number of times.
// It has a wazero runtime of its own, so that plugins cannot import each other.
type Module struct {
	name     string
	engine   *Engine
	artifact *artifact
	config   ModuleConfig
	sections map[string][]byte // custom sections that are no part of the code
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	guests   atomic.Int64
}

// Compile prepares a module. Check what Inspect says about it first: Compile
// repeats no check but those that running it safely needs. ctx can end the wait
// for other modules, but not the compilation itself, whose time is bounded by
// the size of the module: about half a second a megabyte.
func (e *Engine) Compile(ctx context.Context, b []byte, c ModuleConfig) (*Module, error) {
	if c.Memory <= 0 {
		c.Memory = 64 << 20
	}
	if c.Instructions <= 0 {
		c.Instructions = 2_000_000_000
	}
	if c.Init <= 0 {
		c.Init = 5 * time.Second
	}
	options := meter.Options{Stack: c.Stack}
	b, sections := binary.Split(b, abi.SectionPrefix)
	a, err := e.use(artifactName(b, options))
	if err != nil {
		return nil, fmt.Errorf("plugin %q: %w", c.Name, err)
	}
	m := &Module{name: c.Name, engine: e, artifact: a, config: c, sections: sections}
	err = e.exclusively(ctx, a, func() error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		b, err := e.metered(b, options, a.dir)
		if err != nil {
			return err
		}
		return m.build(b)
	})
	if err != nil {
		if m.runtime != nil {
			_ = m.runtime.Close(context.Background())
		}
		_ = e.release(a)
		return nil, fmt.Errorf("plugin %q: %w", c.Name, err)
	}
	return m, nil
}

// features are those of the modules that are run. Exceptions are not among
// them: wazero 1.12.0 can corrupt locals in try_table, see
// https://github.com/wazero/wazero/pull/2504.
const features = api.CoreFeaturesV2 | experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesTailCall

// build compiles and links. A panic of the compiler is an error of the module:
// that is why it runs here, and not on workers of wazero.
func (m *Module) build(b []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("compile: the compiler failed: %v", r)
		}
	}()
	ctx := context.Background() // a cancelled one would change nothing but messages
	if err := m.translate(ctx, b); err != nil {
		return fmt.Errorf("compile: %w", err)
	}
	if err := m.link(ctx); err != nil {
		return fmt.Errorf("link: %w", err)
	}
	m.engine.mu.Lock()
	defer m.engine.mu.Unlock()
	m.engine.open[m] = struct{}{}
	return nil
}

// translate makes machine code, or takes it from the cache. A cache whose files
// are damaged, or cannot be written, costs time and nothing else.
func (m *Module) translate(ctx context.Context, b []byte) (err error) {
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithMemoryLimitPages(uint32(min(m.config.Memory/pageSize, 65536))).
		WithDebugInfoEnabled(false)
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config.WithCompilationCache(m.artifact.cache))
	if m.compiled, err = m.runtime.CompileModule(ctx, b); err == nil || m.artifact.dir == "" {
		return err
	}
	damaged := strings.Contains(err.Error(), "compilationcache:")
	var file *fs.PathError
	if !damaged && !errors.As(err, &file) {
		return err
	}
	m.engine.log.Warn("the cache of compiled modules is of no use, compiling without it", "dir", m.artifact.dir, "plugin", m.name, "error", err)
	if damaged {
		_ = os.RemoveAll(m.artifact.dir) // the next start makes it anew
	}
	_ = m.runtime.Close(ctx)
	m.runtime = wazero.NewRuntimeWithConfig(ctx, config)
	m.compiled, err = m.runtime.CompileModule(ctx, b)
	return err
}

// link offers the host functions to the module.
func (m *Module) link(ctx context.Context) error {
	b := m.runtime.NewHostModuleBuilder(abi.Module)
	for _, f := range abi.Functions {
		fn := m.config.Functions[f.Name]
		if fn == nil {
			continue
		}
		b.NewFunctionBuilder().
			WithGoModuleFunction(hostCall(fn), valueTypes(f.Params), valueTypes(f.Results)).
			Export(f.Name)
	}
	if _, err := b.Instantiate(ctx); err != nil {
		return err
	}
	if err := linkMeter(ctx, m.runtime); err != nil {
		return err
	}
	return linkWASI(ctx, m.runtime)
}

// instructions is the allowance of a call that handles so many frames.
func (m *Module) instructions(frames int) int64 {
	if m.config.Instructions > math.MaxInt64/int64(frames) {
		return math.MaxInt64
	}
	return m.config.Instructions * int64(frames)
}

// hostCall finds the guest behind the context of a call.
func hostCall(fn HostFunc) api.GoModuleFunc {
	return func(ctx context.Context, _ api.Module, stack []uint64) { fn(guestOf(ctx), stack) }
}

func valueTypes(letters string) []api.ValueType {
	types := make([]api.ValueType, 0, len(letters))
	for _, c := range letters {
		switch c {
		case 'i':
			types = append(types, api.ValueTypeI32)
		case 'l':
			types = append(types, api.ValueTypeI64)
		case 'd':
			types = append(types, api.ValueTypeF64)
		}
	}
	return types
}

// Close releases the module. It refuses while instances of it are open.
func (m *Module) Close(ctx context.Context) error {
	if m == nil {
		return nil
	}
	if n := m.guests.Load(); n > 0 {
		return fmt.Errorf("plugin %q: close the module: %d instances are still open", m.name, n)
	}
	m.engine.mu.Lock()
	_, open := m.engine.open[m]
	delete(m.engine.open, m)
	m.engine.mu.Unlock()
	if !open {
		return nil
	}
	err := m.compiled.Close(ctx)
	return errors.Join(err, m.runtime.Close(ctx), m.engine.release(m.artifact))
}
