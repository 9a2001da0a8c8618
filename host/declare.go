package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/slash"
	"github.com/shardhost/shardhost/host/wasm"
)

// Declarations is what the running plugins say about themselves.
func (h *Host) Declarations() []slash.Declaration {
	var all []slash.Declaration
	for _, p := range h.snapshot() {
		all = append(all, slash.Declaration{Plugin: p.Name(), Manifest: p.Manifest()})
	}
	return all
}

// Declarations is what the plugins of a configuration say about themselves,
// without a running host: they are built and asked, and nothing is kept in the
// host's folder, which may belong to another user.
func Declarations(ctx context.Context, cfg *config.Config, log hclog.Logger) (_ []slash.Declaration, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir() // no home: a service account, a container
	}
	cache = filepath.Join(cache, "shardhost", "declare")
	built, err := os.MkdirTemp("", "shardhost-declare-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(built)) }()
	engine, err := wasm.NewEngine(wasm.Options{CacheDir: cache, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("plugin engine: %w", err)
	}
	defer func() { err = errors.Join(err, engine.Close(context.WithoutCancel(ctx))) }()
	modules := &Modules{Dir: built, Log: log}
	all := make([]slash.Declaration, len(cfg.Plugins))
	errs := make([]error, len(cfg.Plugins))
	var wg sync.WaitGroup
	for i, spec := range cfg.Plugins {
		wg.Go(func() {
			module, err := modules.Module(ctx, spec)
			if err == nil {
				all[i].Manifest, err = plugin.ReadManifest(ctx, engine, spec, module)
			}
			all[i].Plugin, errs[i] = spec.Name, err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, &PluginError{err}
	}
	return all, nil
}
