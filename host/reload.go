package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"time"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/cachedir"
)

// change is what a reload does with one plugin.
type change struct {
	report   admin.PluginReload
	running  *plugin.Plugin   // nil: added
	prepared *plugin.Prepared // nil: unchanged, added or removed
	added    *plugin.Plugin
}

// Reload reads the configuration again and puts it into effect, all or nothing:
// every plugin is prepared beside the running ones before the first is swapped.
func (h *Host) Reload(ctx context.Context, req admin.ReloadRequest) (admin.ReloadReport, error) {
	report, err := h.reload(ctx, req)
	switch {
	case err != nil:
		h.refused.Add(1)
	case !req.DryRun:
		h.reloads.Add(1)
	}
	return report, err
}

func (h *Host) reload(ctx context.Context, req admin.ReloadRequest) (admin.ReloadReport, error) {
	ctx, over, err := h.change(ctx)
	if err != nil {
		return admin.ReloadReport{}, err
	}
	defer over()
	defer h.engine.Trim(cachedir.Limit)
	began := time.Now()
	if h.opts.Load == nil {
		return admin.ReloadReport{}, &admin.Error{Code: admin.CodeFailed, Message: "this host was started without a configuration file"}
	}
	cfg, diags := h.opts.Load()
	if cfg == nil {
		return admin.ReloadReport{}, configError(diags)
	}
	if err := h.forcible(cfg, req.Force); err != nil {
		return admin.ReloadReport{}, err
	}
	changes, sessions, err := h.prepare(ctx, cfg, req)
	report := admin.ReloadReport{DryRun: req.DryRun, Warnings: h.warnings(cfg)}
	for _, c := range changes {
		if c.prepared != nil && c.prepared.Warning() != "" {
			report.Warnings = append(report.Warnings, c.prepared.Warning())
		}
	}
	if err == nil {
		describe(&report, changes, sessions)
	}
	if err == nil && !req.DryRun {
		if err = agreed(req, report); err == nil {
			err = sessions.permit(req.AllowIdentify, "reload")
		}
		if err == nil {
			err = h.replaceSessions(ctx, sessions)
		}
		if err == nil {
			err = h.apply(ctx, cfg, changes)
		}
	}
	if err != nil || req.DryRun {
		h.discard(changes)
	}
	if err != nil {
		return admin.ReloadReport{}, err
	}
	report.Plugins = nil
	for _, c := range changes {
		report.Plugins = append(report.Plugins, c.report)
		if c.report.Action == admin.ActionUnchanged {
			report.Warnings = append(report.Warnings, rejected(c.running)...)
		}
	}
	report.DurationMS = milliseconds(time.Since(began))
	if req.DryRun {
		h.log.Debug("reload planned", "changes", report.Changed, "plan", report.Plan, "took", time.Since(began))
	} else {
		h.log.Info("configuration reloaded", "changed", report.Changed, "plan", report.Plan, "took", time.Since(began))
	}
	return report, nil
}

// change begins a change of what runs; over ends it. Only one is under way at a
// time. Its context ends with the host, which waits for it.
func (h *Host) change(ctx context.Context) (_ context.Context, over func(), err error) {
	if !h.reloading.TryLock() {
		return nil, nil, &admin.Error{Code: admin.CodeBusy, Message: "another reload is under way: wait for it"}
	}
	if h.ctx.Err() != nil {
		h.reloading.Unlock()
		return nil, nil, errStopping
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(h.ctx, func() { cancel(errStopping) })
	return ctx, func() {
		stop()
		cancel(nil)
		h.reloading.Unlock()
	}, nil
}

var errStopping = &admin.Error{Code: admin.CodeFailed, Message: "the host is stopping"}

// forcible refuses names of which no new generation can be made.
func (h *Host) forcible(cfg *config.Config, names []string) error {
	for _, name := range names {
		if _, disabled := h.isDisabled(name); disabled {
			return h.absent(name)
		}
		if !slices.ContainsFunc(cfg.Plugins, func(spec config.Plugin) bool { return spec.Name == name }) {
			return &admin.Error{Code: admin.CodeNotFound, Message: fmt.Sprintf("the configuration has no plugin %q to force; nothing was changed", name)}
		}
	}
	return nil
}

// describe fills in what a reload is to do.
func describe(report *admin.ReloadReport, changes []*change, sessions *sessionChange) {
	for _, c := range changes {
		report.Plugins = append(report.Plugins, c.report)
		report.Changed = report.Changed || c.report.Action != admin.ActionUnchanged && c.report.Action != admin.ActionDisabled
	}
	report.Sessions, report.Identifies = sessions.report, sessions.identifies
	report.Changed = report.Changed || sessions.report.Replaced || sessions.report.Taken != nil || sessions.report.GivenAway != nil
	report.Plan = planName(report)
}

// agreed refuses a reload that is not the one that was looked at.
func agreed(req admin.ReloadRequest, report admin.ReloadReport) error {
	switch {
	case req.Plan == "" || req.Plan == report.Plan:
		return nil
	case !report.Changed:
		return &admin.Error{Code: admin.CodeFailed, Message: fmt.Sprintf("plan %s was carried out already, or has nothing to do any more: a reload would change nothing", req.Plan)}
	}
	return &admin.Error{Code: admin.CodeFailed, Message: fmt.Sprintf(
		"what is to be done is no longer plan %s but %s: look at it again with `shardhost plan`; nothing was changed", req.Plan, report.Plan)}
}

func configError(diags config.Diagnostics) *admin.Error {
	doc, err := json.Marshal(diags)
	if err != nil {
		doc = nil
	}
	return &admin.Error{
		Code: admin.CodeConfig, Message: fmt.Sprintf("the configuration has %d errors; nothing was changed", diags.Errors()),
		Text: diags.String(), Diagnostics: doc,
	}
}

// prepare works out what changes and makes the new generations. What it returns
// is to be applied or discarded, also when there is an error.
func (h *Host) prepare(ctx context.Context, cfg *config.Config, req admin.ReloadRequest) ([]*change, *sessionChange, error) {
	changes := make([]*change, len(cfg.Plugins))
	errs := make([]error, len(cfg.Plugins))
	for i, spec := range cfg.Plugins {
		changes[i] = &change{running: h.plugin(spec.Name), report: admin.PluginReload{Name: spec.Name, Action: admin.ActionUnchanged}}
	}
	inPool(len(changes), runtime.GOMAXPROCS(0)/2, func(i int) {
		spec := cfg.Plugins[i]
		if _, disabled := h.isDisabled(spec.Name); disabled {
			changes[i].report.Action = admin.ActionDisabled
			return
		}
		errs[i] = h.prepareOne(ctx, changes[i], spec, slices.Contains(req.Force, spec.Name))
	})
	for _, p := range h.snapshot() {
		if !slices.ContainsFunc(cfg.Plugins, func(spec config.Plugin) bool { return spec.Name == p.Name() }) {
			changes = append(changes, &change{running: p, report: admin.PluginReload{
				Name: p.Name(), Action: admin.ActionRemoved, From: uint64(p.Status().Generation),
			}})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return changes, nil, &admin.Error{Code: admin.CodeModule, Message: "a plugin cannot run; nothing was changed", Text: err.Error()}
	}
	sessions, err := h.planSessions(cfg, changes)
	return changes, sessions, err
}

func (h *Host) prepareOne(ctx context.Context, c *change, spec config.Plugin, force bool) error {
	module, err := h.opts.Module(ctx, spec)
	if err != nil {
		return err
	}
	if c.running == nil {
		c.added, err = plugin.Open(ctx, h.deps(), spec, module)
		if err == nil {
			s := c.added.Status()
			c.report.Action, c.report.To, c.report.SHA256 = admin.ActionAdded, uint64(s.Generation), s.SHA256
		}
		return err
	}
	now := c.running.Status()
	c.report.From, c.report.To, c.report.SHA256 = uint64(now.Generation), uint64(now.Generation), now.SHA256
	c.prepared, err = c.running.Prepare(ctx, spec, module, force)
	if c.prepared != nil {
		c.report.Action, c.report.Changes = admin.ActionSwapped, c.prepared.Changes()
		c.report.To, c.report.SHA256 = uint64(c.prepared.Generation()), c.prepared.SHA256()
	}
	return err
}

// warnings names what a reload leaves as it is.
func (h *Host) warnings(cfg *config.Config) []string {
	old := h.config()
	var w []string
	for name, same := range map[string]bool{
		"host":    old.Host == cfg.Host,
		"log":     reflect.DeepEqual(old.Log, cfg.Log),
		"discord": sameDiscord(old.Discord, cfg.Discord),
		"gateway": sameGateway(old.Gateway, cfg.Gateway),
		"admin":   sameAdmin(old.Admin, cfg.Admin),
		"metrics": old.Metrics == cfg.Metrics,
		"tracing": sameTracing(old.Tracing, cfg.Tracing),
		"store":   old.Store == cfg.Store,
	} {
		if !same {
			w = append(w, fmt.Sprintf("the block %s has changed: that takes effect at the next start", name))
		}
	}
	slices.Sort(w)
	return w
}

func sameDiscord(a, b config.Discord) bool {
	same := a.Token.Equal(b.Token)
	a.Token, b.Token = config.Secret{}, config.Secret{}
	a.At, b.At = config.Location{}, config.Location{}
	// What these change is in the plan of the sessions.
	a.Intents, a.IntentsAuto, a.AllowPrivileged = b.Intents, b.IntentsAuto, b.AllowPrivileged
	return same && reflect.DeepEqual(a, b)
}

func sameAdmin(a, b config.Admin) bool {
	same := a.Token.Equal(b.Token)
	a.Token, b.Token = config.Secret{}, config.Secret{}
	return same && a == b
}

func sameTracing(a, b config.Tracing) bool {
	same := maps.EqualFunc(a.Headers, b.Headers, config.Secret.Equal)
	a.Headers, b.Headers = nil, nil
	return same && reflect.DeepEqual(a, b)
}

func sameGateway(a, b config.Gateway) bool {
	a.At, b.At = config.Location{}, config.Location{}
	a.ShardIDs = b.ShardIDs // in the plan of the sessions
	if b.ShardCount != 0 {
		a.ShardCount = b.ShardCount
	}
	return reflect.DeepEqual(a, b)
}

// rejected is a warning when a plugin stays as it is because what the
// configuration asks for had to go back.
func rejected(p *plugin.Plugin) []string {
	b := p.Rejected()
	if b == nil {
		return nil
	}
	return []string{fmt.Sprintf("plugin %q stays at generation %d: generation %d had to go back (%s); it is tried again when its module or configuration changes, or with --force %s",
		p.Name(), b.To, b.Generation, b.Reason, p.Name())}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// subscribe gives events to who wants them now.
func (h *Host) subscribe() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.table.set(h.plugins)
}

// apply swaps. From here on nothing fails but by the host's own end.
func (h *Host) apply(ctx context.Context, cfg *config.Config, changes []*change) error {
	ctx = context.WithoutCancel(ctx)
	var plugins, removed []*plugin.Plugin
	for _, c := range changes {
		switch {
		case c.report.Action == admin.ActionDisabled:
			continue
		case c.report.Action == admin.ActionRemoved:
			removed = append(removed, c.running)
			continue
		case c.added != nil:
			plugins = append(plugins, c.added)
			c.added.Resumed()
			c.added = nil
			continue
		case c.prepared != nil:
			pause, err := c.running.Swap(ctx, c.prepared)
			c.prepared = nil // swapped, or discarded by Swap
			if back, ok := errors.AsType[*plugin.RolledBackError](err); ok {
				c.report.Action, c.report.To, c.report.Reason = admin.ActionRolledBack, uint64(c.running.Status().Generation), back.Reason.Error()
			} else if err != nil {
				return fmt.Errorf("plugin %q: %w", c.report.Name, err)
			}
			c.report.PauseMS = milliseconds(pause)
		}
		plugins = append(plugins, c.running)
	}
	h.mu.Lock()
	h.plugins = plugins
	running, before := *h.cfg, h.cfg.Plugins
	// What else has changed takes effect at the next start.
	running.Plugins = cfg.Plugins
	running.Discord.Intents, running.Discord.IntentsAuto, running.Discord.AllowPrivileged = cfg.Discord.Intents, cfg.Discord.IntentsAuto, cfg.Discord.AllowPrivileged
	running.Gateway.ShardIDs = cfg.Gateway.ShardIDs
	if cfg.Gateway.ShardCount != 0 {
		running.Gateway.ShardCount = cfg.Gateway.ShardCount
	}
	h.cfg = &running
	h.mu.Unlock()
	h.subscribe()
	h.follow(before)
	if err := h.forgetDisabled(ctx, cfg); err != nil {
		h.log.Error("a plugin that comes back into the configuration may be disabled", "error", err)
	}
	for _, p := range removed {
		if err := p.Retire(ctx); err != nil {
			h.log.Error("plugin not closed in good order", "plugin", p.Name(), "error", err)
		}
	}
	return nil
}

// discard closes what was prepared and is not used.
func (h *Host) discard(changes []*change) {
	ctx := context.Background()
	for _, c := range changes {
		if c.prepared != nil {
			c.prepared.Discard(ctx)
		}
		if c.added != nil {
			if err := c.added.Retire(ctx); err != nil {
				h.log.Error("plugin not closed in good order", "plugin", c.report.Name, "error", err)
			}
		}
	}
}

// snapshot is the list of plugins at this moment.
func (h *Host) snapshot() []*plugin.Plugin {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.plugins)
}
