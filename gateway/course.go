package gateway

import (
	"math/rand/v2"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// A Backoff says how long a gateway pauses between connections. Zero fields
// have the defaults, which are meant for Discord; a simulator may be met faster.
type Backoff struct {
	First       time.Duration // at most, after a connection that was stable: spreads the shards; default 1s
	Step        time.Duration // after one that was not, doubled with each in a row; default 1s
	ResumeCap   time.Duration // where doubling ends while there is a session: a RESUME costs nothing; default 1m
	IdentifyCap time.Duration // where it ends without one; default 5m: 288 of the 1000 IDENTIFYs of a day
	Invalid     time.Duration // at least, up to five times as long, before an IDENTIFY; default 1s
	RateLimited time.Duration // at least, up to twice as long, after 4008; default 10s
	Stable      time.Duration // how long a connection must be ready to count as stable; default 1m
	Patience    time.Duration // pauses that add up to so much must have been made before a session that answers no RESUME is given up; default 7s
}

func (b Backoff) withDefaults() Backoff {
	for _, field := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{
		{&b.First, time.Second}, {&b.Step, time.Second},
		{&b.ResumeCap, time.Minute}, {&b.IdentifyCap, 5 * time.Minute},
		{&b.Invalid, time.Second}, {&b.RateLimited, 10 * time.Second},
		{&b.Stable, time.Minute}, {&b.Patience, 7 * time.Second},
	} {
		if *field.value <= 0 {
			*field.value = field.fallback
		}
	}
	return b
}

const (
	// maxRefused is how many RESUMEs in a row may be left without an answer
	// until the session is given up, if Backoff.Patience is over too: a storm
	// that cuts five connections in a moment says nothing of it. Sessions are known that end every RESUME
	// with a dropped connection for minutes.
	// See https://github.com/discord/discord-api-docs/issues/1619.
	maxRefused = 5
)

// An ending is how a connection, or the attempt to make one, ended.
type ending struct {
	err    error
	code   discord.CloseCode   // received, 0: none
	action discord.CloseAction // what has to follow
	moved  bool                // op 7: says nothing against the session or the URL
	doubt  bool                // op 9 with d true: the session may be resumed, perhaps

	asked    State         // StateIdentifying or StateResuming: what was sent, 0: nothing
	spoke    bool          // the service said something
	progress bool          // READY, RESUMED or a missed event came
	ready    time.Duration // how long the connection was ready
}

// A course decides what follows an ending: with which session, on which URL and
// after which pause. It holds no connection and no clock.
type course struct {
	Backoff
	home    string   // the URL that the gateway was made with
	session *Session // nil: the next connection sends IDENTIFY

	failures int           // connections in a row that were not stable
	astray   int           // how much speaks against the session's own URL: see url
	refused  int           // RESUMEs in a row that brought nothing
	waited   time.Duration // between them
	doubted  bool          // the session was called invalid but resumable, and not resumed since

	random func() float64 // [0,1); nil: math/rand
}

// What speaks against the URL that was dialed last, when it did not lead on.
const (
	unreachable = 3 // nobody said anything
	unanswered  = 1 // RESUME was not answered: the session may be the reason as well
)

// url returns what to dial next. RESUME belongs on the session's own URL, but
// that may point to a host that is gone; then the home URL is tried, which leads
// to more disconnects but may work. They take turns until RESUME succeeds.
func (c *course) url() string {
	if c.session != nil && c.astray/unreachable%2 == 0 && resumable(c.home, c.session.ResumeURL) {
		return c.session.ResumeURL
	}
	return c.home
}

// begun notes that a session began or went on.
func (c *course) begun(s Session) {
	c.session = nil
	if s.ID != "" {
		c.session = &s
	}
	c.astray, c.refused, c.waited, c.doubted = 0, 0, 0, false
}

// after takes in how a connection ended and returns how long to pause before
// the next. lost says that the session was given up.
func (c *course) after(e ending) (pause time.Duration, lost bool) {
	if e.ready >= c.Stable {
		c.failures = 0
	} else {
		c.failures++
	}
	had := c.session != nil
	if had && !e.progress && !e.moved {
		switch {
		case e.asked == StateResuming:
			c.refused++
			c.astray += unanswered
		case !e.spoke:
			c.astray += unreachable
		}
	}
	hopeless := c.refused >= maxRefused && c.waited >= c.Patience
	gone := e.action == discord.ActionIdentify || hopeless || e.doubt && c.doubted
	c.doubted = c.doubted || e.doubt
	if gone {
		c.session, c.astray, c.refused, c.waited, c.doubted = nil, 0, 0, 0, false
	}
	pause = c.pause(e)
	if c.refused > 0 {
		c.waited += pause
	}
	return pause, had && gone
}

func (c *course) pause(e ending) time.Duration {
	var pause time.Duration
	if c.failures == 0 {
		pause = c.fraction(0, c.First)
	} else {
		limit := c.ResumeCap
		if c.session == nil {
			limit = c.IdentifyCap
		}
		pause = limit
		if shift := c.failures - 1; shift < 16 {
			pause = min(limit, c.Step<<shift)
		}
		pause = c.fraction(pause/2, pause)
	}
	if e.code == discord.CloseRateLimited {
		pause = max(pause, c.fraction(c.RateLimited, 2*c.RateLimited))
	}
	if c.session == nil {
		// Discord used to ask for 1 to 5 seconds before the next IDENTIFY.
		pause = max(pause, c.fraction(c.Invalid, 5*c.Invalid))
	}
	return pause
}

// fraction returns a random duration between two.
func (c *course) fraction(from, to time.Duration) time.Duration {
	random := c.random
	if random == nil {
		random = rand.Float64
	}
	return from + time.Duration(random()*float64(to-from))
}
