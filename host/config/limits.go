package config

import (
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/shardhost/shardhost/discord"
	"github.com/zclconf/go-cty/cty"
)

// defaultLimits are what holds without a block limits.
func defaultLimits() Limits {
	return Limits{
		Memory: 64 << 20, Deadline: 250 * time.Millisecond, Init: 5 * time.Second, Instructions: 2e9,
		Mailbox: 4096, MailboxBytes: 32 << 20, Inflight: 64, Park: 15 * time.Minute, Parked: 256, Overflow: "block", ModuleSize: 64 << 20,
		LogLines: Rate{50, time.Second}, Metrics: 100,
	}
}

func (d *decoder) limits(plugin string, b *hcl.Block, p *Plugin) {
	l := &p.Limits
	d.body(plugin+".limits", b.Body, shape{args: p.lined("limits", b, []argument{
		{"memory", size(&l.Memory, 64<<10, 4<<30), "linear memory of one lane"},
		{"deadline", duration(&l.Deadline, time.Millisecond, time.Minute), "of handling one event, on the clock: what computes for more than 5 ms takes turns with others that do"},
		{"init", duration(&l.Init, 10*time.Millisecond, 5*time.Minute), "of starting"},
		{"instructions", custom("count, `\"1k\"` to `\"1000000G\"`", "`\"2G\"`", func(v value) { v.instructions(&l.Instructions) }), "of handling one event"},
		{"mailbox", integer(&l.Mailbox, 1, 1<<20), "events of one lane that may wait"},
		{"mailbox_bytes", size(&l.MailboxBytes, 64<<10, 4<<30), "of the events of one lane that wait; one always finds room"},
		{"overflow", custom(alternatives(policies)+", or an object", "`\"block\"`", func(v value) { v.overflow(l) }), "when the mailbox is full: `block` slows the session down, `drop_oldest` and `drop_newest` lose events; for an object see below"},
		{"inflight", integer(&l.Inflight, 1, 10000), "requests of one lane that may be under way"},
		{"park", duration(&l.Park, time.Second, 24*time.Hour), "how long a handler may wait for answers, in each attempt"},
		{"parked", integer(&l.Parked, 1, 10000), "handlers of one lane that may wait for answers at the same time; when one more wants to, the lane goes on when one of them has ended"},
		{"module_size", size(&l.ModuleSize, 1<<10, 1<<30), "of the `.wasm` file; it bounds the time of compiling too"},
		{"log_lines", custom("rate", "`\"50/s\"`", func(v value) { v.rate(&l.LogLines) }), "lines of the plugin that reach the log, with four times as many at once"},
		{"metrics", integer(&l.Metrics, 0, 10000), "names of the plugin's own metrics"},
		{"auto_defer_after", duration(&l.AutoDeferAfter, 0, 2900*time.Millisecond).or("never"), "when the host answers an interaction for a plugin that is late"},
	})})
}

// lined has setters note where their arguments stand, for messages.
func (p *Plugin) lined(block string, b *hcl.Block, args []argument) []argument {
	if p.Lines == nil {
		p.Lines = map[string]Location{}
	}
	p.Lines[block] = location(b.DefRange)
	for i, arg := range args {
		args[i].setter = arg.before(func(v value) { p.Lines[block+"."+arg.name] = location(v.rng) })
	}
	return args
}

func (v value) instructions(p *int64) {
	s, ok := v.quantity()
	if !ok {
		return
	}
	n, hint := parseCount(s)
	if hint != "" {
		v.wrong("%s is not a number of instructions: %s", v.show(), v.hint(hint, hint))
		return
	}
	if v.within(n < 1000, n > 1e15, "\"1k\"", "\"1000000G\"") {
		*p = n
	}
}

// policies are what becomes of an event that finds no room.
var policies = []string{"block", "drop_oldest", "drop_newest"}

// overflow takes one policy, or an object of policies by pattern, in which
// default stands for all other events.
func (v value) overflow(l *Limits) {
	if !v.IsNull() && v.Type() == cty.String {
		if s, ok := v.oneOf(policies); ok {
			l.Overflow = s
		}
		return
	}
	if t := v.Type(); v.IsNull() || !t.IsObjectType() && !t.IsMapType() {
		v.wrong("overflow has to be one of %s, or an object such as { default = \"block\", TYPING_START = \"drop_oldest\" }, and is %s.", list(policies), v.kind())
		return
	}
	by := map[string]string{}
	for _, pattern := range sorted(v.AsValueMap()) {
		e := v
		e.Value = v.AsValueMap()[pattern]
		policy, ok := e.oneOf(policies)
		switch {
		case !ok:
		case pattern == "default":
			l.Overflow = policy
		case v.overflows(pattern, policy):
			by[pattern] = policy
		}
	}
	l.OverflowBy = by
}

// overflows judges one exception.
func (v value) overflows(pattern, policy string) bool {
	events, err := discord.MatchEvents(pattern)
	if err != nil && strings.Contains(pattern, "*") || err != nil && discord.SuggestEvents(pattern) != "" {
		hint := ""
		if near := discord.SuggestEvents(pattern); near != "" && !v.sensitive {
			hint = " Did you mean \"" + near + "\"?"
		}
		v.wrong("There is no event \"%s\".%s The command shardhost events lists them.", pattern, hint)
		return false
	}
	if len(events) == 1 && events[0] == discord.EventInteractionCreate && policy != "block" {
		v.wrong("Interactions are never dropped: a person waits for the answer. Leave INTERACTION_CREATE out.")
		return false
	}
	return true
}
