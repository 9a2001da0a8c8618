package wasm

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/go-hclog"
	asm "github.com/shardhost/shardhost/abi/conformance/guest"
)

// A cache file that was cut off, by a power cut or a full disk, costs a
// compilation and nothing else.
func TestCutOffCache(t *testing.T) {
	b := asm.New()
	b.Plugin(asm.Plugin{Frame: asm.Seq(asm.I32(1), asm.Drop)})
	module := b.Module()
	dir := t.TempDir()
	load := func() error {
		e, err := NewEngine(Options{CacheDir: dir, Logger: hclog.NewNullLogger()})
		if err != nil {
			return err
		}
		defer func() { _ = e.Close(t.Context()) }()
		m, err := e.Compile(t.Context(), module, ModuleConfig{Name: "p"})
		if err != nil {
			return err
		}
		defer func() { _ = m.Close(t.Context()) }()
		g, err := m.Instantiate(t.Context(), GuestConfig{})
		if err != nil {
			return err
		}
		if err := g.Init([]byte("{}")); err != nil {
			return err
		}
		return g.Close()
	}
	if err := load(); err != nil {
		t.Fatal(err)
	}
	files := func() (paths []string) {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				paths = append(paths, path)
			}
			return nil
		})
		return paths
	}
	made := files()
	if len(made) == 0 {
		t.Fatal("nothing is in the cache")
	}
	for _, file := range made {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for size := range len(whole) {
			if size > 100 && size < len(whole)-20 && size%97 != 0 {
				continue
			}
			if err := os.WriteFile(file, whole[:size], 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second load finds what the first has left
				if err := load(); err != nil {
					t.Fatalf("%s, %d of %d bytes: %v", file, size, len(whole), err)
				}
			}
			if err := os.WriteFile(file, whole, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Nor is a cache that somebody has emptied.
	folders, _ := os.ReadDir(dir)
	for _, d := range folders {
		if !d.IsDir() {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, d.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := load(); err != nil {
		t.Fatalf("after the cache was emptied: %v", err)
	}
}
