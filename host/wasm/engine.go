package wasm

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/tetratelabs/wazero"
)

// Options configure an Engine.
type Options struct {
	// CacheDir keeps compiled modules between runs. It holds native code that
	// is loaded and executed, so it is created with mode 0700 and must not be
	// shared with anyone. "" keeps them in memory only.
	CacheDir string

	Logger hclog.Logger // nil logs nothing
}

// An Engine compiles modules and shares what it compiled among them.
type Engine struct {
	dir   string // "" keeps nothing on disk
	cache wazero.CompilationCache
	log   hclog.Logger
	slots chan struct{} // limits how many modules compile at the same time

	mu      sync.Mutex
	compile map[[sha256.Size]byte]*flight
	open    map[*Module]struct{}
	closed  bool
}

// flight serializes compilations of the same bytes, so that all but the first
// are hits in the cache.
type flight struct {
	mu    sync.Mutex
	users int
}

// NewEngine opens the cache. The Engine must be closed after its modules.
func NewEngine(o Options) (*Engine, error) {
	e := &Engine{
		log:     o.Logger,
		slots:   make(chan struct{}, max(2, runtime.GOMAXPROCS(0)/2)),
		compile: make(map[[sha256.Size]byte]*flight),
		open:    make(map[*Module]struct{}),
	}
	if e.log == nil {
		e.log = hclog.NewNullLogger()
	}
	if o.CacheDir == "" {
		e.cache = wazero.NewCompilationCache()
		return e, nil
	}
	if err := privateDir(o.CacheDir); err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(o.CacheDir)
	if err != nil {
		return nil, fmt.Errorf("open the compilation cache: %w", err)
	}
	e.cache, e.dir = cache, o.CacheDir
	return e, nil
}

// privateDir makes the folder and refuses one that others may write to,
// because what is read from it is executed.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of the compilation cache: %w", err)
	}
	st, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("open the folder of the compilation cache: %w", err)
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("the compilation cache %s may be written to by others (mode %v): native code is loaded from it; run chmod 700 %s",
			dir, st.Mode().Perm(), filepath.Clean(dir))
	}
	return nil
}

// Close releases the cache. It refuses while modules are open or compiling.
func (e *Engine) Close(ctx context.Context) error {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	for m := range e.open {
		return fmt.Errorf("close the engine: the module of plugin %q and %d others are still open", m.name, len(e.open)-1)
	}
	if len(e.compile) > 0 {
		return errors.New("close the engine: modules are still being compiled")
	}
	e.closed = true
	return e.cache.Close(ctx)
}

// exclusively runs f while no other goroutine compiles the same bytes, in one
// of the limited slots. ctx ends the wait for them.
func (e *Engine) exclusively(ctx context.Context, sum [sha256.Size]byte, f func() error) error {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return errors.New("the engine is closed")
	}
	fl := e.compile[sum]
	if fl == nil {
		fl = &flight{}
		e.compile[sum] = fl
	}
	fl.users++
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if fl.users--; fl.users == 0 {
			delete(e.compile, sum)
		}
	}()
	fl.mu.Lock()
	defer fl.mu.Unlock()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return fmt.Errorf("wait for other modules to compile: %w", context.Cause(ctx))
	}
	return f()
}
