package main

import (
	"slices"
	"testing"
	"time"

	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestRemind(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Say("!remind 10s drink water")
	if got, want := bot.Sent(), []string{"I will remind you in 10s."}; !slices.Equal(got, want) {
		t.Fatalf("the bot said %q, want %q", got, want)
	}
	bot.Advance(9 * time.Second)
	if got := bot.Sent(); got != nil {
		t.Fatalf("the bot said %q too early", got)
	}
	bot.Restart()
	bot.Advance(time.Second)
	if got, want := bot.Sent(), []string{sdktest.Person.Mention() + " drink water"}; !slices.Equal(got, want) {
		t.Errorf("the bot said %q, want %q", got, want)
	}
	bot.Advance(time.Hour)
	if got := bot.Sent(); got != nil {
		t.Errorf("the bot said %q again", got)
	}
	if got := bot.Values(); len(got) != 0 {
		t.Errorf("the store still holds %v", got)
	}
}

func TestRemindExplainsItself(t *testing.T) {
	for _, said := range []string{"!remind", "!remind me", "!remind 10s", "!remind -5s x", "!remind 99999h x"} {
		t.Run(said, func(t *testing.T) {
			bot := sdktest.Start(t)
			bot.Say(said)
			if got := bot.Sent(); !slices.Equal(got, []string{usage}) {
				t.Errorf("the bot said %q, want how to use it", got)
			}
			if got := bot.Timers(); len(got) != 0 {
				t.Errorf("the bot set timers for %v", got)
			}
		})
	}
}
