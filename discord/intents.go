package discord

import (
	"fmt"
	"strings"
)

// Intents is a set of gateway intents: what a session asks Discord to send.
// See https://docs.discord.com/developers/events/gateway#list-of-intents.
type Intents uint64

// The intents, named as in Discord's documentation. (P) is privileged: it has
// to be switched on for the application in the developer portal.
const (
	IntentGuilds                      Intents = 1 << 0
	IntentGuildMembers                Intents = 1 << 1 // (P)
	IntentGuildModeration             Intents = 1 << 2
	IntentGuildExpressions            Intents = 1 << 3
	IntentGuildIntegrations           Intents = 1 << 4
	IntentGuildWebhooks               Intents = 1 << 5
	IntentGuildInvites                Intents = 1 << 6
	IntentGuildVoiceStates            Intents = 1 << 7
	IntentGuildPresences              Intents = 1 << 8 // (P)
	IntentGuildMessages               Intents = 1 << 9
	IntentGuildMessageReactions       Intents = 1 << 10
	IntentGuildMessageTyping          Intents = 1 << 11
	IntentDirectMessages              Intents = 1 << 12
	IntentDirectMessageReactions      Intents = 1 << 13
	IntentDirectMessageTyping         Intents = 1 << 14
	IntentMessageContent              Intents = 1 << 15 // (P)
	IntentGuildScheduledEvents        Intents = 1 << 16
	IntentAutoModerationConfiguration Intents = 1 << 20
	IntentAutoModerationExecution     Intents = 1 << 21
	IntentGuildMessagePolls           Intents = 1 << 24
	IntentDirectMessagePolls          Intents = 1 << 25
)

const (
	// IntentsPrivileged are those that need the developer portal.
	IntentsPrivileged = IntentGuildMembers | IntentGuildPresences | IntentMessageContent

	// IntentsValid are all documented ones; a session that asks for another
	// bit is closed with CloseInvalidIntents.
	IntentsValid Intents = 0x331FFFF // 53608447
)

// intentName returns the documented name of the intent with that bit.
func intentName(bit uint) string {
	switch Intents(1) << bit {
	case IntentGuilds:
		return "GUILDS"
	case IntentGuildMembers:
		return "GUILD_MEMBERS"
	case IntentGuildModeration:
		return "GUILD_MODERATION"
	case IntentGuildExpressions:
		return "GUILD_EXPRESSIONS"
	case IntentGuildIntegrations:
		return "GUILD_INTEGRATIONS"
	case IntentGuildWebhooks:
		return "GUILD_WEBHOOKS"
	case IntentGuildInvites:
		return "GUILD_INVITES"
	case IntentGuildVoiceStates:
		return "GUILD_VOICE_STATES"
	case IntentGuildPresences:
		return "GUILD_PRESENCES"
	case IntentGuildMessages:
		return "GUILD_MESSAGES"
	case IntentGuildMessageReactions:
		return "GUILD_MESSAGE_REACTIONS"
	case IntentGuildMessageTyping:
		return "GUILD_MESSAGE_TYPING"
	case IntentDirectMessages:
		return "DIRECT_MESSAGES"
	case IntentDirectMessageReactions:
		return "DIRECT_MESSAGE_REACTIONS"
	case IntentDirectMessageTyping:
		return "DIRECT_MESSAGE_TYPING"
	case IntentMessageContent:
		return "MESSAGE_CONTENT"
	case IntentGuildScheduledEvents:
		return "GUILD_SCHEDULED_EVENTS"
	case IntentAutoModerationConfiguration:
		return "AUTO_MODERATION_CONFIGURATION"
	case IntentAutoModerationExecution:
		return "AUTO_MODERATION_EXECUTION"
	case IntentGuildMessagePolls:
		return "GUILD_MESSAGE_POLLS"
	case IntentDirectMessagePolls:
		return "DIRECT_MESSAGE_POLLS"
	}
	return ""
}

// IntentNames returns the names of all intents, in the order of their bits.
func IntentNames() []string { return IntentsValid.Names() }

// ParseIntents makes a set of documented names. The error names every unknown
// one with what it may have meant.
func ParseIntents(names []string) (Intents, error) {
	var all Intents
	var wrong []string
	for _, name := range names {
		i, ok := parseIntent(name)
		if !ok {
			wrong = append(wrong, unknown("intent", name, IntentNames()))
		}
		all |= i
	}
	if wrong != nil {
		return 0, fmt.Errorf("discord: %s", strings.Join(wrong, "; "))
	}
	return all, nil
}

func parseIntent(name string) (Intents, bool) {
	for bit := range uint(64) {
		if n := intentName(bit); n != "" && n == name {
			return 1 << bit, true
		}
	}
	return 0, false
}

// Has tells whether all of the other's intents are in the set.
func (i Intents) Has(other Intents) bool { return i&other == other }

// Names returns the names of the intents in the set, in the order of their
// bits; a bit that is not documented is written as 1<<n.
func (i Intents) Names() []string {
	names := make([]string, 0, i.count())
	for bit := range uint(64) {
		if i>>bit&1 == 0 {
			continue
		}
		name := intentName(bit)
		if name == "" {
			name = fmt.Sprintf("1<<%d", bit)
		}
		names = append(names, name)
	}
	return names
}

// String joins the names with |.
func (i Intents) String() string { return strings.Join(i.Names(), "|") }
