package examples_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/wasm"
)

// host is the other end of the contract, as small as it can be: it keeps keys
// and values and notes everything else as a line of text.
type host struct {
	values   map[string]string
	versions map[string]uint64
	timers   map[uint64]string
	tags     []uint64 // of REST calls
	notes    []string
	failed   string
}

func (h *host) note(format string, args ...any) {
	h.notes = append(h.notes, fmt.Sprintf(format, args...))
}

// take returns the notes and begins anew.
func (h *host) take() []string {
	notes := h.notes
	h.notes = nil
	return notes
}

func (h *host) functions() map[string]wasm.HostFunc {
	i32 := func(v uint64) int32 { return int32(v) } // the upper half is not the guest's
	text := func(g *wasm.Guest, p []uint64, i int) string { return string(g.Bytes(uint32(p[i]), uint32(p[i+1]))) }
	code := func(f func(g *wasm.Guest, p []uint64) int64) wasm.HostFunc {
		return func(g *wasm.Guest, p []uint64) { p[0] = uint64(f(g, p)) }
	}
	put := func(key, value string, ttl uint64) int64 {
		h.values[key] = value
		h.versions[key]++
		if ttl != 0 {
			h.note("%s for %d ms", key, ttl)
		}
		return 0
	}
	return map[string]wasm.HostFunc{
		"log": code(func(g *wasm.Guest, p []uint64) int64 {
			h.note("log %d %s", i32(p[0]), text(g, p, 1))
			return 0
		}),
		"log_level": code(func(*wasm.Guest, []uint64) int64 { return int64(abi.LogInfo) }),
		"done": code(func(_ *wasm.Guest, p []uint64) int64 {
			h.note("done %d", i32(p[0]))
			return 0
		}),
		"fail": code(func(g *wasm.Guest, p []uint64) int64 {
			h.failed = text(g, p, 0)
			return 0
		}),
		"metric": code(func(g *wasm.Guest, p []uint64) int64 {
			h.note("metric %s %d %x", text(g, p, 0), i32(p[2]), p[3])
			return 0
		}),
		"rest": code(func(g *wasm.Guest, p []uint64) int64 {
			document := text(g, p, 1)
			if !json.Valid([]byte(document)) {
				return int64(abi.Invalid)
			}
			if p[0] != 0 {
				h.tags = append(h.tags, p[0])
			}
			h.note("rest %s", document)
			return 0
		}),
		"timer": code(func(_ *wasm.Guest, p []uint64) int64 {
			h.timers[p[0]] = fmt.Sprintf("%d/%d", p[1], p[2])
			return 0
		}),
		"timer_off": code(func(_ *wasm.Guest, p []uint64) int64 {
			delete(h.timers, p[0])
			return 0
		}),
		"kv_get": code(func(g *wasm.Guest, p []uint64) int64 {
			value, ok := h.values[text(g, p, 0)]
			if !ok {
				return int64(abi.NotFound)
			}
			copy(g.Bytes(uint32(p[2]), uint32(p[3])), value)
			return int64(len(value))
		}),
		"kv_put": code(func(g *wasm.Guest, p []uint64) int64 { return put(text(g, p, 0), text(g, p, 2), p[4]) }),
		"kv_version": code(func(g *wasm.Guest, p []uint64) int64 {
			key := text(g, p, 0)
			if _, ok := h.values[key]; !ok {
				return int64(abi.NotFound)
			}
			return int64(h.versions[key])
		}),
		"kv_cas": code(func(g *wasm.Guest, p []uint64) int64 {
			key := text(g, p, 0)
			if h.versions[key] != p[2] {
				return int64(abi.Exists)
			}
			return put(key, text(g, p, 3), p[5])
		}),
		"kv_del": code(func(g *wasm.Guest, p []uint64) int64 {
			delete(h.values, text(g, p, 0))
			return 0
		}),
		"kv_add": code(func(g *wasm.Guest, p []uint64) int64 {
			key := text(g, p, 0)
			n, _ := strconv.ParseInt(h.values[key], 10, 64)
			n += int64(p[2])
			h.values[key] = strconv.FormatInt(n, 10)
			binary.LittleEndian.PutUint64(g.Bytes(uint32(p[3]), 8), uint64(n))
			return 0
		}),
		"kv_list": code(func(g *wasm.Guest, p []uint64) int64 {
			prefix, after, buf := text(g, p, 0), text(g, p, 2), g.Bytes(uint32(p[4]), uint32(p[5]))
			for _, key := range slices.Sorted(maps.Keys(h.values)) {
				if key > after && strings.HasPrefix(key, prefix) { // one an answer
					binary.LittleEndian.PutUint32(buf, uint32(len(key)))
					return int64(4 + copy(buf[4:], key))
				}
			}
			return 0
		}),
		"publish": code(func(g *wasm.Guest, p []uint64) int64 {
			h.note("publish %s %s", text(g, p, 0), text(g, p, 2))
			return 0
		}),
		"state_write": code(func(g *wasm.Guest, p []uint64) int64 {
			h.note("state %d %s", i32(p[0]), text(g, p, 1))
			return 0
		}),
		"gateway": code(func(g *wasm.Guest, p []uint64) int64 {
			h.note("gateway %d %d %s", i32(p[0]), i32(p[1]), text(g, p, 2))
			return 0
		}),
	}
}

// module builds a plugin and returns its file.
func module(t testing.TB, dir string) string {
	t.Helper()
	output := filepath.Join(t.TempDir(), "plugin.wasm")
	r, err := build.Source(t.Context(), build.Request{Source: dir, Output: output})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d bytes in %v", dir, r.Size, r.Duration)
	return output
}

// guest is a plugin that runs as a module.
type guest struct {
	*wasm.Guest
	t    testing.TB
	host *host
}

// compiled is a module and the host that its instances speak to.
type compiled struct {
	*wasm.Module
	host *host
}

// compile builds and compiles a plugin, which takes seconds.
func compile(t testing.TB, dir string) compiled {
	t.Helper()
	h := &host{values: map[string]string{}, versions: map[string]uint64{}, timers: map[uint64]string{}}
	text, err := os.ReadFile(module(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := wasm.NewEngine(wasm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	m, err := engine.Compile(t.Context(), text, wasm.ModuleConfig{Name: filepath.Base(dir), Functions: h.functions()})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: compiled in %v", dir, time.Since(begin))
	t.Cleanup(func() {
		if err := m.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := engine.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return compiled{m, h}
}

func run(t testing.TB, m compiled) *guest {
	t.Helper()
	g, err := m.Instantiate(t.Context(), wasm.GuestConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return &guest{g, t, m.host}
}

func (g *guest) init(document string) {
	g.t.Helper()
	if err := g.Init([]byte(document)); err != nil {
		g.t.Fatalf("%v: %s", err, g.host.failed)
	}
}

const document = `{"abi":"1.0","host":"test","plugin":"x","generation":1,"lane":0,"lanes":1,"config":{},"secrets":{},"grants":[]}`

// give hands frames over as one batch.
func (g *guest) give(frames ...abi.Frame) (int32, error) {
	g.t.Helper()
	var batch []byte
	for _, f := range frames {
		batch = f.Append(batch)
	}
	buffer, err := g.Buffer(len(batch))
	if err != nil {
		g.t.Fatal(err)
	}
	copy(buffer, batch)
	g.host.failed = ""
	return g.Batch(len(batch), len(frames), 5*time.Second)
}

// must hands frames over and demands success.
func (g *guest) must(frames ...abi.Frame) {
	g.t.Helper()
	if result, err := g.give(frames...); err != nil || result != 0 {
		g.t.Fatalf("result %d, %v: %s", result, err, g.host.failed)
	}
}

func event(name, data string) abi.Frame {
	return abi.Frame{Kind: abi.KindEvent, Event: abi.UnknownEvent, Name: []byte(name), Body: []byte(data)}
}

func message(content string) abi.Frame {
	return event("MESSAGE_CREATE", `{"type":0,"id":"11","channel_id":"22","guild_id":"33","content":"`+content+
		`","author":{"id":"44","username":"ada","avatar":null},"mentions":[],"embeds":[],"flags":0}`)
}
