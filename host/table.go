package host

import (
	"sync/atomic"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/plugin"
	"github.com/shardhost/shardhost/internal/trace"
)

// A table tells who wants an event. It is replaced as a whole, so that readers
// need no lock.
type table struct {
	rows   atomic.Pointer[rows]
	tracer *trace.Tracer // of events that somebody wants; nil: none is traced
}

type rows struct {
	known   [][]subscriber // by event number
	unknown map[string][]subscriber
	every   []subscriber // who wants unknown events without naming them
	plugins []*plugin.Plugin
}

type subscriber struct {
	plugin   *plugin.Plugin
	interest *plugin.Interest
}

// set makes the table from what plugins subscribe to.
func (t *table) set(plugins []*plugin.Plugin) {
	r := &rows{known: make([][]subscriber, discord.EventTypes()), unknown: map[string][]subscriber{}, plugins: plugins}
	for _, p := range plugins {
		s := subscriber{p, p.Interest()}
		for _, event := range s.interest.Types() {
			r.known[event] = append(r.known[event], s)
		}
		if s.interest.Every() {
			r.every = append(r.every, s)
			continue
		}
		for _, name := range s.interest.Unknown() {
			r.unknown[name] = append(r.unknown[name], s)
		}
	}
	t.rows.Store(r)
}

// plugins are all that run.
func (t *table) plugins() []*plugin.Plugin {
	if r := t.rows.Load(); r != nil {
		return r.plugins
	}
	return nil
}

// wants tells whether anyone wants events of a known type.
func (t *table) wants(event discord.EventType) bool {
	r := t.rows.Load()
	return int(event) >= len(r.known) || len(r.known[event]) > 0
}

// find appends to wanted the plugins that want the event and whose filters let
// it through.
func (t *table) find(wanted []*plugin.Plugin, e *gateway.Event) []*plugin.Plugin {
	r := t.rows.Load()
	if int(e.Type) < len(r.known) {
		return appendPassing(wanted, r.known[e.Type], e)
	}
	return appendPassing(appendPassing(wanted, r.unknown[e.Name], e), r.every, e)
}

func appendPassing(wanted []*plugin.Plugin, row []subscriber, e *gateway.Event) []*plugin.Plugin {
	for i := range row {
		if row[i].interest.Passes(e) {
			wanted = append(wanted, row[i].plugin)
		}
	}
	return wanted
}
