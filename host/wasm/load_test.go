package wasm

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkLoad is what a plugin's start costs when its module was compiled
// before: SHARD_GUEST names the module, the Go guest of the tests by default.
func BenchmarkLoad(b *testing.B) {
	module := []byte(nil)
	if file := os.Getenv("SHARD_GUEST"); file != "" {
		var err error
		if module, err = os.ReadFile(file); err != nil {
			b.Fatal(err)
		}
	} else {
		module = goGuest(b)
	}
	dir := filepath.Join(b.TempDir(), "cache")
	load := func() (inspect, compile, start time.Duration) {
		e, err := NewEngine(Options{CacheDir: dir})
		if err != nil {
			b.Fatal(err)
		}
		ctx := context.Background()
		began := time.Now()
		if _, err := Inspect(module); err != nil {
			b.Fatal(err)
		}
		inspect = time.Since(began)
		m, err := e.Compile(ctx, module, ModuleConfig{Name: "load", Functions: testFunctions})
		if err != nil {
			b.Fatal(err)
		}
		compile = time.Since(began) - inspect
		g, err := m.Instantiate(ctx, GuestConfig{Env: &recorder{}})
		if err != nil {
			b.Fatal(err)
		}
		start = time.Since(began) - inspect - compile
		for _, c := range []func() error{g.Close, func() error { return m.Close(ctx) }, func() error { return e.Close(ctx) }} {
			if err := c(); err != nil {
				b.Fatal(err)
			}
		}
		return inspect, compile, start
	}
	_, cold, _ := load()
	var inspect, compile, start time.Duration
	for b.Loop() {
		i, c, s := load()
		inspect, compile, start = inspect+i, compile+c, start+s
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(cold), "cold-ms")
	b.ReportMetric(ms(inspect)/float64(b.N), "inspect-ms")
	b.ReportMetric(ms(compile)/float64(b.N), "compile-ms")
	b.ReportMetric(ms(start)/float64(b.N), "start-ms")
}
