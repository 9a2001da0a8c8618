package config

import (
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discord"
)

func TestIntents(t *testing.T) {
	auto := func(allowed ...string) Discord {
		return Discord{IntentsAuto: true, AllowPrivileged: allowed, At: Location{"config.hcl", 3}}
	}
	listed := func(names ...string) Discord { return Discord{Intents: names} }
	for _, test := range []struct {
		name     string
		c        Discord
		patterns string
		events   int
		want     discord.Intents
		err      string
	}{
		{"nothing", auto(), "", 0, 0, ""},
		{"derived", auto(), "MESSAGE_CREATE", 1, discord.IntentGuildMessages | discord.IntentDirectMessages, ""},
		{"content is added where it is allowed", auto("MESSAGE_CONTENT"), "MESSAGE_CREATE", 1, discord.IntentGuildMessages | discord.IntentDirectMessages | discord.IntentMessageContent, ""},
		{"content is not added without need", auto("MESSAGE_CONTENT"), "GUILD_CREATE", 1, discord.IntentGuilds, ""},
		{"privileged", auto("GUILD_MEMBERS"), "GUILD_MEMBER_*", 3, discord.IntentGuildMembers, ""},
		{"privileged and not allowed", auto(), "GUILD_MEMBER_ADD", 0, 0, `allow_privileged = ["GUILD_MEMBERS"] into the block discord (config.hcl:3)`},
		{"nothing of a pattern is allowed", auto(), "GUILD_MEMBER_*", 0, 0, "GUILD_MEMBER_* needs a privileged intent"},
		{"a pattern without what is not allowed", auto(), "*", discord.EventTypes() - 4, discord.IntentsValid &^ discord.IntentsPrivileged, ""},
		{"all", auto("GUILD_MEMBERS", "GUILD_PRESENCES", "MESSAGE_CONTENT"), "*", discord.EventTypes(), discord.IntentsValid, ""},
		{"an event of two patterns is one", auto(), "GUILD_CREATE GUILD_C*", 1, discord.IntentGuilds, ""},
		{"listed", listed("GUILDS", "MESSAGE_CONTENT"), "GUILD_CREATE", 1, discord.IntentGuilds | discord.IntentMessageContent, ""},
		{"listed and not enough", listed("GUILDS"), "MESSAGE_CREATE", 1, discord.IntentGuilds, ""},
		{"no such event", auto(), "MESAGE_CREATE", 0, 0, "did you mean MESSAGE_CREATE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			events, err := test.c.Subscription(strings.Fields(test.patterns))
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("error %v, want one with %q", err, test.err)
				}
				return
			}
			got, errIntents := test.c.ResolveIntents(events)
			if err != nil || errIntents != nil || len(events) != test.events || got != test.want {
				t.Errorf("%d events, intents %v, %v, %v; want %d, %v", len(events), got, err, errIntents, test.events, test.want)
			}
		})
	}
	if _, err := auto().ResolveIntents([]discord.EventType{discord.EventPresenceUpdate}); err == nil || !strings.Contains(err.Error(), portal) {
		t.Errorf("error %v, want one with the portal", err)
	}
}
