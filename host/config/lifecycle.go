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
	d.body(plugin+".reload", b.Body, shape{args: p.lined("reload", b, []argument{
		{"watch", boolean(&r.Watch).or("`true` in `dev`, `false` in `run`"), "swap when the module or its source changes"},
		{"drain", duration(&r.Drain, 0, 5*time.Minute), "how long a swap waits for handlers that wait for answers; those that still do begin anew in the new version and get the answers that have come"},
		{"probation", duration(&r.Probation, 0, 24*time.Hour), "how long the generation before is kept after a swap, to be put back when the new one fails; `\"0s\"` keeps none"},
		{"canary_lanes", integer(&r.CanaryLanes, 0, 1023).before(func(v value) { canary = &v }), "so many lanes get a new generation before the others do; less than `lanes`"},
		{"canary_for", duration(&r.CanaryFor, time.Second, 24*time.Hour), "how long they have it alone"},
		{"rehearse", integer(&r.Rehearse, 0, 1000), "so many of the frames that were handled last are given to a new generation before it is put into place"},
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
	d.body(plugin+".recycle", b.Body, shape{args: []argument{
		{"max_memory", size(&r.MaxMemory, 64<<10, 4<<30).or("never"), "linear memory of the lane's guest"},
		{"max_age", duration(&r.MaxAge, time.Minute, 10000*time.Hour).or("never"), "of the guest"},
		{"max_events", custom("number", "never", func(v value) {
			if n, ok := v.whole(1, 1<<53); ok {
				r.MaxEvents = n
			}
		}), "frames that the guest has handled"},
	}})
}
