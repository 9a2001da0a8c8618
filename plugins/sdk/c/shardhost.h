// shardhost.h is for writing plugins of Shardhost in C.
//
//	#include "shardhost.h"
//
//	static int on_message(shard_event *e) {
//		if (!shard_is(shard_get(e->data, "content"), "!ping")) return 0;
//		return shard_reply(e, "pong");
//	}
//
//	void shard_setup(void) { shard_on_message(on_message); }
//
// A handler returns 0, or something negative that has failed: then nothing that
// it asked for happens, and the event is tried again. What it asks for happens
// when it has returned 0: all of it, and exactly once.
//
// No libc is needed, and nothing is freed: text that the SDK makes lives until
// the handler returns. Handlers run one after the other. Variables of the plugin
// are a cache that is lost in a crash; what must last belongs into the store.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// shard_setup is written by the plugin. It registers what the plugin handles, and
// runs once, before everything else.
void shard_setup(void);

// Results of calls. A call that fails has written down why: return its result.
enum {
	SHARD_OK = 0,
	SHARD_INVALID = -1,
	SHARD_DENIED = -2,
	SHARD_TRY_AGAIN = -3,
	SHARD_NOT_FOUND = -4, // of the store: there is no such key
	SHARD_TOO_BIG = -5,
	SHARD_EXISTS = -6, // of shard_kv_swap: it is another version by now
	SHARD_CLOSING = -7,
	SHARD_FAILED = -8,
	SHARD_UNSUPPORTED = -9,
	SHARD_UNCERTAIN = -10, // of an answer: the host died before it knew
};

// ---- Text: bytes with a length, UTF-8 from the host, without a 0 at the end.

typedef struct shard_text {
	const char *at;
	uint32_t len;
} shard_text;

#define SHARD_TEXT(literal) ((shard_text){"" literal, sizeof(literal) - 1})

shard_text shard_text_of(const char *s);
bool shard_equal(shard_text a, shard_text b);
bool shard_starts(shard_text s, const char *prefix);

// shard_cut cuts s at the first separator: into what is before it and what is
// behind. false: there is none, before is all of s and behind empty.
bool shard_cut(shard_text s, char separator, shard_text *before, shard_text *behind);

// shard_number reads a whole number in decimal. false: it is none.
bool shard_number(shard_text s, int64_t *n);

// shard_format makes text that lives until the handler returns.
//
//	%s const char *   %t shard_text        %c char   %b bool   %%
//	%d int            %u unsigned          %f double
//	%D int64_t        %U uint64_t, an id
//	%q const char *   %Q shard_text        as a JSON string, with quotes
//	%I uint64_t       an id as a JSON string
//	%j shard_json     as it stands, null for nothing
shard_text shard_format(const char *format, ...);

// ---- JSON: the text of one value, read where it is asked and nowhere else.

typedef struct shard_json {
	const char *at;
	uint32_t len;
} shard_json;

// shard_find goes down into objects by a path of keys with dots between them. A
// step that leads nowhere gives nothing, whose every reading is 0, false or
// empty, so that no check is needed on the way.
shard_json shard_find(shard_json j, const char *path, uint32_t len);
static inline shard_json shard_get(shard_json j, const char *path) { return shard_find(j, path, (uint32_t)__builtin_strlen(path)); }

static inline bool shard_exists(shard_json j) { return j.len != 0; }
bool shard_null(shard_json j);
bool shard_bool(shard_json j);
int64_t shard_int(shard_json j); // of a number, or of one in a string; 0 if it is none or does not fit
double shard_float(shard_json j);
uint64_t shard_id(shard_json j);
bool shard_is(shard_json j, const char *text); // it is a string with that text

// shard_string is the text of a string with its escapes resolved, and any other
// value as it is written. null and nothing are empty. Without escapes it is a
// part of j; else it lives until the handler returns.
shard_text shard_string(shard_json j);

// shard_unescape is shard_string into a buffer of the caller's. It returns the
// length of the text, of which no more than room bytes are written.
uint32_t shard_unescape(shard_json j, char *to, uint32_t room);

uint32_t shard_len(shard_json j); // how many elements or fields there are

// SHARD_EACH goes through the elements of an array.
//
//	SHARD_EACH(role, shard_get(e->data, "member.roles")) if (shard_id(role) == wanted) ...
#define SHARD_EACH(item, list) for (shard_json item##_rest = (list), item; shard_next(&item##_rest, &item);)
bool shard_next(shard_json *rest, shard_json *item);

// SHARD_EACH_FIELD goes through the fields of an object: f.key, f.value.
#define SHARD_EACH_FIELD(f, object) for (shard_fields_of f = {.rest = (object)}; shard_next_field(&f);)
typedef struct shard_fields_of {
	shard_json rest;
	shard_text key; // with its escapes, as it is written
	shard_json value;
} shard_fields_of;
bool shard_next_field(shard_fields_of *f);

// shard_make makes JSON as shard_format makes text, and writes ' as ":
//
//	shard_make("{'embeds':[{'title':%q,'color':%d}]}", "Hello", 0x5865f2)
shard_json shard_make(const char *format, ...);

// ---- Handlers.

typedef struct shard_event {
	shard_text name;   // of the event; the topic of a message of another plugin
	shard_json data;   // Discord's d as it was sent; the body of an answer or message
	uint64_t guild;    // 0: none
	uint64_t tag;      // of an event: its sequence
	int64_t received;  // unix nanoseconds
	int32_t status;    // of an answer: HTTP status, or a negative result
	uint32_t flags;    // 1: given before, 2: sent again by Discord, 4: asked for by an earlier version
	uint16_t shard;
	shard_text context; // what the plugin gave with its request or timer
} shard_event;

typedef int (*shard_handler)(shard_event *e);

// shard_on registers a handler of an event by its name on the wire, or of several
// with * at the end.
#define shard_on(event, handler) shard_register_(SHARD_ON_EVENT_, event, handler, SHARD_PLACE_(handler))

// shard_on_message is shard_on for MESSAGE_CREATE. It asks for the intent
// MESSAGE_CONTENT, and has the host find id, content, author, channel_id and
// guild_id, unless shard_fields says what else.
#define shard_on_message(handler) (shard_messages_(), shard_on("MESSAGE_CREATE", handler))

// shard_on_start runs in each lane after every load, before the first event. A
// failure refuses the plugin: it is the place to check the configuration.
#define shard_on_start(handler) shard_register_(SHARD_ON_START_, "", handler, SHARD_PLACE_(handler))

// shard_on_answer registers a handler of answers by a name: see shard_ask.
#define shard_on_answer(name, handler) shard_register_(SHARD_ON_ANSWER_, name, handler, SHARD_PLACE_(handler))

// shard_on_topic registers a handler of messages of other plugins. In a pattern *
// is one word, at the end one or more.
#define shard_on_topic(pattern, handler) shard_register_(SHARD_ON_TOPIC_, pattern, handler, SHARD_PLACE_(handler))

// shard_on_control registers a handler of the host's own words: cold, stale, gap.
#define shard_on_control(name, handler) shard_register_(SHARD_ON_CONTROL_, name, handler, SHARD_PLACE_(handler))

// shard_on_component and shard_on_modal register handlers of buttons, menus and
// forms by their custom_id, or of several with * at the end.
#define shard_on_component(id, handler) (shard_interactions_(), shard_register_(SHARD_ON_COMPONENT_, id, handler, SHARD_PLACE_(handler)))
#define shard_on_modal(id, handler) (shard_interactions_(), shard_register_(SHARD_ON_MODAL_, id, handler, SHARD_PLACE_(handler)))

// shard_intent asks for an intent beyond those of the events.
void shard_intent(const char *name);

// shard_fields has the host find fields of an event, so that shard_get(e->data,
// path) of those costs next to nothing. For one event the last call counts.
//
//	shard_fields("MESSAGE_CREATE", "content", "author", "member.roles");
#define shard_fields(event, ...) \
	shard_fields_(event, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

// ---- Answers. They mention people, and neither @everyone nor roles.

int shard_reply(shard_event *e, const char *format, ...); // to a message, shown as a reply
int shard_send(uint64_t channel, const char *format, ...);
int shard_send_json(uint64_t channel, shard_json message);

// shard_rest asks for a call of Discord's REST API. path is below the version, as
// /channels/1; body is SHARD_NO_BODY for none.
int shard_rest(const char *method, shard_text path, shard_json body);
#define SHARD_NO_BODY ((shard_json){0})

// shard_ask is shard_rest whose answer goes to the handler that shard_on_answer
// has registered under that name, in whichever version of the plugin runs by
// then. context is UTF-8 that the handler gets as e->context.
int shard_ask(const char *method, shard_text path, shard_json body, const char *answer, shard_text context);

typedef struct shard_request {
	const char *method;
	shard_text path;
	shard_json body;
	const char *reason; // for the audit log
	const char *answer; // name of shard_on_answer
	shard_text context; // at most 4000 bytes
	bool resend;        // send it again when the host died before it knew the outcome
} shard_request;
int shard_call(const shard_request *r);

// shard_fetch calls the web, which needs the grant http. The answer goes to its
// handler as that of shard_call does: e->status, and what these read.
typedef struct shard_web_request {
	shard_text url;
	const char *method; // 0: GET
	shard_json headers; // an object of strings
	shard_text body;
	const char *answer;
	shard_text context;
	bool resend;
} shard_web_request;
int shard_fetch(const shard_web_request *r);
shard_text shard_web_header(shard_event *e, const char *name); // in lower case
shard_json shard_web_body(shard_event *e);                     // .at and .len, if it is no JSON

// ---- Slash commands and other interactions. The first answer has three seconds.

typedef struct shard_option_of {
	int kind;
	const char *name, *about;
	bool required;
} shard_option_of;
#define SHARD_REQUIRED true
#define SHARD_OPTIONAL false
#define SHARD_STRING(name, about, required) {3, name, about, required}
#define SHARD_INTEGER(name, about, required) {4, name, about, required}
#define SHARD_BOOLEAN(name, about, required) {5, name, about, required}
#define SHARD_USER(name, about, required) {6, name, about, required}
#define SHARD_CHANNEL(name, about, required) {7, name, about, required}
#define SHARD_ROLE(name, about, required) {8, name, about, required}
#define SHARD_NUMBER(name, about, required) {10, name, about, required}

// shard_command registers a slash command, and behind its handler the options.
//
//	shard_command("roll", "Throw a die", on_roll, SHARD_INTEGER("sides", "How many", SHARD_REQUIRED));
#define shard_command(name, about, handler, ...) \
	shard_command_(name, about, handler, SHARD_PLACE_(handler), (const shard_option_of[]){__VA_ARGS__}, \
		sizeof((const shard_option_of[]){__VA_ARGS__}) / sizeof(shard_option_of))

// shard_command_json registers a command with its definition as Discord takes it.
#define shard_command_json(name, definition, handler) shard_command_json_(name, definition, handler, SHARD_PLACE_(handler))

shard_json shard_option(shard_event *e, const char *name); // what was given for an option
shard_json shard_input(shard_event *e, const char *id);    // what was written into a field of a form
uint64_t shard_user(shard_event *e);                       // who used it, or wrote the message
shard_text shard_user_name(shard_event *e);                // as it is shown: the global name where there is one

int shard_answer(shard_event *e, const char *format, ...);
int shard_whisper(shard_event *e, const char *format, ...); // only the person sees it
int shard_defer(shard_event *e);                            // an answer follows within fifteen minutes
int shard_follow_up(shard_event *e, const char *format, ...);
int shard_respond(shard_event *e, int type, shard_json data); // everything else: a form is type 9

// ---- The store: keys of the plugin's own, which need the grant kv. A time to live
// of 0 is for ever.

int shard_kv_get(shard_text key, shard_text *value); // SHARD_NOT_FOUND without a failure being written down
int shard_kv_put(shard_text key, shard_text value, int64_t ttl_ms);
int shard_kv_get_int(shard_text key, int64_t *n);
int shard_kv_put_int(shard_text key, int64_t n, int64_t ttl_ms);
int shard_kv_get_bytes(shard_text key, void *to, uint32_t size); // a struct; another size is SHARD_INVALID
int shard_kv_put_bytes(shard_text key, const void *from, uint32_t size, int64_t ttl_ms);
int shard_kv_add(shard_text key, int64_t delta, int64_t *sum); // sum may be 0
int shard_kv_delete(shard_text key);
int64_t shard_kv_version(shard_text key);
int shard_kv_swap(shard_text key, int64_t version, shard_text value, int64_t ttl_ms);

// shard_kv_next goes through keys with a prefix, in order: after is empty at
// first, then the key before. SHARD_NOT_FOUND ends it.
int shard_kv_next(shard_text prefix, shard_text after, shard_text *key);

// ---- Timers, which need the grant timers, and survive reloads and restarts.

// shard_every calls a handler in each period, in the first lane of the plugin.
#define shard_every(name, period_ms, handler) shard_every_(name, period_ms, handler, SHARD_PLACE_(handler))

// shard_on_timer registers the handler of timers that shard_after sets. It gets
// context, which is kept in the store: grant kv, too.
#define shard_on_timer(name, handler) shard_on_timer_(name, handler, SHARD_PLACE_(handler))
int shard_after(shard_event *e, const char *name, int64_t delay_ms, shard_text context);

// ---- Memory that lasts. shard_state hands a variable to the next version of the
// plugin and over a restart. Another schema or size starts with what is there.
void shard_state(int32_t schema, void *variable, uint32_t size);

// ---- The rest.

shard_json shard_config(const char *path); // the block config
shard_text shard_secret(const char *name);
uint32_t shard_lane(void);

enum { SHARD_TRACE, SHARD_DEBUG, SHARD_INFO, SHARD_WARN, SHARD_ERROR };
void shard_log(int level, const char *format, ...);
int shard_count(const char *name, double n);
int shard_gauge(const char *name, double value);
int shard_observe(const char *name, double value);
int shard_publish(const char *topic, shard_json message);
int shard_gateway(int shard, int op, shard_json d); // shard -1: the event's own

// shard_fail writes down why a handler fails, and returns what it is to return.
int shard_fail(const char *format, ...);

// shard_trap gives the instance up: its memory is lost, the event is tried again.
#define shard_trap(...) shard_trap_at_(__FILE_NAME__ ":" SHARD_STRING_(__LINE__), __VA_ARGS__)
#define shard_assert(condition) ((condition) ? (void)0 : shard_trap("false: %s", #condition))

// shard_alloc gives zeroed memory that lives until the handler returns.
void *shard_alloc(uint32_t size);

// ---- What the macros above are made of.

#ifndef __FILE_NAME__
#define __FILE_NAME__ __FILE__
#endif
#define SHARD_STRING__(x) #x
#define SHARD_STRING_(x) SHARD_STRING__(x)
#define SHARD_PLACE_(handler) #handler " at " __FILE_NAME__ ":" SHARD_STRING_(__LINE__)
typedef enum shard_kind_ {
	SHARD_ON_EVENT_, SHARD_ON_START_, SHARD_ON_ANSWER_, SHARD_ON_TOPIC_, SHARD_ON_CONTROL_, SHARD_ON_COMPONENT_, SHARD_ON_MODAL_,
	SHARD_ON_COMMAND_, SHARD_ON_TIMER_, SHARD_ON_EVERY_,
} shard_kind_;
struct shard_registered_ *shard_register_(shard_kind_ kind, const char *name, shard_handler handler, const char *place);
void shard_messages_(void);
void shard_interactions_(void);
void shard_fields_(const char *event, const char *const *paths, uint32_t count);
void shard_command_(const char *name, const char *about, shard_handler handler, const char *place, const shard_option_of *options, uint32_t count);
void shard_command_json_(const char *name, const char *definition, shard_handler handler, const char *place);
void shard_every_(const char *name, int64_t period_ms, shard_handler handler, const char *place);
void shard_on_timer_(const char *name, shard_handler handler, const char *place);
__attribute__((noreturn)) void shard_trap_at_(const char *place, const char *format, ...);

#ifdef __cplusplus
}
#endif
