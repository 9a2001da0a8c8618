package discordtest

import (
	"crypto/tls"
	"math"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Options say what kind of Discord a Server pretends to be. The zero value is
// a small, strict one: 20 guilds, 2 recommended shards, max_concurrency 1,
// every limit of the documentation in force, and no faults.
//
// Where zero means a default, a negative value means none: no guilds, no
// IDENTIFYs left, no heartbeats asked for, nothing kept. A negative limit of
// requests, guilds a shard or the send queue is no limit.
type Options struct {
	Listen       string      // address to listen on; default 127.0.0.1:0, a free port of the loopback interface
	ResumeListen string      // address of a second listener that resume_gateway_url names; default: the first one
	TLS          *tls.Config // serve https and wss with these certificates; default: plain http and ws

	Seed   uint64 // everything that looks random follows from it; default 1
	Token  string // the bot's token; default: made from the seed
	Guilds int    // how many guilds the bot is in; default 20
	Large  int    // how many members the first guild has; default: like the others

	Shards            int              // what GET /gateway/bot recommends; default 2
	MaxConcurrency    int              // IDENTIFYs that may start at once, one for each shard id modulo it; default 1
	BucketWindow      time.Duration    // how long one IDENTIFY blocks its key; default 5 s, as Discord's
	IdentifyLimit     int              // IDENTIFYs a day; default 1000
	TokenReset        bool             // spending IdentifyLimit ends all sessions and the token, as Discord does, instead of refusing
	ShardMultiple     int              // num_shards has to be a multiple of it, else 4010; default: any
	MaxGuildsPerShard int              // more guilds on a session end it with 4011; default 2500
	DisallowedIntents discord.Intents  // privileged intents that end a session with 4014
	HeartbeatInterval time.Duration    // what HELLO says; default 41.25 s
	SessionTTL        time.Duration    // how long a session without a connection may be resumed; default 3 min
	ReplayLimit       int              // events kept for a RESUME per session; default 131072
	SendQueue         int              // events waiting for a slow reader before its connection is cut; default 65536
	SplitFrames       bool             // zlib-stream: send each payload in several websocket messages
	NoRateLimits      bool             // REST: no 429, no invalid-request ban
	GlobalLimit       int              // REST requests in a second; default 50
	RouteLimits       map[string]Limit // REST: limits by route, e.g. "POST /channels/{channel}/messages"
	InvalidLimit      int              // answers 401, 403, 429 in ten minutes before a ban; default 10000
	HistoryLimit      int              // messages kept per channel; default 10000
	BookLimit         int              // events kept in the books; default 1<<20
	RequestLimit      int              // REST requests kept; default 65536
	Chaos             Chaos            // inject faults by itself; default none
	Clock             Clock            // default: the system's
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	text := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	number := func(p *int, v int) {
		switch {
		case *p == 0:
			*p = v
		case *p < 0:
			*p = 0
		}
	}
	span := func(p *time.Duration, v time.Duration) {
		switch {
		case *p == 0:
			*p = v
		case *p < 0:
			*p = 0
		}
	}
	limit := func(p *int, v int) {
		if *p < 0 {
			*p = math.MaxInt
		}
		number(p, v)
	}
	text(&o.Listen, "127.0.0.1:0")
	if o.Seed == 0 {
		o.Seed = 1
	}
	number(&o.Guilds, 20)
	number(&o.Large, 0)
	number(&o.Shards, 2)
	number(&o.MaxConcurrency, 1)
	o.MaxConcurrency = max(o.MaxConcurrency, 1)
	span(&o.BucketWindow, 5*time.Second)
	number(&o.IdentifyLimit, 1000)
	number(&o.ShardMultiple, 1)
	o.ShardMultiple = max(o.ShardMultiple, 1)
	limit(&o.MaxGuildsPerShard, 2500)
	span(&o.HeartbeatInterval, 41250*time.Millisecond)
	span(&o.SessionTTL, 3*time.Minute)
	number(&o.ReplayLimit, 1<<17)
	limit(&o.SendQueue, 65536)
	number(&o.GlobalLimit, 50)
	number(&o.InvalidLimit, 10000)
	number(&o.HistoryLimit, 10000)
	number(&o.BookLimit, 1<<20)
	number(&o.RequestLimit, 65536)
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	return o
}
