package host

import (
	"slices"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

// watch reloads when the module or the source of a plugin with reload.watch
// changes, until the host closes. A reload that is refused is logged; what ran
// before goes on.
func (h *Host) watch() {
	for {
		if _, err := h.files.Next(h.ctx); err != nil {
			return
		}
		if _, err := h.Reload(h.ctx, admin.ReloadRequest{}); err != nil && h.ctx.Err() == nil {
			h.log.Error("changed plugins were not loaded", "error", err, "detail", admin.Detail(err))
		}
	}
}

// follow watches what the plugins of the configuration come from, and no longer
// what those of the one before came from.
func (h *Host) follow(before []config.Plugin) {
	if h.files == nil {
		return
	}
	now := h.enabled(h.config())
	for _, p := range before {
		if !slices.ContainsFunc(now, func(n config.Plugin) bool { return n.Name == p.Name && n.Reload.Watch }) {
			h.files.Forget(p.Name)
		}
	}
	for _, p := range now {
		if p.Reload.Watch {
			h.files.Follow(p.Name, watched(p))
		}
	}
}

// watched is what makes a plugin's next module: its source, or the module's
// file, whoever builds that.
func watched(p config.Plugin) build.Place {
	if p.FromSource() {
		return build.SourcePlace(p.Source, nil)
	}
	return build.Place{Paths: []string{p.Source}}
}
