package discordtest

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/shardhost/shardhost/discord"
)

// guildPeriod is a number of milliseconds, about 13 days, that most shard
// counts divide: all up to 16, and 20, 24, 32, 64, 100, 128, 500, 512, 1000.
// Guild i is created i milliseconds after a multiple of it, so that its shard
// is i modulo the number of shards: guilds are spread evenly whatever the
// count, and a test knows where each one is.
const guildPeriod = 1024 * 9 * 125 * 7 * 11 * 13

// guildBirth is a multiple of guildPeriod in 2016, in snowflake time.
const guildBirth = 33 * guildPeriod

// guildID makes the id of the i-th guild.
func guildID(i int, rng *rand.Rand) discord.GuildID {
	ms := uint64(guildBirth) + rng.Uint64N(200)*guildPeriod + uint64(i)
	return discord.GuildID(ms<<22 | rng.Uint64N(1<<10)<<12 | rng.Uint64N(64))
}

// bornBetween makes an id as of a moment between two years.
func bornBetween(from, to int, rng *rand.Rand) discord.Snowflake {
	start := time.Date(from, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - discord.Epoch
	end := time.Date(to, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli() - discord.Epoch
	ms := uint64(start) + rng.Uint64N(uint64(end-start))
	return discord.Snowflake(ms<<22 | rng.Uint64N(1<<22))
}

// A mint makes ids that rise, as of its clock.
type mint struct {
	clock Clock
	mu    sync.Mutex
	last  uint64
}

func (m *mint) next() discord.Snowflake {
	id := uint64(discord.NewSnowflake(m.clock.Now()))
	m.mu.Lock()
	defer m.mu.Unlock()
	if id <= m.last {
		id = m.last + 1
	}
	m.last = id
	return discord.Snowflake(id)
}
