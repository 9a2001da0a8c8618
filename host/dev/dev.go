package dev

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/shardhost/shardhost/discordtest"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/slash"
)

// heartbeat is what the simulated Discord asks for: short, so that the page
// soon shows a latency.
const heartbeat = 5 * time.Second

// Run runs until ctx ends, and then returns nil once everything is closed. A
// *ConfigError means that nothing was started; any other error, that it cannot
// go on.
func Run(ctx context.Context, o Options) (err error) {
	o = o.withDefaults()
	began := time.Now()
	feed := &feed{}
	notes := &notebook{feed: feed}
	say := &progress{notes: notes, out: o.Out, color: o.Color}
	data, cache, err := folders()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()

	// The configuration comes before the simulated Discord, because it says how
	// many shards there are; where that one listens is put in below.
	overrides := config.Overrides{Token: "dev", BaseURL: "http://127.0.0.1", DataDir: data}
	load := func() (*config.Config, config.Diagnostics) {
		cfg, diags := config.Load(o.Configs, config.Options{Watch: true, Vars: o.Vars, Overrides: overrides})
		if cfg != nil {
			cfg.Gateway.IdentifyBreaker = 0 // faults are tried out here
		}
		return cfg, diags
	}
	cfg, diags := load()
	if diags.HasErrors() {
		return &ConfigError{diags}
	}
	shards := cfg.Gateway.ShardCount
	if shards == 0 {
		shards = 2 // auto: what the simulated Discord will recommend
	}
	sim, err := discordtest.Start(discordtest.Options{
		Seed: o.Seed, Guilds: o.Guilds, Shards: shards, MaxConcurrency: shards, HeartbeatInterval: heartbeat,
	})
	if err != nil {
		return fmt.Errorf("dev: %w", err)
	}
	defer sim.Close()
	overrides.Token, overrides.BaseURL = sim.Token, sim.REST

	log := hclog.NewInterceptLogger(&hclog.LoggerOptions{Level: hclog.Warn, Output: say, TimeFormat: "15:04:05"})
	log.RegisterSink(notes)
	city, compiler := newCity(sim, shards), &compiler{dir: filepath.Join(cache, "modules")}
	watch := build.NewWatchers(func(name string, err error) { say.say("changes of %s go unnoticed: %v", name, err) })
	defer watch.Close()
	s := &studio{
		load: load, start: starter(log, o.Version, filepath.Join(cache, "machine")), parts: compiler.sources, watch: watch, say: say, stats: city.Stats,
		register: func(ctx context.Context, declared []slash.Declaration) error { return register(ctx, sim, declared) },
		work:     &workshop{build: compiler.build, tell: func(line string) { say.say("%s", line) }, now: time.Now},
	}
	if err := s.open(o.Configs); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()

	listener, err := listen(o.Listen)
	if err != nil {
		return err
	}
	p := &page{
		run: strconv.FormatInt(began.UnixNano(), 36), sim: city, notes: notes, feed: feed, state: s.state,
		try: func() []string { return append(slashNames(sim.AppCommands(0)), suggestions(s.config().Plugins)...) },
	}
	p.open(listener, log)
	defer func() { err = errors.Join(err, p.close()) }()

	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)
	wg.Go(func() {
		if err := city.follow(ctx, feed); err != nil {
			cancel(err)
		}
	})
	say.say("the page is %s; the bot comes online when its plugins are built", p.url())
	s.premiere(ctx, began)
	switch {
	case ctx.Err() != nil:
	case !s.running():
		say.headline("the bot is not online yet; save what is wrong: " + p.url())
	default:
		say.headline(fmt.Sprintf("ready after %s: %s", seconds(time.Since(began)), p.url()))
		say.say("save a plugin's source and its next answer is new; Ctrl-C stops")
		if o.OpenBrowser {
			if err := openBrowser(p.url()); err != nil {
				say.say("no browser could be opened: %v", err)
			}
		}
	}
	if err := s.serve(ctx); err != nil {
		return err
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return nil
}

// folders makes the folder for what lives as long as this run, and the one for
// compiled plugins, which stay.
func folders() (data, cache string, err error) {
	if cache, err = os.UserCacheDir(); err != nil {
		cache = os.TempDir() // no home: a service account, a container
	}
	cache = filepath.Join(cache, "shardhost", "dev")
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return "", "", fmt.Errorf("dev: the cache for compiled plugins: %w", err)
	}
	if data, err = os.MkdirTemp("", "shardhost-dev-"); err != nil {
		return "", "", fmt.Errorf("dev: %w", err)
	}
	return data, cache, nil
}
