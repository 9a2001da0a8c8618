// shardhost.hpp is for writing plugins of Shardhost in C++20, without exceptions
// and without a standard library.
//
//	#include "discord.hpp"
//
//	void shard_setup() {
//		shard::on_message([](shard::Event &e) {
//			discord::Message m{e.data()};
//			if (m.author().bot() || m.content() != "!ping") return shard::ok;
//			return e.reply("pong");
//		});
//	}
//
// A handler is a lambda without captures, or a function in one. It returns ok, or
// what a call that failed has returned. Everything else is in shardhost.h, which
// this header wraps and which may be used beside it.
#pragma once
#include "shardhost.h"

#if __has_include(<string_view>)
#include <string_view>
#endif

namespace shard {

using Id = uint64_t;
constexpr int ok = SHARD_OK;

// Text is a part of something longer, as std::string_view is.
struct Text : shard_text {
	constexpr Text() : shard_text{nullptr, 0} {}
	constexpr Text(shard_text t) : shard_text(t) {}
	constexpr Text(const char *s) : shard_text{s, (uint32_t)__builtin_strlen(s)} {}
	constexpr const char *data() const { return at; }
	constexpr uint32_t size() const { return len; }
	constexpr bool empty() const { return len == 0; }
	constexpr const char *begin() const { return at; }
	constexpr const char *end() const { return at + len; }
	char operator[](uint32_t i) const { return at[i]; }
	bool starts_with(Text prefix) const { return len >= prefix.len && __builtin_memcmp(at, prefix.at, prefix.len) == 0; }
	Text substr(uint32_t from) const { return from < len ? shard_text{at + from, len - from} : shard_text{}; }
	// cut is what is before a separator; behind gets what follows it.
	Text cut(char separator, Text &behind) const {
		shard_text before, rest;
		shard_cut(*this, separator, &before, &rest);
		behind = rest;
		return before;
	}
	bool number(int64_t &n) const { return shard_number(*this, &n); }
#if __has_include(<string_view>)
	operator std::string_view() const { return {at, len}; }
#endif
};
inline bool operator==(Text a, Text b) { return shard_equal(a, b); }

// Json is one value, read where it is asked.
struct Json : shard_json {
	constexpr Json() : shard_json{nullptr, 0} {}
	constexpr Json(shard_json j) : shard_json(j) {}
	Json get(const char *path) const { return shard_get(*this, path); }
	bool exists() const { return len != 0; }
	bool null() const { return shard_null(*this); }
	bool boolean() const { return shard_bool(*this); }
	int64_t integer() const { return shard_int(*this); }
	double number() const { return shard_float(*this); }
	Id id() const { return shard_id(*this); }
	Text text() const { return shard_string(*this); }
	uint32_t count() const { return shard_len(*this); }
};

template <class T> T view(Json j) { return T{j}; }
template <> inline Id view(Json j) { return j.id(); }
template <> inline int64_t view(Json j) { return j.integer(); }
template <> inline double view(Json j) { return j.number(); }
template <> inline bool view(Json j) { return j.boolean(); }
template <> inline Text view(Json j) { return j.text(); }

// List is an array of things of one type: for (auto role : member.roles()) ...
template <class T> struct List : Json {
	List(Json j) : Json(j) {}
	struct Iterator {
		shard_json rest, item;
		bool more;
		T operator*() const { return view<T>(item); }
		Iterator &operator++() { return more = shard_next(&rest, &item), *this; }
		bool operator!=(const Iterator &) const { return more; }
	};
	Iterator begin() const { return ++Iterator{*this, {}, true}; }
	Iterator end() const { return {}; }
};

// Map is an object whose keys are not known before, mostly ids.
template <class T> struct Map : Json {
	Map(Json j) : Json(j) {}
	T at(const char *key) const { return view<T>(get(key)); }
};

// The formats of shardhost.h take what is in C; these are Text and Json there.
inline shard_text plain(Text t) { return t; }
inline shard_json plain(Json j) { return j; }
template <class T> T plain(T value) { return value; }

template <class... A> Text format(const char *f, A... values) { return shard_format(f, plain(values)...); }
template <class... A> Json make(const char *f, A... values) { return shard_make(f, plain(values)...); }
template <class... A> int fail(const char *f, A... values) { return shard_fail(f, plain(values)...); }
template <class... A> void log(int level, const char *f, A... values) { shard_log(level, f, plain(values)...); }
template <class... A> int send(Id channel, const char *f, A... values) { return shard_send(channel, f, plain(values)...); }
inline int rest(const char *method, Text path, Json body = {}) { return shard_rest(method, path, body); }
inline int ask(const char *method, Text path, const char *answer, Text context, Json body = {}) {
	return shard_ask(method, path, body, answer, context);
}
inline Json config(const char *path) { return shard_config(path); }

// Event is what a handler gets.
struct Event {
	shard_event *raw;
	Text name() const { return raw->name; }
	Json data() const { return raw->data; }
	Id guild() const { return raw->guild; }
	Text context() const { return raw->context; }
	int status() const { return raw->status; }
	Text user_name() const { return shard_user_name(raw); }
	Json option(const char *name) const { return shard_option(raw, name); }
	Json input(const char *id) const { return shard_input(raw, id); }
	int defer() const { return shard_defer(raw); }
	int respond(int type, Json data) const { return shard_respond(raw, type, data); }
	int after(const char *timer, int64_t ms, Text context) const { return shard_after(raw, timer, ms, context); }
	template <class... A> int reply(const char *f, A... values) const { return shard_reply(raw, f, plain(values)...); }
	template <class... A> int answer(const char *f, A... values) const { return shard_answer(raw, f, plain(values)...); }
	template <class... A> int whisper(const char *f, A... values) const { return shard_whisper(raw, f, plain(values)...); }
	template <class... A> int follow_up(const char *f, A... values) const { return shard_follow_up(raw, f, plain(values)...); }
};

// Place is where a handler is registered.
struct Place {
	const char *file;
	int line;
	static constexpr Place here(const char *file = __builtin_FILE(), int line = __builtin_LINE()) {
		const char *name = file;
		for (const char *p = file; *p; p++) name = *p == '/' ? p + 1 : name;
		return {name, line};
	}
	const char *of(const char *kind, const char *name) const { return shard_format("%s %s at %s:%d%c", kind, name, file, line, 0).at; }
};

template <class F> int handle(shard_event *raw) {
	Event e{raw};
	return F{}(e);
}

template <class F> void on(const char *event, F, Place at = Place::here()) {
	shard_register_(SHARD_ON_EVENT_, event, handle<F>, at.of("on", event));
}
template <class F> void on_message(F f, Place at = Place::here()) {
	shard_messages_();
	on("MESSAGE_CREATE", f, at);
}
template <class F> void on_start(F, Place at = Place::here()) { shard_register_(SHARD_ON_START_, "", handle<F>, at.of("on_start", "")); }
template <class F> void on_answer(const char *name, F, Place at = Place::here()) {
	shard_register_(SHARD_ON_ANSWER_, name, handle<F>, at.of("on_answer", name));
}
template <class F> void on_topic(const char *pattern, F, Place at = Place::here()) {
	shard_register_(SHARD_ON_TOPIC_, pattern, handle<F>, at.of("on_topic", pattern));
}
template <class F> void on_component(const char *id, F, Place at = Place::here()) {
	shard_interactions_();
	shard_register_(SHARD_ON_COMPONENT_, id, handle<F>, at.of("on_component", id));
}
template <class F> void on_modal(const char *id, F, Place at = Place::here()) {
	shard_interactions_();
	shard_register_(SHARD_ON_MODAL_, id, handle<F>, at.of("on_modal", id));
}
template <class F> void on_timer(const char *name, F, Place at = Place::here()) { shard_on_timer_(name, handle<F>, at.of("on_timer", name)); }
template <class F> void every(const char *name, int64_t period_ms, F, Place at = Place::here()) {
	shard_every_(name, period_ms, handle<F>, at.of("every", name));
}

// Option is an option of a command, one of the SHARD_ macros of shardhost.h.
struct Option : shard_option_of {};
template <class F, unsigned n = 0> void command(const char *name, const char *about, F, const Option (&options)[n], Place at = Place::here()) {
	shard_command_(name, about, handle<F>, at.of("command", name), options, n);
}
template <class F> void command(const char *name, const char *about, F, Place at = Place::here()) {
	shard_command_(name, about, handle<F>, at.of("command", name), nullptr, 0);
}

// fields has the host find fields of an event.
template <class... P> void fields(const char *event, P... paths) {
	const char *const all[] = {paths...};
	shard_fields_(event, all, sizeof...(paths));
}

// state hands a variable to the next version, and over a restart.
template <class T> void state(int32_t schema, T &variable) { shard_state(schema, &variable, sizeof variable); }

namespace kv {

// Value is what get has found, or why it has not.
struct Value {
	int result;
	Text text;
	bool missing() const { return result == SHARD_NOT_FOUND; }
	explicit operator bool() const { return result == ok; }
};
inline Value get(Text key) {
	shard_text t;
	int result = shard_kv_get(key, &t);
	return {result, t};
}
inline int put(Text key, Text value, int64_t ttl_ms = 0) { return shard_kv_put(key, value, ttl_ms); }
template <class T> int get_as(Text key, T &value) { return shard_kv_get_bytes(key, &value, sizeof value); }
template <class T> int put_as(Text key, const T &value, int64_t ttl_ms = 0) { return shard_kv_put_bytes(key, &value, sizeof value, ttl_ms); }
inline int add(Text key, int64_t delta, int64_t *sum = nullptr) { return shard_kv_add(key, delta, sum); }
inline int erase(Text key) { return shard_kv_delete(key); }

} // namespace kv
} // namespace shard
