package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// Manifest is the document with which the running generation describes itself;
// nil: it has none.
func (p *Plugin) Manifest() json.RawMessage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gen.manifest.Raw
}

// ReadManifest returns the document with which a module describes itself,
// without starting the plugin: from its section, or else from a guest that is
// asked and thrown away. nil: it has none.
func ReadManifest(ctx context.Context, engine *wasm.Engine, spec config.Plugin, module []byte) (_ json.RawMessage, err error) {
	info, err := wasm.Inspect(module)
	if err != nil {
		return nil, fmt.Errorf("%splugin %q: %s: %w", place(spec.At), spec.Name, spec.Source, err)
	}
	if info.Manifest != nil {
		return info.Manifest.Raw, nil
	}
	if problems := info.Check(spec.Limits.Memory, func(grant string) bool { return granted(spec.Grant, grant) }); len(problems) > 0 {
		return nil, &CheckError{Plugin: spec.Name, At: spec.Grant.At, Problems: problems}
	}
	compiled, err := engine.Compile(ctx, module, wasm.ModuleConfig{
		Name: spec.Name, Functions: effect.Functions(), Memory: spec.Limits.Memory, Instructions: spec.Limits.Instructions, Init: spec.Limits.Init,
	})
	if err != nil {
		return nil, fmt.Errorf("%s%w", place(spec.At), err)
	}
	defer func() { err = firstError(err, compiled.Close(context.WithoutCancel(ctx))) }()
	// Without a grant, whatever else the guest asks for is denied.
	env := &effect.Env{
		Plugin: spec.Name, Limits: spec.Limits, At: spec.At,
		Log: effect.NewLog(hclog.NewNullLogger(), spec.Name), Metrics: effect.NewMetrics(), Now: time.Now,
	}
	guest, err := compiled.Instantiate(ctx, wasm.GuestConfig{Env: effect.NewRecorder(env, effect.Lane{})})
	if err != nil {
		return nil, fmt.Errorf("%splugin %q: %w", place(spec.At), spec.Name, err)
	}
	defer func() { err = firstError(err, guest.Close()) }()
	manifest, err := guest.Manifest()
	if err != nil {
		return nil, fmt.Errorf("%splugin %q: manifest: %w", place(spec.At), spec.Name, err)
	}
	if manifest == nil {
		return nil, nil
	}
	return manifest.Raw, nil
}

func firstError(err, second error) error {
	if err != nil {
		return err
	}
	return second
}
