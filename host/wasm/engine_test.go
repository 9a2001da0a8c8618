package wasm

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/host/wasm/meter"
)

func TestEngineRefusesSharedCacheDir(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := NewEngine(Options{CacheDir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("got %v, want advice to chmod", err)
	}
}

func TestEngineCloseWaitsForItsModules(t *testing.T) {
	e, err := NewEngine(Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	m, err := e.Compile(ctx, conformance.Silent(), ModuleConfig{Name: "silent", Functions: testFunctions})
	if err != nil {
		t.Fatal(err)
	}
	g, err := m.Instantiate(ctx, GuestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Close(ctx); err == nil {
		t.Error("a module with an open instance was closed")
	}
	if err := e.Close(ctx); err == nil {
		t.Error("an engine with an open module was closed")
	}
	for _, c := range []func() error{g.Close, g.Close, func() error { return m.Close(ctx) }, func() error { return m.Close(ctx) }, func() error { return e.Close(ctx) }, func() error { return e.Close(ctx) }} {
		if err := c(); err != nil {
			t.Error(err)
		}
	}
	if _, err := e.Compile(ctx, conformance.Silent(), ModuleConfig{Name: "late", Functions: testFunctions}); err == nil {
		t.Error("a closed engine compiled a module")
	}
	var none *Guest
	if err := none.Close(); err != nil {
		t.Error(err)
	}
	var noModule *Module
	if err := noModule.Close(ctx); err != nil {
		t.Error(err)
	}
}

func TestEngineCompilesTheSameModuleFromManySides(t *testing.T) {
	e := newEngine(t, Options{CacheDir: filepath.Join(t.TempDir(), "cache")})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			m, err := e.Compile(context.Background(), conformance.Echo(), ModuleConfig{Name: "echo", Functions: testFunctions})
			if err != nil {
				t.Error(err)
				return
			}
			g, err := m.Instantiate(context.Background(), GuestConfig{Env: &recorder{}})
			if err != nil {
				t.Error(err)
			} else if code, err := batch(g, time.Second, "x"); code != 0 || err != nil {
				t.Errorf("answered %d, %v", code, err)
			}
			if err := g.Close(); err != nil {
				t.Error(err)
			}
			if err := m.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestEngineStopsCompilingWhenAskedTo(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := newEngine(t, Options{}).Compile(ctx, conformance.Echo(), ModuleConfig{Name: "echo"}); err == nil {
		t.Error("a cancelled context compiled a module")
	}
}

// TestMeteredFormIsCached damages the cache in the ways a crash or a person may.
func TestMeteredFormIsCached(t *testing.T) {
	dir := t.TempDir()
	e := newEngine(t, Options{})
	want, err := e.metered(conformance.Echo(), meter.Options{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, meteredName)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("nothing was kept: %v", err)
	}
	if artifactName(conformance.Echo(), meter.Options{}) == artifactName(conformance.Echo(), meter.Options{Stack: 1}) {
		t.Error("other options have the same name")
	}
	for _, c := range []struct {
		name string
		file []byte
	}{
		{"whole", whole},
		{"empty", nil},
		{"cut", whole[:len(whole)-3]},
		{"damaged", bytes.Replace(whole, []byte("shard_meter"), []byte("shard_metre"), 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(file, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := e.metered(conformance.Echo(), meter.Options{}, dir)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("another module came back: %v", err)
			}
		})
	}
}

// TestMeterVersion fails when rewriting changes: then raise meter.Version, which
// caches are keyed by, and put the new digest here.
func TestMeterVersion(t *testing.T) {
	const version, digest = "3", "cfb00e038c0da799"
	e := newEngine(t, Options{})
	h := sha256.New()
	for _, b := range [][]byte{conformance.Echo(), conformance.Poison('!'), conformance.Counter("k"), conformance.Timer(1, 2), conformance.Spin()} {
		out, err := e.metered(b, meter.Options{}, "")
		if err != nil {
			t.Fatal(err)
		}
		h.Write(out)
	}
	if got := hex.EncodeToString(h.Sum(nil))[:16]; got != digest || meter.Version != version {
		t.Errorf("version %s gives %s, want %s of version %s", meter.Version, got, digest, version)
	}
}
