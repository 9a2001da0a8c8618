package build

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// aCrate writes a plugin of the contract's smallest kind, without the SDK.
func aCrate(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "Cargo.toml"), "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[lib]\ncrate-type = [\"cdylib\"]\n\n[workspace]\n")
	put(t, filepath.Join(dir, "src", "lib.rs"), source)
	return dir
}

// buildRust builds with an empty cache, and without a network as far as cargo is
// concerned.
func buildRust(t *testing.T, dir, cache string) (Result, error) {
	t.Helper()
	t.Setenv("CARGO_NET_OFFLINE", "true")
	t.Setenv("CARGO_HOME", t.TempDir())
	result, err := Source(t.Context(), Request{Source: dir, Output: filepath.Join(t.TempDir(), "small.wasm"), CacheDir: cache})
	if errors.Is(err, ErrMissing) && os.Getenv("SHARDHOST_LANGUAGES") != "all" {
		t.Skip(err)
	}
	return result, err
}

func TestRust(t *testing.T) {
	dir := aCrate(t, "#[no_mangle]\npub extern \"C\" fn shard_abi_1() { let _ = include_str!(\"words.txt\"); }\n")
	words := filepath.Join(dir, "src", "words.txt")
	put(t, words, "words")
	cache := t.TempDir()
	result, err := buildRust(t, dir, cache)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(result.Path); err != nil || !strings.HasPrefix(string(text), "\x00asm") {
		t.Errorf("there is no module: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the build has left something behind: %v, %v", entries, err)
	}
	sources, err := Sources(t.Context(), Request{Source: dir, CacheDir: cache})
	if err != nil || !slices.Contains(sources, words) {
		t.Errorf("the module is made of %q, %v", sources, err)
	}
}

func TestRustComplaints(t *testing.T) {
	for _, test := range []struct{ name, source, manifest, want string }{
		{"a type", "pub fn f() -> u32 {\n    \"text\"\n}\n", "", "src/lib.rs:2:5: mismatched types: expected `u32`, found `&str`"},
		{"a macro", "pub fn f() { nothing!() }\n", "", "src/lib.rs:1:14: cannot find macro `nothing` in this scope"},
		{"no module", "", "[package]\nname = \"small\"\nversion = \"0.1.0\"\n[workspace]\n", `crate-type = ["cdylib", "rlib"]`},
		{"a manifest", "", "[package\n", "Cargo.toml"},
		{"a dependency that is not there", "", "[package]\nname = \"small\"\nversion = \"0.1.0\"\n[dependencies]\nshardhost = { path = \"nowhere\" }\n", "nowhere"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := aCrate(t, test.source)
			if test.manifest != "" {
				put(t, filepath.Join(dir, "Cargo.toml"), test.manifest)
			}
			_, err := buildRust(t, dir, t.TempDir())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestRustIsMissing says what to do on machines that lack something.
func TestRustIsMissing(t *testing.T) {
	dir := aCrate(t, "")
	tool := func(t *testing.T, says string) string {
		bin := t.TempDir()
		for _, name := range []string{"rustc", "cargo"} {
			put(t, filepath.Join(bin, name), "#!/bin/sh\necho "+says+"\n")
			if err := os.Chmod(filepath.Join(bin, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return bin
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("the stand-ins for compilers are scripts: there is no sh")
	}
	for _, test := range []struct {
		name string
		path func(t *testing.T) string
		want string
	}{
		{"no Rust", func(t *testing.T) string { return t.TempDir() }, "https://rustup.rs"},
		{"no target", func(t *testing.T) string { return tool(t, "/nowhere") }, "rustup target add wasm32-unknown-unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("RUSTC", "")
			t.Setenv("PATH", test.path(t))
			if _, err := Toolchain(t.Context(), dir); !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}
