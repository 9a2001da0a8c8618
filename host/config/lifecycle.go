package config

import (
	"time"

	"github.com/hashicorp/hcl/v2"
)

// defaultReload is what holds without a block reload.
func defaultReload(watch bool) Reload {
	return Reload{Watch: watch, Drain: 5 * time.Second, Probation: 30 * time.Second, CanaryFor: 30 * time.Second}
}

// reload decodes plugin.reload. It returns canary_lanes, nil where that is not
// written, for when the number of lanes is known.
func (d *decoder) reload(plugin string, b *hcl.Block, p *Plugin) (canary *value) {
	r := &p.Reload
	d.body(plugin+".reload", b.Body, shape{args: p.lined("reload", b, map[string]setter{
		"watch":     boolean(&r.Watch),
		"drain":     duration(&r.Drain, 0, 5*time.Minute),
		"probation": duration(&r.Probation, 0, 24*time.Hour),
		"canary_lanes": func(v value) {
			integer(&r.CanaryLanes, 0, 1023)(v)
			canary = &v
		},
		"canary_for": duration(&r.CanaryFor, time.Second, 24*time.Hour),
		"rehearse":   integer(&r.Rehearse, 0, 1000),
	})})
	return canary
}

// canary reports lanes that cannot go ahead of any others.
func (v *value) canary(p Plugin) {
	if v != nil && p.Reload.CanaryLanes > 0 && p.Reload.CanaryLanes >= p.Lanes {
		v.wrong("The plugin has lanes = %d: canary_lanes has to be less, or no lane is left that does not go ahead.", p.Lanes)
	}
}

func (d *decoder) recycle(plugin string, b *hcl.Block, r *Recycle) {
	d.body(plugin+".recycle", b.Body, shape{args: map[string]setter{
		"max_memory": size(&r.MaxMemory, 64<<10, 4<<30),
		"max_age":    duration(&r.MaxAge, time.Minute, 10000*time.Hour),
		"max_events": func(v value) {
			if n, ok := v.whole(1, 1<<53); ok {
				r.MaxEvents = n
			}
		},
	}})
}
