package dev

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/slash"
)

// A liveHost is a host that runs.
type liveHost interface {
	Status() admin.Status
	Ready() (ok bool, reason string)
	Reload(context.Context, admin.ReloadRequest) (admin.ReloadReport, error)
	Declarations() []slash.Declaration
	Done() <-chan struct{} // closed when it has ended by itself
	Close() error          // ends it, and tells why it ended
}

// A startFunc starts a host and returns when its shards are ready. The host
// takes its configuration from load, again at each Reload, and its modules from
// module.
type startFunc func(ctx context.Context, load func() *config.Config, module moduleFunc) (liveHost, error)

// A moduleFunc returns the module of a plugin.
type moduleFunc func(context.Context, config.Plugin) ([]byte, error)

// A studio keeps a host and its plugins' source in line: what is saved is
// built, and what is built is swapped in.
type studio struct {
	load  func() (*config.Config, config.Diagnostics)
	start startFunc
	work  *workshop
	parts func(context.Context, config.Plugin) []string // what else a plugin is made of, outside of its folder
	watch *build.Watchers
	say   *progress
	stats func() simStats

	register func(context.Context, []slash.Declaration) error // slash commands

	mu      sync.Mutex // of what follows; all but the page's state changes on one goroutine
	cfg     *config.Config
	host    liveHost
	draft   string            // why the configuration on disk is not the one in effect
	trouble string            // why no host runs
	swaps   map[string]string // plugin -> why its last build was not taken
}

// configThing is the watch's name for the configuration; plugins cannot be
// called so.
const configThing = "\x00config"

// open loads the configuration and begins to watch it and the plugins.
func (s *studio) open(configs []string) error {
	cfg, diags := s.load()
	if diags.HasErrors() {
		return &ConfigError{diags}
	}
	s.watch.Follow(configThing, build.Place{Paths: absolute(configs), Patterns: []string{"*.hcl", "*.hcl.json"}})
	s.adopt(cfg)
	return nil
}

// premiere builds every plugin and starts the host.
func (s *studio) premiere(ctx context.Context, began time.Time) {
	building, built := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { s.reassure(building) })
	plugins := s.config().Plugins
	good := s.work.make(ctx, plugins)
	built()
	wg.Wait()
	if ctx.Err() != nil {
		return
	}
	s.apply(ctx, good, began)
	s.extend(ctx, plugins)
}

// absolute makes paths absolute; those that cannot be are left out.
func absolute(paths []string) []string {
	var out []string
	for _, p := range paths {
		if a, err := filepath.Abs(p); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// adopt takes a configuration over and watches its plugins.
func (s *studio) adopt(cfg *config.Config) {
	s.mu.Lock()
	var old []config.Plugin
	if s.cfg != nil {
		old = s.cfg.Plugins
	}
	s.cfg, s.draft = cfg, ""
	s.mu.Unlock()
	for _, p := range old {
		if !slices.ContainsFunc(cfg.Plugins, func(now config.Plugin) bool { return now.Name == p.Name }) {
			s.watch.Forget(p.Name)
		}
	}
	for _, p := range cfg.Plugins {
		known := slices.ContainsFunc(old, func(o config.Plugin) bool { return o.Name == p.Name && sourceOf(o) == sourceOf(p) })
		if !known {
			s.watch.Follow(p.Name, placeOf(p, nil))
		}
	}
}

// changed builds what was saved and puts the result into effect.
func (s *studio) changed(ctx context.Context, names []string) {
	began := s.work.now()
	if slices.Contains(names, configThing) {
		cfg, diags := s.load()
		if diags.HasErrors() {
			s.mu.Lock()
			s.draft = fmt.Sprintf("the configuration has %s", count(diags.Errors(), "error"))
			s.mu.Unlock()
			s.say.say("the configuration has %s, the old one stays in effect:\n%s", count(diags.Errors(), "error"), diags)
			return
		}
		s.adopt(cfg)
		for _, p := range cfg.Plugins {
			if b := s.work.state(p.Name); b.module == nil || b.source != sourceOf(p) {
				names = append(names, p.Name)
			}
		}
	}
	var due []config.Plugin
	for _, p := range s.config().Plugins {
		if slices.Contains(names, p.Name) {
			due = append(due, p)
		}
	}
	good := s.work.make(ctx, due)
	s.extend(ctx, due)
	if ctx.Err() != nil || len(good) == 0 && !slices.Contains(names, configThing) {
		return
	}
	s.apply(ctx, good, began)
}

// extend watches what plugins that were built are made of.
func (s *studio) extend(ctx context.Context, plugins []config.Plugin) {
	for _, p := range plugins {
		if parts := s.parts(ctx, p); parts != nil {
			s.watch.Follow(p.Name, placeOf(p, parts))
		}
	}
}

// apply starts the host with what is built, or has the running one take it.
func (s *studio) apply(ctx context.Context, names []string, began time.Time) {
	s.mu.Lock()
	host := s.host
	s.mu.Unlock()
	if host == nil {
		if len(s.built().Plugins) == 0 {
			return // nothing builds yet: the next save may help
		}
		s.launch(ctx, names)
		return
	}
	// New sessions are free here, and are opened beside the old ones: a handler
	// that needs another intent costs nobody an event.
	report, err := host.Reload(ctx, admin.ReloadRequest{AllowIdentify: true})
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		s.blame(names, err)
		s.say.say("not swapped: %s", explain(err))
		return
	}
	s.settle()
	s.declare(ctx, host)
	for _, p := range report.Plugins {
		switch p.Action {
		case admin.ActionUnchanged:
			if slices.Contains(names, p.Name) {
				s.say.say("%s is unchanged", p.Name)
			}
		default:
			s.say.say("%s %s: generation %d, %s after the save, IDENTIFYs spent: %d", p.Name, p.Action, p.To, seconds(s.work.now().Sub(began)), s.stats().Identifies)
		}
	}
	if intents := report.Sessions.Added; report.Sessions.Replaced && len(intents) > 0 {
		s.say.say("new sessions for the intents %s", strings.Join(intents, ", "))
	}
	for _, w := range report.Warnings {
		s.say.say("%s", w)
	}
}

// launch starts the host.
func (s *studio) launch(ctx context.Context, names []string) {
	host, err := s.start(ctx, s.built, s.module)
	switch {
	case err == nil:
		s.mu.Lock()
		s.host = host
		s.mu.Unlock()
		s.settle()
		s.declare(ctx, host)
	case ctx.Err() == nil:
		s.fail("the host does not start")
		s.say.say("the host does not start: %s", explain(err))
		s.blame(names, err)
	}
}

// declare registers the slash commands of the running plugins.
func (s *studio) declare(ctx context.Context, host liveHost) {
	if err := s.register(ctx, host.Declarations()); err != nil && ctx.Err() == nil {
		s.say.say("slash commands are not registered: %v", err)
	}
}

// settle forgets troubles that are over.
func (s *studio) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble, s.swaps = "", nil
}

// serve builds and swaps what is saved until ctx ends or the host does.
func (s *studio) serve(ctx context.Context) error {
	for {
		names, err := s.next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		s.changed(ctx, names)
	}
}

// next waits for a change. It ends with an error when the host has ended.
func (s *studio) next(ctx context.Context) ([]string, error) {
	s.mu.Lock()
	host := s.host
	s.mu.Unlock()
	if host == nil {
		return s.watch.Next(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-host.Done():
			cancel(errHostEnded)
		case <-stop:
		}
	})
	names, err := s.watch.Next(ctx)
	close(stop)
	wg.Wait()
	if errors.Is(context.Cause(ctx), errHostEnded) {
		return nil, errHostEnded // why is told when it is closed
	}
	return names, err
}

// errHostEnded says that the host has ended by itself.
var errHostEnded = errors.New("dev: the host has ended")

// running tells whether a host runs.
func (s *studio) running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.host != nil
}

// reassure tells how long builds are getting on, until ctx ends.
func (s *studio) reassure(ctx context.Context) {
	tick := time.NewTicker(patience)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for _, line := range s.work.underWay() {
				s.say.say("%s", line)
			}
		}
	}
}

// built is the configuration with the plugins that have a module. The host
// does not watch them, because the studio does.
func (s *studio) built() *config.Config {
	cfg := *s.config()
	plugins := cfg.Plugins
	cfg.Plugins = nil
	for _, p := range plugins {
		if s.work.state(p.Name).module != nil {
			p.Reload.Watch = false
			cfg.Plugins = append(cfg.Plugins, p)
		}
	}
	return &cfg
}

// module hands the host what the workshop has built.
func (s *studio) module(_ context.Context, p config.Plugin) ([]byte, error) {
	if module := s.work.state(p.Name).module; module != nil {
		return module, nil
	}
	return nil, fmt.Errorf("plugin %q is not built", p.Name)
}

// config is the configuration on disk, the last one without errors.
func (s *studio) config() *config.Config {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg
}

func (s *studio) fail(trouble string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = trouble
}

// blame notes why builds were not taken.
func (s *studio) blame(names []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.swaps = make(map[string]string)
	for _, name := range names {
		s.swaps[name] = explain(err)
	}
}

// explain is an error's whole text for a person.
func explain(err error) string {
	var refused *admin.Error
	if errors.As(err, &refused) && refused.Text != "" {
		return refused.Text
	}
	return err.Error()
}

// state is what the page shows. It may be called from any goroutine.
func (s *studio) state() state {
	s.mu.Lock()
	o := outlook{builds: s.work.state, trouble: cmp.Or(s.draft, s.trouble), swaps: s.swaps, sim: s.stats()}
	if s.cfg != nil {
		o.plugins = s.cfg.Plugins
	}
	host := s.host
	s.mu.Unlock()
	if host != nil {
		st := host.Status()
		st.Ready, st.Reason = host.Ready()
		o.host = &st
	}
	return o.state(s.work.now())
}

// close ends the host and tells why it ended, if it did so by itself.
func (s *studio) close() error {
	s.mu.Lock()
	host := s.host
	s.mu.Unlock()
	if host == nil {
		return nil
	}
	return host.Close()
}

// sourceOf tells builds of different source apart.
func sourceOf(p config.Plugin) string {
	if p.Build == nil {
		return p.Source
	}
	return strings.Join(append([]string{p.Source, p.Build.Command, p.Build.Output}, p.Build.Watch...), "\x00")
}

// patience is how long a build may be silent before somebody is told that it
// is still alive.
const patience = 3 * time.Second
