package plugin

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/abi/conformance"
	"github.com/shardhost/shardhost/discord"
)

func TestFramesCarryFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p, err := Open(context.Background(), w.deps(), w.spec, conformance.Fields("MESSAGE_CREATE", "author.id", "content", "author.bot", "nonce"))
		if err != nil {
			t.Fatal(err)
		}
		w.plugin = p
		tap, err := w.taps.Open(func(string, *abi.Frame) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		defer tap.Close()
		send := func(kind discord.EventType, name, body string) {
			e := w.event(5, nil)
			e.Type, e.Name, e.Data = kind, name, []byte(body)
			w.deliver(e)
		}
		send(discord.EventMessageCreate, "MESSAGE_CREATE", `{"content":"one","author":{"id":"42","bot":null}}`)
		send(discord.EventTypingStart, "TYPING_START", `{"content":"two"}`)
		send(discord.EventMessageCreate, "MESSAGE_CREATE", ` {"content":"three","author":[],"content":"no"}`)
		send(discord.EventMessageCreate, "MESSAGE_CREATE", `{"content"`)
		w.settle()
		var said []string
		for line := range strings.Lines(w.log.String()) {
			if _, text, ok := strings.Cut(line, "[INFO]  plugin.p"); ok {
				said = append(said, strings.Trim(text, ": \n"))
			}
		}
		want := []string{`"42"`, `"one"`, "null", "", "no table", "", `"three"`, "", "", "", "", "", ""}
		if strings.Join(said, "|") != strings.Join(want, "|") {
			t.Errorf("the guest said\n%q, want\n%q\n%s", said, want, w.log)
		}
		if tap.Waiting() == 0 {
			t.Error("no frame was seen")
		}
		for tap.Waiting() > 0 {
			seen, _, err := tap.Next(t.Context())
			if err != nil || seen.Frame.Flags&abi.FlagFields != 0 || len(seen.Frame.Fields) > 0 {
				t.Errorf("whoever watches sees a table: %+v, %v", seen.Frame, err)
			}
		}
	})
}

func TestFieldsThatCannotBe(t *testing.T) {
	w := newWorld(t)
	_, err := Open(context.Background(), w.deps(), w.spec, conformance.Fields("MESSAGE_CREATE", "content", "author..id"))
	want := `config.hcl:3: plugin "p": its manifest asks for fields of MESSAGE_CREATE: field "author..id": `
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("the error is %v, want %s…", err, want)
	}
}
