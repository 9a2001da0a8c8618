// Suite shows what every SDK does alike: plugins/sdk/suite says what that is.
#include "discord.h"

static int64_t visits; // handed over at a reload

static int on_note(shard_event *e, DiscordMessage m, shard_text text) {
	shard_text key = shard_format("note/%U", discord_message_guild_id(m)), old;
	int result = shard_kv_get(key, &old);
	if (result == SHARD_NOT_FOUND) old = SHARD_TEXT("nothing");
	else if (result < 0) return result;
	if ((result = shard_kv_put(key, text, 0)) < 0) return result;
	return shard_reply(e, "%t", old);
}

static int on_message(shard_event *e) {
	DiscordMessage m = {e->data};
	uint64_t channel = discord_message_channel_id(m);
	shard_text word, rest, text;
	int64_t n;
	int result;
	shard_cut(discord_message_content(m), ' ', &word, &rest);
	if (shard_equal(word, SHARD_TEXT("!echo"))) return shard_reply(e, "%t", rest);
	if (shard_equal(word, SHARD_TEXT("!count"))) {
		if ((result = shard_kv_add(shard_format("count/%U", discord_message_guild_id(m)), 1, &n)) < 0) return result;
		return shard_reply(e, "%D", n);
	}
	if (shard_equal(word, SHARD_TEXT("!note"))) return on_note(e, m, rest);
	if (shard_equal(word, SHARD_TEXT("!remind"))) {
		shard_cut(rest, ' ', &rest, &text);
		if (!shard_number(rest, &n)) return shard_fail("%Q is no number of milliseconds", rest);
		return shard_after(e, "remind", n, shard_format("%U %t", channel, text));
	}
	if (shard_equal(word, SHARD_TEXT("!topic"))) {
		shard_text context = shard_format("{\"id\":%I,\"channel_id\":%I}", discord_message_id(m), channel);
		return shard_ask("GET", shard_format("/channels/%U", channel), SHARD_NO_BODY, "topic", context);
	}
	if (shard_equal(word, SHARD_TEXT("!fail"))) {
		if ((result = shard_kv_put(SHARD_TEXT("failed"), SHARD_TEXT("yes"), 0)) < 0) return result;
		return shard_fail("%t", rest);
	}
	if (shard_equal(word, SHARD_TEXT("!trap"))) shard_trap("trap asked for");
	if (shard_equal(word, SHARD_TEXT("!visits"))) return shard_reply(e, "%D", ++visits);
	if (shard_equal(word, SHARD_TEXT("!who"))) {
		DiscordUser author = discord_message_author(m);
		text = discord_user_global_name(author);
		if (!text.len) text = discord_user_username(author);
		return shard_reply(e, "%t", text.len ? text : SHARD_TEXT("nobody"));
	}
	if (shard_equal(word, SHARD_TEXT("!nonce"))) return shard_reply(e, "%D", shard_int(discord_message_nonce(m)));
	return 0;
}

static int on_topic(shard_event *e) {
	shard_event asked = {.data = {e->context.at, e->context.len}};
	if (e->status < 200 || e->status > 299) return shard_reply(&asked, "No topic: %d", e->status);
	return shard_reply(&asked, "Topic: %t", shard_string(shard_get(e->data, "topic")));
}

static int on_remind(shard_event *e) {
	shard_text channel, text;
	shard_cut(e->context, ' ', &channel, &text);
	return shard_send(shard_id((shard_json){channel.at, channel.len}), "%t", text);
}

static int on_add(shard_event *e) {
	return shard_answer(e, "%D", shard_int(shard_option(e, "a")) + shard_int(shard_option(e, "b")));
}

static int on_guild(shard_event *e) {
	DiscordGuild g = {e->data};
	uint64_t last = 0;
	unsigned n = 0;
	SHARD_EACH(member, discord_guild_members(g)) {
		last = discord_user_id(discord_member_user((DiscordMember){member}));
		n++;
	}
	return shard_send(discord_guild_system_channel_id(g), "%u members, last %U", n, last);
}

static int on_something(shard_event *e) {
	return shard_send(shard_id(shard_get(e->data, "channel_id")), "%t %j", e->name, e->data);
}

void shard_setup(void) {
	shard_on_message(on_message);
	shard_command("add", "Add two numbers", on_add,
		SHARD_INTEGER("a", "The first", SHARD_REQUIRED), SHARD_INTEGER("b", "The second", SHARD_REQUIRED));
	shard_on("GUILD_CREATE", on_guild);
	shard_on("SOMETHING_NEW", on_something);
	shard_on_timer("remind", on_remind);
	shard_on_answer("topic", on_topic);
	shard_state(1, &visits, sizeof visits);
}
