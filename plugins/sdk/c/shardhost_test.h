// A host for native tests: it keeps what the plugin asks for. Include it once,
// beside the plugin's own source:
//
//	#include "shardhost_test.h"
//
//	int main(void) {
//		test_start("{}");
//		test_event("MESSAGE_CREATE", "{\"content\":\"!ping\"}");
//		return test_done(test_count == 1 && strstr(test_requests[0], "pong"));
//	}
//
//	cc -Ishardhost -o test main.c main_test.c shardhost/*.c && ./test
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shardhost_inner.h"

enum { TEST_MOST = 1000 };

static char *test_requests[TEST_MOST]; // the documents of REST calls, and messages to other plugins
static int test_count;
static char *test_failure; // why the last handler failed
static struct {
	char *key, *value;
	uint32_t len, size;
} test_kv[TEST_MOST];
static int test_keys;
static uint64_t test_timers[TEST_MOST];
static int test_timer_count;
static int64_t test_received; // of the next event, unix nanoseconds

static char *test_keep(const void *from, uint32_t len) {
	char *text = malloc(len + 1);
	memcpy(text, from, len);
	text[len] = 0;
	return text;
}

// test_start gives the plugin its configuration, an object.
static int test_start(const char *config) {
	uint32_t len = (uint32_t)strlen(config) + 32;
	return shard_init((uint32_t)snprintf(shard_room(len), len, "{\"generation\":1,\"config\":%s}", config));
}

static int test_frame(int kind, uint64_t tag, int32_t status, const char *name, const char *body) {
	uint32_t names = (uint32_t)strlen(name), len = (uint32_t)strlen(body), size = (48 + names + len + 7) & ~7u;
	char *at = shard_room(size);
	uint16_t kinds[] = {(uint16_t)kind, 0}, unknown = 0xffff;
	memset(at, 0, size);
	memcpy(at, &size, 4);
	memcpy(at + 4, kinds, 4);
	memcpy(at + 8, &tag, 8);
	memcpy(at + 24, &test_received, 8);
	memcpy(at + 34, &unknown, 2);
	memcpy(at + 36, &names, 4);
	memcpy(at + 40, &len, 4);
	memcpy(at + 44, &status, 4);
	memcpy(at + 48, name, names);
	memcpy(at + 48 + names, body, len);
	return shard_batch(size, 1);
}

// These return what the handler has returned.
static inline int test_event(const char *name, const char *data) { return test_frame(1, 0, 0, name, data); }
static inline int test_answer(int32_t status, const char *context, const char *body) { return test_frame(2, 0, status, context, body); }
static inline int test_fire(void) { return test_timer_count ? test_frame(3, test_timers[--test_timer_count], 0, "", "") : SHARD_NOT_FOUND; }

// test_done says how the test has ended, for main to return.
static inline int test_done(bool good) {
	if (good) return 0;
	for (int i = 0; i < test_count; i++) fprintf(stderr, "%s\n", test_requests[i]);
	fprintf(stderr, "the test has failed%s%s\n", test_failure ? "; a handler says: " : "", test_failure ? test_failure : "");
	return 1;
}

static int test_find(const void *key, uint32_t len) {
	for (int i = 0; i < test_keys; i++) {
		if (test_kv[i].len == len && memcmp(test_kv[i].key, key, len) == 0) return i;
	}
	return -1;
}

// ---- The functions of the host.

int32_t host_log(int32_t level, const char *text, uint32_t len) { return fprintf(stderr, "log %d: %.*s\n", level, (int)len, text), 0; }
int32_t host_log_level(void) { return 0; }
int32_t host_done(int32_t frames) { return (void)frames, 0; }
int32_t host_fail(const char *text, uint32_t len) { return test_failure = test_keep(text, len), 0; }
int32_t host_metric(const char *name, uint32_t len, int32_t kind, double value) { return (void)name, (void)len, (void)kind, (void)value, 0; }
int32_t host_rest(uint64_t tag, const char *document, uint32_t len) {
	(void)tag;
	return test_count < TEST_MOST ? (test_requests[test_count++] = test_keep(document, len), 0) : SHARD_TRY_AGAIN;
}
int32_t host_fetch(uint64_t tag, const char *document, uint32_t len) { return host_rest(tag, document, len); }
int32_t host_timer(uint64_t tag, int64_t delay_ms, int64_t period_ms) {
	(void)delay_ms, (void)period_ms;
	return test_timer_count < TEST_MOST ? (test_timers[test_timer_count++] = tag, 0) : SHARD_TRY_AGAIN;
}
int32_t host_timer_off(uint64_t tag) { return (void)tag, 0; }
int32_t host_kv_get(const char *key, uint32_t len, void *to, uint32_t room) {
	int i = test_find(key, len);
	if (i < 0) return SHARD_NOT_FOUND;
	memcpy(to, test_kv[i].value, test_kv[i].size < room ? test_kv[i].size : room);
	return (int32_t)test_kv[i].size;
}
int32_t host_kv_put(const char *key, uint32_t len, const void *value, uint32_t size, int64_t ttl_ms) {
	int i = test_find(key, len);
	(void)ttl_ms;
	if (i < 0 && test_keys == TEST_MOST) return SHARD_TRY_AGAIN;
	if (i < 0) test_kv[i = test_keys++].key = test_keep(key, len);
	test_kv[i].len = len;
	test_kv[i].value = test_keep(value, size);
	test_kv[i].size = size;
	return 0;
}
int64_t host_kv_version(const char *key, uint32_t len) { return test_find(key, len) < 0 ? SHARD_NOT_FOUND : 1; }
int32_t host_kv_cas(const char *key, uint32_t len, int64_t version, const void *value, uint32_t size, int64_t ttl_ms) {
	return (test_find(key, len) < 0) != (version == 0) ? SHARD_EXISTS : host_kv_put(key, len, value, size, ttl_ms);
}
int32_t host_kv_del(const char *key, uint32_t len) {
	int i = test_find(key, len);
	if (i < 0) return SHARD_NOT_FOUND;
	test_kv[i] = test_kv[--test_keys];
	return 0;
}
int32_t host_kv_add(const char *key, uint32_t len, int64_t delta, int64_t *sum) {
	char text[32];
	int i = test_find(key, len);
	*sum = (i < 0 ? 0 : strtoll(test_kv[i].value, 0, 10)) + delta;
	return host_kv_put(key, len, text, (uint32_t)snprintf(text, sizeof text, "%lld", (long long)*sum), 0);
}
int32_t host_kv_list(const char *prefix, uint32_t len, const char *after, uint32_t after_len, void *to, uint32_t room) {
	char *begin = test_keep(prefix, len), *last = test_keep(after, after_len), *best = 0;
	for (int i = 0; i < test_keys; i++) {
		char *key = test_kv[i].key;
		if (strncmp(key, begin, len) == 0 && strcmp(key, last) > 0 && (!best || strcmp(key, best) < 0)) best = key;
	}
	uint32_t size = best ? (uint32_t)strlen(best) : 0;
	if (!best) return 0;
	if (room < 4 + size) return SHARD_TOO_BIG;
	memcpy(to, &size, 4);
	memcpy((char *)to + 4, best, size);
	return (int32_t)(4 + size);
}
int32_t host_gateway(int32_t shard, int32_t op, const char *d, uint32_t len) { return (void)shard, (void)op, (void)d, (void)len, 0; }
int32_t host_state_write(int32_t schema, const void *data, uint32_t len) { return (void)schema, host_kv_put("sdk/state", 9, data, len, 0); }
int32_t host_publish(const char *topic, uint32_t len, const char *message, uint32_t size) { return (void)topic, (void)len, host_rest(0, message, size); }
