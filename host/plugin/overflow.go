package plugin

import (
	"strings"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/host/config"
)

// bounds are those of one mailbox.
type bounds struct {
	frames   int // events, and as many interactions
	bytes    int // of all that waits; one frame always finds room
	overflow overflow
}

func boundsOf(l config.Limits) bounds {
	b := bounds{l.Mailbox, int(l.MailboxBytes), overflow{rest: policyOf(l.Overflow)}}
	if b.bytes <= 0 {
		b.bytes = 32 << 20
	}
	for pattern, policy := range l.OverflowBy {
		b.overflow.add(pattern, policyOf(policy))
	}
	return b
}

// policy says what becomes of an event that finds no room.
type policy uint8

const (
	block policy = iota
	dropOldest
	dropNewest
)

func policyOf(name string) policy {
	switch name {
	case "drop_oldest":
		return dropOldest
	case "drop_newest":
		return dropNewest
	}
	return block
}

// overflow tells the policy of each event.
type overflow struct {
	rest  policy
	known map[discord.EventType]exception
	names map[string]exception // of events that the table does not have
}

// exception is what a pattern says; the longest holds.
type exception struct {
	length int
	policy policy
}

func (o *overflow) add(pattern string, p policy) {
	if o.known == nil {
		o.known, o.names = map[discord.EventType]exception{}, map[string]exception{}
	}
	e := exception{len(pattern), p}
	types, err := discord.MatchEvents(pattern)
	if err != nil && !strings.Contains(pattern, "*") {
		o.names[pattern] = e // Discord may be newer
	}
	for _, t := range types {
		if e.length >= o.known[t].length {
			o.known[t] = e
		}
	}
}

// of is the policy of an entry. Answers and timers always find room, and nobody
// drops an interaction.
func (o *overflow) of(e *entry) policy {
	if e.event == nil || e.urgent() {
		return block
	}
	if o.known != nil {
		exception, ok := o.known[e.event.Type]
		if e.event.Type == discord.EventUnknown {
			exception, ok = o.names[e.event.Name]
		}
		if ok {
			return exception.policy
		}
	}
	return o.rest
}
