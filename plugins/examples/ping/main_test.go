package main

import (
	"slices"
	"testing"

	"github.com/shardhost/shardhost/plugins/sdk/go/sdktest"
)

func TestPing(t *testing.T) {
	for _, test := range []struct {
		name string
		said sdktest.Message
		want []string
	}{
		{"a person asks", sdktest.Message{Content: "!ping"}, []string{"pong"}},
		{"a person says something else", sdktest.Message{Content: "!pingu"}, nil},
		{"a bot asks", sdktest.Message{Content: "!ping", Bot: true}, nil},
		{"in a direct message", sdktest.Message{Content: "!ping", Guild: sdktest.None}, []string{"pong"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bot := sdktest.Start(t)
			bot.Write(test.said)
			if got := bot.Sent(); !slices.Equal(got, test.want) {
				t.Errorf("the bot said %q, want %q", got, test.want)
			}
		})
	}
}

func TestPingAnswersWhereItWasAsked(t *testing.T) {
	bot := sdktest.Start(t)
	bot.Write(sdktest.Message{Content: "!ping", Channel: 77})
	if got := bot.Requests(); len(got) != 1 || got[0].Path != "/channels/77/messages" {
		t.Errorf("the bot asked for %v", got)
	}
}
