package build

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// plugin writes a Go module with a main package and returns its folder.
func plugin(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	do(t,
		write(filepath.Join(dir, "go.mod"), "module example.com/plugin\n\ngo 1.24\n"),
		write(filepath.Join(dir, "main.go"), source),
	)
	return dir
}

const answer = `package main

//go:wasmexport answer
func answer() int32 { return 42 }

func main() {}
`

func TestGo(t *testing.T) {
	// Flags for native builds and a foreign target must not get in.
	t.Setenv("GOFLAGS", "-race -ldflags=-X=main.a=b -mod=mod")
	t.Setenv("GOOS", runtime.GOOS)
	t.Setenv("CGO_ENABLED", "1")
	// A source of its own, which is in no cache and so must be compiled.
	dir := plugin(t, answer+"\n// "+time.Now().String()+"\n")
	output := filepath.Join(t.TempDir(), "modules", "plugin.wasm")
	var last Progress
	r := Request{Source: dir, Output: output, Progress: func(p Progress) { last = p }}
	first, err := Source(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if first.Cached || first.Path != output || first.Duration <= 0 {
		t.Errorf("the first build is %+v", first)
	}
	if last.Package != "example.com/plugin" || last.Packages == 0 {
		t.Errorf("the last progress is %+v", last)
	}
	module, err := os.ReadFile(output)
	do(t, err)
	if !bytes.HasPrefix(module, []byte("\x00asm")) || int64(len(module)) != first.Size || !bytes.Contains(module, []byte("answer")) {
		t.Errorf("%d bytes, beginning with %q, are not the module of %+v", len(module), module[:4], first)
	}
	long := time.Now().Add(-time.Hour)
	do(t, os.Chtimes(output, long, long))
	again, err := Source(t.Context(), r)
	if err != nil || !again.Cached {
		t.Errorf("the second build is %+v, %v", again, err)
	}
	if st, err := os.Stat(output); err != nil || time.Since(st.ModTime()) < time.Minute {
		t.Errorf("a module with the same bytes was written again: %v", err)
	}
	do(t, write(filepath.Join(dir, "main.go"), strings.ReplaceAll(answer, "42", "43")))
	changed, err := Source(t.Context(), r)
	if err != nil || changed.Cached {
		t.Errorf("the build of another source is %+v, %v", changed, err)
	}
	entries, err := os.ReadDir(filepath.Dir(output))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the module there is %v, %v", entries, err)
	}
}

func TestGoRefuses(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(empty, "main.go")
	do(t, write(file, "package main\n"))
	for _, test := range []struct {
		name string
		dir  string
		want []string
	}{
		{"no folder", filepath.Join(empty, "nowhere"), []string{"nowhere", "there is no source"}},
		{"a file", file, []string{"name the folder of the plugin"}},
		{"no module", empty, []string{"not in a Go module", "go mod init"}},
		{"no main package", plugin(t, "package other\n"), []string{"no package main"}},
		{"a type error", plugin(t, "package main\n\nfunc main() {\n\tvar x int = \"a\"\n}\n"), []string{"failed:\n", "main.go:4:14: cannot use \"a\""}},
		{"a syntax error", plugin(t, "package main\n\nfunc main() {\n"), []string{"main.go:4:1: syntax error"}},
		{"an unknown import", plugin(t, "package main\n\nimport _ \"example.com/nowhere\"\n\nfunc main() {}\n"), []string{"main.go:3:8: no required module provides package example.com/nowhere"}},
		{"a package for another system", plugin(t, "//go:build linux\n\npackage main\n\nfunc main() {}\n"), []string{"build constraints exclude all Go files"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			output := filepath.Join(t.TempDir(), "plugin.wasm")
			do(t, write(output, "old"))
			_, err := Source(t.Context(), Request{Source: test.dir, Output: output})
			if err == nil {
				t.Fatal("it was built")
			}
			for _, part := range append(test.want, test.dir) {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("the error does not say %q: %v", part, err)
				}
			}
			if kept, err := os.ReadFile(output); err != nil || string(kept) != "old" {
				t.Errorf("the old module became %q, %v", kept, err)
			}
		})
	}
}

func TestGoErrorHasPlaces(t *testing.T) {
	dir := plugin(t, "package main\n\nfunc main() {\n\tundefined1()\n\tundefined2()\n}\n")
	var log strings.Builder
	_, err := Source(t.Context(), Request{Source: dir, Output: filepath.Join(t.TempDir(), "p.wasm"), Log: &log})
	var failed *Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v", err)
	}
	want := []Diagnostic{{"main.go", 4, 2, "undefined: undefined1"}, {"main.go", 5, 2, "undefined: undefined2"}}
	if len(failed.Diagnostics) != 2 || failed.Diagnostics[0] != want[0] || failed.Diagnostics[1] != want[1] {
		t.Errorf("got %+v, want %+v", failed.Diagnostics, want)
	}
	if !strings.Contains(log.String(), "undefined: undefined2") {
		t.Errorf("the log says %q", log.String())
	}
}

func TestGoWithoutToolchain(t *testing.T) {
	dir := plugin(t, answer)
	t.Setenv("PATH", t.TempDir())
	_, err := Source(t.Context(), Request{Source: dir, Output: filepath.Join(t.TempDir(), "p.wasm")})
	if err == nil || !strings.Contains(err.Error(), "install Go 1.24 or later from https://go.dev/dl") {
		t.Errorf("got %v", err)
	}
}

func TestTooOld(t *testing.T) {
	for version, want := range map[string]bool{
		"go1.23.12": true, "go1.9": true, "go1.24": false, "go1.24rc1": false, "go1.26.8": false,
		"devel go1.27-abcdef": false, "go2.0": false,
	} {
		if got := tooOld(version); got != want {
			t.Errorf("tooOld(%q) = %v", version, got)
		}
	}
}

func TestKeepFlags(t *testing.T) {
	for _, test := range []struct {
		name  string
		lists []string
		want  string
	}{
		{"none", []string{"", ""}, "-buildvcs=false"},
		{"from the environment", []string{"-mod=mod -race --tags=a,b", "-mod=vendor"}, "-buildvcs=false -mod=mod --tags=a,b"},
		{"from go env -w", []string{"", "-mod=vendor -trimpath"}, "-buildvcs=false -mod=vendor"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := strings.Join(keepFlags(test.lists...), " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestGoStopsWithItsContext(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	r := Request{
		Source: plugin(t, answer), Output: filepath.Join(t.TempDir(), "p.wasm"),
		CacheDir: t.TempDir(), // cold, so that there is something to interrupt
		Progress: func(Progress) { cancel(reason) },
	}
	if _, err := Source(ctx, r); !errors.Is(err, reason) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(r.Output); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a module: %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("work files are left: %v, %v", left, err)
	}
}

func TestSources(t *testing.T) {
	dir := t.TempDir()
	do(t,
		write(filepath.Join(dir, "plugin/go.mod"), "module example.com/plugin\n\ngo 1.24\n\nrequire example.com/lib v0.0.0\n\nreplace example.com/lib => ../lib\n"),
		write(filepath.Join(dir, "plugin/main.go"), "package main\n\nimport (\n\t_ \"embed\"\n\t_ \"example.com/lib\"\n\t_ \"example.com/plugin/inner\"\n)\n\n//go:embed data/words.txt\nvar words string\n\nfunc main() {}\n"),
		write(filepath.Join(dir, "plugin/data/words.txt"), "x"),
		write(filepath.Join(dir, "plugin/inner/inner.go"), "package inner\n"),
		write(filepath.Join(dir, "plugin/unused/unused.go"), "package unused\n"),
		write(filepath.Join(dir, "lib/go.mod"), "module example.com/lib\n\ngo 1.24\n"),
		write(filepath.Join(dir, "lib/lib.go"), "package lib\n"),
	)
	got, err := Sources(t.Context(), Request{Source: filepath.Join(dir, "plugin")})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"plugin", "plugin/go.mod", "plugin/go.sum", "plugin/inner", "plugin/data/words.txt", "lib", "lib/go.mod"} {
		found := false
		for _, path := range got {
			found = found || path == filepath.Join(dir, want)
		}
		if !found {
			t.Errorf("%s is missing in %q", want, got)
		}
	}
	for _, path := range got {
		if !strings.HasPrefix(path, dir) || strings.Contains(path, "unused") {
			t.Errorf("%s is no source of the plugin", path)
		}
	}
}
