package discordtest

import (
	"errors"
	"fmt"
	"net/http"
)

// Settings are what may change while a server runs. Nil leaves it as it is.
type Settings struct {
	Shards              *int  `json:"shards"`               // what GET /gateway/bot recommends
	MaxGuildsPerShard   *int  `json:"max_guilds_per_shard"` // for IDENTIFYs to come; more are closed with 4011
	IdentifiesRemaining *int  `json:"identifies_remaining"` // of the day
	ResumeDown          *bool `json:"resume_down"`          // nobody answers at resume_gateway_url; needs Options.ResumeListen
}

// Change changes settings, all or none.
func (s *Server) Change(c Settings) error {
	h := s.hub
	switch {
	case c.Shards != nil && *c.Shards < 0:
		return fmt.Errorf("discordtest: shards %d cannot be negative", *c.Shards)
	case c.MaxGuildsPerShard != nil && *c.MaxGuildsPerShard < 1:
		return fmt.Errorf("discordtest: max_guilds_per_shard %d: at least 1", *c.MaxGuildsPerShard)
	case c.IdentifiesRemaining != nil && (*c.IdentifiesRemaining < 0 || *c.IdentifiesRemaining > s.opts.IdentifyLimit):
		return fmt.Errorf("discordtest: identifies_remaining %d: 0 to %d", *c.IdentifiesRemaining, s.opts.IdentifyLimit)
	case c.ResumeDown != nil && s.opts.ResumeListen == "":
		return errors.New("discordtest: resume_gateway_url is the gateway's own: start the server with a listener of its own for it")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.Shards != nil {
		h.opts.Shards = *c.Shards
	}
	if c.MaxGuildsPerShard != nil {
		h.opts.MaxGuildsPerShard = *c.MaxGuildsPerShard
	}
	if c.IdentifiesRemaining != nil {
		h.governor.spend(s.opts.IdentifyLimit-*c.IdentifiesRemaining, h.clock.Now())
	}
	if c.ResumeDown != nil {
		h.resumeDown = *c.ResumeDown
	}
	return nil
}

// down tells whether the resume listener plays dead.
func (h *hub) down() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.resumeDown
}

func (s *Server) controlSettings(r *http.Request) (any, error) {
	var c Settings
	if err := readJSON(r, &c); err != nil {
		return nil, err
	}
	return struct{}{}, s.Change(c)
}
