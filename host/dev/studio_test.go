package dev

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/slash"
)

// fakeHost is a host whose plugins are their modules' text.
type fakeHost struct {
	load   func() *config.Config
	module moduleFunc
	refuse error // what Reload says
	done   chan struct{}

	intents []string // that the next Reload needs new sessions for

	mu     sync.Mutex
	status admin.Status
	closed int
}

func (h *fakeHost) Status() admin.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status
}

func (h *fakeHost) Ready() (bool, string) { return true, "" }

func (h *fakeHost) Declarations() []slash.Declaration { return nil }

func (h *fakeHost) Reload(ctx context.Context, req admin.ReloadRequest) (admin.ReloadReport, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse != nil {
		return admin.ReloadReport{}, h.refuse
	}
	var report admin.ReloadReport
	if h.intents != nil && !req.AllowIdentify {
		return admin.ReloadReport{}, &admin.Error{Code: admin.CodeIdentify, Message: "that costs IDENTIFYs"}
	}
	report.Sessions = admin.SessionReload{Replaced: h.intents != nil, Added: h.intents}
	h.intents = nil
	var plugins []admin.Plugin
	for _, p := range h.load().Plugins {
		module, err := h.module(ctx, p)
		if err != nil {
			return admin.ReloadReport{}, err
		}
		now := admin.Plugin{Name: p.Name, Generation: 1, State: "running", SHA256: string(module)}
		action := admin.ActionAdded
		for _, old := range h.status.Plugins {
			if old.Name == p.Name {
				now.Generation, action = old.Generation, admin.ActionUnchanged
				if old.SHA256 != now.SHA256 {
					now.Generation, action = old.Generation+1, admin.ActionSwapped
				}
			}
		}
		plugins = append(plugins, now)
		report.Plugins = append(report.Plugins, admin.PluginReload{Name: p.Name, Action: action, To: now.Generation})
	}
	h.status.Plugins = plugins
	return report, nil
}

func (h *fakeHost) Done() <-chan struct{} { return h.done }

func (h *fakeHost) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed++
	return nil
}

// bench is a studio whose plugins are text files that build to themselves,
// unless they say "broken".
type bench struct {
	*studio
	dir string
	out *transcript

	mu       sync.Mutex
	hosts    []*fakeHost
	startErr error
}

func newBench(t *testing.T, plugins ...string) *bench {
	t.Helper()
	b := &bench{dir: t.TempDir(), out: &transcript{}}
	b.configure(t, plugins...)
	file := filepath.Join(b.dir, "config.hcl")
	say := &progress{out: b.out}
	w := build.NewWatchers(func(name string, err error) { t.Errorf("%s: %v", name, err) })
	t.Cleanup(w.Close)
	b.studio = &studio{
		register: func(context.Context, []slash.Declaration) error { return nil },
		load: func() (*config.Config, config.Diagnostics) {
			return config.Load([]string{file}, config.Options{Overrides: config.Overrides{Token: "t", DataDir: b.dir}})
		},
		start: func(ctx context.Context, load func() *config.Config, module moduleFunc) (liveHost, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.startErr != nil {
				return nil, b.startErr
			}
			h := &fakeHost{load: load, module: module, done: make(chan struct{}), status: admin.Status{Shards: []admin.Shard{{State: "ready"}}}}
			if _, err := h.Reload(ctx, admin.ReloadRequest{}); err != nil {
				return nil, err
			}
			b.hosts = append(b.hosts, h)
			return h, nil
		},
		work: &workshop{
			now: time.Now, tell: func(line string) { say.say("%s", line) },
			build: func(_ context.Context, p config.Plugin, _ func(string)) ([]byte, error) {
				text := read(t, filepath.Join(p.Source, "main.go"))
				if strings.Contains(text, "broken") {
					return nil, errors.New("main.go:1:1: broken")
				}
				return []byte(text), nil
			},
		},
		parts: func(context.Context, config.Plugin) []string { return nil },
		watch: w, say: say, stats: func() simStats { return simStats{Identifies: 2} },
	}
	return b
}

// configure writes a configuration with these plugins, and their source where
// there is none.
func (b *bench) configure(t *testing.T, plugins ...string) {
	t.Helper()
	var text strings.Builder
	text.WriteString("discord {\n  token = env(\"X\")\n}\n")
	for _, name := range plugins {
		text.WriteString("plugin \"" + name + "\" {\n  source = \"./" + name + "\"\n}\n")
		if !exists(filepath.Join(b.dir, name, "main.go")) {
			b.save(t, name, "one")
		}
	}
	write(t, filepath.Join(b.dir, "config.hcl"), text.String())
}

func (b *bench) save(t *testing.T, name, text string) {
	t.Helper()
	write(t, filepath.Join(b.dir, name, "main.go"), text)
}

// begin opens the studio and plays the premiere.
func (b *bench) begin(t *testing.T) {
	t.Helper()
	if err := b.open([]string{filepath.Join(b.dir, "config.hcl")}); err != nil {
		t.Fatal(err)
	}
	b.premiere(t.Context(), time.Now())
}

// host is the host that runs now.
func (b *bench) live(t *testing.T) *fakeHost {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.hosts) == 0 {
		t.Fatalf("no host was started:\n%s", b.out)
	}
	return b.hosts[len(b.hosts)-1]
}

// want fails unless the plugins are as said: name, generation and module.
func (b *bench) want(t *testing.T, plugins ...admin.Plugin) {
	t.Helper()
	got := b.live(t).Status().Plugins
	if len(got) != len(plugins) {
		t.Fatalf("plugins are %+v, want %+v\n%s", got, plugins, b.out)
	}
	for i, p := range plugins {
		p.State = "running"
		if got[i] != p {
			t.Errorf("plugin %d is %+v, want %+v\n%s", i, got[i], p, b.out)
		}
	}
}

func TestStudioSwaps(t *testing.T) {
	b := newBench(t, "ping", "count")
	b.begin(t)
	b.want(t, admin.Plugin{Name: "ping", Generation: 1, SHA256: "one"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})

	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "two"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	if !strings.Contains(b.out.String(), "ping swapped: generation 2") || !strings.Contains(b.out.String(), "IDENTIFYs spent: 2") {
		t.Errorf("the swap was not told:\n%s", b.out)
	}

	b.save(t, "ping", "broken")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "two"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	if st := b.state(); st.Plugins[0].State != "build failed" || st.Plugins[0].Generation != 2 || !strings.Contains(st.Plugins[0].Error, "main.go:1:1") || !st.Ready {
		t.Errorf("after a bad save: %+v", st)
	}

	// Mended, but as it was: nothing is swapped, and the page is content again.
	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "two"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	if st := b.state(); st.Plugins[0].State != "running" || st.Plugins[0].Error != "" {
		t.Errorf("after mending: %+v", st.Plugins[0])
	}
	if !strings.Contains(b.out.String(), "ping is unchanged") {
		t.Errorf("nothing was said of the save:\n%s", b.out)
	}
}

func TestStudioRefused(t *testing.T) {
	b := newBench(t, "ping")
	b.begin(t)
	b.live(t).refuse = &admin.Error{Code: admin.CodeModule, Message: "a plugin cannot run", Text: "config.hcl:4: kv is not granted"}
	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	if st := b.state(); st.Plugins[0].State != "not swapped" || !strings.Contains(st.Plugins[0].Error, "kv is not granted") || st.Plugins[0].Note != "generation 1 goes on working" {
		t.Errorf("the plugin is %+v", st.Plugins[0])
	}
	b.live(t).refuse = nil
	b.save(t, "ping", "three")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "three"})
}

// A plugin that wants new intents needs new sessions: in dev they are free.
func TestStudioAllowsNewSessions(t *testing.T) {
	b := newBench(t, "ping")
	b.begin(t)
	first := b.live(t)
	first.intents = []string{"GUILD_MEMBERS"}
	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	if first.closed != 0 || b.live(t) != first {
		t.Fatalf("the host was started again\n%s", b.out)
	}
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "two"})
	if !strings.Contains(b.out.String(), "new sessions for the intents GUILD_MEMBERS") {
		t.Errorf("nothing was said of the sessions:\n%s", b.out)
	}
}

// A plugin that does not build must not keep the others from starting.
func TestStudioStartsWithWhatBuilds(t *testing.T) {
	b := newBench(t, "ping", "count")
	b.save(t, "ping", "broken")
	b.save(t, "count", "broken")
	b.begin(t)
	if b.running() {
		t.Fatal("a host without plugins was started")
	}
	if st := b.state(); st.Tone != toneBad || st.Ready {
		t.Errorf("state is %+v", st)
	}
	b.save(t, "count", "one")
	b.changed(t.Context(), []string{"count"})
	b.want(t, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	b.save(t, "ping", "one")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 1, SHA256: "one"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
}

func TestStudioHostDoesNotStart(t *testing.T) {
	b := newBench(t, "ping")
	b.startErr = errors.New("ping traps in init")
	b.begin(t)
	if st := b.state(); st.Phase != "the host does not start" || st.Tone != toneBad || !strings.Contains(st.Plugins[0].Error, "traps in init") {
		t.Errorf("state is %+v", st)
	}
	b.startErr = nil
	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 1, SHA256: "two"})
	if st := b.state(); !st.Ready || st.Tone != toneGood {
		t.Errorf("state is %+v", st)
	}
}

func TestStudioConfiguration(t *testing.T) {
	b := newBench(t, "ping")
	b.begin(t)
	b.configure(t, "ping", "count")
	b.changed(t.Context(), []string{configThing})
	b.want(t, admin.Plugin{Name: "ping", Generation: 1, SHA256: "one"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})

	write(t, filepath.Join(b.dir, "config.hcl"), "discord {")
	b.changed(t.Context(), []string{configThing})
	if st := b.state(); st.Tone != toneBad || !strings.Contains(st.Phase, "the configuration has") || len(st.Plugins) != 2 || !st.Ready {
		t.Errorf("with a broken configuration: %+v", st)
	}
	b.want(t, admin.Plugin{Name: "ping", Generation: 1, SHA256: "one"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})

	// A save of a plugin works, but does not hide that.
	b.save(t, "ping", "two")
	b.changed(t.Context(), []string{"ping"})
	b.want(t, admin.Plugin{Name: "ping", Generation: 2, SHA256: "two"}, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	if st := b.state(); st.Tone != toneBad {
		t.Errorf("with a broken configuration, after a save: %+v", st)
	}

	b.configure(t, "count")
	b.changed(t.Context(), []string{configThing})
	b.want(t, admin.Plugin{Name: "count", Generation: 1, SHA256: "one"})
	if st := b.state(); st.Tone != toneGood {
		t.Errorf("with a mended configuration: %+v", st)
	}
}

func TestStudioServe(t *testing.T) {
	b := newBench(t, "ping")
	b.begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- b.serve(ctx) }()
	n := 0
	within(t, 20*time.Second, "a save was swapped", func() bool {
		if n++; n%100 == 1 { // the watch may not look yet
			b.save(t, "ping", strings.Repeat("x", n))
		}
		return b.live(t).Status().Plugins[0].Generation > 1
	})
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// A host that ends by itself ends the command.
func TestStudioHostEnds(t *testing.T) {
	b := newBench(t, "ping")
	b.begin(t)
	served := make(chan error, 1)
	go func() { served <- b.serve(t.Context()) }()
	close(b.live(t).done)
	if err := <-served; !errors.Is(err, errHostEnded) {
		t.Errorf("got %v", err)
	}
	if err := b.close(); err != nil || b.live(t).closed != 1 {
		t.Errorf("closed %d times: %v", b.live(t).closed, err)
	}
}
