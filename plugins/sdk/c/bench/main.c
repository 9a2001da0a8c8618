// The guest of the bench languages: the handler that every SDK has there, as an
// author would write it.
#include "discord.h"

static uint64_t hits, sum;

static int on_message(shard_event *e) {
	DiscordMessage m = {e->data};
	shard_text content = discord_message_content(m);
	if (shard_equal(content, SHARD_TEXT("!sum"))) return shard_log(SHARD_INFO, "%U %U", hits, sum), 0;
	if (shard_starts(content, "!ping")) hits++;
	uint64_t author = discord_user_id(discord_message_author(m));
	sum += author % 1000 + discord_message_channel_id(m) % 1000 + discord_message_guild_id(m) % 1000;
	if (content.len) sum += (unsigned char)content.at[content.len - 1];
	return 0;
}

void shard_setup(void) { shard_on_message(on_message); }
