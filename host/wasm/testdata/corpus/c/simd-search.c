// Sixteen bytes at a time: finds quotes and backslashes, and a word by its
// first and last letter.
#include "guest.h"
#include <wasm_simd128.h>

static uint32_t find(const uint8_t *b, uint32_t n, const char *word, uint32_t len) {
	v128_t first = wasm_i8x16_splat(word[0]), last = wasm_i8x16_splat(word[len - 1]);
	for (uint32_t i = 0; i + len + 16 <= n; i += 16) {
		v128_t x = wasm_i8x16_eq(wasm_v128_load(b + i), first), y = wasm_i8x16_eq(wasm_v128_load(b + i + len - 1), last);
		for (uint32_t m = wasm_i8x16_bitmask(wasm_v128_and(x, y)); m; m &= m - 1) {
			uint32_t at = i + __builtin_ctz(m), j = 0;
			while (j < len && b[at + j] == (uint8_t)word[j]) j++;
			if (j == len) return at;
		}
	}
	return n;
}

static uint32_t work(const uint8_t *b, uint32_t n) {
	uint32_t quotes = 0, escapes = 0, wide = 0;
	v128_t quote = wasm_i8x16_splat('"'), back = wasm_i8x16_splat('\\');
	for (uint32_t i = 0; i + 16 <= n; i += 16) {
		v128_t v = wasm_v128_load(b + i);
		quotes += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_eq(v, quote)));
		escapes += __builtin_popcount(wasm_i8x16_bitmask(wasm_i8x16_eq(v, back)));
		wide += __builtin_popcount(wasm_i8x16_bitmask(v));
	}
	uint32_t sum = quotes * 10000 + escapes * 100 + wide;
	sum = sum * 31 + find(b, n, "\"content\":\"!ping", 16);
	sum = sum * 31 + find(b, n, "discord.gg/", 11);
	return sum * 31 + find(b, n, "not in there", 12);
}
