package host

import (
	"errors"
	"slices"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/build"
	"github.com/shardhost/shardhost/host/config"
)

// watch reloads when the module or the source of a plugin with reload.watch
// changes, until the host closes. A reload that is refused is logged; what ran
// before goes on.
func (h *Host) watch() {
	files := build.NewWatchers(func(plugin string, err error) {
		h.log.Error("changes of the plugin go unnoticed", "plugin", plugin, "error", err)
	})
	defer files.Close()
	var followed []string
	for {
		var names []string
		for _, p := range h.config().Plugins {
			if p.Reload.Watch {
				names = append(names, p.Name)
				files.Follow(p.Name, watched(p))
			}
		}
		for _, name := range followed {
			if !slices.Contains(names, name) {
				files.Forget(name)
			}
		}
		followed = names
		if _, err := files.Next(h.ctx); err != nil {
			return
		}
		if _, err := h.Reload(h.ctx, admin.ReloadRequest{}); err != nil && h.ctx.Err() == nil {
			h.log.Error("changed plugins were not loaded", "error", err, "detail", detail(err))
		}
	}
}

// watched is what makes a plugin's next module: Go source, or the module's
// file, whoever builds that.
func watched(p config.Plugin) build.Place {
	if p.IsFolder() {
		return build.Place{Paths: []string{p.Source}, Patterns: []string{"*.go", "go.mod", "go.sum", "!*_test.go"}}
	}
	return build.Place{Paths: []string{p.Source}}
}

// detail is the whole explanation of an admin error.
func detail(err error) string {
	var e *admin.Error
	if errors.As(err, &e) {
		return e.Text
	}
	return ""
}
