package wasm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/internal/cachedir"
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
	log   hclog.Logger
	slots chan struct{} // limits how many modules compile at the same time
	turns *turns        // limits how many guests compute for long at the same time
	yield func()        // lets other threads go first

	mu        sync.Mutex
	artifacts map[string]*artifact // that modules are open of, or being compiled
	open      map[*Module]struct{}
	closed    bool
}

// NewEngine opens the cache. The Engine must be closed after its modules.
func NewEngine(o Options) (*Engine, error) {
	e := &Engine{
		dir:       o.CacheDir,
		log:       o.Logger,
		slots:     make(chan struct{}, max(2, runtime.GOMAXPROCS(0)/2)),
		turns:     newTurns(max(1, runtime.GOMAXPROCS(0)-2)), // one is for sockets and lanes, one for system calls
		yield:     yield,
		artifacts: make(map[string]*artifact),
		open:      make(map[*Module]struct{}),
	}
	if e.log == nil {
		e.log = hclog.NewNullLogger()
	}
	if o.CacheDir != "" {
		if err := privateDir(o.CacheDir); err != nil {
			return nil, err
		}
	}
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

// Close refuses while modules are open or compiling.
func (e *Engine) Close(context.Context) error {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for m := range e.open {
		return fmt.Errorf("close the engine: the module of plugin %q and %d others are still open", m.name, len(e.open)-1)
	}
	if len(e.artifacts) > 0 {
		return errors.New("close the engine: modules are still being compiled")
	}
	e.closed = true
	return nil
}

// Trim removes from the cache what was not used for longest, until no more than
// so many bytes are left of what no open module needs. It is for when everything
// that is to be open is: before, it may remove what is about to be used.
func (e *Engine) Trim(most int64) {
	if e.dir == "" {
		return
	}
	cachedir.Trim(e.dir, most, func(name string) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.artifacts[name] != nil
	})
}
