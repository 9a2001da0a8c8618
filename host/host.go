package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/effect"
	"github.com/shardhost/shardhost/host/journal"
	"github.com/shardhost/shardhost/host/metrics"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/host/wasm"
	"github.com/shardhost/shardhost/internal/cachedir"
	"github.com/shardhost/shardhost/internal/fetch"
	"github.com/shardhost/shardhost/internal/rest"
	"github.com/shardhost/shardhost/internal/store"
	"github.com/shardhost/shardhost/internal/trace"
	"github.com/shardhost/shardhost/shard"
)

// Options are what a host takes from its surroundings.
type Options struct {
	Logger hclog.Logger
	// LogSinks let the admin API show the log; nil: it cannot.
	LogSinks LogSinks
	Version  string

	// Load reads the configuration again, for Reload. Nil: Reload is refused.
	Load func() (*config.Config, config.Diagnostics)

	// Module returns a plugin's module; nil: Modules{} reads the file, and
	// builds source where the configuration says so.
	Module func(ctx context.Context, p config.Plugin) ([]byte, error)

	// CacheDir is where compiled machine code is kept; "": DATA_DIR/cache. It is
	// code that the host runs: nobody else may write there.
	CacheDir string

	// Fresh begins new sessions instead of resuming the stored ones.
	Fresh bool

	// OnOpen is called once when everything but the shards is open; nil: nobody
	// wants to know.
	OnOpen func()

	// GuildPatience is that of shard.Options; 0: its default.
	GuildPatience time.Duration

	// Watch reloads when the files of plugins with reload.watch change.
	Watch bool
}

// A Host runs the shards and the plugins of one configuration. It is made by
// New, works from Start to Close and implements admin.Backend.
type Host struct {
	opts    Options
	log     hclog.Logger
	started time.Time

	store   store.Store
	engine  *wasm.Engine
	rest    *rest.Client
	web     *fetch.Client
	journal *journal.Journal
	manager *shard.Manager
	admin   *admin.Server
	metrics *metrics.Server // nil: not served
	tracer  *trace.Tracer   // nil: nothing is traced

	table  table
	taps   plugin.Taps
	logs   journalist
	ledger ledger
	fatal  chan error // holds the first shard's final end

	reloads, refused atomic.Uint64

	files *build.Watchers // nil: nothing is watched

	ctx  context.Context // of the background work
	halt context.CancelFunc
	wg   sync.WaitGroup

	reloading sync.Mutex // one Reload, Enable or Disable at a time

	mu      sync.Mutex
	cfg     *config.Config
	plugins []*plugin.Plugin // in the order of the configuration

	disabled map[string]disabled // by name: plugins of it that do not run
	intents  discord.Intents
}

// New makes a host. Nothing is opened before Start.
func New(cfg *config.Config, opts Options) *Host {
	if opts.Logger == nil {
		opts.Logger = hclog.NewNullLogger()
	}
	if opts.Module == nil {
		modules := &Modules{Dir: filepath.Join(cfg.Host.DataDir, "build"), Log: opts.Logger}
		opts.Module = modules.Module
	}
	if opts.CacheDir == "" {
		opts.CacheDir = filepath.Join(cfg.Host.DataDir, "cache")
	}
	h := &Host{opts: opts, log: opts.Logger, cfg: cfg, disabled: map[string]disabled{}, fatal: make(chan error, 1)}
	h.logs.sinks = opts.LogSinks
	h.ctx, h.halt = context.WithCancel(context.Background())
	return h
}

// Run starts the host and returns when ctx has ended and everything is closed,
// or when it cannot go on: then the error says why.
func (h *Host) Run(ctx context.Context) error {
	if err := h.Start(ctx); err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
			err = nil // it was told to stop before it was ready
		}
		return errors.Join(err, h.Close())
	}
	var fatal error
	select {
	case <-ctx.Done():
	case fatal = <-h.fatal:
	}
	return errors.Join(fatal, h.Close())
}

// Start opens everything: store, plugins, admin API, shards. It returns when
// every shard is ready. After an error Close is due as well.
func (h *Host) Start(ctx context.Context) error {
	h.started = time.Now()
	h.logs.open()
	if err := h.openParts(ctx); err != nil {
		return err
	}
	if err := h.openPlugins(ctx); err != nil {
		return err
	}
	if h.opts.Watch {
		h.files = build.NewWatchers(func(name string, err error) {
			h.log.Error("changes of the plugin go unnoticed", "plugin", name, "error", err)
		})
		h.follow(nil)
		h.wg.Go(h.watch)
	}
	if err := h.openAdmin(); err != nil {
		return err
	}
	if err := h.openMetrics(); err != nil {
		return err
	}
	h.wg.Go(h.sweep)
	if h.opts.OnOpen != nil {
		h.opts.OnOpen()
	}
	if err := h.openShards(ctx); err != nil {
		return err
	}
	debug.FreeOSMemory() // compiling and starting leave much that is never needed again
	h.log.Info("ready", "shards", len(h.bounds()), "plugins", len(h.snapshot()), "intents", h.intents.String(), "took", time.Since(h.started))
	return nil
}

// crashedLately: a host that finds its store written so short a time ago follows
// one that may have made calls until this moment. Every answer is written.
const crashedLately = 3 * time.Second

func (h *Host) openParts(ctx context.Context) (err error) {
	cfg := h.cfg
	path := filepath.Join(cfg.Host.DataDir, "shardhost.db")
	var predecessor time.Time
	if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) < crashedLately {
		predecessor = time.Now()
	}
	h.openTracing()
	if h.store, err = store.OpenFile(path, store.FileOptions{Flush: cfg.Store.Flush}); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if h.engine, err = wasm.NewEngine(wasm.Options{CacheDir: h.opts.CacheDir, Logger: h.log.Named("wasm")}); err != nil {
		return fmt.Errorf("plugin engine: %w", err)
	}
	h.web = fetch.New()
	h.rest, err = rest.New(rest.Options{
		BaseURL: cfg.Discord.API.BaseURL, Token: cfg.Discord.Token.Reveal(), Timeout: cfg.Discord.API.Timeout,
		UserAgent: rest.UserAgent(h.opts.Version), Predecessor: predecessor, Logger: h.log.Named("rest"),
	})
	if err != nil {
		return err
	}
	h.journal = journal.New(h.store, h.log, time.Now)
	return h.recallDisabled(ctx)
}

// openPlugins opens all plugins, several at once: most of the time goes into
// building and compiling.
func (h *Host) openPlugins(ctx context.Context) error {
	cfg, specs := h.cfg, h.enabled(h.cfg)
	for _, spec := range specs { // all hear before the first publishes
		if err := h.journal.Hear(ctx, spec.Name, plugin.Topics(spec)); err != nil {
			return err
		}
	}
	err := h.journal.ForgetCheckpoints(ctx, func(name string) bool {
		return slices.ContainsFunc(cfg.Plugins, func(spec config.Plugin) bool { return spec.Name == name })
	})
	if err != nil {
		return fmt.Errorf("checkpoints of plugins that are no longer configured: %w", err)
	}
	plugins := make([]*plugin.Plugin, len(specs))
	errs := make([]error, len(specs))
	inPool(len(plugins), runtime.GOMAXPROCS(0), func(i int) { plugins[i], errs[i] = h.openPlugin(ctx, specs[i]) })
	for _, p := range plugins {
		if p != nil {
			h.plugins = append(h.plugins, p)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return &PluginError{err}
	}
	intents, err := h.intentsOf(cfg, interests(h.plugins))
	if err != nil {
		return &PluginError{err}
	}
	h.intents = h.withDormant(cfg, intents)
	h.subscribe()
	h.engine.Trim(cachedir.Limit)
	return nil
}

func (h *Host) openPlugin(ctx context.Context, spec config.Plugin) (*plugin.Plugin, error) {
	module, err := h.opts.Module(ctx, spec)
	if err != nil {
		return nil, err
	}
	return plugin.Open(ctx, h.deps(), spec, module)
}

func (h *Host) deps() plugin.Deps {
	return plugin.Deps{
		Engine: h.engine, Journal: h.journal, Store: h.store, Client: h.rest, Web: h.web, Send: h.send,
		Log: h.log, Version: h.opts.Version, Now: time.Now, Changed: h.subscribe, Taps: &h.taps, Tracer: h.tracer,
	}
}

func interests(plugins []*plugin.Plugin) []*plugin.Interest {
	all := make([]*plugin.Interest, len(plugins))
	for i, p := range plugins {
		all[i] = p.Interest()
	}
	return all
}

// intentsOf derives what sessions must identify with.
func (h *Host) intentsOf(cfg *config.Config, all []*plugin.Interest) (discord.Intents, error) {
	var types []discord.EventType
	for _, in := range all {
		subscribed, err := cfg.Discord.Subscription(in.Patterns())
		if err != nil {
			return 0, err
		}
		types = append(types, subscribed...)
	}
	return cfg.Discord.ResolveIntents(types)
}

func (h *Host) openAdmin() error {
	c := h.config().Admin
	server, err := admin.New(admin.Options{
		Listen: c.Listen, Token: c.Token.Reveal(), CertFile: c.Cert, KeyFile: c.Key, UI: c.UI, Logger: h.log.Named("admin"),
	}, h)
	if err != nil {
		return fmt.Errorf("admin API: %w", err)
	}
	h.admin = server
	h.wg.Go(func() {
		if err := server.Serve(); err != nil {
			h.log.Error("admin API ended", "error", err)
		}
	})
	return nil
}

// Admin is the address of the admin API, in the form that admin.Dial takes.
func (h *Host) Admin() string { return h.admin.Addr() }

// sweepEvery is how often expired values are removed.
const sweepEvery = time.Minute

// sweep removes expired values until the host closes.
func (h *Host) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-tick.C:
			if err := h.journal.Sweep(h.ctx, h.space); err != nil && h.ctx.Err() == nil {
				h.log.Error("expired values not removed", "error", err)
			}
		}
	}
}

func (h *Host) config() *config.Config {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.cfg
}

func (h *Host) space(name string) *effect.Space {
	if p := h.plugin(name); p != nil {
		return p.Space()
	}
	return nil
}

func (h *Host) plugin(name string) *plugin.Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.plugins {
		if p.Name() == name {
			return p
		}
	}
	return nil
}

// Close stops everything in the opposite order: shards first, so that no event
// comes after a lane has stopped. Sessions are left alive for the next start.
// It waits for calls under way no longer than host.shutdown_grace.
func (h *Host) Close() error {
	h.halt()
	defer h.logs.close()
	for _, p := range h.snapshot() {
		p.Stop() // or a shard's reader, or a reload, may wait for a lane that waits for the store
	}
	h.reloading.Lock()
	defer h.reloading.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), h.cfg.Host.ShutdownGrace)
	defer cancel()
	var errs []error
	if h.admin != nil {
		errs = append(errs, h.admin.Close())
	}
	if h.metrics != nil {
		errs = append(errs, h.metrics.Close())
	}
	errs = append(errs, h.closeShards())
	var wg sync.WaitGroup
	closed := make([]error, len(h.plugins))
	for i, p := range h.plugins {
		wg.Go(func() { closed[i] = p.Close(ctx) })
	}
	wg.Wait()
	errs = append(errs, closed...)
	h.wg.Wait()
	if h.files != nil {
		h.files.Close()
	}
	if m := h.shards(); m != nil {
		m.Checkpoint(ctx) // with what lanes have finished since the shards closed
	}
	h.tracer.Close(ctx)
	if h.rest != nil {
		h.rest.Close()
	}
	if h.web != nil {
		h.web.Close()
	}
	if h.engine != nil {
		errs = append(errs, h.engine.Close(context.Background()))
	}
	if h.store != nil {
		errs = append(errs, h.store.Close())
	}
	return errors.Join(errs...)
}

// A PluginError says that plugins of the configuration cannot run: somebody
// must change the plugin or the configuration.
type PluginError struct{ err error }

func (e *PluginError) Error() string { return e.err.Error() }
func (e *PluginError) Unwrap() error { return e.err }
