// Unescapes a text, walks its runes, folds case, and writes an answer as JSON.
#include "guest.h"

static uint8_t out[1 << 16], plain[1 << 16];

static uint8_t *text(uint8_t *o, const char *s) {
	while (*s) *o++ = *s++;
	return o;
}

static uint8_t *decimal(uint8_t *o, uint64_t v) {
	uint8_t d[20];
	int n = 0;
	do d[n++] = '0' + v % 10;
	while (v /= 10);
	while (n > 0) *o++ = d[--n];
	return o;
}

static uint32_t rune(const uint8_t **p, const uint8_t *end) {
	uint8_t c = *(*p)++;
	int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
	uint32_t r = more == 0 ? c : c & (0x3f >> more);
	for (; more > 0 && *p < end && (**p & 0xc0) == 0x80; more--) r = r << 6 | (*(*p)++ & 63);
	return more == 0 ? r : 0xfffd;
}

static uint8_t *put(uint8_t *o, uint32_t r) {
	if (r == '"' || r == '\\') *o++ = '\\', *o++ = r;
	else if (r == '\n') *o++ = '\\', *o++ = 'n';
	else if (r < 0x80) *o++ = r;
	else if (r < 0x800) *o++ = 0xc0 | r >> 6, *o++ = 0x80 | (r & 63);
	else if (r < 0x10000) *o++ = 0xe0 | r >> 12, *o++ = 0x80 | (r >> 6 & 63), *o++ = 0x80 | (r & 63);
	else *o++ = 0xf0 | r >> 18, *o++ = 0x80 | (r >> 12 & 63), *o++ = 0x80 | (r >> 6 & 63), *o++ = 0x80 | (r & 63);
	return o;
}

static uint32_t fold(uint32_t r) {
	if (r - 'A' < 26u || (r >= 0xc0 && r <= 0xde && r != 0xd7)) return r + 32;
	if (r >= 0x391 && r <= 0x3a9) return r + 32;
	if (r >= 0x410 && r <= 0x42f) return r + 32;
	return r;
}

static uint32_t work(const uint8_t *b, uint32_t n) {
	const uint8_t *end, *p = FIELD(b, n, "content", &end);
	uint8_t *u = plain;
	while (p < end) {
		uint8_t c = *p++;
		if (c == '\\' && p < end) c = *p++ == 'n' ? '\n' : p[-1];
		*u++ = c;
	}
	const uint8_t *id_end, *id = FIELD(b, n, "guild_id", &id_end);
	uint64_t snowflake = 0;
	while (id < id_end) snowflake = snowflake * 10 + (*id++ - '0');
	uint8_t *o = text(out, "{\"content\":\"");
	uint32_t emoji = 0, runes = 0;
	for (const uint8_t *q = plain; q < u; runes++) {
		uint32_t r = rune(&q, u);
		emoji += (r >= 0x1f300 && r <= 0x1faff) || (r >= 0x2600 && r <= 0x27bf);
		o = put(o, fold(r));
	}
	o = text(o, " (");
	o = decimal(o, runes);
	o = text(o, " runes, ");
	o = decimal(o, emoji);
	o = text(o, " emoji)\",\"created\":");
	o = decimal(o, (snowflake >> 22) + 1420070400000);
	o = text(o, ",\"tts\":false}");
	uint32_t sum = o - out;
	for (uint8_t *q = out; q < o; q++) sum = sum * 31 + *q;
	return sum;
}
