package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/store"
)

// disabledPrefix is where it is kept which plugins an operator has disabled: a
// key for each, whose value is a disabled.
const disabledPrefix = "disabled/"

// A disabled is what is kept of a plugin that does not run because an operator
// has disabled it.
type disabled struct {
	Since time.Time `json:"since"`

	// Events are the patterns that it subscribed to. Sessions go on to bring them,
	// so that neither a restart nor enabling it costs new ones.
	Events []string `json:"events"`
}

// recallDisabled reads which plugins are disabled, and forgets those that are
// no longer in the configuration.
func (h *Host) recallDisabled(ctx context.Context) error {
	entries, err := h.store.List(ctx, disabledPrefix, "", 0)
	if err != nil {
		return fmt.Errorf("read which plugins are disabled: %w", err)
	}
	for _, e := range entries {
		name := e.Key[len(disabledPrefix):]
		var d disabled
		if err := json.Unmarshal(e.Value, &d); err != nil {
			h.log.Error("since when a plugin is disabled cannot be read; it stays so", "plugin", name, "error", err)
		}
		h.disabled[name] = d
		h.log.Warn("plugin is disabled", "plugin", name, "since", d.Since, "change", "shardhost plugin enable "+name)
	}
	return h.forgetDisabled(ctx, h.cfg)
}

// forgetDisabled forgets plugins that the configuration no longer has.
func (h *Host) forgetDisabled(ctx context.Context, cfg *config.Config) error {
	var batch store.Batch
	h.mu.Lock()
	for name := range h.disabled {
		if !slices.ContainsFunc(cfg.Plugins, func(spec config.Plugin) bool { return spec.Name == name }) {
			batch.Writes = append(batch.Writes, store.Write{Key: disabledPrefix + name, Delete: true})
			delete(h.disabled, name)
		}
	}
	h.mu.Unlock()
	if batch.Writes == nil {
		return nil
	}
	if _, err := h.store.Commit(ctx, batch); err != nil {
		return fmt.Errorf("forget disabled plugins that the configuration no longer has: %w", err)
	}
	return nil
}

// isDisabled tells whether a plugin of the configuration does not run because
// an operator has disabled it, and since when.
func (h *Host) isDisabled(name string) (since time.Time, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, ok := h.disabled[name]
	return d.Since, ok
}

// withDormant adds to intents what disabled plugins subscribed to, as far as the
// configuration permits it.
func (h *Host) withDormant(cfg *config.Config, intents discord.Intents) discord.Intents {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range h.disabled {
		types, err := cfg.Discord.Subscription(d.Events)
		if err != nil {
			continue
		}
		if more, err := cfg.Discord.ResolveIntents(types); err == nil {
			intents |= more
		}
	}
	return intents
}

// enabled are the plugins of a configuration that are to run.
func (h *Host) enabled(cfg *config.Config) []config.Plugin {
	return slices.DeleteFunc(slices.Clone(cfg.Plugins), func(spec config.Plugin) bool {
		_, disabled := h.isDisabled(spec.Name)
		return disabled
	})
}

// configured is a plugin's block in the running configuration, nil if it has
// none.
func (h *Host) configured(name string) *config.Plugin {
	cfg := h.config()
	for i := range cfg.Plugins {
		if cfg.Plugins[i].Name == name {
			return &cfg.Plugins[i]
		}
	}
	return nil
}

// absent says why no plugin runs under a name.
func (h *Host) absent(name string) *admin.Error {
	if _, disabled := h.isDisabled(name); disabled {
		return &admin.Error{Code: admin.CodeNotFound, Message: fmt.Sprintf("plugin %q is disabled; `shardhost plugin enable %s` starts it", name, name)}
	}
	there := "none does"
	if names := h.names(); len(names) > 0 {
		there = "there are: " + strings.Join(names, ", ")
	}
	return &admin.Error{Code: admin.CodeNotFound, Message: fmt.Sprintf("no plugin %q runs here; %s", name, there)}
}

// disableGrace is how long calls of a plugin that is disabled may go on. What
// has not been sent by then is, when it is enabled again.
const disableGrace = 5 * time.Second

// Disable stops a plugin until it is enabled again, also over restarts. What
// waits in its mailboxes is given up; its keys, timers and calls stay.
func (h *Host) Disable(ctx context.Context, req admin.DisableRequest) (admin.Switched, error) {
	ctx, over, err := h.change(ctx)
	if err != nil {
		return admin.Switched{}, err
	}
	defer over()
	name := req.Plugin
	done := admin.Switched{Plugin: name}
	p := h.plugin(name)
	if _, already := h.isDisabled(name); already {
		return done, nil
	}
	if p == nil {
		return done, h.absent(name)
	}
	d := disabled{Since: time.Now(), Events: p.Interest().Patterns()}
	value, err := json.Marshal(d)
	if err != nil {
		return done, err
	}
	if _, err := h.store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: disabledPrefix + name, Value: value}}}); err != nil {
		return done, fmt.Errorf("plugin %q goes on, because it cannot be kept that it is disabled: %w", name, err)
	}
	h.mu.Lock()
	h.disabled[name] = d
	h.plugins = slices.DeleteFunc(slices.Clone(h.plugins), func(other *plugin.Plugin) bool { return other == p })
	h.mu.Unlock()
	h.subscribe()
	h.follow(h.config().Plugins)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), disableGrace)
	defer cancel()
	if err := p.Retire(ctx); err != nil {
		h.log.Error("plugin not closed in good order", "plugin", name, "error", err)
	}
	h.log.Warn("plugin disabled", "plugin", name)
	done.Changed = true
	return done, nil
}

// Enable starts a plugin that was disabled, with the configuration that is in
// effect and the module as it is now.
func (h *Host) Enable(ctx context.Context, req admin.EnableRequest) (_ admin.Switched, err error) {
	ctx, over, err := h.change(ctx)
	if err != nil {
		return admin.Switched{}, err
	}
	defer over()
	name := req.Plugin
	done := admin.Switched{Plugin: name, Enabled: true}
	if p := h.plugin(name); p != nil {
		done.Generation = uint64(p.Status().Generation)
		return done, nil
	}
	spec := h.configured(name)
	if spec == nil {
		return done, h.absent(name)
	}
	added, err := h.openPlugin(ctx, *spec)
	if err != nil {
		return done, &admin.Error{Code: admin.CodeModule, Message: fmt.Sprintf("plugin %q cannot run and stays disabled", name), Text: err.Error()}
	}
	defer func() {
		if err != nil {
			h.discard([]*change{{report: admin.PluginReload{Name: name}, added: added}})
		}
	}()
	changes := []*change{{report: admin.PluginReload{Name: name, Action: admin.ActionAdded}, added: added}}
	for _, p := range h.snapshot() {
		changes = append(changes, &change{running: p, report: admin.PluginReload{Name: p.Name(), Action: admin.ActionUnchanged}})
	}
	sessions, err := h.planSessions(h.config(), changes)
	if err == nil {
		err = sessions.permit(req.AllowIdentify, "enable it")
	}
	if err == nil {
		err = h.replaceSessions(ctx, sessions)
	}
	if err != nil {
		return done, err
	}
	if _, err = h.store.Commit(ctx, store.Batch{Writes: []store.Write{{Key: disabledPrefix + name, Delete: true}}}); err != nil {
		return done, fmt.Errorf("plugin %q stays disabled, because it cannot be kept that it is not: %w", name, err)
	}
	added.Resumed()
	h.mu.Lock()
	delete(h.disabled, name)
	h.plugins = inOrder(h.cfg, append(slices.Clone(h.plugins), added))
	h.mu.Unlock()
	h.subscribe()
	h.follow(h.config().Plugins)
	h.log.Info("plugin enabled", "plugin", name)
	done.Changed, done.Generation = true, uint64(added.Status().Generation)
	done.Identifies = sessions.identifies
	return done, nil
}

// inOrder sorts plugins as they stand in a configuration.
func inOrder(cfg *config.Config, plugins []*plugin.Plugin) []*plugin.Plugin {
	place := func(p *plugin.Plugin) int {
		return slices.IndexFunc(cfg.Plugins, func(spec config.Plugin) bool { return spec.Name == p.Name() })
	}
	slices.SortStableFunc(plugins, func(a, b *plugin.Plugin) int { return place(a) - place(b) })
	return plugins
}
