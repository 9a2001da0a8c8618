package dev

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

// placeOf is where a plugin's source lies: a folder of Go source with the
// packages that it imports, the files that a build command asks to watch, or a
// module. sources are those of the last build; nil: none yet.
func placeOf(p config.Plugin, sources []string) build.Place {
	switch {
	case p.IsFolder():
		return build.Place{Paths: slices.Concat([]string{p.Source}, module(p.Source), sources), Patterns: []string{"*.go", "!*_test.go"}}
	case p.Build == nil || p.Build.Command == "":
		return build.Place{Paths: []string{p.Source}}
	}
	root := filepath.Dir(p.At.File)
	if len(p.Build.Watch) == 0 {
		return build.Place{Paths: []string{root}, Patterns: []string{"!*.wasm"}} // everything but what is built
	}
	var at build.Place
	for _, pattern := range p.Build.Watch {
		folder, name := filepath.Split(filepath.FromSlash(pattern))
		// Up to the first folder that is a pattern itself.
		for strings.ContainsAny(folder, `*?[`) {
			folder = filepath.Dir(strings.TrimSuffix(folder, string(filepath.Separator)))
		}
		if !filepath.IsAbs(folder) {
			folder = filepath.Join(root, folder)
		}
		if !slices.Contains(at.Paths, folder) {
			at.Paths = append(at.Paths, folder)
		}
		at.Patterns = append(at.Patterns, name)
	}
	return at
}

// module finds the go.mod and go.sum that a folder of Go source belongs to, so
// that a build which they break is tried again when they are mended.
func module(dir string) []string {
	for {
		file := filepath.Join(dir, "go.mod")
		if _, err := os.Stat(file); err == nil {
			return []string{file, filepath.Join(dir, "go.sum")}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return nil
		}
		dir = up
	}
}
