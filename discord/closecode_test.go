package discord

import (
	"strings"
	"testing"
)

func TestCloseCodes(t *testing.T) {
	for _, test := range []struct {
		name   string
		code   CloseCode
		action CloseAction
		text   string
		remedy string // a part of it; "": none
	}{
		{"dropped", 0, ActionResume, "connection lost", ""},
		{"no status", 1005, ActionResume, "1005 connection lost", ""},
		{"normal", 1000, ActionResume, "1000 normal closure", ""},
		{"going away", 1001, ActionResume, "1001 going away", ""},
		{"restart", 1012, ActionResume, "1012 service restart", ""},
		{"unknown error", 4000, ActionResume, "4000 unknown error", ""},
		{"unknown opcode", 4001, ActionResume, "4001 unknown opcode", "gateway commands"},
		{"decode error", 4002, ActionResume, "4002 decode error", "4096"},
		{"not authenticated", 4003, ActionIdentify, "4003 not authenticated", ""},
		{"authentication failed", 4004, ActionStop, "4004 authentication failed", "https://discord.com/developers/applications"},
		{"already authenticated", 4005, ActionResume, "4005 already authenticated", ""},
		{"not assigned", 4006, ActionResume, "close code 4006", ""},
		{"invalid sequence", 4007, ActionIdentify, "4007 invalid sequence", ""},
		{"rate limited", 4008, ActionResume, "4008 rate limited", "120"},
		{"timed out", 4009, ActionIdentify, "4009 session timed out", ""},
		{"invalid shard", 4010, ActionStop, "4010 invalid shard", "shards"},
		{"sharding required", 4011, ActionStop, "4011 sharding required", "2500"},
		{"invalid version", 4012, ActionStop, "4012 invalid API version", "base_url"},
		{"invalid intents", 4013, ActionStop, "4013 invalid intents", "intents"},
		{"disallowed intents", 4014, ActionStop, "4014 disallowed intents", "https://discord.com/developers/applications"},
		{"never heard of", 4999, ActionResume, "close code 4999", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := test.code
			if c.Action() != test.action || c.String() != test.text {
				t.Errorf("%v, then %v; want %s, then %v", c, c.Action(), test.text, test.action)
			}
			if c.Resumable() != (test.action == ActionResume) || c.NeedsIdentify() != (test.action == ActionIdentify) || c.Fatal() != (test.action == ActionStop) {
				t.Errorf("resumable %v, identify %v, fatal %v", c.Resumable(), c.NeedsIdentify(), c.Fatal())
			}
			if got := c.Remedy(); (got == "") != (test.remedy == "") || !strings.Contains(got, test.remedy) {
				t.Errorf("remedy %q, want one with %q", got, test.remedy)
			}
		})
	}
}

func TestOnlyTwoCodesEndTheSession(t *testing.T) {
	for c := range CloseCode(5000) {
		if c.EndsSession() != (c == CloseNormal || c == CloseGoingAway) {
			t.Errorf("%v: %v", c, c.EndsSession())
		}
	}
}

func TestFatalCodesSayWhatToDo(t *testing.T) {
	for c := range CloseCode(5000) {
		if c.Fatal() && c.Remedy() == "" {
			t.Errorf("%v has no remedy", c)
		}
	}
}
