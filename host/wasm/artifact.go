package wasm

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/wasm/meter"
	"github.com/tetratelabs/wazero"
)

// An artifact is what has been made of a module's bytes: its metered form and
// its machine code. In memory it is shared by all modules of these bytes, and
// gone with the last of them. On disk it has a folder of its own, whose time is
// that of its last use.
type artifact struct {
	name string
	dir  string // "": not on disk
	made sync.Mutex

	users int // under Engine.mu
	cache wazero.CompilationCache
}

// artifactName is the same for what is made of the same bytes in the same way.
func artifactName(b []byte, o meter.Options) string {
	h := sha256.New()
	h.Write(b)
	h.Write(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64([]byte(meter.Version), uint64(o.Stack)), uint64(o.Table)))
	return hex.EncodeToString(h.Sum(nil))
}

// use returns the artifact of a name. It is to be released.
func (e *Engine) use(name string) (*artifact, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.New("the engine is closed")
	}
	a := e.artifacts[name]
	if a == nil {
		a = &artifact{name: name}
		a.dir, a.cache = e.openCache(name)
		e.artifacts[name] = a
	}
	a.users++
	return a, nil
}

// openCache opens or makes the folder of an artifact. Without one, which costs
// time and nothing else, dir is "".
func (e *Engine) openCache(name string) (dir string, _ wazero.CompilationCache) {
	if e.dir == "" {
		return "", wazero.NewCompilationCache()
	}
	dir = filepath.Join(e.dir, name)
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err == nil {
		now := time.Now()
		err = os.Chtimes(dir, now, now)
	}
	if err != nil {
		e.log.Warn("cannot keep compiled modules; the next start takes longer", "error", err)
		return "", wazero.NewCompilationCache()
	}
	return dir, cache
}

// release ends a use.
func (e *Engine) release(a *artifact) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if a.users--; a.users > 0 {
		return nil
	}
	delete(e.artifacts, a.name)
	return a.cache.Close(context.Background())
}

// exclusively runs f while no other goroutine compiles the same bytes, so that
// all but the first are hits in the cache, and in one of the limited slots. ctx
// ends the wait for them.
func (e *Engine) exclusively(ctx context.Context, a *artifact, f func() error) error {
	a.made.Lock()
	defer a.made.Unlock()
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return fmt.Errorf("wait for other modules to compile: %w", context.Cause(ctx))
	}
	return f()
}
