package shard

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	// growthInterval is how often Discord is asked whether more shards are
	// needed.
	growthInterval = 30 * time.Minute

	// defaultRescaleAt is the growth at which a manager rescales by itself.
	// Discord recommends about one shard for 1,000 guilds and refuses a session
	// with more than 2,500 of them.
	defaultRescaleAt = 2
)

// watchGrowth asks from time to time how many shards are recommended, says when
// there are too few, and rescales when it is time.
func (m *Manager) watchGrowth(life context.Context) {
	warned := 0
	for sleep(life, growthInterval/2+rand.N(growthInterval)) == nil {
		bot, err := m.ask(life)
		if err != nil {
			if life.Err() == nil {
				m.log.Warn("the recommended number of shards is not known", "error", err)
			}
			continue
		}
		m.observe(bot.SessionStartLimit)
		shards := m.NumShards()
		if bot.Shards <= shards {
			warned = 0
			continue
		}
		if at := m.rescaleAt(); at > 0 && float64(bot.Shards) >= at*float64(shards) {
			m.log.Info("the bot has outgrown its shards; rescaling", "shards", shards, "recommended", bot.Shards)
			m.Rescale()
			continue
		}
		if warned != bot.Shards {
			warned = bot.Shards
			m.log.Warn("more shards are recommended; a session with more than 2500 guilds is refused", "shards", shards, "recommended", bot.Shards)
		}
	}
}

// rescaleAt is the growth at which to rescale, 0: never.
func (m *Manager) rescaleAt() float64 {
	m.mu.Lock()
	all := m.ids == nil
	m.mu.Unlock()
	switch {
	case m.opts.RescaleAt != 0:
		return max(m.opts.RescaleAt, 0)
	case m.auto && all:
		return defaultRescaleAt
	}
	return 0
}
