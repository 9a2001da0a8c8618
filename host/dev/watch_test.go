package dev

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// write makes a file with all folders above it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWatch(t *testing.T) {
	root := t.TempDir()
	at := func(p string) string { return filepath.Join(root, p) }
	for _, p := range []string{"ping/main.go", "ping/text/en.txt", "ping/.git/index", "count/main.go", "config.hcl", "other.hcl"} {
		write(t, at(p), "1")
	}
	for _, c := range []struct {
		name   string
		change func()
		want   []string // nil: nothing is told
	}{
		{"a file is written", func() { write(t, at("ping/main.go"), "2") }, []string{"ping"}},
		{"below a folder", func() { write(t, at("ping/text/en.txt"), "2") }, []string{"ping"}},
		{"a file is replaced, as editors do", func() {
			write(t, at("ping/main.go.new"), "3")
			if err := os.Rename(at("ping/main.go.new"), at("ping/main.go")); err != nil {
				t.Fatal(err)
			}
		}, []string{"ping"}},
		{"a file is removed", func() { _ = os.Remove(at("ping/text/en.txt")) }, []string{"ping"}},
		{"a folder is made", func() { write(t, at("count/deep/er/x.go"), "1") }, []string{"count"}},
		{"two at once", func() { write(t, at("ping/main.go"), "4"); write(t, at("count/main.go"), "4") }, []string{"count", "ping"}},
		{"the configuration", func() { write(t, at("config.hcl"), "2") }, []string{"config"}},
		{"not followed", func() { write(t, at("other.hcl"), "2") }, nil},
		{"hidden", func() { write(t, at("ping/.git/index"), "2") }, nil},
		{"an editor's spare copy", func() { write(t, at("ping/main.go~"), "2"); write(t, at("ping/.main.go.swp"), "2") }, nil},
		{"what does not match", func() { write(t, at("ping/ping.wasm"), "2") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := newWatch()
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			source := func(path string) bool { return filepath.Ext(path) != ".wasm" }
			for name, err := range map[string]error{
				"ping": w.follow("ping", source, at("ping")), "count": w.follow("count", nil, at("count")),
				"gone": w.follow("gone", nil, at("gone")), "config": w.follow("config", nil, at("config.hcl")),
			} {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			w.forget("gone")
			c.change()
			if c.want == nil {
				// What comes after is told alone: the silent change went before it.
				write(t, at("config.hcl"), "3")
				c.want = []string{"config"}
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			got, err := w.next(ctx)
			if err != nil || !slices.Equal(got, c.want) {
				t.Fatalf("told %v, %v; want %v", got, err, c.want)
			}
		})
	}
}

// A folder that is made later is followed from then on.
func TestWatchNewFolder(t *testing.T) {
	root := t.TempDir()
	w, err := newWatch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.follow("p", nil, root); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for _, file := range []string{"sub/a.go", "sub/a.go", "sub/deeper/b.go"} {
		write(t, filepath.Join(root, file), "1")
		if got, err := w.next(ctx); err != nil || !slices.Equal(got, []string{"p"}) {
			t.Fatalf("%s: told %v, %v", file, got, err)
		}
	}
}

// Source behind a symbolic link is watched where it really is.
func TestWatchLink(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "real", "main.go"), "1")
	link := filepath.Join(root, "link")
	if err := os.Symlink(filepath.Join(root, "real"), link); err != nil {
		t.Fatal(err)
	}
	w, err := newWatch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	if err := w.follow("p", nil, link); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(root, "real", "main.go"), "2")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if got, err := w.next(ctx); err != nil || !slices.Equal(got, []string{"p"}) {
		t.Fatalf("told %v, %v", got, err)
	}
}

func TestWatchEnds(t *testing.T) {
	w, err := newWatch()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := w.close(); err != nil {
		t.Error(err)
	}
	if _, err := w.next(t.Context()); err == nil {
		t.Error("a closed watch goes on")
	}
}
