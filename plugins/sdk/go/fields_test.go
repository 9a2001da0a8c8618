package sdk_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/index"
	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

// give delivers a MESSAGE_CREATE, with the table that the plugin asks for or, as
// hosts did before 1.3, without.
func give(t testing.TB, body []byte, table bool) {
	t.Helper()
	guest := sdk.NewGuest(quietHost{})
	defer guest.Close()
	f := abi.Frame{Kind: abi.KindEvent, Event: 44, Name: []byte("MESSAGE_CREATE"), Body: body}
	if table {
		var paths []string
		if err := json.Unmarshal(guest.Manifest().Get("fields", "MESSAGE_CREATE"), &paths); err != nil {
			t.Fatal(err)
		}
		compiled, err := index.Compile(paths)
		if err != nil {
			t.Fatal(err)
		}
		f.Fields = compiled.Append(nil, body)
	}
	batch := f.Append(nil)
	copy(guest.Buffer(len(batch)), batch)
	if code := guest.Batch(len(batch), 1); code != 0 {
		t.Fatalf("the batch gave %d", code)
	}
}

// FuzzMessageFields: with a table a message is what it is without.
func FuzzMessageFields(f *testing.F) {
	for _, file := range []string{"testdata/message.json", "../../../host/wasm/testdata/corpus/message_create.json"} {
		body, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte(`{"id":7,"content":null,"author":{"id":"x","bot":true,"username":"\u00e9\"","global_name":null},"guild_id":""}`))
	f.Add([]byte(`{"author":"nobody","content":12,"channel_id":"18446744073709551616","id":"1","id":"2"}`))
	f.Add([]byte(` { "author" : { "id" : "1" } , "content" : "" } `))
	f.Fuzz(func(t *testing.T, body []byte) {
		if !json.Valid(body) {
			return
		}
		var got []sdk.Message
		var more []string
		sdk.Register(t, func() {
			sdk.Fields("MESSAGE_CREATE", "type", "member", "author.id", "a.b.c")
			sdk.OnMessage(func(_ *sdk.Ctx, m *sdk.Message) error {
				for _, path := range []string{"type", "member", "member.nick", "author.id", "author", "a.b.c", "a.b", "mentions", "x"} {
					more = append(more, path+"="+string(m.Get(strings.Split(path, ".")...)))
				}
				own := sdk.Message{ID: m.ID, ChannelID: m.ChannelID, GuildID: m.GuildID, Content: m.Content, Author: m.Author, Data: m.Data}
				got = append(got, own)
				return nil
			})
		})
		give(t, body, true)
		give(t, body, false)
		if !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("with a table the message is\n%+v, without\n%+v", got[0], got[1])
		}
		if n := len(more) / 2; !reflect.DeepEqual(more[:n], more[n:]) {
			t.Errorf("with a table there are\n%q, without\n%q", more[:n], more[n:])
		}
	})
}

func TestFieldsOfAnEvent(t *testing.T) {
	var got []string
	var kept *sdk.Event
	sdk.Register(t, func() {
		sdk.Fields("MESSAGE_REACTION_ADD", "emoji.name", "member")
		sdk.Fields("MESSAGE_REACTION_ADD", "user_id", "member")
		sdk.On("MESSAGE_REACTION_ADD", func(_ *sdk.Ctx, e *sdk.Event) error {
			got = append(got, e.Get("emoji", "name").String(), e.Get("user_id").ID().String(), e.Get("member", "nick").String(), e.Get("emoji", "id").String())
			kept = e
			return nil
		})
	})
	if list := sdk.ManifestOf().Get("fields", "MESSAGE_REACTION_ADD"); string(list) != `["emoji.name","member","user_id"]` {
		t.Errorf("the plugin asks for %s", list)
	}
	bot := sdktest.Start(t)
	bot.Event("MESSAGE_REACTION_ADD", `{"user_id":"7","emoji":{"id":"9","name":"🎉"},"member":{"nick":"Ada"}}`)
	first := kept
	bot.Event("MESSAGE_REACTION_ADD", `{"emoji":null,"member":{}}`)
	if want := "🎉 7 Ada 9  0  "; strings.Join(got, " ") != want {
		t.Errorf("read %q, want %q", got, want)
	}
	if first.Get("emoji", "name").String() != "🎉" {
		t.Error("an event that was kept has changed")
	}
}

func TestFieldsOfTooManyEvents(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "fields of more than 64 events") {
			t.Errorf("it says %q", text)
		}
	}()
	sdk.Register(t, func() {
		for i := range abi.MaxFieldEvents + 1 {
			sdk.Fields("EVENT_"+strconv.Itoa(i), "id")
		}
	})
}

func TestFieldsThatCannotBe(t *testing.T) {
	many := make([]string, abi.MaxFields+1)
	for i := range many {
		many[i] = strings.Repeat("a", i+1)
	}
	for name, paths := range map[string][]string{
		"empty": {""}, "dots": {"a..b"}, "dot at the end": {"a."}, "deep": {"a.a.a.a.a.a.a.a.a"}, "long": {strings.Repeat("a", 256)}, "many": many,
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "Fields at fields_test.go:") {
					t.Errorf("it says %q", text)
				}
			}()
			sdk.Register(t, func() { sdk.Fields("X", paths...) })
		})
	}
}
