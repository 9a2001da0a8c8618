// Welcome greets who joins, says who has left, and gives new members a role that
// a moderator chooses with /welcome.
//
//	config {
//	  channel = "5"                       # where it speaks
//	  text    = "Welcome, {user}, ..."    # {user} mentions who has joined
//	}
#include "discord.h"

// MANAGE_ROLES, the permission that /welcome asks for.
// https://docs.discord.com/developers/topics/permissions#permissions-bitwise-permission-flags
static const char command[] =
	"{\"type\":1,\"name\":\"welcome\",\"description\":\"Choose the role of new members\",\"default_member_permissions\":\"268435456\","
	"\"contexts\":[0],\"options\":[{\"type\":8,\"name\":\"role\",\"description\":\"The role; without it there is none any more\"}]}";

static shard_text role_key(uint64_t guild) { return shard_format("role/%U", guild); }

static int on_start(shard_event *e) {
	(void)e;
	if (!shard_id(shard_config("channel"))) return shard_fail("config: channel is missing: put the id of a text channel there");
	return 0;
}

// greeting is the configured text with {user} filled in.
static shard_text greeting(uint64_t user) {
	shard_json configured = shard_config("text");
	shard_text text = shard_exists(configured) ? shard_string(configured) : SHARD_TEXT("Welcome, {user}!"), before, behind;
	shard_text result = {0};
	while (shard_cut(text, '{', &before, &behind)) {
		bool ours = shard_starts(behind, "user}");
		result = ours ? shard_format("%t%t<@%U>", result, before, user) : shard_format("%t%t{", result, before);
		text = ours ? (shard_text){behind.at + 5, behind.len - 5} : behind;
	}
	return shard_format("%t%t", result, text);
}

static int on_join(shard_event *e) {
	DiscordMember member = {e->data};
	DiscordUser user = discord_member_user(member);
	if (discord_user_bot(user)) return 0;
	int result = shard_send(shard_id(shard_config("channel")), "%t", greeting(discord_user_id(user)));
	if (result < 0) return result;
	shard_text role;
	result = shard_kv_get(role_key(e->guild), &role);
	if (result == SHARD_NOT_FOUND) return 0;
	if (result < 0) return result;
	shard_text path = shard_format("/guilds/%U/members/%U/roles/%t", e->guild, discord_user_id(user), role);
	return shard_call(&(shard_request){.method = "PUT", .path = path, .reason = "the role of new members"});
}

static int on_leave(shard_event *e) {
	return shard_send(shard_id(shard_config("channel")), "%t has left.", shard_user_name(e));
}

static int on_welcome(shard_event *e) {
	uint64_t role = shard_id(shard_option(e, "role"));
	int result = role ? shard_kv_put(role_key(e->guild), shard_format("%U", role), 0) : shard_kv_delete(role_key(e->guild));
	if (result < 0) return result;
	return role ? shard_whisper(e, "New members get <@&%U> from now on.", role) : shard_whisper(e, "New members get no role any more.");
}

void shard_setup(void) {
	shard_on_start(on_start);
	shard_on("GUILD_MEMBER_ADD", on_join);
	shard_on("GUILD_MEMBER_REMOVE", on_leave);
	shard_command_json("welcome", command, on_welcome);
}
