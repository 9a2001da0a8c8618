package plugin

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/journal"
)

// Control frames: what the host has to say to a guest. Each kind goes to guests
// whose manifest asks for it.
const (
	controlCold  = abi.ControlCold
	controlStale = abi.ControlStale
	controlGap   = abi.ControlGap
)

// Why a guest starts cold.
const (
	coldNew     = "new"     // nothing was kept
	coldStale   = "stale"   // what was kept is older than the position
	coldSchema  = "schema"  // what was kept is of a schema that the guest does not take
	coldDamaged = "damaged" // what was kept cannot be read
	coldCrash   = "crash"   // the guest before it has crashed
	coldReload  = "reload"  // the generation before it has handed nothing over
)

// Bodies of control frames.
type (
	coldBody struct {
		Reason string `json:"reason"`
	}
	staleBody struct {
		SavedAt int64 `json:"saved_at"` // unix milliseconds
	}
	gapBody struct {
		Shard int    `json:"shard"`
		Of    int    `json:"of"`
		After *int64 `json:"after,omitempty"`
	}
)

// informs tells whether the generation's guests ask for a kind of control frame.
func (gen *generation) informs(kind string) bool {
	return gen.manifest != nil && slices.Contains(gen.manifest.Control, kind)
}

// startCold takes note that the lane's guest knows nothing of what was before.
// Where sessions go on, what they brought when they began will not come again,
// and the guest is told so before its next frame. At the host's start that only
// shows later, see Resumed.
func (l *lane) startCold(reason string) {
	l.cold = reason
	if l.plugin.live.Load() {
		l.tellCold()
	}
}

// greet tells a guest that has been given no memory what it has missed. One that
// a rollback brings back has its own, as it was when it was replaced.
func (l *lane) greet(coldReason string) {
	if l.guest == nil || l.guest.paused.IsZero() {
		l.startCold(coldReason)
		return
	}
	l.tell(controlStale, staleBody{SavedAt: l.guest.paused.UnixMilli()})
	l.guest.paused = time.Time{}
}

func (l *lane) tellCold() {
	if l.cold != "" && l.guest != nil {
		l.tell(controlCold, coldBody{Reason: l.cold})
	}
	l.cold = ""
}

// tell has the guest given a control frame before all else.
func (l *lane) tell(kind string, body any) {
	if l.gen.informs(kind) {
		l.news = &journal.Message{Kind: abi.KindControl, Name: kind, Lane: l.index, Body: encodeBody(body)}
	}
}

// withNews puts what the guest is to be told before a batch.
func (l *lane) withNews(batch []entry) []entry {
	if l.news == nil {
		return batch
	}
	if len(batch) > 0 && batch[0].message != nil && batch[0].message.Key == "" {
		batch[0].message, l.news = l.news, nil // the guest before it crashed over the same
		return batch
	}
	e := entry{message: l.news, received: l.plugin.deps.Now().UnixNano(), arrival: l.plugin.arrivals.Add(1)}
	l.news = nil
	return append([]entry{e}, batch...)
}

// Resumed says that a session goes on which began before this start of the
// plugin. Guests that have no memory of it are told.
func (p *Plugin) Resumed() {
	p.live.Store(true)
	for _, l := range *p.lanes.Load() {
		l.box.request(l.tellCold)
	}
}

// A Gap is a session that was lost: Discord did not take it up again, and what
// happened until the next one began is gone.
type Gap struct {
	Shard, Of int
	After     int64 // the last sequence received in it, -1 if unknown
}

// tellTimeout bounds how long a shard's reader waits for the store to keep word
// of a gap.
const tellTimeout = 5 * time.Second

// Began says that a session has begun; lost is the one in whose place it did,
// nil where there was none. Every lane of a plugin that asks for it is told,
// before the session's first event and also when the host dies meanwhile.
func (p *Plugin) Began(lost *Gap) {
	p.live.Store(true)
	p.mu.Lock()
	informed := p.gen.informs(controlGap)
	p.mu.Unlock()
	if lost == nil || !informed {
		return
	}
	body := gapBody{Shard: lost.Shard, Of: lost.Of}
	if lost.After >= 0 {
		body.After = &lost.After
	}
	var messages []*journal.Message
	for i := range *p.lanes.Load() {
		messages = append(messages, &journal.Message{Kind: abi.KindControl, Name: controlGap, Lane: i, Shard: lost.Shard, Body: encodeBody(body)})
	}
	ctx, cancel := context.WithTimeout(p.closing, tellTimeout)
	defer cancel()
	if err := p.deps.Journal.Tell(ctx, p.name, messages...); err != nil {
		p.log.Error("word of a gap is not kept: it is lost if the host dies now", "shard", lost.Shard, "error", err)
		for _, m := range messages {
			m.Key = ""
			p.putAlways(entry{message: m})
		}
	}
}

// hear gets the plugin's messages.
func (p *Plugin) hear(m *journal.Message) { p.putAlways(entry{message: m}) }

func encodeBody(body any) []byte {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // numbers and strings always marshal
	}
	return b
}
