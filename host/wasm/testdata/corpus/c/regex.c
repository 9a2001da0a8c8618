// Patterns with classes, stars and alternatives, matched with backtracking.
#include "guest.h"

static int class(const char **re, uint8_t c) {
	const char *p = *re;
	int in = 0, not = 0;
	if (*p == '.') { *re = p + 1; return c != '\n'; }
	if (*p == '\\') {
		*re = p + 2;
		return p[1] == 'd' ? c - '0' < 10u : p[1] == 'w' ? (c | 32) - 'a' < 26u || c - '0' < 10u || c == '_' : c == (uint8_t)p[1];
	}
	if (*p != '[') { *re = p + 1; return c == (uint8_t)*p; }
	if (*++p == '^') not = 1, p++;
	for (; *p != ']'; p++) {
		if (p[1] == '-' && p[2] != ']') {
			if (c >= (uint8_t)p[0] && c <= (uint8_t)p[2]) in = 1;
			p += 2;
		} else if (c == (uint8_t)*p) in = 1;
	}
	*re = p + 1;
	return in != not;
}

static const uint8_t *here(const char *re, const uint8_t *p, const uint8_t *end) {
	for (;;) {
		if (!*re) return p;
		const char *next = re;
		int ok = class(&next, p < end ? *p : 0) && p < end;
		char op = *next;
		if (op == '?') {
			if (ok) {
				const uint8_t *q = here(next + 1, p + 1, end);
				if (q) return q;
			}
			re = next + 1;
		} else if (op == '*' || op == '+') {
			const uint8_t *from = p;
			while (p < end && (next = re, class(&next, *p))) p++;
			for (;; p--) {
				if (op == '+' && p == from) return 0;
				const uint8_t *q = here(next + 1, p, end);
				if (q) return q;
				if (p == from) return 0;
			}
		} else {
			if (!ok) return 0;
			re = next, p++;
		}
	}
}

static const char *const patterns[] = {
	"<@!?\\d+>", "disc[o0]rd\\.gg/\\w+", "https?://[^ \"]+", "\\d+\\.?\\d* times", "[A-Z][a-z]+ [a-z]+", "f[r3][e3]+ nitr[o0]", ".*hands off",
};

static uint32_t work(const uint8_t *b, uint32_t n) {
	const uint8_t *end, *p = FIELD(b, n, "content", &end);
	uint32_t sum = 0;
	for (uint32_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		for (const uint8_t *at = p; at < end; at++) {
			const uint8_t *q = here(patterns[i], at, end);
			if (!q) continue;
			sum = sum * 31 + i * 7 + (uint32_t)(q - at);
			break;
		}
	return sum;
}
