package gateway

import (
	"math/rand/v2"
	"time"

	"github.com/shardhost/shardhost/discord"
)

const (
	// stable is how long a connection must have been ready for the back-off to
	// begin anew. A service that accepts and drops at once is not well.
	stable = time.Minute

	firstPause  = time.Second      // at most, after a connection that was stable: spreads the shards
	pauseStep   = time.Second      // doubled with each failure in a row
	resumeCap   = time.Minute      // a RESUME costs nothing
	identifyCap = 5 * time.Minute  // 288 a day: a bot that never gets ready stays far below the 1000
	limitPause  = 10 * time.Second // at least, after 4008

	// maxRefused is how many RESUMEs in a row may be left without an answer
	// until the session is given up. Sessions are known that end every RESUME
	// with a dropped connection for minutes.
	// See https://github.com/discord/discord-api-docs/issues/1619.
	maxRefused = 5
)

// An ending is how a connection, or the attempt to make one, ended.
type ending struct {
	err    error
	code   discord.CloseCode   // received, 0: none
	action discord.CloseAction // what has to follow
	doubt  bool                // op 9 with d true: the session may be resumed, perhaps

	asked    State         // StateIdentifying or StateResuming: what was sent, 0: nothing
	progress bool          // READY, RESUMED or a missed event came
	ready    time.Duration // how long the connection was ready
}

// A course decides what follows an ending: with which session, on which URL and
// after which pause. It holds no connection and no clock.
type course struct {
	home    string   // the URL that the gateway was made with
	session *Session // nil: the next connection sends IDENTIFY

	failures int  // connections in a row that were not stable
	tries    int  // attempts to resume in a row that brought nothing
	refused  int  // RESUMEs in a row that brought nothing
	doubted  bool // the session was called invalid but resumable, and not resumed since

	random func() float64 // [0,1); nil: math/rand
}

// url returns what to dial next. While RESUME does not succeed the session's
// own URL and the home URL take turns: the former may point to a host that is
// gone, the latter leads to more disconnects.
func (c *course) url() string {
	if c.session != nil && c.tries%2 == 0 && resumable(c.home, c.session.ResumeURL) {
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
	c.tries, c.refused, c.doubted = 0, 0, false
}

// after takes in how a connection ended and returns how long to pause before
// the next. lost says that the session was given up.
func (c *course) after(e ending) (pause time.Duration, lost bool) {
	if e.ready >= stable {
		c.failures = 0
	} else {
		c.failures++
	}
	had := c.session != nil
	if had && !e.progress {
		c.tries++
		if e.asked == StateResuming {
			c.refused++
		}
	}
	gone := e.action == discord.ActionIdentify || c.refused >= maxRefused || e.doubt && c.doubted
	c.doubted = c.doubted || e.doubt
	if gone {
		c.session, c.tries, c.refused, c.doubted = nil, 0, 0, false
	}
	return c.pause(e), had && gone
}

func (c *course) pause(e ending) time.Duration {
	var pause time.Duration
	if c.failures == 0 {
		pause = c.fraction(0, firstPause)
	} else {
		limit := resumeCap
		if c.session == nil {
			limit = identifyCap
		}
		pause = limit
		if shift := c.failures - 1; shift < 16 {
			pause = min(limit, pauseStep<<shift)
		}
		pause = c.fraction(pause/2, pause)
	}
	if e.code == discord.CloseRateLimited {
		pause = max(pause, c.fraction(limitPause, 2*limitPause))
	}
	if c.session == nil {
		// Discord used to ask for 1 to 5 seconds before the next IDENTIFY.
		pause = max(pause, c.fraction(time.Second, 5*time.Second))
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
