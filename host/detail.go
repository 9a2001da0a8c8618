package host

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/shardhost/shardhost/host/admin"
	"github.com/shardhost/shardhost/host/config"
	"github.com/shardhost/shardhost/internal/histogram"
)

// Plugin is what a status leaves out of one plugin.
func (h *Host) Plugin(name string) (admin.PluginDetail, error) {
	for _, p := range h.snapshot() {
		if p.Name() != name {
			continue
		}
		spec := p.Spec()
		return admin.PluginDetail{
			Name: name, Source: spec.Source, Events: slices.Clone(p.Interest().Patterns()),
			Grants: grants(spec.Grant), Latency: latency(p.Status().Latency),
		}, nil
	}
	if _, disabled := h.isDisabled(name); disabled {
		if spec := h.configured(name); spec != nil {
			return admin.PluginDetail{
				Name: name, Source: spec.Source, Events: append([]string{}, spec.Events...), Grants: grants(spec.Grant), Latency: []admin.Latency{},
			}, nil
		}
	}
	return admin.PluginDetail{}, h.absent(name)
}

// grants puts what a plugin may do into words.
func grants(g config.Grant) []admin.Grant {
	list := []admin.Grant{}
	add := func(name string, terms ...string) {
		if terms == nil {
			terms = []string{}
		}
		list = append(list, admin.Grant{Name: name, Terms: terms})
	}
	if d := g.Discord; d != nil {
		terms := slices.Clone(d.Allow)
		if d.Rate.N > 0 {
			terms = append(terms, fmt.Sprintf("at most %d in %s", d.Rate.N, d.Rate.Per))
		}
		for _, guild := range d.Guilds {
			terms = append(terms, "guild "+strconv.FormatUint(guild, 10))
		}
		add("discord", terms...)
	}
	if g.HTTP != nil {
		add("http", g.HTTP.Allow...)
	}
	if g.KV != nil {
		add("kv", fmt.Sprintf("at most %d bytes", g.KV.Quota))
	}
	if g.Timers != nil {
		add("timers", fmt.Sprintf("at most %d", g.Timers.Max))
	}
	if g.Gateway != nil {
		add("gateway", g.Gateway.Allow...)
	}
	if b := g.Bus; b != nil {
		var terms []string
		for _, topic := range b.Publish {
			terms = append(terms, "publish "+topic)
		}
		for _, topic := range b.Subscribe {
			terms = append(terms, "subscribe "+topic)
		}
		add("bus", terms...)
	}
	return list
}

// latency is the part of a histogram in which something was counted.
func latency(s histogram.Snapshot) []admin.Latency {
	list := []admin.Latency{}
	for i, n := range s.Counts {
		l := admin.Latency{Count: n}
		if i < len(s.Bounds) {
			l.UpToMS = milliseconds(s.Bounds[i])
		}
		list = append(list, l)
	}
	first := slices.IndexFunc(list, func(l admin.Latency) bool { return l.Count > 0 })
	if first < 0 {
		return []admin.Latency{}
	}
	last := len(list)
	for list[last-1].Count == 0 {
		last--
	}
	return list[first:last]
}
