package plugin

import (
	"slices"
	"strings"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
)

// Interest is what a generation subscribes to: event types, and native filters
// that spare the guest a call.
type Interest struct {
	patterns []string
	types    []bool          // by discord.EventType
	unknown  map[string]bool // names that the table does not have
	every    bool            // all of them, known or not
	filter   config.Filter
}

// newInterest turns patterns such as GUILD_MEMBER_* into an interest. A name
// that the table does not know is taken as it is: Discord may be newer.
func newInterest(patterns []string, filter config.Filter) (*Interest, error) {
	in := &Interest{patterns: patterns, types: make([]bool, discord.EventTypes()), unknown: map[string]bool{}, filter: filter}
	for _, pattern := range patterns {
		if pattern == "*" {
			in.every = true
		}
		types, err := discord.MatchEvents(pattern)
		if err != nil {
			if strings.Contains(pattern, "*") {
				return nil, err
			}
			in.unknown[pattern] = true
		}
		for _, t := range types {
			in.types[t] = true
		}
	}
	return in, nil
}

// Patterns are the subscription as it was written.
func (in *Interest) Patterns() []string { return in.patterns }

// Types are the known events subscribed to.
func (in *Interest) Types() []discord.EventType {
	var types []discord.EventType
	for t, wanted := range in.types {
		if wanted || in.every {
			types = append(types, discord.EventType(t))
		}
	}
	return types
}

// Unknown are the names subscribed to that the table does not have.
func (in *Interest) Unknown() []string {
	names := make([]string, 0, len(in.unknown))
	for name := range in.unknown {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Every tells whether all events are wanted, unknown ones too.
func (in *Interest) Every() bool { return in.every }

// Passes runs the native filters on an event of a type that is wanted.
func (in *Interest) Passes(e *gateway.Event) bool {
	f := &in.filter
	if (f.Guild || f.DM) && ((e.Guild != 0 && !f.Guild) || (e.Guild == 0 && !f.DM)) {
		return false
	}
	if len(f.Guilds) > 0 && !slices.Contains(f.Guilds, uint64(e.Guild)) {
		return false
	}
	if f.IgnoreBots && byBot(e.Data) {
		return false
	}
	if f.Prefix != "" && e.Type == discord.EventMessageCreate && !contentBegins(e.Data, f.Prefix) {
		return false
	}
	return true
}
