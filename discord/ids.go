package discord

// GuildShard returns the shard, of n, whose sessions receive the events of
// guild g. Without a guild, and when n is not positive, it is 0: such events
// go to the first shard.
// See https://docs.discord.com/developers/events/gateway#sharding.
func GuildShard(g GuildID, n int) int {
	if n <= 1 || !g.IsValid() {
		return 0
	}
	return int((uint64(g) >> 22) % uint64(n))
}
