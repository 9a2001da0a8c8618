package main

import (
	"fmt"

	"github.com/shardhost/shardhost/discord"
	"github.com/shardhost/shardhost/discordtest"
)

// nameOf is a strike's kind, with its moment and what else makes it a kind of
// its own: "close 4009", "reset at replay".
func nameOf(s discordtest.Strike) string {
	name := string(s.Kind)
	if s.Code != 0 {
		name += fmt.Sprintf(" %d", s.Code)
	}
	if s.Kind == discordtest.FaultInvalidSession && s.Resumable {
		name += " resumable"
	}
	if s.At != discordtest.AtNow {
		name += " at " + string(s.At)
	}
	return name
}

// takesSession tells whether no RESUME can follow a strike.
func takesSession(s discordtest.Strike) bool {
	switch s.Kind {
	case discordtest.FaultExpire:
		return true
	case discordtest.FaultInvalidSession:
		return !s.Resumable
	case discordtest.FaultClose:
		code := discord.CloseCode(s.Code)
		return code == discord.CloseNormal || !code.Resumable()
	}
	return false
}

// explain says for each IDENTIFY beyond the first of a shard why the protocol
// left no other way: how often which strike took a session away, kept READY from
// arriving, or came instead of it. What it finds no reason for it spells out.
func explain(sent []discordtest.Sent, strikes []discordtest.Strike, known map[string]bool, identifies int) (explained map[string]int, unexplained []string) {
	explained = make(map[string]int)
	bySession := make(map[string][]discordtest.Strike)
	for _, s := range strikes {
		if s.Session != "" {
			bySession[s.Session] = append(bySession[s.Session], s)
		}
	}
	latest := make(map[int]string) // session by shard
	sessions := 0
	for _, line := range sent {
		if line.Type != "READY" {
			continue
		}
		sessions++
		before := latest[line.Shard]
		latest[line.Shard] = line.Session
		if before == "" {
			continue
		}
		if reason := reasonToLeave(bySession[before], known[before]); reason != "" {
			explained[reason]++
		} else {
			unexplained = append(unexplained, fmt.Sprintf("shard %d left session %s, struck by %v", line.Shard, before, bySession[before]))
		}
	}
	// What has no READY in the books was answered by something else.
	missing := identifies - sessions
	for _, s := range strikes {
		if s.At == discordtest.AtIdentify && s.Session == "" && missing > 0 {
			explained[nameOf(s)]++
			missing--
		}
	}
	for ; missing > 0; missing-- {
		unexplained = append(unexplained, "an IDENTIFY brought no session")
	}
	return explained, unexplained
}

// reasonToLeave is why a session could not be gone on with, "" if it could.
func reasonToLeave(strikes []discordtest.Strike, known bool) string {
	for _, s := range strikes {
		if takesSession(s) {
			return nameOf(s)
		}
	}
	if !known && len(strikes) > 0 {
		return "READY never arrived: " + nameOf(strikes[0])
	}
	return ""
}
