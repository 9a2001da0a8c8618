package main

import (
	"strings"
	"testing"

	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

const message = `{"id":"7","channel_id":"20000000000000001"}`

func TestPoll(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Answer("POST", "/channels/*", 200, message)
	bot.Answer("PATCH", "/channels/*", 200, message)
	bot.Say("!poll Tea or coffee? | tea | coffee")
	got := ""
	for _, r := range bot.Requests() {
		got += r.Method + " " + strings.TrimPrefix(r.Path, "/channels/20000000000000001") + "\n"
	}
	const want = "POST /messages\nPUT /messages/7/reactions/1%EF%B8%8F%E2%83%A3/@me\nPUT /messages/7/reactions/2%EF%B8%8F%E2%83%A3/@me\nPATCH /messages/7\n"
	if got != want {
		t.Errorf("Discord was called with\n%s, want\n%s", got, want)
	}
	last := bot.Requests()[3].Body.Get("content").String()
	if !strings.Contains(last, "Tea or coffee?") || !strings.HasSuffix(last, "The poll is open.") {
		t.Errorf("the post became %q", last)
	}
	if bot.Value("poll/7") != "Tea or coffee?" {
		t.Errorf("the store holds %v", bot.Values())
	}
}

// A handler that fails after it has waited leaves what Discord was asked for,
// and nothing else.
func TestPollIsRefused(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Answer("POST", "/channels/*", 200, message)
	bot.Answer("PUT", "/channels/*", 403, `{"message":"Missing Permissions","code":50013}`)
	bot.Say("!poll Tea or coffee? | tea | coffee")
	if got := bot.Failure(); !strings.Contains(got, "Missing Permissions (50013)") {
		t.Errorf("it failed with %q", got)
	}
	if len(bot.Requests()) != 2 || len(bot.Values()) != 0 {
		t.Errorf("Discord was called %d times, the store holds %v", len(bot.Requests()), bot.Values())
	}
}

func TestPollWithoutAnswers(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Say("!poll Tea?")
	if got := bot.Sent(); len(got) != 1 || !strings.Contains(got[0], "!poll Tea or coffee?") {
		t.Errorf("the bot said %q", got)
	}
}
