package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
)

// Modules finds the module of a plugin: a .wasm file, or what is built from its
// source.
type Modules struct {
	Dir    string // where modules that are built from source go
	Log    hclog.Logger
	Always bool // run build commands although their output is there
}

// Module returns the plugin's module. Source that the host builds by itself is
// built, which is quick when nothing has changed. A build command runs when its
// output is not there.
func (m *Modules) Module(ctx context.Context, p config.Plugin) ([]byte, error) {
	path, err := m.Path(ctx, p)
	if err != nil {
		return nil, err
	}
	p.Source = path
	return plugin.ReadModule(p)
}

// Path makes the plugin's module and returns where it is.
func (m *Modules) Path(ctx context.Context, p config.Plugin) (string, error) {
	switch {
	case p.FromSource():
		m.Log.Debug("building plugin", "plugin", p.Name, "source", p.Source)
		r, err := build.Source(ctx, build.Request{Source: p.Source, Output: filepath.Join(m.Dir, p.Name+".wasm")})
		if err != nil {
			return "", fmt.Errorf("%s: plugin %q does not build:\n%w", p.At, p.Name, err)
		}
		return r.Path, nil
	case p.Build != nil && p.Build.Command != "":
		if _, err := os.Stat(p.Build.Output); err == nil && !m.Always {
			return p.Source, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("%s: plugin %q: %w", p.At, p.Name, err)
		}
		m.Log.Info("building plugin", "plugin", p.Name, "command", p.Build.Command)
		if _, err := build.Command(ctx, build.CommandRequest{Dir: filepath.Dir(p.At.File), Command: p.Build.Command, Output: p.Build.Output}); err != nil {
			return "", fmt.Errorf("%s: plugin %q does not build:\n%w", p.At, p.Name, err)
		}
	}
	return p.Source, nil
}
