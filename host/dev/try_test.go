package dev

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/shardhost/shardhost/host/config"
)

func TestSuggestions(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "go", "main.go"), `
		if m.Content != "!ping" { return }
		words, ok := strings.CutPrefix(m.Content, "!remind ")
		// !not-quoted
		usage := "use !neither-this now"
		again := "!ping"
	`)
	write(t, filepath.Join(root, "go", "go.wasm"), `"!binary"`)
	write(t, filepath.Join(root, "go", "main_test.go"), `"!pingu"`)
	write(t, filepath.Join(root, "many", "a.rs"), `"!a1" "!a2" "!a3" "!a4" "!a5" "!a6" "!a7"`)
	plugin := func(source, prefix string) config.Plugin {
		return config.Plugin{Source: source, Filter: config.Filter{Prefix: prefix}}
	}
	for _, c := range []struct {
		name    string
		plugins []config.Plugin
		want    []string
	}{
		{"from source", []config.Plugin{plugin(filepath.Join(root, "go"), "")}, []string{"!ping", "!remind"}},
		{"from a filter", []config.Plugin{plugin(filepath.Join(root, "go"), "!dice")}, []string{"!dice"}},
		{"a filter of one character says little", []config.Plugin{plugin(filepath.Join(root, "go"), "!")}, []string{"!ping", "!remind"}},
		{"no more than fit", []config.Plugin{plugin(filepath.Join(root, "many"), "")}, []string{"!a1", "!a2", "!a3", "!a4", "!a5", "!a6"}},
		{"a module", []config.Plugin{plugin(filepath.Join(root, "go", "go.wasm"), "")}, []string{}},
		{"no plugins", nil, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := suggestions(c.plugins); got == nil || !slices.Equal(got, c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
		})
	}
}
