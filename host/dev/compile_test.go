package dev

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

func TestCompile(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "ready.wasm"), "\x00asm\x01\x00\x00\x00")
	limits := config.Limits{ModuleSize: 1 << 20}
	here := config.Location{File: filepath.Join(root, "config.hcl"), Line: 1}
	for _, c := range []struct {
		name   string
		plugin config.Plugin
		want   string // of the module, or of the complaint
		fails  bool
	}{
		{"a module", config.Plugin{Source: filepath.Join(root, "ready.wasm")}, "\x00asm\x01\x00\x00\x00", false},
		{"a module that is not there", config.Plugin{Source: filepath.Join(root, "none.wasm")}, "none.wasm", true},
		{"a command", config.Plugin{Source: filepath.Join(root, "made.wasm"), Build: &config.Build{Command: "printf made > made.wasm", Output: filepath.Join(root, "made.wasm")}}, "made", false},
		{"a command that fails", config.Plugin{Source: filepath.Join(root, "x.wasm"), Build: &config.Build{Command: "echo main.c:3:1: no such thing; exit 1", Output: filepath.Join(root, "x.wasm")}}, "main.c:3:1: no such thing", true},
		{"a folder that is not there", config.Plugin{Source: filepath.Join(root, "none")}, "no such file", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.plugin.Name, c.plugin.Limits, c.plugin.At = "p", limits, here
			got, err := (&compiler{dir: t.TempDir()}).build(t.Context(), c.plugin, func(string) {})
			if c.fails {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("got %q, %v; want a complaint with %q", got, err, c.want)
				}
				return
			}
			if err != nil || string(got) != c.want {
				t.Fatalf("got %q, %v", got, err)
			}
		})
	}
}

func TestComplaint(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	broken := &build.Error{Dir: filepath.Join(here, "plugins", "ping"), Diagnostics: []build.Diagnostic{
		{File: "main.go", Line: 14, Column: 9, Message: "undefined: sdk.Replay"},
		{File: filepath.Join(here, "lib.go"), Line: 2, Message: "syntax error"},
		{Message: "too many errors"},
	}}
	want := filepath.Join("plugins", "ping", "main.go") + ":14:9: undefined: sdk.Replay\n" +
		"." + string(filepath.Separator) + "lib.go:2: syntax error\ntoo many errors"
	if got := complaint(broken).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	other := errors.New("no go command")
	if got := complaint(other); got != other {
		t.Errorf("another error became %v", got)
	}
}

// Plugins of the same name in different projects must not share a file.
func TestModuleName(t *testing.T) {
	a := moduleName(config.Plugin{Name: "ping", Source: "/a/ping"})
	b := moduleName(config.Plugin{Name: "ping", Source: "/b/ping"})
	if a == b || !strings.HasPrefix(a, "ping-") || filepath.Ext(a) != ".wasm" {
		t.Errorf("%s and %s", a, b)
	}
}
