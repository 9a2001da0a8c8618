package dev

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

// placeOf is where a plugin's source lies: its folder with what it imports, the
// files that a build command asks to watch, or a module. sources are those of the
// last build; nil: none yet.
func placeOf(p config.Plugin, sources []string) build.Place {
	switch {
	case p.FromSource():
		return build.SourcePlace(p.Source, sources)
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
