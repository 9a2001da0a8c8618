package discordtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// A Load is traffic at a rate for a time.
type Load struct {
	Rate    float64 // events a second, over all guilds
	Seconds float64
	Seed    uint64 // 0: the server's
}

// Loaded is what a load has done.
type Loaded struct {
	Events  int            `json:"events"`  // that happened
	Sent    uint64         `json:"sent"`    // dispatches to sessions, of anything, meanwhile
	Seconds float64        `json:"seconds"` // that it took
	Types   map[string]int `json:"types"`   // events by name
}

// loadStep is how often a load catches up with its rate.
const loadStep = 5 * time.Millisecond

const (
	maxRate    = 1e7
	maxSeconds = 24 * 3600
)

// Load lets things happen in all guilds: messages (55 %), presences (25 %),
// typing (15 %), reactions, member and voice updates. It returns when all have
// happened, or with what has and the context's error. The time is the clock's.
func (s *Server) Load(ctx context.Context, l Load) (Loaded, error) {
	switch {
	case !(l.Rate > 0 && l.Rate <= maxRate):
		return Loaded{}, fmt.Errorf("discordtest: rate %v: more than 0 and at most %.0f events a second", l.Rate, maxRate)
	case !(l.Seconds > 0 && l.Seconds <= maxSeconds):
		return Loaded{}, fmt.Errorf("discordtest: seconds %v: more than 0 and at most %d", l.Seconds, maxSeconds)
	case len(s.world.guilds) == 0:
		return Loaded{}, fmt.Errorf("discordtest: a load needs guilds")
	}
	if l.Seed == 0 {
		l.Seed = s.opts.Seed
	}
	t := newTraffic(s, l.Seed)
	total := int(l.Rate*l.Seconds + 0.5)
	done := Loaded{Types: make(map[string]int)}
	sent := s.rec.snapshot().EventsSent
	began := s.clock.Now()
	finish := func(err error) (Loaded, error) {
		done.Sent = s.rec.snapshot().EventsSent - sent
		done.Seconds = s.clock.Now().Sub(began).Seconds()
		return done, err
	}
	for {
		now := s.clock.Now()
		due := min(total, int(l.Rate*now.Sub(began).Seconds()))
		for done.Events < due {
			e := t.next(now)
			s.hub.dispatch(e)
			done.Types[e.name]++
			done.Events++
			if done.Events%512 == 0 && (ctx.Err() != nil || s.closing()) {
				return finish(cmp.Or(ctx.Err(), ErrClosed))
			}
		}
		if done.Events >= total {
			return finish(nil)
		}
		if err := s.wait(ctx, loadStep); err != nil {
			return finish(err)
		}
	}
}

// ErrClosed says that the server was closed meanwhile.
var ErrClosed = errors.New("discordtest: the server is closed")

// wait returns after d on the clock, or when the context or the server ends.
func (s *Server) wait(ctx context.Context, d time.Duration) error {
	rung := make(chan struct{})
	timer := s.after(d, func() { close(rung) })
	defer timer.Stop()
	select {
	case <-rung:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return ErrClosed
	}
}

func (s *Server) closing() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}
