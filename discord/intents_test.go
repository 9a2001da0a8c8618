package discord

import (
	"strings"
	"testing"
)

func TestIntentMasks(t *testing.T) {
	all, err := ParseIntents(IntentNames())
	if err != nil {
		t.Fatal(err)
	}
	if all != IntentsValid || len(IntentNames()) != 21 {
		t.Errorf("%d names give %d, want 21 and %d", len(IntentNames()), all, IntentsValid)
	}
	if IntentsPrivileged != 0x8102 {
		t.Errorf("privileged mask %#x, want 0x8102", uint64(IntentsPrivileged))
	}
}

func TestParseIntents(t *testing.T) {
	for _, test := range []struct {
		name  string
		names []string
		want  Intents
		err   string
	}{
		{"none", nil, 0, ""},
		{"the documentation's example", []string{"GUILDS", "GUILD_MESSAGES"}, 513, ""},
		{"twice", []string{"GUILDS", "GUILDS"}, 1, ""},
		{"wrong", []string{"GUILDS", "GUILD_MEMBER"}, 0, `there is no intent "GUILD_MEMBER"; did you mean GUILD_MEMBERS?`},
		{"several wrong", []string{"guilds", "BANANAS"}, 0, `"guilds"; did you mean GUILDS?; there is no intent "BANANAS"`},
		{"empty", []string{""}, 0, `there is no intent ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := ParseIntents(test.names)
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Fatalf("error %v, want %q", err, test.err)
			}
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestIntentsString(t *testing.T) {
	for _, test := range []struct {
		name string
		in   Intents
		want string
	}{
		{"none", 0, ""},
		{"one", IntentGuilds, "GUILDS"},
		{"in the order of the bits", IntentMessageContent | IntentGuildMessages, "GUILD_MESSAGES|MESSAGE_CONTENT"},
		{"not documented", IntentGuilds | 1<<40, "GUILDS|1<<40"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.in.String(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestIntentsFor(t *testing.T) {
	for _, test := range []struct {
		name   string
		events []EventType
		want   Intents
	}{
		{"nothing", nil, 0},
		{"always sent", []EventType{EventReady, EventInteractionCreate}, 0},
		{"every alternative", []EventType{EventMessageCreate}, IntentGuildMessages | IntentDirectMessages},
		{"privileged when there is no other way", []EventType{EventGuildMemberAdd}, IntentGuildMembers},
		{"not privileged when there is", []EventType{EventThreadMembersUpdate}, IntentGuilds},
		{"union", []EventType{EventGuildCreate, EventPresenceUpdate}, IntentGuilds | IntentGuildPresences},
		{"unknown", []EventType{EventUnknown}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := IntentsFor(test.events); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	var all []EventType
	for e := range EventType(EventTypes()) {
		all = append(all, e)
	}
	if got := IntentsFor(all); got != IntentsValid&^IntentMessageContent {
		t.Errorf("all events need %v", got)
	}
}
