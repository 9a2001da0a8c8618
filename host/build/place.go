package build

import (
	"os"
	"path/filepath"

	"github.com/shardhost/shardhost/host/language"
)

// SourcePlace is where a plugin's source lies, for Watchers. more are what Sources
// has listed, if it has been asked.
func SourcePlace(source string, more []string) Place {
	l, _ := language.Of(source)
	at := Place{Paths: []string{source}, Patterns: l.Sources}
	switch {
	case l.Name == "go":
		at.Paths = append(at.Paths, module(source)...)
	case l.Sources == nil:
		at.Patterns = []string{"!*.wasm"} // everything but what is built
	}
	at.Paths = append(at.Paths, more...)
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
