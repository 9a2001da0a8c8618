// What stands between the host and a plugin's handlers: the exports of the module,
// memory, and the calls of the host. The contract is docs/abi.md of Shardhost.
#include "shardhost_inner.h"

// ---- Memory: what stays grows from the bottom, and above it lies what a handler
// makes, which is forgotten before the next one. There is no other heap, but one
// of the plugin's own may grow the memory in between.

static char *floor_, *top, *limit; // what stays ends; the next byte; the end

#ifdef __wasm__
extern char __heap_base;

// more makes room for size bytes at top, which may move to the end of the memory.
static bool more(uint32_t size) {
	char *end = (char *)(__builtin_wasm_memory_size(0) << 16);
	if (!limit) {
		floor_ = top = &__heap_base;
		limit = end;
		if ((uint32_t)(limit - top) >= size) return true;
	}
	if (end != limit) floor_ = top = limit = end; // somebody else has grown it
	uint32_t pages = (size - (uint32_t)(limit - top) + 0xffff) >> 16;
	if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1) return false;
	limit += pages << 16;
	return true;
}

extern void __wasm_call_ctors(void);
EXPORT(_initialize) __attribute__((weak)) void shard_initialize_(void) { __wasm_call_ctors(); }

// What compilers call on their own, for those who link no libc.
#define OWN __attribute__((weak, no_builtin))
OWN int memcmp(const void *a, const void *b, size_t n) {
	const unsigned char *p = a, *q = b;
	for (; n; n--, p++, q++) {
		if (*p != *q) return *p - *q;
	}
	return 0;
}
OWN void *memchr(const void *s, int c, size_t n) {
	for (const unsigned char *p = s; n; n--, p++) {
		if (*p == (unsigned char)c) return (void *)(uintptr_t)p;
	}
	return 0;
}
OWN size_t strlen(const char *s) {
	const char *p = s;
	while (*p) p++;
	return (size_t)(p - s);
}
OWN void *memset(void *to, int c, size_t n) {
	for (unsigned char *p = to; n; n--) *p++ = (unsigned char)c;
	return to;
}
OWN void *memcpy(void *restrict to, const void *restrict from, size_t n) {
	const unsigned char *f = from;
	for (unsigned char *p = to; n; n--) *p++ = *f++;
	return to;
}
OWN void *memmove(void *to, const void *from, size_t n) {
	unsigned char *p = to;
	const unsigned char *f = from;
	if (p < f) return memcpy(to, from, n);
	while (n--) p[n] = f[n];
	return to;
}
#else
static bool more(uint32_t size) {
	static char memory[64 << 20];
	if (!limit) floor_ = top = memory, limit = memory + sizeof memory;
	return (size_t)(limit - top) >= size;
}
#endif

static char *claim(uint32_t size) {
	size = (size + 15) & ~15u;
	if ((!limit || (uint32_t)(limit - top) < size) && !more(size)) return 0;
	char *at = top;
	top += size;
	return at;
}

static uint32_t allocated(uint32_t size) { return (size + 15) & ~15u; }

void *shard_alloc(uint32_t size) {
	char *at = size < 1u << 30 ? claim(size) : 0;
	if (!at) shard_trap("out of memory: raise limits.memory of the plugin");
	return __builtin_memset(at, 0, size);
}

char *shard_widen(char *at, uint32_t len, uint32_t room) {
	if (at && at + allocated(len) == top) top = at; // the last: it grows where it is
	char *to = claim(room);
	if (!to) shard_trap("out of memory: raise limits.memory of the plugin");
	if (at && to != at) __builtin_memcpy(to, at, len < room ? len : room);
	return to;
}

// ---- What is registered.

typedef struct field_set {
	struct field_set *next;
	shard_text event;
	shard_text *paths;
	uint32_t count;
} field_set;

typedef struct intent {
	struct intent *next;
	const char *name;
} intent;

static registered *first, **last = &first;
static field_set *field_sets;
static intent *intents;
static struct {
	int32_t schema;
	void *at;
	uint32_t size;
} state;
int (*shard_stop_timer)(uint64_t tag);

static bool ready;
static void setup(void) {
	if (ready) return;
	ready = true;
	more(0);
	shard_setup();
	floor_ = top;
}

registered *shard_register_(shard_kind_ kind, const char *name, shard_handler handler, const char *place) {
	registered *r = shard_alloc(sizeof *r);
	*r = (registered){.kind = kind, .name = shard_text_of(name), .handler = handler, .place = place};
	*last = r;
	last = &r->next;
	return r;
}

void shard_intent(const char *name) {
	intent *i = shard_alloc(sizeof *i);
	*i = (intent){intents, name};
	intents = i;
}

static field_set *fields_of(shard_text event) {
	field_set *s = field_sets;
	while (s && !shard_equal(s->event, event)) s = s->next;
	return s;
}

void shard_fields_(const char *event, const char *const *paths, uint32_t count) {
	field_set *s = fields_of(shard_text_of(event));
	if (!s) {
		s = shard_alloc(sizeof *s);
		*s = (field_set){.next = field_sets, .event = shard_text_of(event)};
		field_sets = s;
	}
	s->paths = shard_alloc(count * sizeof(shard_text));
	s->count = count;
	for (uint32_t i = 0; i < count; i++) s->paths[i] = shard_text_of(paths[i]);
}

void shard_messages_(void) {
	shard_intent("MESSAGE_CONTENT");
	if (!fields_of(SHARD_TEXT("MESSAGE_CREATE"))) shard_fields("MESSAGE_CREATE", "id", "content", "author", "channel_id", "guild_id");
}

void shard_state(int32_t schema, void *variable, uint32_t size) {
	if (state.at) shard_trap("shard_state is called twice: put all of the state into one struct");
	state.schema = schema;
	state.at = variable;
	state.size = size;
}

registered *shard_registered(shard_kind_ kind, shard_text name) {
	for (registered *r = first; r; r = r->next) {
		if (r->kind == kind && shard_equal(r->name, name)) return r;
	}
	return 0;
}

// covers tells whether a pattern, with * at its end or without, means a name.
bool shard_covers(shard_text pattern, shard_text name) {
	if (pattern.len == 0 || pattern.at[pattern.len - 1] != '*') return shard_equal(pattern, name);
	pattern.len--;
	return name.len >= pattern.len && shard_same(name.at, pattern.at, pattern.len);
}

// covers_topic is covers for topics, where * is a word, at the end one or more.
static bool covers_topic(shard_text pattern, shard_text topic) {
	shard_text want, have;
	for (;;) {
		bool more_wanted = shard_cut(pattern, '.', &want, &pattern), more_there = shard_cut(topic, '.', &have, &topic);
		bool any = shard_equal(want, SHARD_TEXT("*"));
		if (any && !more_wanted) return true;
		if ((!any && !shard_equal(want, have)) || more_wanted != more_there) return false;
		if (!more_wanted) return true;
	}
}

// ---- Failures.

static shard_text failure;      // why the handler at work fails
static registered *working;     // whose handler that is
static shard_text working_name; // and what it handles

static const char *code_name(int code) {
	static const char *const names[] = {"ok", "invalid", "denied", "try again", "not found", "too big", "exists", "closing", "internal error", "unsupported", "uncertain"};
	return code <= 0 && code >= SHARD_UNCERTAIN ? names[-code] : "unknown code";
}

int shard_fail(const char *format, ...) {
	shard_out o = {0};
	va_list values;
	va_start(values, format);
	shard_vputf(&o, false, format, values);
	va_end(values);
	failure = shard_done(&o);
	return SHARD_FAILED;
}

int shard_checked(int code, const char *call, shard_text object) {
	if (code < 0) shard_fail("%s %t: %s", call, object, code_name(code));
	return code;
}

// put_place says what was handled, and by which handler.
static void put_place(shard_out *o) {
	if (working_name.len) shard_putf(o, "%t: ", working_name);
	if (working && *working->place) shard_putf(o, "%s: ", working->place);
}

void shard_trap_at_(const char *place, const char *format, ...) {
	static bool again;
	if (again) { // there is no memory to say it in
		host_fail(format, (uint32_t)__builtin_strlen(format));
	} else {
		again = true;
		shard_out o = {0};
		put_place(&o);
		shard_putf(&o, "%s: ", place);
		va_list values;
		va_start(values, format);
		shard_vputf(&o, false, format, values);
		va_end(values);
		shard_text t = shard_done(&o);
		host_fail(t.at, t.len);
	}
	__builtin_trap();
}

// run calls a handler, and says what failed.
int shard_run(registered *r, shard_event *e) {
	registered *outer = working;
	working = r;
	failure = (shard_text){0};
	int code = r->run ? r->run(r, e) : r->handler(e);
	if (code < 0 && (*r->place || !failure.len)) {
		if (!failure.len) shard_fail("it returned %d, which is %s", code, code_name(code));
		if (*r->place) shard_fail("%s: %t", r->place, failure);
	}
	working = outer;
	return code;
}

// refuse tells the host why, and returns the code.
static int refuse(int code) {
	shard_text text = working_name.len ? shard_format("%t: %t", working_name, failure) : failure;
	host_fail(text.at, text.len);
	return code;
}

// ---- The event at work, and the table of fields that came with it.

static struct {
	shard_json body;
	const uint32_t *table;
	const field_set *set;
} now;

bool shard_indexed(shard_json j, const char *path, uint32_t len, shard_json *found) {
	if (!now.table || j.at != now.body.at || j.len != now.body.len) return false;
	for (uint32_t i = 0; i < now.set->count; i++) {
		shard_text p = now.set->paths[i];
		if (p.len != len || (p.at != path && !shard_same(p.at, path, len))) continue;
		uint32_t at = now.table[2 * i], size = now.table[2 * i + 1];
		if (at > j.len || size > j.len - at) return false;
		*found = (shard_json){size ? j.at + at : 0, size};
		return true;
	}
	return false;
}

// ---- Frames.

typedef struct frame {
	uint32_t size;
	uint16_t kind, flags;
	uint64_t tag, guild;
	int64_t received;
	uint16_t shard, number;
	uint32_t name, body;
	int32_t status;
} frame;

enum { EVENT = 1, COMPLETION, TIMER, CONTROL, MESSAGE };
enum { HAS_FIELDS = 8 };

// A route is what there is for an event, remembered by its number.
typedef struct route {
	bool known;
	registered *first;
	const field_set *set;
} route;

static registered *handler_of(registered *r, shard_text name) {
	while (r && (r->kind != SHARD_ON_EVENT_ || !shard_covers(r->name, name))) r = r->next;
	return r;
}

static route find_route(shard_text name) {
	return (route){true, handler_of(first, name), fields_of(name)};
}

static route route_of(uint16_t number, shard_text name) {
	static route routes[128]; // Discord has about eighty events
	if (number >= sizeof routes / sizeof *routes) return find_route(name);
	if (!routes[number].known) routes[number] = find_route(name);
	return routes[number];
}

static int on_event(const frame *f, shard_event *e) {
	route to = route_of(f->number, e->name);
	if (to.set && f->flags & HAS_FIELDS && f->size >= sizeof *f + f->name + f->body + 8 * to.set->count) {
		now.set = to.set;
		now.table = (const uint32_t *)((const char *)f + f->size - 8 * to.set->count);
	}
	for (registered *r = to.first; r; r = handler_of(r->next, e->name)) {
		int code = shard_run(r, e);
		if (code < 0) return code;
	}
	return 0;
}

static int on_completion(shard_event *e) {
	shard_cut(e->name, '\n', &e->name, &e->context);
	working_name = e->name = shard_format("%t", e->name);
	registered *r = shard_registered(SHARD_ON_ANSWER_, e->name);
	if (r) return shard_run(r, e);
	if (e->name.len) shard_log(SHARD_INFO, "nothing is registered with shard_on_answer under the name %t any more", e->name);
	return 0;
}

uint32_t shard_hash(shard_text t) { // FNV-1a
	uint32_t h = 2166136261u;
	for (uint32_t i = 0; i < t.len; i++) h = (h ^ (unsigned char)t.at[i]) * 16777619u;
	return h;
}

static int on_timer(shard_event *e) {
	for (registered *r = first; r; r = r->next) {
		if ((r->kind != SHARD_ON_TIMER_ && r->kind != SHARD_ON_EVERY_) || shard_hash(r->name) != (uint32_t)(e->tag >> 32)) continue;
		working_name = e->name = r->name;
		return shard_run(r, e);
	}
	shard_log(SHARD_WARN, "a timer is due whose name is not registered any more: %U", e->tag);
	return shard_stop_timer ? shard_stop_timer(e->tag) : 0; // or a periodic one would come back for ever
}

static int on_named(shard_kind_ kind, shard_event *e) {
	for (registered *r = first; r; r = r->next) {
		if (r->kind != kind || !(kind == SHARD_ON_TOPIC_ ? covers_topic(r->name, e->name) : shard_equal(r->name, e->name))) continue;
		int code = shard_run(r, e);
		if (code < 0) return code;
	}
	return 0;
}

static int on_frame(const frame *f) {
	const char *text = (const char *)(f + 1);
	shard_event e = {
		.name = {text, f->name}, .data = {text + f->name, f->body}, .guild = f->guild, .tag = f->tag, .received = f->received,
		.status = f->status, .flags = f->flags, .shard = f->shard,
	};
	working_name = e.name;
	now.body = e.data;
	now.table = 0;
	switch (f->kind) {
	case EVENT: return on_event(f, &e);
	case COMPLETION: return on_completion(&e);
	case TIMER: return on_timer(&e);
	case CONTROL: return on_named(SHARD_ON_CONTROL_, &e);
	case MESSAGE: return on_named(SHARD_ON_TOPIC_, &e);
	}
	return 0; // of a later host
}

// ---- Exports.

static char *buffer;
static uint32_t capacity;

EXPORT(shard_abi_1) void shard_abi_1(void) {}

static int64_t span(const char *at, uint32_t len) { return (int64_t)((uint64_t)(uintptr_t)at << 32 | len); }

char *shard_room(uint32_t least) {
	setup();
	if (least > 1u << 30) return 0;
	if (capacity < least || !buffer) {
		uint32_t room = least > 2 * capacity ? least : 2 * capacity;
		if (room < 8 << 10) room = 8 << 10;
		top = floor_;
		if (buffer && buffer + capacity == top) top = buffer;
		char *at = claim(allocated(room));
		if (!at) at = claim(allocated(room = least));
		if (!at) return top = floor_, (char *)0;
		buffer = at;
		capacity = allocated(room);
		floor_ = top;
	}
	return buffer;
}

EXPORT(shard_buffer) int64_t shard_buffer(uint32_t least) {
	char *at = shard_room(least);
	return at ? span(at, capacity) : 0;
}

shard_json shard_init_document;

EXPORT(shard_init) int32_t shard_init(uint32_t len) {
	setup();
	top = floor_;
	working_name = SHARD_TEXT("start");
	char *document = shard_alloc(len);
	__builtin_memcpy(document, buffer, len);
	shard_init_document = (shard_json){document, len};
	floor_ = top;
	shard_event e = {.name = working_name, .data = shard_init_document};
	for (registered *r = first; r; r = r->next) {
		int code = r->kind == SHARD_ON_START_ ? shard_run(r, &e) : 0;
		if (r->kind == SHARD_ON_EVERY_ && shard_lane() == 0) code = r->run(r, 0);
		if (code < 0) return refuse(code);
	}
	return 0;
}

EXPORT(shard_batch) int32_t shard_batch(uint32_t len, int32_t count) {
	const char *p = buffer, *end = buffer + len;
	for (int32_t i = 0; i < count; i++) {
		const frame *f = (const frame *)p;
		if ((size_t)(end - p) < sizeof *f || f->size > (size_t)(end - p) || f->size < sizeof *f + (uint64_t)f->name + f->body) {
			failure = SHARD_TEXT("a frame of the batch is cut short");
			return refuse(SHARD_INVALID);
		}
		p += f->size;
		if (i > 0) host_done(i);
		top = floor_;
		int code = on_frame(f);
		if (code < 0) return refuse(code);
	}
	return 0;
}

EXPORT(shard_save) int32_t shard_save(void) {
	return state.at ? host_state_write(state.schema, state.at, state.size) : 0;
}

EXPORT(shard_load) int32_t shard_load(int32_t schema, uint32_t len) {
	if (!state.at || schema != state.schema || len != state.size) return SHARD_UNSUPPORTED;
	__builtin_memcpy(state.at, buffer, len);
	return 0;
}

// put_names writes the names of a kind as an array, each once.
static void put_names(shard_out *o, shard_kind_ kind) {
	const char *before = "[";
	for (registered *r = first; r; r = r->next) {
		if (r->kind != kind || shard_registered(kind, r->name) != r) continue;
		shard_putf(o, "%s%Q", before, r->name);
		before = ",";
	}
	shard_putf(o, *before == '[' ? "[]" : "]");
}

EXPORT(shard_manifest) int64_t shard_manifest(void) {
	setup();
	top = floor_;
	shard_out o = {0};
	shard_putf(&o, "{\"sdk\":\"c/1.0.0\",\"events\":");
	put_names(&o, SHARD_ON_EVENT_);
	shard_putf(&o, ",\"control\":");
	put_names(&o, SHARD_ON_CONTROL_);
	const char *before = "";
	shard_putf(&o, ",\"intents\":[");
	for (intent *i = intents; i; i = i->next, before = ",") shard_putf(&o, "%s%q", before, i->name);
	shard_putf(&o, "],\"commands\":[");
	before = "";
	for (registered *r = first; r; r = r->next) {
		if (r->kind != SHARD_ON_COMMAND_) continue;
		shard_putf(&o, "%s", before);
		before = ",";
		if (r->definition) {
			shard_putf(&o, "%s", r->definition);
			continue;
		}
		shard_putf(&o, "{\"type\":1,\"name\":%Q,\"description\":%q,\"options\":[", r->name, r->about);
		for (uint32_t i = 0; i < r->option_count; i++) {
			shard_option_of v = r->options[i];
			shard_putf(&o, "%s{\"type\":%d,\"name\":%q,\"description\":%q,\"required\":%b}", i ? "," : "", v.kind, v.name, v.about, v.required);
		}
		shard_putf(&o, "]}");
	}
	shard_putf(&o, "],\"fields\":{");
	before = "";
	for (field_set *s = field_sets; s; s = s->next, before = ",") {
		shard_putf(&o, "%s%Q:[", before, s->event);
		for (uint32_t i = 0; i < s->count; i++) shard_putf(&o, "%s%Q", i ? "," : "", s->paths[i]);
		shard_putf(&o, "]");
	}
	shard_putf(&o, "}}");
	shard_text t = shard_done(&o);
	return span(t.at, t.len);
}
