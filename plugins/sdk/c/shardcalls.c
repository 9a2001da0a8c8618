// What handlers ask the host for. None of it waits. Each function of the host is
// named in functions of its own, so that a module imports, and needs the grant
// of, only what the plugin uses.
#include "shardhost_inner.h"

// ---- Discord's REST API.

// object names a request for messages, without the tokens that stand in the paths
// of interactions and webhooks.
static shard_text object(const shard_request *r) {
	shard_text path, query, id, token = {0}, rest = {0};
	shard_cut(r->path, '?', &path, &query);
	shard_text of = path.len ? (shard_text){path.at + 1, path.len - 1} : path;
	shard_cut(of, '/', &of, &rest);
	if (shard_equal(of, SHARD_TEXT("interactions")) || shard_equal(of, SHARD_TEXT("webhooks"))) {
		shard_cut(rest, '/', &id, &rest);
		bool more = shard_cut(rest, '/', &token, &rest);
		if (token.len) path = shard_format("/%t/%t/...%s%t", of, id, more ? "/" : "", rest);
	}
	return shard_format("%s %t", r->method, path);
}

// returning gives a call that has an answer its tag, and the context that leads the
// answer to its handler. false: there is no such handler.
static bool returning(const char *answer, shard_text given, shard_text *context, uint64_t *tag) {
	static uint32_t asked;
	*tag = 0;
	*context = (shard_text){0};
	if (!answer) return true;
	if (!shard_registered(SHARD_ON_ANSWER_, shard_text_of(answer))) return false;
	*context = shard_format("%s\n%t", answer, given);
	*tag = (uint64_t)shard_int(shard_get(shard_init_document, "generation")) << 32 | ++asked;
	return true;
}

static int unanswered(shard_text call, const char *answer) {
	return shard_fail("%t: nothing is registered with shard_on_answer under the name %s", call, answer);
}

int shard_call(const shard_request *r) {
	shard_text context;
	uint64_t tag;
	if (!returning(r->answer, r->context, &context, &tag)) return unanswered(object(r), r->answer);
	shard_out o = {0};
	shard_putf(&o, "{\"method\":%q,\"path\":%Q", r->method, r->path);
	if (r->body.len) shard_putf(&o, ",\"body\":%j", r->body);
	if (r->reason) shard_putf(&o, ",\"reason\":%q", r->reason);
	if (r->resend) shard_putf(&o, ",\"on_uncertain\":\"resend\"");
	if (tag) shard_putf(&o, ",\"context\":%Q", context);
	shard_putf(&o, "}");
	shard_text document = shard_done(&o);
	int result = host_rest(tag, document.at, document.len);
	return result < 0 ? shard_checked(result, "rest", object(r)) : 0;
}

int shard_fetch(const shard_web_request *r) {
	shard_text context;
	uint64_t tag;
	if (!returning(r->answer, r->context, &context, &tag)) return unanswered(r->url, r->answer);
	shard_out o = {0};
	shard_putf(&o, "{\"url\":%Q,\"method\":%q", r->url, r->method ? r->method : "GET");
	if (r->headers.len) shard_putf(&o, ",\"headers\":%j", r->headers);
	if (r->body.len) shard_putf(&o, ",\"body\":%Q", r->body);
	if (r->resend) shard_putf(&o, ",\"on_uncertain\":\"resend\"");
	if (tag) shard_putf(&o, ",\"context\":%Q", context);
	shard_putf(&o, "}");
	shard_text document = shard_done(&o);
	return shard_checked(host_fetch(tag, document.at, document.len), "fetch", r->url);
}

shard_text shard_web_header(shard_event *e, const char *name) {
	shard_text headers, body;
	shard_cut((shard_text){e->data.at, e->data.len}, '\n', &headers, &body);
	return shard_string(shard_get((shard_json){headers.at, headers.len}, name));
}

shard_json shard_web_body(shard_event *e) {
	shard_text headers, body;
	shard_cut((shard_text){e->data.at, e->data.len}, '\n', &headers, &body);
	return (shard_json){body.at, body.len};
}

int shard_rest(const char *method, shard_text path, shard_json body) {
	return shard_call(&(shard_request){.method = method, .path = path, .body = body});
}

int shard_ask(const char *method, shard_text path, shard_json body, const char *answer, shard_text context) {
	return shard_call(&(shard_request){.method = method, .path = path, .body = body, .answer = answer, .context = context});
}

// message is one with a text, which mentions people and nobody else; more are
// further fields.
static shard_json message(shard_text text, shard_text more) {
	return shard_make("{'allowed_mentions':{'parse':['users'],'replied_user':true},'content':%Q%t}", text, more);
}

#define FORMATTED(text) \
	shard_text text; \
	{ \
		shard_out o_ = {0}; \
		va_list values_; \
		va_start(values_, format); \
		shard_vputf(&o_, false, format, values_); \
		va_end(values_); \
		text = shard_done(&o_); \
	}

static int post(uint64_t channel, shard_json body) { return shard_rest("POST", shard_format("/channels/%U/messages", channel), body); }

int shard_reply(shard_event *e, const char *format, ...) {
	FORMATTED(text)
	shard_text more = shard_format(",\"message_reference\":{\"fail_if_not_exists\":false,\"message_id\":%I}", shard_id(shard_get(e->data, "id")));
	return post(shard_id(shard_get(e->data, "channel_id")), message(text, more));
}

int shard_send(uint64_t channel, const char *format, ...) {
	FORMATTED(text)
	return post(channel, message(text, (shard_text){0}));
}

int shard_send_json(uint64_t channel, shard_json body) { return post(channel, body); }

// ---- Interactions.

enum { PING = 1, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL };

static int on_interaction(shard_event *e) {
	int64_t type = shard_int(shard_get(e->data, "type"));
	shard_kind_ kind = type == COMMAND ? SHARD_ON_COMMAND_ : type == COMPONENT ? SHARD_ON_COMPONENT_ : SHARD_ON_MODAL_;
	if (type != COMMAND && type != COMPONENT && type != MODAL) return 0;
	shard_text name = shard_string(shard_get(e->data, type == COMMAND ? "data.name" : "data.custom_id"));
	for (registered *r = shard_registered(SHARD_ON_EVENT_, SHARD_TEXT("INTERACTION_CREATE")); r; r = r->next) {
		if (r->kind == kind && shard_covers(r->name, name)) return shard_run(r, e);
	}
	return 0;
}

void shard_interactions_(void) {
	registered *r = shard_registered(SHARD_ON_EVENT_, SHARD_TEXT("INTERACTION_CREATE"));
	if (!r || r->handler != on_interaction) shard_register_(SHARD_ON_EVENT_, "INTERACTION_CREATE", on_interaction, "");
}

void shard_command_(const char *name, const char *about, shard_handler handler, const char *place, const shard_option_of *options, uint32_t count) {
	shard_interactions_();
	registered *r = shard_register_(SHARD_ON_COMMAND_, name, handler, place);
	shard_option_of *copy = shard_alloc(count * sizeof *copy);
	for (uint32_t i = 0; i < count; i++) copy[i] = options[i];
	r->about = about;
	r->options = copy;
	r->option_count = count;
}

void shard_command_json_(const char *name, const char *definition, shard_handler handler, const char *place) {
	shard_interactions_();
	shard_register_(SHARD_ON_COMMAND_, name, handler, place)->definition = definition;
}

static shard_json option(shard_json options, const char *name) {
	SHARD_EACH(o, options) {
		shard_json nested = shard_get(o, "options"); // of a subcommand
		shard_json value = nested.len ? option(nested, name) : shard_is(shard_get(o, "name"), name) ? shard_get(o, "value") : (shard_json){0};
		if (value.len) return value;
	}
	return (shard_json){0};
}

shard_json shard_option(shard_event *e, const char *name) { return option(shard_get(e->data, "data.options"), name); }

// input looks for a field of a form among components and what they hold.
static shard_json input(shard_json component, const char *id, int depth) {
	if (shard_is(shard_get(component, "custom_id"), id)) {
		shard_json value = shard_get(component, "value");
		return value.len ? value : shard_get(component, "values");
	}
	shard_json found = {0}, inner = shard_get(component, "component");
	if (depth > 4) return found;
	if (inner.len) found = input(inner, id, depth + 1);
	shard_json components = shard_get(component, "components");
	while (!found.len && shard_next(&components, &inner)) found = input(inner, id, depth + 1);
	return found;
}

shard_json shard_input(shard_event *e, const char *id) { return input(shard_get(e->data, "data"), id, 0); }

static shard_json user(shard_event *e) {
	static const char *const places[] = {"author", "member.user", "user"};
	for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
		shard_json user = shard_get(e->data, places[i]);
		if (user.len) return user;
	}
	return (shard_json){0};
}

uint64_t shard_user(shard_event *e) {
	shard_json id = shard_get(user(e), "id");
	return shard_id(id.len ? id : shard_get(e->data, "user_id"));
}

shard_text shard_user_name(shard_event *e) {
	shard_json of = user(e);
	shard_text name = shard_string(shard_get(of, "global_name"));
	return name.len ? name : shard_string(shard_get(of, "username"));
}

int shard_respond(shard_event *e, int type, shard_json data) {
	shard_text path = shard_format("/interactions/%U/%t/callback", shard_id(shard_get(e->data, "id")), shard_string(shard_get(e->data, "token")));
	return shard_rest("POST", path, data.len ? shard_make("{'type':%d,'data':%j}", type, data) : shard_make("{'type':%d}", type));
}

int shard_answer(shard_event *e, const char *format, ...) {
	FORMATTED(text)
	return shard_respond(e, 4, message(text, (shard_text){0}));
}

int shard_whisper(shard_event *e, const char *format, ...) {
	FORMATTED(text)
	return shard_respond(e, 4, message(text, SHARD_TEXT(",\"flags\":64")));
}

int shard_defer(shard_event *e) { return shard_respond(e, 5, SHARD_NO_BODY); }

int shard_follow_up(shard_event *e, const char *format, ...) {
	FORMATTED(text)
	shard_text path = shard_format("/webhooks/%U/%t", shard_id(shard_get(e->data, "application_id")), shard_string(shard_get(e->data, "token")));
	return shard_rest("POST", path, message(text, (shard_text){0}));
}

// ---- The store.

int shard_kv_get(shard_text key, shard_text *value) {
	uint32_t room = 256;
	*value = (shard_text){0};
	for (;;) {
		char *to = shard_alloc(room);
		int n = host_kv_get(key.at, key.len, to, room);
		if (n == SHARD_NOT_FOUND) return n;
		if (n < 0) return shard_checked(n, "kv_get", key);
		if ((uint32_t)n <= room) return *value = (shard_text){to, (uint32_t)n}, 0;
		room = (uint32_t)n;
	}
}

int shard_kv_put_bytes(shard_text key, const void *from, uint32_t size, int64_t ttl_ms) {
	return shard_checked(host_kv_put(key.at, key.len, from, size, ttl_ms), "kv_put", key);
}

int shard_kv_put(shard_text key, shard_text value, int64_t ttl_ms) { return shard_kv_put_bytes(key, value.at, value.len, ttl_ms); }

int shard_kv_get_int(shard_text key, int64_t *n) {
	shard_text value;
	int result = shard_kv_get(key, &value);
	*n = 0;
	if (result == 0 && !shard_number(value, n)) return shard_fail("kv_get %t: %Q is no number", key, value), SHARD_INVALID;
	return result;
}

int shard_kv_put_int(shard_text key, int64_t n, int64_t ttl_ms) { return shard_kv_put(key, shard_format("%D", n), ttl_ms); }

int shard_kv_get_bytes(shard_text key, void *to, uint32_t size) {
	shard_text value;
	int result = shard_kv_get(key, &value);
	if (result < 0) return result;
	if (value.len != size) return shard_fail("kv_get %t: the value has %u bytes, not %u", key, value.len, size), SHARD_INVALID;
	__builtin_memcpy(to, value.at, size);
	return 0;
}

int shard_kv_add(shard_text key, int64_t delta, int64_t *sum) {
	int64_t n = 0;
	int result = shard_checked(host_kv_add(key.at, key.len, delta, &n), "kv_add", key);
	if (sum) *sum = n;
	return result;
}

int shard_kv_delete(shard_text key) {
	int result = host_kv_del(key.at, key.len);
	return result == SHARD_NOT_FOUND ? 0 : shard_checked(result, "kv_del", key);
}

int64_t shard_kv_version(shard_text key) { return host_kv_version(key.at, key.len); }

int shard_kv_swap(shard_text key, int64_t version, shard_text value, int64_t ttl_ms) {
	return shard_checked(host_kv_cas(key.at, key.len, version, value.at, value.len, ttl_ms), "kv_cas", key);
}

int shard_kv_next(shard_text prefix, shard_text after, shard_text *key) {
	enum { room = 4 + 1024 }; // the longest key there is
	char *to = shard_alloc(room);
	int n = host_kv_list(prefix.at, prefix.len, after.at, after.len, to, room);
	if (n < 0) return shard_checked(n, "kv_list", prefix);
	if (n < 4) return SHARD_NOT_FOUND;
	uint32_t len;
	__builtin_memcpy(&len, to, 4);
	*key = (shard_text){to + 4, len};
	shard_widen(to, room, 4 + len);
	return 0;
}

// ---- Timers.

static int stop(uint64_t tag) {
	int result = host_timer_off(tag);
	return result == SHARD_NOT_FOUND ? 0 : shard_checked(result, "timer_off", (shard_text){0});
}

// begin_period is called once by the host's start, without an event, and then
// with each that is due.
static int begin_period(registered *r, shard_event *e) {
	if (e) return r->handler(e);
	return shard_checked(host_timer((uint64_t)shard_hash(r->name) << 32, r->period, r->period), "timer", r->name);
}

void shard_every_(const char *name, int64_t period_ms, shard_handler handler, const char *place) {
	registered *r = shard_register_(SHARD_ON_EVERY_, name, handler, place);
	r->run = begin_period;
	r->period = period_ms;
	shard_stop_timer = stop;
}

static shard_text timer_key(uint64_t tag) { return shard_format("sdk/timer/%U", tag); }

static int due(registered *r, shard_event *e) {
	shard_text key = timer_key(e->tag);
	int result = shard_kv_get(key, &e->context);
	if (result == SHARD_NOT_FOUND) return 0; // stopped in the moment it was due
	if (result == 0) result = shard_kv_delete(key);
	return result < 0 ? result : r->handler(e);
}

void shard_on_timer_(const char *name, shard_handler handler, const char *place) {
	shard_register_(SHARD_ON_TIMER_, name, handler, place)->run = due;
}

int shard_after(shard_event *e, const char *name, int64_t delay_ms, shard_text context) {
	shard_text of = shard_text_of(name);
	if (!shard_registered(SHARD_ON_TIMER_, of)) return shard_fail("timer %t: nothing is registered with shard_on_timer under that name", of);
	static uint32_t set;
	for (;;) {
		uint64_t moment[] = {(uint64_t)e->received, e->tag, ++set};
		uint64_t tag = (uint64_t)shard_hash(of) << 32 | shard_hash((shard_text){(const char *)moment, sizeof moment}) | 1;
		shard_text key = timer_key(tag);
		int result = host_kv_cas(key.at, key.len, 0, context.at, context.len, 0);
		if (result == SHARD_EXISTS) continue;
		if (result < 0) return shard_checked(result, "kv_cas", key);
		return shard_checked(host_timer(tag, delay_ms < 0 ? 0 : delay_ms, 0), "timer", of);
	}
}

// ---- The rest.

shard_json shard_config(const char *path) { return shard_get(shard_get(shard_init_document, "config"), path); }
shard_text shard_secret(const char *name) { return shard_string(shard_get(shard_get(shard_init_document, "secrets"), name)); }
uint32_t shard_lane(void) { return (uint32_t)shard_int(shard_get(shard_init_document, "lane")); }

void shard_log(int level, const char *format, ...) {
	if (level < host_log_level()) return;
	FORMATTED(text)
	host_log(level, text.at, text.len);
}

static int metric(const char *name, int kind, double value) {
	shard_text t = shard_text_of(name);
	return shard_checked(host_metric(t.at, t.len, kind, value), "metric", t);
}

int shard_count(const char *name, double n) { return metric(name, 0, n); }
int shard_gauge(const char *name, double value) { return metric(name, 1, value); }
int shard_observe(const char *name, double value) { return metric(name, 2, value); }

int shard_publish(const char *topic, shard_json m) {
	shard_text t = shard_text_of(topic);
	return shard_checked(host_publish(t.at, t.len, m.at, m.len), "publish", t);
}

int shard_gateway(int shard, int op, shard_json d) {
	return shard_checked(host_gateway(shard, op, d.at, d.len), "gateway", shard_format("op %d", op));
}
