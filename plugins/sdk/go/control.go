package sdk

import (
	"errors"
	"time"

	"github.com/shardhost/shardhost/abi"
)

type controlHandler struct {
	handler
	name string
	call func(*Ctx, JSON) error
}

// OnColdStart registers what happens when the plugin's variables are empty
// although the bot's sessions go on: after a crash of the plugin, a reload that
// handed nothing over, or a restart of the host without state. What Discord
// sends only when a session begins, such as the list of guilds, will not come
// again. fn is called before the next event, in each lane; reason is "new",
// "crash", "reload", "stale", "schema" or "damaged".
func OnColdStart(fn func(c *Ctx, reason string) error) {
	onControl("OnColdStart", abi.ControlCold, func(c *Ctx, body JSON) error { return fn(c, body.Get("reason").String()) })
}

// OnStale registers what happens when the plugin's variables are older than the
// events that it has handled: the host was killed, or a version of the plugin
// was taken back. saved is when they were right. Without it a plugin gets no
// such state after a kill, it starts cold.
func OnStale(fn func(c *Ctx, saved time.Time) error) {
	onControl("OnStale", abi.ControlStale, func(c *Ctx, body JSON) error {
		return fn(c, time.UnixMilli(body.Get("saved_at").Int()))
	})
}

// Gap is a session that was lost.
type Gap struct {
	Shard, Of int   // shard Shard of Of
	After     int64 // the last sequence received in it, -1 when that is not known
}

// OnGap registers what happens when Discord has ended a session for good: what
// happened until the next one began is lost to everyone. fn is called in each
// lane, before the first event of the next session.
func OnGap(fn func(c *Ctx, gap *Gap) error) {
	onControl("OnGap", abi.ControlGap, func(c *Ctx, body JSON) error {
		gap := &Gap{Shard: int(body.Get("shard").Int()), Of: int(body.Get("of").Int()), After: -1}
		if after := body.Get("after"); len(after) > 0 {
			gap.After = after.Int()
		}
		return fn(c, gap)
	})
}

func onControl(kind, name string, call func(*Ctx, JSON) error) {
	plugin.controls = append(plugin.controls, controlHandler{newHandler(kind, 2), name, call})
}

// control gives a word of the host's to its handlers.
func (g *Guest) control(c *Ctx, f *abi.Frame) error {
	if string(f.Name) == abi.ControlUnpark {
		g.unpark(int32(f.Tag))
		return nil
	}
	var body JSON
	for _, h := range plugin.controls {
		if h.name != string(f.Name) {
			continue
		}
		if body == nil {
			body = JSON(f.Body).Clone()
		}
		if err := run(h.handler, func() error { return h.call(c, body) }); err != nil {
			return errors.New("control " + h.name + ": " + err.Error())
		}
	}
	return nil
}
