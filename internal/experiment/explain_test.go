package main

import (
	"maps"
	"testing"

	"github.com/shardhost/shardhost/discordtest"
)

func TestExplain(t *testing.T) {
	ready := func(session string, shard int) discordtest.Sent {
		return discordtest.Sent{Type: "READY", Session: session, Shard: shard}
	}
	expired := discordtest.Strike{Kind: discordtest.FaultExpire, Session: "a"}
	for _, tt := range []struct {
		name       string
		sent       []discordtest.Sent
		strikes    []discordtest.Strike
		known      map[string]bool
		identifies int
		want       map[string]int
		open       int // without a reason
	}{
		{"one session a shard", []discordtest.Sent{ready("a", 0), ready("b", 1)}, nil, nil, 2, nil, 0},
		{"a session taken away", []discordtest.Sent{ready("a", 0), ready("b", 0)}, []discordtest.Strike{expired}, map[string]bool{"a": true}, 2, map[string]int{"expire": 1}, 0},
		{"a session left for nothing", []discordtest.Sent{ready("a", 0), ready("b", 0)}, nil, map[string]bool{"a": true}, 2, nil, 1},
		{
			"left after a resumable close", []discordtest.Sent{ready("a", 0), ready("b", 0)},
			[]discordtest.Strike{{Kind: discordtest.FaultClose, Code: 4000, Session: "a"}}, map[string]bool{"a": true}, 2, nil, 1,
		},
		{
			"left after a close that ends it", []discordtest.Sent{ready("a", 0), ready("b", 0)},
			[]discordtest.Strike{{Kind: discordtest.FaultClose, Code: 4009, Session: "a"}}, map[string]bool{"a": true}, 2, map[string]int{"close 4009": 1}, 0,
		},
		{
			"READY was lost", []discordtest.Sent{ready("a", 0), ready("b", 0)},
			[]discordtest.Strike{{Kind: discordtest.FaultReset, At: discordtest.AtReady, Session: "a"}}, nil, 2,
			map[string]int{"READY never arrived: reset at ready": 1}, 0,
		},
		{
			"an IDENTIFY was refused", []discordtest.Sent{ready("a", 0)},
			[]discordtest.Strike{{Kind: discordtest.FaultInvalidSession, At: discordtest.AtIdentify}}, nil, 2,
			map[string]int{"invalid_session at identify": 1}, 0,
		},
		{"an IDENTIFY for nothing", []discordtest.Sent{ready("a", 0)}, nil, nil, 2, nil, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			explained, unexplained := explain(tt.sent, tt.strikes, tt.known, tt.identifies)
			if !maps.Equal(explained, tt.want) || len(unexplained) != tt.open {
				t.Errorf("explained %v, unexplained %q; want %v and %d", explained, unexplained, tt.want, tt.open)
			}
		})
	}
}
