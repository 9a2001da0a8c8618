package plugin

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/gateway"
	"github.com/shardhost/shardhost/host/config"
)

func TestInterest(t *testing.T) {
	in, err := newInterest([]string{"MESSAGE_CREATE", "GUILD_MEMBER_*", "BRAND_NEW"}, config.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range in.Types() {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	if want := []string{"GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE", "GUILD_MEMBER_UPDATE", "MESSAGE_CREATE"}; !slices.Equal(names, want) {
		t.Errorf("types are %q, want %q", names, want)
	}
	if !slices.Equal(in.Unknown(), []string{"BRAND_NEW"}) || in.Every() || len(in.Patterns()) != 3 {
		t.Errorf("unknown are %q", in.Unknown())
	}
	if in, err = newInterest([]string{"*"}, config.Filter{}); err != nil || !in.Every() || len(in.Types()) != discord.EventTypes() {
		t.Errorf("* gives %d types, %v", len(in.Types()), err)
	}
	if _, err = newInterest([]string{"NOTHING_*"}, config.Filter{}); err == nil {
		t.Error("a pattern that matches nothing must be an error")
	}
}

func TestFilter(t *testing.T) {
	message := func(d string) *gateway.Event {
		return &gateway.Event{Type: discord.EventMessageCreate, Guild: 81, Data: []byte(d)}
	}
	dm := &gateway.Event{Type: discord.EventMessageCreate, Data: []byte(`{}`)}
	for _, c := range []struct {
		name   string
		filter config.Filter
		event  *gateway.Event
		want   bool
	}{
		{"none", config.Filter{}, message(`{}`), true},
		{"scope guild", config.Filter{Guild: true}, message(`{}`), true},
		{"scope guild, a direct message", config.Filter{Guild: true}, dm, false},
		{"scope dm", config.Filter{DM: true}, dm, true},
		{"scope dm, in a guild", config.Filter{DM: true}, message(`{}`), false},
		{"both scopes", config.Filter{Guild: true, DM: true}, dm, true},
		{"one guild", config.Filter{Guilds: []uint64{80, 81}}, message(`{}`), true},
		{"another guild", config.Filter{Guilds: []uint64{80}}, message(`{}`), false},
		{"by a bot", config.Filter{IgnoreBots: true}, message(`{"content":"x","author":{"id":"1","bot":true}}`), false},
		{"by a bot, spaced", config.Filter{IgnoreBots: true}, message("{ \"author\" : {\n\"bot\" : true } }"), false},
		{"by a person", config.Filter{IgnoreBots: true}, message(`{"author":{"id":"1","bot":false}}`), true},
		{"by nobody", config.Filter{IgnoreBots: true}, message(`{"mentions":[{"bot":true}]}`), true},
		{"a member who is a bot", config.Filter{IgnoreBots: true}, message(`{"user":{"bot":true}}`), false},
		{"prefix", config.Filter{Prefix: "!"}, message(`{"content":"!ping"}`), true},
		{"another prefix", config.Filter{Prefix: "!"}, message(`{"content":"ping!"}`), false},
		{"the prefix alone", config.Filter{Prefix: "!ping"}, message(`{"content":"!ping"}`), true},
		{"shorter than the prefix", config.Filter{Prefix: `!p"`}, message(`{"content":"!p"}`), false},
		{"escaped prefix", config.Filter{Prefix: `"`}, message(`{"content":"\"x"}`), true},
		{"escaped letters", config.Filter{Prefix: "é!"}, message(`{"content":"\u00e9!x"}`), true},
		{"a backslash as prefix", config.Filter{Prefix: `\`}, message(`{"content":"\u0041"}`), false},
		{"escapes behind the prefix", config.Filter{Prefix: "!"}, message(`{"content":"!\u0041"}`), true},
		{"no content", config.Filter{Prefix: "!"}, message(`{"content":null}`), false},
		{"prefix of what is no message", config.Filter{Prefix: "!"}, &gateway.Event{Type: discord.EventTypingStart, Data: []byte(`{}`)}, true},
		{"broken data", config.Filter{Prefix: "!", IgnoreBots: true}, message(`{"content":"!`), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := &Interest{filter: c.filter}
			if got := in.Passes(c.event); got != c.want {
				t.Errorf("it passes: %v", got)
			}
		})
	}
}

func TestFilterAllocatesNothing(t *testing.T) {
	in := &Interest{filter: config.Filter{IgnoreBots: true, Prefix: "!"}}
	e := &gateway.Event{Type: discord.EventMessageCreate, Guild: 1, Data: []byte(`{"attachments":[],"author":{"bot":false,"id":"1"},"content":"!ping \u0041"}`)}
	if n := testing.AllocsPerRun(100, func() { in.Passes(e) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzMember compares with encoding/json.
func FuzzMember(f *testing.F) {
	f.Add([]byte(`{"a":1,"content":"!x\"","author":{"bot":true}}`), "content")
	f.Add([]byte(` { "x" : [ {"a":"]"} , 2 ] , "a" : null } `), "a")
	f.Add([]byte(`{"a":-1.5e3}`), "a")
	f.Add([]byte(`{"a"`), "a")
	f.Fuzz(func(t *testing.T, d []byte, key string) {
		got := member(d, key)
		contentBegins(d, key)
		byBot(d)
		if !json.Valid(d) || bytes.ContainsRune(d, '\\') || strings.ToValidUTF8(string(d), "") != string(d) {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(d))
		if open, _ := dec.Token(); open != json.Delim('{') {
			if got != nil {
				t.Fatalf("no object has the member %q", got)
			}
			return
		}
		for dec.More() {
			name, _ := dec.Token()
			var value json.RawMessage
			if err := dec.Decode(&value); err != nil {
				t.Fatal(err)
			}
			if name == key {
				if string(got) != string(value) {
					t.Fatalf("member %q is %q, want %q", key, got, value)
				}
				return
			}
		}
		if got != nil {
			t.Fatalf("there is no member %q, got %q", key, got)
		}
	})
}
