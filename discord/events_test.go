package discord

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"
)

// table reads events.csv, the source of the generated table.
func table(t *testing.T) [][]string {
	t.Helper()
	f, err := os.Open("events.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func TestTableSaysWhatTheFileSays(t *testing.T) {
	rows := table(t)
	if EventTypes() != len(rows) {
		t.Fatalf("%d events, the file has %d", EventTypes(), len(rows))
	}
	for i, row := range rows {
		e := LookupEvent([]byte(row[1]))
		if e != EventType(i) || e.Name() != row[1] || ParseEvent(row[1]) != e || e.String() != row[1] {
			t.Errorf("%s: number %d, name %q, want number %d", row[1], e, e.Name(), i)
		}
		if guild := strings.TrimSuffix(row[2], "?"); guild != e.GuildPath().String() && guild != "guilds[].id" {
			t.Errorf("%s: guild at %q, want %q", row[1], e.GuildPath(), guild)
		}
		if e.ChannelPath() != row[3] || e.UserPath() != row[4] {
			t.Errorf("%s: channel %q, user %q", row[1], e.ChannelPath(), e.UserPath())
		}
		want := strings.Split(row[5], "|")
		slices.Sort(want)
		got := e.Intents().Names()
		slices.Sort(got)
		if strings.Join(got, "|") != strings.Join(want, "|") || e.NeedsIntent() != (row[5] != "") {
			t.Errorf("%s: intents %v, want %v", row[1], got, want)
		}
	}
}

func TestNumbersNeverChange(t *testing.T) {
	for name, number := range map[string]EventType{
		"APPLICATION_COMMAND_PERMISSIONS_UPDATE": 0, "GUILD_CREATE": 16, "INTERACTION_CREATE": 41,
		"MESSAGE_CREATE": 44, "READY": 56, "RESUMED": 57, "WEBHOOKS_UPDATE": 78,
	} {
		if got := ParseEvent(name); got != number {
			t.Errorf("%s is %d, and was %d when recordings were made", name, got, number)
		}
	}
}

func TestLookupEvent(t *testing.T) {
	for _, test := range []struct {
		name string
		in   string
		want EventType
	}{
		{"known", "MESSAGE_CREATE", EventMessageCreate},
		{"lower case is another name", "message_create", EventUnknown},
		{"newer than the table", "TYPING_STOP", EventUnknown},
		{"empty", "", EventUnknown},
		{"a prefix", "MESSAGE", EventUnknown},
		{"not text", "\xff\x00", EventUnknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := LookupEvent([]byte(test.in)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	name := []byte("GUILD_MEMBERS_CHUNK")
	if n := testing.AllocsPerRun(100, func() { LookupEvent(name) }); n != 0 {
		t.Errorf("a lookup allocates %v times", n)
	}
}

func TestUnknownEvent(t *testing.T) {
	for _, e := range []EventType{EventUnknown, EventType(EventTypes())} {
		if e.Known() || e.Name() != "" || e.String() != "UNKNOWN" || e.NeedsIntent() || e.GuildPath() != GuildPathGuildID {
			t.Errorf("%d: known %v, name %q, string %q, guild path %v", e, e.Known(), e.Name(), e, e.GuildPath())
		}
	}
}

func TestMatchEvents(t *testing.T) {
	for _, test := range []struct {
		name    string
		pattern string
		want    string // names joined with a space; "N events" for many
		err     string
	}{
		{"exact", "MESSAGE_CREATE", "MESSAGE_CREATE", ""},
		{"prefix", "GUILD_MEMBER_*", "GUILD_MEMBER_ADD GUILD_MEMBER_REMOVE GUILD_MEMBER_UPDATE", ""},
		{"suffix", "*_CHUNK", "GUILD_MEMBERS_CHUNK", ""},
		{"in the middle", "GUILD_*_ADD", "GUILD_BAN_ADD GUILD_MEMBER_ADD GUILD_SCHEDULED_EVENT_USER_ADD", ""},
		{"two stars", "*POLL*REMOVE", "MESSAGE_POLL_VOTE_REMOVE", ""},
		{"parts do not overlap", "RESUMED*RESUMED", "", `there is no event "RESUMED*RESUMED"`},
		{"wrong name", "MESAGE_CREATE", "", "did you mean MESSAGE_CREATE?"},
		{"lower case", "message_create", "", "did you mean MESSAGE_CREATE?"},
		{"wrong pattern", "GUILD_MEMBRE_*", "", "did you mean GUILD_MEMBER_*?"},
		{"a part of a name", "VOICE_STATE", "", "did you mean VOICE_STATE_UPDATE?"},
		{"nothing near", "BANANA", "", `there is no event "BANANA"`},
		{"empty", "", "", `there is no event ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			found, err := MatchEvents(test.pattern)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				return
			}
			var names []string
			for _, e := range found {
				names = append(names, e.Name())
			}
			if got := strings.Join(names, " "); err != nil || got != test.want {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
	if all, err := MatchEvents("*"); err != nil || len(all) != EventTypes() {
		t.Errorf("* matches %d of %d events, %v", len(all), EventTypes(), err)
	}
}

func FuzzLookupEvent(f *testing.F) {
	f.Add([]byte("MESSAGE_CREATE"))
	f.Add([]byte("MESSAGE_CREATES"))
	f.Fuzz(func(t *testing.T, name []byte) {
		if e := LookupEvent(name); e != EventUnknown && e.Name() != string(name) {
			t.Errorf("%q gives %v", name, e)
		}
	})
}

func FuzzMatchEvents(f *testing.F) {
	f.Add("GUILD_*")
	f.Add("**")
	f.Fuzz(func(t *testing.T, pattern string) {
		found, err := MatchEvents(pattern)
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%q: %d events and error %v", pattern, len(found), err)
		}
	})
}

func BenchmarkLookupEvent(b *testing.B) {
	name := []byte("MESSAGE_CREATE")
	b.ReportAllocs()
	for b.Loop() {
		LookupEvent(name)
	}
}
