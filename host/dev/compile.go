package dev

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/cachedir"
)

// A compiler makes modules of source: it is the workshop's buildFunc.
type compiler struct {
	dir string // where modules that are built from source go; kept from growing without end
}

// build makes one plugin's module.
func (c *compiler) build(ctx context.Context, p config.Plugin, step func(string)) ([]byte, error) {
	cachedir.Trim(c.dir, cachedir.Limit, nil)
	switch {
	case p.FromSource():
		r, err := build.Source(ctx, build.Request{
			Source: p.Source, Output: filepath.Join(c.dir, moduleName(p)),
			Progress: func(s build.Progress) { step(fmt.Sprintf("%s, %s", s.Package, count(s.Packages, "package"))) },
		})
		if err != nil {
			return nil, complaint(err)
		}
		p.Source = r.Path
	case p.Build != nil && p.Build.Command != "":
		if _, err := build.Command(ctx, build.CommandRequest{Command: p.Build.Command, Dir: filepath.Dir(p.At.File), Output: p.Build.Output}); err != nil {
			return nil, complaint(err)
		}
	}
	return plugin.ReadModule(p)
}

// moduleName is a file name that no plugin of another source has.
func moduleName(p config.Plugin) string {
	of := sha256.Sum256([]byte(p.Source))
	return fmt.Sprintf("%s-%x.wasm", p.Name, of[:6])
}

// sources lists what else a plugin is made of beside its own folder; nil when
// that cannot be told.
func (c *compiler) sources(ctx context.Context, p config.Plugin) []string {
	if !p.FromSource() {
		return nil
	}
	paths, err := build.Sources(ctx, build.Request{Source: p.Source})
	if err != nil {
		return nil // the build has said why
	}
	return paths
}

// complaint is a compiler's error with paths as a person at this terminal
// would write them, so that a click opens the file.
func complaint(err error) error {
	var broken *build.Error
	if !errors.As(err, &broken) || len(broken.Diagnostics) == 0 {
		return err
	}
	var lines []string
	for _, d := range broken.Diagnostics {
		if d.File != "" {
			if !filepath.IsAbs(d.File) {
				d.File = filepath.Join(broken.Dir, d.File)
			}
			d.File = shortPath(d.File)
		}
		lines = append(lines, d.String())
	}
	return errors.New(strings.Join(lines, "\n"))
}
