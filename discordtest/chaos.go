package discordtest

import (
	"math/rand/v2"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// Chaos is a profile of faults that a server injects by itself, at random
// moments that follow from the seed.
type Chaos string

// The profiles.
const (
	ChaosNone  Chaos = ""
	ChaosMild  Chaos = "mild"  // what a bot meets in a bad week: every connection comes back with its session
	ChaosHarsh Chaos = "harsh" // everything at once, lost sessions and broken streams among it
)

// ParseChaos reads the name of a profile.
func ParseChaos(name string) (Chaos, bool) {
	switch c := Chaos(name); c {
	case ChaosNone, ChaosMild, ChaosHarsh:
		return c, true
	}
	return ChaosNone, false
}

// pace is the mean time between two faults.
func (c Chaos) pace() time.Duration {
	if c == ChaosHarsh {
		return time.Second
	}
	return 10 * time.Second
}

// faults are those of the profile; the more often one is listed, the more
// often it strikes.
func (c Chaos) faults() []Fault {
	mild := []Fault{
		{Kind: FaultReset},
		{Kind: FaultReset, At: AtReplay, After: 3},
		{Kind: FaultClose, Code: discord.CloseUnknownError},
		{Kind: FaultClose, Code: discord.CloseGoingAway},
		{Kind: FaultClose, Code: discord.CloseServiceRestart},
		{Kind: FaultReconnect},
		{Kind: FaultReconnect},
		{Kind: FaultReconnect, At: AtResume},
		{Kind: FaultInvalidSession, Resumable: true},
		{Kind: FaultMuteAcks},
		{Kind: FaultHeartbeatRequest},
		{Kind: FaultUnknownEvent},
		{Kind: FaultUnknownOpcode},
		{Kind: FaultOutage},
	}
	if c != ChaosHarsh {
		return mild
	}
	harsh := []Fault{
		{Kind: FaultInvalidSession},
		{Kind: FaultInvalidSession, At: AtIdentify},
		{Kind: FaultInvalidSession, At: AtResume},
		{Kind: FaultExpire},
		{Kind: FaultHalfOpen},
		{Kind: FaultCorrupt},
		{Kind: FaultGarbage},
		{Kind: FaultNullData},
		{Kind: FaultDuplicate, Events: 5},
		{Kind: FaultGap, Events: 2},
		{Kind: FaultHuge, Events: 2},
		{Kind: FaultNoHello, At: AtConnect, Shard: AllShards},
		{Kind: FaultReconnect, At: AtConnect, Shard: AllShards},
		{Kind: FaultClose, At: AtConnect, Shard: AllShards, Code: discord.CloseInternalError},
		{Kind: FaultClose, At: AtReady, Code: discord.CloseUnknownError},
		{Kind: FaultClose, At: AtReplay, After: 1, Code: discord.CloseUnknownError},
		{Kind: FaultClose, Code: discord.CloseNormal},
		{Kind: FaultClose, Code: discord.CloseSessionTimedOut},
		{Kind: FaultClose, Code: discord.CloseInvalidSequence},
		{Kind: FaultClose, Code: discord.CloseNotAuthenticated},
		{Kind: FaultClose, Code: discord.CloseRateLimited},
		{Kind: FaultClose, Code: 4999},
	}
	return append(mild, harsh...)
}

// scripts are the REST answers of the profile.
func (c Chaos) scripts() []Script {
	list := []Script{
		{Status: 500}, {Status: 502, Body: "<html><body>502 Bad Gateway</body></html>", Header: map[string]string{"Content-Type": "text/html"}}, {Status: 503},
		{Delay: 2 * time.Second},
	}
	if c == ChaosHarsh {
		list = append(list, Script{Abort: true}, Script{Abort: true, Delay: time.Second}, Script{Status: 200, Body: "<html>not what you asked for</html>"}, Script{
			Status: 429, Header: map[string]string{"Retry-After": "1", "X-RateLimit-Scope": "shared"},
			Body: `{"message": "The resource is being rate limited.", "retry_after": 0.4, "global": false}`,
		})
	}
	return list
}

// unleash starts a profile. Each strike arms the next, on the clock.
func (s *Server) unleash(c Chaos) {
	if c == ChaosNone {
		return
	}
	rng := rand.New(rand.NewPCG(s.opts.Seed, 0x6368616f73))
	faults, scripts := c.faults(), c.scripts()
	var next func()
	next = func() {
		s.after(time.Duration(rng.ExpFloat64()*float64(c.pace())), func() {
			if rng.IntN(5) == 0 {
				_ = s.Script(pick(rng, scripts)) // those of a profile are sound
			} else {
				s.hub.chaos(pick(rng, faults), rng)
			}
			next()
		})
	}
	next()
}

// chaos lets a fault strike one session, or wait for one.
func (h *hub) chaos(f Fault, rng *rand.Rand) {
	h.mu.Lock()
	live := h.live()
	h.mu.Unlock()
	if len(live) == 0 {
		return
	}
	if f.At != AtConnect {
		f.Shard = pick(rng, live).shard
	}
	_, _ = h.inject(f) // those of a profile are sound
}
