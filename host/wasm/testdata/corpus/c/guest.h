// The contract of a plugin around one function: work gets the body of each
// frame and answers a number that depends on all that it did.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

static uint32_t work(const uint8_t *body, uint32_t len);

static _Alignas(16) uint8_t buffer[1 << 16];

EXPORT(shard_abi_1) void shard_abi_1(void) {}
EXPORT(shard_buffer) int64_t shard_buffer(uint32_t least) {
	return least > sizeof buffer ? 0 : (int64_t)(uintptr_t)buffer << 32 | sizeof buffer;
}
EXPORT(shard_init) int32_t shard_init(uint32_t len) { return 0; }
EXPORT(shard_batch) int32_t shard_batch(uint32_t len, uint32_t count) {
	uint32_t sum = 0;
	for (const uint8_t *f = buffer; count > 0; count--) {
		const uint32_t *u = (const uint32_t *)f;
		sum = sum * 31 + work(f + 48 + u[9], u[10]);
		f += u[0];
	}
	return sum & 0x7fffffff;
}

// clang asks for these.
void *memcpy(void *to, const void *from, size_t n) {
	uint8_t *t = to;
	const uint8_t *f = from;
	for (; n > 0; n--) *t++ = *f++;
	return to;
}
void *memset(void *to, int c, size_t n) {
	for (uint8_t *t = to; n > 0; n--) *t++ = c;
	return to;
}

// field finds the text behind "name":" and returns where it begins; *end is the
// closing quote.
static const uint8_t *field(const uint8_t *b, uint32_t n, const char *name, uint32_t size, const uint8_t **end) {
	for (uint32_t i = 0; i + size + 4 < n; i++) {
		if (b[i] != '"' || b[i + size + 1] != '"' || b[i + size + 2] != ':' || b[i + size + 3] != '"') continue;
		uint32_t j = 0;
		while (j < size && b[i + 1 + j] == (uint8_t)name[j]) j++;
		if (j < size) continue;
		const uint8_t *from = b + i + size + 4, *p = from;
		while (p < b + n && *p != '"') p += *p == '\\' ? 2 : 1;
		*end = p;
		return from;
	}
	*end = b;
	return b;
}
#define FIELD(b, n, name, end) field(b, n, name, sizeof name - 1, end)
