// Suite shows what every SDK does alike: plugins/sdk/suite says what that is.
#include "discord.hpp"

static int64_t visits; // handed over at a reload

static int note(shard::Event &e, discord::Message m, shard::Text text) {
	shard::Text key = shard::format("note/%U", m.guild_id());
	auto old = shard::kv::get(key);
	if (!old && !old.missing()) return old.result;
	if (int result = shard::kv::put(key, text); result < 0) return result;
	return e.reply("%t", old ? old.text : "nothing");
}

static int message(shard::Event &e) {
	discord::Message m{e.data()};
	shard::Text rest, word = m.content().cut(' ', rest);
	if (word == "!echo") return e.reply("%t", rest);
	if (word == "!count") {
		int64_t n;
		if (int result = shard::kv::add(shard::format("count/%U", m.guild_id()), 1, &n); result < 0) return result;
		return e.reply("%D", n);
	}
	if (word == "!note") return note(e, m, rest);
	if (word == "!remind") {
		int64_t ms;
		shard::Text text, delay = rest.cut(' ', text);
		if (!delay.number(ms)) return shard::fail("%Q is no number of milliseconds", delay);
		return e.after("remind", ms, shard::format("%U %t", m.channel_id(), text));
	}
	if (word == "!topic") {
		return shard::ask("GET", shard::format("/channels/%U", m.channel_id()), "topic",
			shard::format("{\"id\":%I,\"channel_id\":%I}", m.id(), m.channel_id()));
	}
	if (word == "!fail") {
		if (int result = shard::kv::put("failed", "yes"); result < 0) return result;
		return shard::fail("%t", rest);
	}
	if (word == "!trap") shard_trap("trap asked for");
	if (word == "!visits") return e.reply("%D", ++visits);
	if (word == "!who") return e.reply("%t", e.user_name().empty() ? "nobody" : e.user_name());
	if (word == "!nonce") return e.reply("%D", m.nonce().integer());
	return shard::ok;
}

void shard_setup() {
	shard::on_message([](shard::Event &e) { return message(e); });
	shard::command("add", "Add two numbers",
		[](shard::Event &e) { return e.answer("%D", e.option("a").integer() + e.option("b").integer()); },
		{SHARD_INTEGER("a", "The first", SHARD_REQUIRED), SHARD_INTEGER("b", "The second", SHARD_REQUIRED)});
	shard::on("GUILD_CREATE", [](shard::Event &e) {
		discord::Guild g{e.data()};
		shard::Id last = 0;
		unsigned n = 0;
		for (auto member : g.members()) last = member.user().id(), n++;
		return shard::send(g.system_channel_id(), "%u members, last %U", n, last);
	});
	shard::on("SOMETHING_NEW", [](shard::Event &e) {
		return shard::send(e.data().get("channel_id").id(), "%t %j", e.name(), e.data());
	});
	shard::on_timer("remind", [](shard::Event &e) {
		shard::Text text, channel = e.context().cut(' ', text);
		int64_t id = 0;
		channel.number(id);
		return shard::send((shard::Id)id, "%t", text);
	});
	shard::on_answer("topic", [](shard::Event &e) {
		shard_event asked{.data = e.context().empty() ? shard_json{} : shard_json{e.context().at, e.context().len}};
		shard::Event of{&asked};
		if (e.status() < 200 || e.status() > 299) return of.reply("No topic: %d", e.status());
		return of.reply("Topic: %t", e.data().get("topic").text());
	});
	shard::state(1, visits);
}
