package main

import (
	"slices"
	"testing"

	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestCount(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Say("!count")
	bot.Say("hello")
	bot.Say("!count")
	bot.Write(sdktest.Message{Content: "!count", Guild: 5})
	bot.Write(sdktest.Message{Content: "!count", Bot: true})
	if got, want := bot.Sent(), []string{"1", "2", "1"}; !slices.Equal(got, want) {
		t.Errorf("the bot said %q, want %q: each guild has its own number", got, want)
	}
}

func TestCountSurvivesARestart(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Say("!count")
	bot.Restart()
	bot.Say("!count")
	if got, want := bot.Sent(), []string{"1", "2"}; !slices.Equal(got, want) {
		t.Errorf("the bot said %q, want %q", got, want)
	}
}

func TestCountWithoutItsGrant(t *testing.T) {
	bot := sdktest.StartWith(t, sdktest.Setup{Deny: []string{"kv"}})
	bot.Say("!count")
	if bot.Failure() == "" || len(bot.Sent()) != 0 {
		t.Error("the bot answered although it could not count")
	}
}
