// What shardhost.c and shardjson.c share. Plugins do not need it.
#pragma once
#include <stdarg.h>

#include "shardhost.h"

// shard_out is text that is being written, at the top of the handler's memory.
typedef struct shard_out {
	char *at;
	uint32_t len, room;
} shard_out;

void shard_put(shard_out *o, const char *from, uint32_t len);
void shard_putf(shard_out *o, const char *format, ...);              // as shard_format
void shard_vputf(shard_out *o, bool json, const char *format, va_list values); // json: ' is "
shard_text shard_done(shard_out *o);                                 // gives what was reserved and not used back

// shard_widen makes memory of shard_alloc larger, where it is if it is the last.
char *shard_widen(char *at, uint32_t len, uint32_t room);

// shard_indexed looks a path up in the table that came with the event. false: it
// is not in it.
bool shard_indexed(shard_json j, const char *path, uint32_t len, shard_json *found);

// shard_same compares eight bytes at a time: what is compared is short, and a call
// costs as much.
static inline bool shard_same(const char *a, const char *b, uint32_t len) {
	uint64_t x, y;
	if (len < 8) {
		for (uint32_t i = 0; i < len; i++) {
			if (a[i] != b[i]) return false;
		}
		return true;
	}
	for (uint32_t i = 0;; i = i + 16 <= len ? i + 8 : len - 8) {
		__builtin_memcpy(&x, a + i, 8);
		__builtin_memcpy(&y, b + i, 8);
		if (x != y) return false;
		if (i + 8 == len) return true;
	}
}

// shard_room is the memory that the host writes the next document or batch into,
// which the exports take from there. In native tests the host is shardhost_test.h.
char *shard_room(uint32_t least);
int32_t shard_init(uint32_t len);
int32_t shard_batch(uint32_t len, int32_t count);
int32_t shard_save(void);
int32_t shard_load(int32_t schema, uint32_t len);

// registered is a handler.
typedef struct shard_registered_ registered;
struct shard_registered_ {
	registered *next;
	shard_kind_ kind;
	shard_text name;
	shard_handler handler;
	const char *place;
	int (*run)(registered *, shard_event *); // 0: the handler itself
	int64_t period;                          // of shard_every
	const char *about, *definition;          // of a command
	const shard_option_of *options;
	uint32_t option_count;
};

registered *shard_registered(shard_kind_ kind, shard_text name); // 0: there is none
int shard_run(registered *r, shard_event *e);                    // calls it, and says what failed
bool shard_covers(shard_text pattern, shard_text name);          // a pattern with * at its end, or without
uint32_t shard_hash(shard_text t);

// shard_checked writes down why a call has failed, and returns its result.
int shard_checked(int result, const char *call, shard_text object);

// shard_stop_timer is there when the plugin has periodic timers: a module that
// names a function of the host in any way needs its grant.
extern int (*shard_stop_timer)(uint64_t tag);

extern shard_json shard_init_document;

// ---- The host's functions. In a native test shardhost_test.h is the host.

#ifdef __wasm__
#define HOST(result, name, ...) \
	__attribute__((import_module("shard_v1"), import_name(#name))) extern result host_##name(__VA_ARGS__)
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define HOST(result, name, ...) extern result host_##name(__VA_ARGS__)
#define EXPORT(name)
#endif

HOST(int32_t, log, int32_t level, const char *text, uint32_t len);
HOST(int32_t, log_level, void);
HOST(int32_t, done, int32_t frames);
HOST(int32_t, fail, const char *text, uint32_t len);
HOST(int32_t, metric, const char *name, uint32_t len, int32_t kind, double value);
HOST(int32_t, rest, uint64_t tag, const char *document, uint32_t len);
HOST(int32_t, fetch, uint64_t tag, const char *document, uint32_t len);
HOST(int32_t, timer, uint64_t tag, int64_t delay_ms, int64_t period_ms);
HOST(int32_t, timer_off, uint64_t tag);
HOST(int32_t, kv_get, const char *key, uint32_t len, void *to, uint32_t room);
HOST(int32_t, kv_put, const char *key, uint32_t len, const void *value, uint32_t size, int64_t ttl_ms);
HOST(int64_t, kv_version, const char *key, uint32_t len);
HOST(int32_t, kv_cas, const char *key, uint32_t len, int64_t version, const void *value, uint32_t size, int64_t ttl_ms);
HOST(int32_t, kv_del, const char *key, uint32_t len);
HOST(int32_t, kv_add, const char *key, uint32_t len, int64_t delta, int64_t *sum);
HOST(int32_t, kv_list, const char *prefix, uint32_t len, const char *after, uint32_t after_len, void *to, uint32_t room);
HOST(int32_t, gateway, int32_t shard, int32_t op, const char *d, uint32_t len);
HOST(int32_t, state_write, int32_t schema, const void *data, uint32_t len);
HOST(int32_t, publish, const char *topic, uint32_t len, const char *message, uint32_t size);
