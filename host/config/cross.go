package config

import (
	"fmt"
	"strings"

	"github.com/shardhost/shardhost/discord"
)

// cross checks what only shows when all blocks are there.
func (d *decoder) cross(cfg *Config) {
	if _, ok := d.seen["discord"]; !ok && d.opts.Overrides.Token == "" {
		d.problem("Missing block discord", "The host needs a bot's token:\n\n  discord {\n    token = env(\"DISCORD_TOKEN\")\n  }")
	}
	for _, s := range d.subscriptions {
		d.checkSubscription(cfg.Discord, s)
	}
	if cfg.Discord.Available()&discord.IntentMessageContent == 0 {
		for _, v := range d.prefixes {
			d.warnf(v.rng, "Prefix without message content", "Without the intent MESSAGE_CONTENT the content of a message in a guild is empty unless it mentions the bot, so the prefix matches little. Write %s into the block discord and switch the intent on at %s, page Bot.", remedy(cfg.Discord, discord.IntentMessageContent), portal)
		}
	}
}

// checkSubscription reports a pattern of which no event would ever arrive.
func (d *decoder) checkSubscription(c Discord, s subscription) {
	events, err := discord.MatchEvents(s.pattern)
	if err != nil {
		return // reported where it stands
	}
	sent, missing := c.sent(events)
	if len(sent) > 0 {
		return
	}
	subject := s.pattern
	if strings.Contains(s.pattern, "*") {
		subject = "Each event that " + s.pattern + " matches"
	}
	if s.value.sensitive {
		subject = "The event"
	}
	if !c.IntentsAuto {
		d.warnf(s.value.rng, "Event never arrives", "%s needs an intent that discord.intents does not have: %s.", subject, strings.Join(missing.Names(), " or "))
		return
	}
	d.errorf(s.value.rng, "Privileged intent needed", "%s needs the privileged intent %s. Write %s into the block discord, and switch the intent on at %s, page Bot.", subject, strings.Join(missing.Names(), " or "), remedy(c, missing), portal)
}

// remedy is the argument that makes an intent available.
func remedy(c Discord, missing discord.Intents) string {
	name, names := "allow_privileged", c.AllowPrivileged
	if !c.IntentsAuto {
		name, names = "intents", c.Intents
	}
	quoted := make([]string, 0, len(names)+1)
	for _, n := range append(append([]string(nil), names...), missing.Names()[:1]...) {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	return name + " = [" + strings.Join(quoted, ", ") + "]"
}
