package dev

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/shardhost/shardhost/host/config"
)

func TestPlaceOf(t *testing.T) {
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, filepath.FromSlash(p)) }
	write(t, at("go.mod"), "module x")
	write(t, at("deep/ping/main.go"), "package main")
	command := func(watch ...string) config.Plugin {
		return config.Plugin{Source: at("x.wasm"), At: config.Location{File: at("config.hcl")}, Build: &config.Build{Command: "make", Watch: watch, Output: at("x.wasm")}}
	}
	for _, c := range []struct {
		name     string
		plugin   config.Plugin
		sources  []string
		paths    []string
		patterns []string
	}{
		{"Go source", config.Plugin{Source: at("deep/ping")}, nil, []string{at("deep/ping"), at("go.mod"), at("go.sum")}, []string{"*.go", "!*_test.go"}},
		{"with what it imports", config.Plugin{Source: at("deep/ping")}, []string{at("lib")}, []string{at("deep/ping"), at("go.mod"), at("go.sum"), at("lib")}, []string{"*.go", "!*_test.go"}},
		{"a module", config.Plugin{Source: at("x.wasm")}, nil, []string{at("x.wasm")}, nil},
		{"a command", command(), nil, []string{root}, []string{"!*.wasm"}},
		{"a command with patterns", command("src/*.rs", "Cargo.toml", "src/*.toml"), nil, []string{at("src"), root}, []string{"*.rs", "Cargo.toml", "*.toml"}},
		{"a pattern of folders", command("src/*/deep/*.c"), nil, []string{at("src")}, []string{"*.c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := placeOf(c.plugin, c.sources)
			for i := range got.Paths {
				got.Paths[i] = filepath.Clean(got.Paths[i])
			}
			if !slices.Equal(got.Paths, c.paths) || !slices.Equal(got.Patterns, c.patterns) {
				t.Errorf("got  %q %q\nwant %q %q", got.Paths, got.Patterns, c.paths, c.patterns)
			}
		})
	}
}
