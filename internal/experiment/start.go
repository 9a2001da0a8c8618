package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/wasm"
)

// start starts n plugins, Go guests of which no two are the same module: in a
// host without a cache, in one with a full cache, and by a reload of a host that
// has a plugin under load. It also loads one such guest from the cache, alone.
func start(ctx context.Context, b *bench, o options) (r report, err error) {
	e, err := newWitnessWorld(ctx, b, 0)
	if err != nil {
		return r, err
	}
	defer e.close()
	many, err := e.distinct(o.n)
	if err != nil {
		return r, err
	}
	if err := loadOne(ctx, filepath.Join(b.dir, "witness.wasm"), &r); err != nil {
		return r, err
	}
	witness := e.plugins
	for _, figure := range []string{"cold_s", "warm_s"} {
		e.plugins = witness + many
		began := time.Now()
		if err := e.start(ctx); err != nil {
			return r, e.explain(err)
		}
		r.set(figure, time.Since(began).Seconds())
		if err := e.finish(); err != nil {
			return r, e.explain(err)
		}
	}
	e.plugins = witness
	if err := e.start(ctx); err != nil {
		return r, e.explain(err)
	}
	stop := e.load(ctx, o.rate)
	err = pause(ctx, time.Duration(o.seconds)*time.Second)
	if err == nil {
		e.phase("s")
		if _, err = e.configure(many); err == nil {
			began := time.Now()
			_, err = e.admin.Reload(ctx, admin.ReloadRequest{})
			r.set("reload_s", time.Since(began).Seconds())
		}
		e.phase("c")
	}
	if err == nil {
		err = pause(ctx, time.Duration(o.seconds)*time.Second)
	}
	stop()
	if err == nil {
		err = e.judge(ctx, &r, map[string]string{"s": "p99_ratio"})
	}
	if err != nil {
		return r, e.explain(err)
	}
	return r, e.finish()
}

// distinct writes n modules that differ by a custom section, and returns their
// plugin blocks. They are for guilds that are not there.
func (e *witnessWorld) distinct(n int) (blocks string, err error) {
	module, err := os.ReadFile(filepath.Join(e.b.dir, "witness.wasm"))
	if err != nil {
		return "", err
	}
	for i := range n {
		section := append([]byte{0, 9, 4, 'c', 'o', 'p', 'y'}, binary.LittleEndian.AppendUint32(nil, uint32(i))...)
		file := filepath.Join(e.b.dir, fmt.Sprintf("copy%d.wasm", i))
		if err := os.WriteFile(file, append(module[:len(module):len(module)], section...), 0o600); err != nil {
			return "", err
		}
		blocks += fmt.Sprintf("plugin \"copy%d\" {\n  source = %q\n  filter {\n    guilds = [\"1\"]\n  }\n  grant {\n    discord {\n      allow = [\"POST /channels/*/messages\"]\n    }\n  }\n}\n", i, file)
	}
	return blocks, nil
}

// loadRuns is how often one guest is loaded; the median counts.
const loadRuns = 9

// loadOne measures how long a guest takes from its bytes to its first instance,
// with a full cache on disk, in an engine that has just been opened.
func loadOne(ctx context.Context, file string, r *report) error {
	module, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	dir := filepath.Join(filepath.Dir(file), "loadcache")
	load := func() (time.Duration, error) {
		began := time.Now()
		engine, err := wasm.NewEngine(wasm.Options{CacheDir: dir})
		if err != nil {
			return 0, err
		}
		defer engine.Close(ctx)
		if _, err := wasm.Inspect(module); err != nil {
			return 0, err
		}
		m, err := engine.Compile(ctx, module, wasm.ModuleConfig{Name: "witness", Functions: effect.Functions()})
		if err != nil {
			return 0, err
		}
		defer m.Close(ctx)
		g, err := m.Instantiate(ctx, wasm.GuestConfig{})
		if err != nil {
			return 0, err
		}
		took := time.Since(began)
		return took, g.Close()
	}
	var warm []float64
	for i := range loadRuns + 1 {
		took, err := load()
		if err != nil {
			return err
		}
		if i == 0 {
			r.set("load_cold_ms", took.Milliseconds())
			continue
		}
		warm = append(warm, float64(took.Microseconds())/1000)
	}
	slices.Sort(warm)
	r.set("load_ms", quantile(warm, 0.5))
	return nil
}
