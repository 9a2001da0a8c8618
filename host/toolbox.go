package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/cachedir"
)

// A Toolbox is what looks at plugins without a running host. Modules that it
// builds are gone when it is closed; nothing is kept in the host's folder, which
// may belong to another user.
type Toolbox struct {
	Engine  *wasm.Engine
	modules *Modules
}

// OpenToolbox opens one. Machine code is kept in the user's cache.
func OpenToolbox(log hclog.Logger) (*Toolbox, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir() // no home: a service account, a container
	}
	cache = filepath.Join(cache, "shardhost", "tools")
	cachedir.Trim(cache, cachedir.Limit, nil)
	built, err := os.MkdirTemp("", "shardhost-tools-")
	if err != nil {
		return nil, err
	}
	engine, err := wasm.NewEngine(wasm.Options{CacheDir: cache, Logger: log})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("plugin engine: %w", err), os.RemoveAll(built))
	}
	return &Toolbox{Engine: engine, modules: &Modules{Dir: built, Log: log}}, nil
}

// Module returns a plugin's module, which is built where the plugin is source.
func (t *Toolbox) Module(ctx context.Context, p config.Plugin) ([]byte, error) {
	return t.modules.Module(ctx, p)
}

// Close gives back what it holds.
func (t *Toolbox) Close() error {
	return errors.Join(t.Engine.Close(context.Background()), os.RemoveAll(t.modules.Dir))
}
