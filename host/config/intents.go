package config

import (
	"fmt"

	"github.com/shardhost/shardhost/discord"
)

// Available returns the intents that sessions may ask for: those listed, or
// with "auto" all ordinary ones and the privileged ones that are allowed.
func (c Discord) Available() discord.Intents {
	// Names were checked when they were decoded.
	if !c.IntentsAuto {
		listed, _ := discord.ParseIntents(c.Intents)
		return listed
	}
	allowed, _ := discord.ParseIntents(c.AllowPrivileged)
	return discord.IntentsValid&^discord.IntentsPrivileged | allowed
}

// Subscription returns the events that patterns such as GUILD_MEMBER_* stand
// for. Of what a wildcard matches, events that need a privileged intent which
// is not allowed are left out; when nothing else is left, or when such an event
// is named in full, it is an error that says what to allow.
func (c Discord) Subscription(patterns []string) ([]discord.EventType, error) {
	var all []discord.EventType
	taken := make(map[discord.EventType]bool)
	for _, pattern := range patterns {
		events, err := discord.MatchEvents(pattern)
		if err != nil {
			return nil, err
		}
		sent, missing := c.sent(events)
		if len(sent) == 0 && c.IntentsAuto {
			return nil, fmt.Errorf("%s needs a privileged intent: write allow_privileged = [%q] into the block discord (%s), and switch it on at %s, page Bot", pattern, missing.Names()[0], c.At, portal)
		}
		if len(sent) == 0 {
			sent = events // listed intents are the operator's own word: a warning was given
		}
		for _, e := range sent {
			if !taken[e] {
				taken[e] = true
				all = append(all, e)
			}
		}
	}
	return all, nil
}

// sent returns those events that the available intents bring, and the intents
// that would bring the others.
func (c Discord) sent(events []discord.EventType) (sent []discord.EventType, missing discord.Intents) {
	have := c.Available()
	for _, e := range events {
		if e.NeedsIntent() && e.Intents()&have == 0 {
			missing |= e.Intents()
			continue
		}
		sent = append(sent, e)
	}
	return sent, missing
}

// ResolveIntents returns what sessions identify with when plugins subscribe to
// these events. Listed intents are returned as they are. With "auto" they are
// derived; MESSAGE_CONTENT is among them where it is allowed and an event has
// content. An event that needs what is not allowed is an error.
func (c Discord) ResolveIntents(events []discord.EventType) (discord.Intents, error) {
	if !c.IntentsAuto {
		return c.Available(), nil
	}
	have := c.Available()
	need := discord.IntentsFor(events)
	if missing := need &^ have; missing != 0 {
		return 0, fmt.Errorf("the subscriptions need the privileged intents %s: write allow_privileged = [%q] into the block discord (%s), and switch them on at %s, page Bot", missing, missing.Names()[0], c.At, portal)
	}
	for _, e := range events {
		if e.CarriesContent() {
			need |= have & discord.IntentMessageContent
		}
	}
	return need, nil
}

// String is file:line.
func (l Location) String() string {
	if l.File == "" {
		return "no configuration file"
	}
	return fmt.Sprintf("%s:%d", l.File, l.Line)
}
