package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	sdk "github.com/shardhost/shardhost/plugins/sdk/go"
	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestLevels(t *testing.T) {
	for points, want := range map[int]int{0: 0, 9: 0, 10: 1, 39: 1, 40: 2, 89: 2, 90: 3, 160: 4} {
		if got := (member{Points: points}).level(); got != want {
			t.Errorf("%d points are level %d, want %d", points, got, want)
		}
	}
}

func TestEarn(t *testing.T) {
	bot := sdktest.Start(t)
	said := func(want ...string) {
		t.Helper()
		if got := bot.Sent(); !slices.Equal(got, want) {
			t.Errorf("the bot said %q, want %q", got, want)
		}
	}
	bot.Use("rank", nil)
	said("There are no points yet.")
	bot.Say("hello")
	said(sdktest.Person.Mention() + " has reached level 1!")
	bot.Say("again, too soon")
	bot.Write(sdktest.Message{Content: "of a bot", Author: 7, Bot: true})
	bot.Write(sdktest.Message{Content: "in private", Guild: sdktest.None})
	said()
	bot.Restart()
	for range 3 {
		bot.Advance(time.Minute)
		bot.Say("on and on")
	}
	said(sdktest.Person.Mention() + " has reached level 2!")
	bot.Use("rank", map[string]any{"who": sdktest.Person})
	said("ada has level 2 with 40 points.")
	bot.Use("rank", map[string]any{"who": "99"})
	said("There are no points yet.")
}

func TestTop(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Use("top", nil)
	for n := range 12 {
		for range n%3 + 1 {
			bot.Write(sdktest.Message{Content: "x", Author: sdk.ID(100 + n), Username: "p" + string(rune('a'+n))})
			bot.Advance(time.Minute)
		}
	}
	bot.Write(sdktest.Message{Content: "elsewhere", Guild: 5})
	bot.Press("top")
	requests := bot.Requests()
	first, last := requests[0].Body, requests[len(requests)-1].Body
	if text := first.Get("data", "content").String(); text != "Nobody has points yet." {
		t.Errorf("at first the list says %q", text)
	}
	lines := strings.Split(last.Get("data", "content").String(), "\n")
	if last.Get("type").Int() != 7 || len(lines) != 1+best || lines[1] != "1. pc, level 1" || lines[5] != "5. pb, level 1" || lines[10] != "10. pd, level 1" {
		t.Errorf("the list is\n%s", strings.Join(lines, "\n"))
	}
}
