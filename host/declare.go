package host

import (
	"context"
	"errors"
	"sync"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/slash"
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
	tools, err := OpenToolbox(log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tools.Close()) }()
	all := make([]slash.Declaration, len(cfg.Plugins))
	errs := make([]error, len(cfg.Plugins))
	var wg sync.WaitGroup
	for i, spec := range cfg.Plugins {
		wg.Go(func() {
			module, err := tools.Module(ctx, spec)
			if err == nil {
				all[i].Manifest, err = plugin.ReadManifest(ctx, tools.Engine, spec, module)
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
