// Text and JSON: reading where it is asked, writing from formats. Brackets and
// quotes are trusted and nothing else is checked, which is what a reader of
// Discord's own output needs; other text gives nothing, and never more than
// there is.
#include "shardhost_inner.h"

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

// ---- Scanning.

// marks are the places of characters in 64 bytes, a bit each.
typedef struct marks {
	uint64_t quote, escape, open, close;
} marks;

static marks mark(const char *p) {
	marks m = {0};
#ifdef __wasm_simd128__
	for (int i = 0; i < 4; i++) {
		v128_t v = wasm_v128_load(p + 16 * i);
		v128_t folded = wasm_v128_or(v, wasm_i8x16_splat(0x20)); // [ and { become one, ] and } another
		m.quote |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_eq(v, wasm_i8x16_splat('"'))) << 16 * i;
		m.escape |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_eq(v, wasm_i8x16_splat('\\'))) << 16 * i;
		m.open |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_eq(folded, wasm_i8x16_splat('{'))) << 16 * i;
		m.close |= (uint64_t)wasm_i8x16_bitmask(wasm_i8x16_eq(folded, wasm_i8x16_splat('}'))) << 16 * i;
	}
#else
	for (int i = 0; i < 64; i++) {
		uint64_t bit = 1ull << i;
		m.quote |= p[i] == '"' ? bit : 0;
		m.escape |= p[i] == '\\' ? bit : 0;
		m.open |= (p[i] | 0x20) == '{' ? bit : 0;
		m.close |= (p[i] | 0x20) == '}' ? bit : 0;
	}
#endif
	return m;
}

// container_end is behind the bracket that closes the one at p, or end.
static const char *container_end(const char *p, const char *end) {
	uint64_t inside = 0, carried = 0; // all bits: in a string; bit 0: behind a backslash
	int64_t depth = 0;
	for (; p < end; p += 64) {
		marks m;
		if (end - p >= 64) {
			m = mark(p);
		} else {
			char tail[64] = {0};
			__builtin_memcpy(tail, p, (size_t)(end - p));
			m = mark(tail);
		}
		if (m.escape | carried) {
			uint64_t skip = carried;
			carried = 0;
			for (uint64_t e = m.escape; e; e &= e - 1) {
				int i = __builtin_ctzll(e);
				if (skip >> i & 1) continue;
				if (i == 63) carried = 1;
				else skip |= 2ull << i;
			}
			m.quote &= ~skip;
		}
		uint64_t in = m.quote;
		for (int shift = 1; shift < 64; shift *= 2) in ^= in << shift;
		in ^= inside;
		inside = (uint64_t)((int64_t)in >> 63);
		m.open &= ~in;
		m.close &= ~in;
		int opens = __builtin_popcountll(m.open), closes = __builtin_popcountll(m.close);
		if (closes < depth) { // the end cannot be here
			depth += opens - closes;
			continue;
		}
		for (uint64_t all = m.open | m.close; all; all &= all - 1) {
			int i = __builtin_ctzll(all);
			depth += m.open >> i & 1 ? 1 : -1;
			if (depth == 0) return p + i + 1;
		}
	}
	return end;
}

// backslash finds the first one, or the end.
static const char *backslash(const char *p, const char *end) {
#ifdef __wasm_simd128__
	for (; end - p >= 16; p += 16) {
		uint32_t hits = wasm_i8x16_bitmask(wasm_i8x16_eq(wasm_v128_load(p), wasm_i8x16_splat('\\')));
		if (hits) return p + __builtin_ctz(hits);
	}
#endif
	while (p < end && *p != '\\') p++;
	return p;
}

static bool escaped(shard_text t) { return backslash(t.at, t.at + t.len) != t.at + t.len; }

// string_end is behind the quote that closes the string whose inside begins at p,
// or 0.
static const char *string_end(const char *p, const char *end) {
	for (;;) {
#ifdef __wasm_simd128__
		while (end - p >= 16) {
			v128_t v = wasm_v128_load(p);
			uint32_t hits = wasm_i8x16_bitmask(
				wasm_v128_or(wasm_i8x16_eq(v, wasm_i8x16_splat('"')), wasm_i8x16_eq(v, wasm_i8x16_splat('\\'))));
			if (hits) {
				p += __builtin_ctz(hits);
				break;
			}
			p += 16;
		}
#endif
		while (p < end && *p != '"' && *p != '\\') p++;
		if (p >= end) return 0;
		if (*p == '"') return p + 1;
		p += 2;
	}
}

static const char *blank(const char *p, const char *end) {
	while (p < end && (unsigned char)*p <= ' ') p++;
	return p;
}

static bool ends(char c) { return (unsigned char)c <= ' ' || c == ',' || c == '}' || c == ']'; }

// value_end is behind the value at p. One that is cut short goes to the end.
static const char *value_end(const char *p, const char *end) {
	if (p >= end) return end;
	switch (*p) {
	case '"': {
		const char *after = string_end(p + 1, end);
		return after ? after : end;
	}
	case '{':
	case '[':
		return container_end(p, end);
	}
	while (p < end && !ends(*p)) p++;
	return p;
}

// begin is where the first or next element begins, behind a bracket or a comma, or
// 0.
static const char *begin(const char *p, const char *end, char open) {
	p = blank(p, end);
	if (p >= end || (*p != open && *p != ',')) return 0;
	p = blank(p + 1, end);
	return p < end && *p != ']' && *p != '}' ? p : 0;
}

static bool is_key(const char *at, uint32_t len, const char *want, uint32_t size) {
	if (len == size && shard_same(at, want, size)) return true;
	if (len <= size || !escaped((shard_text){at, len})) return false;
	char buffer[64];
	shard_json quoted = {at - 1, len + 2};
	return shard_unescape(quoted, buffer, sizeof buffer) == size && size <= sizeof buffer && shard_same(buffer, want, size);
}

// member finds a field of an object. Of a key that stands twice the first counts.
static shard_json member(shard_json j, const char *key, uint32_t len) {
	const char *p = j.at, *end = j.at + j.len;
	shard_json none = {0};
	p = blank(p, end);
	if (p >= end || *p != '{') return none;
	while ((p = begin(p, end, '{')) && *p == '"') {
		const char *name = p + 1;
		if (!(p = string_end(name, end))) return none;
		bool found = is_key(name, (uint32_t)(p - name - 1), key, len);
		p = blank(p, end);
		if (p >= end || *p != ':') return none;
		p = blank(p + 1, end);
		const char *after = value_end(p, end);
		if (found) return (shard_json){p, (uint32_t)(after - p)};
		p = after;
	}
	return none;
}

shard_json shard_find(shard_json j, const char *path, uint32_t len) {
	shard_json found;
	if (shard_indexed(j, path, len, &found)) return found;
	while (j.len > 0) {
		uint32_t n = 0;
		while (n < len && path[n] != '.') n++;
		j = member(j, path, n);
		if (n == len) break;
		path += n + 1;
		len -= n + 1;
	}
	return j;
}

bool shard_next(shard_json *rest, shard_json *item) {
	const char *end = rest->at + rest->len, *p = rest->len ? begin(rest->at, end, '[') : 0;
	if (!p) return false;
	const char *after = value_end(p, end);
	*item = (shard_json){p, (uint32_t)(after - p)};
	*rest = (shard_json){after, (uint32_t)(end - after)};
	return true;
}

bool shard_next_field(shard_fields_of *f) {
	const char *end = f->rest.at + f->rest.len, *p = f->rest.len ? begin(f->rest.at, end, '{') : 0;
	if (!p || *p != '"') return false;
	const char *key = p + 1;
	if (!(p = string_end(key, end))) return false;
	f->key = (shard_text){key, (uint32_t)(p - key - 1)};
	p = blank(p, end);
	if (p >= end || *p != ':') return false;
	p = blank(p + 1, end);
	const char *after = value_end(p, end);
	f->value = (shard_json){p, (uint32_t)(after - p)};
	f->rest = (shard_json){after, (uint32_t)(end - after)};
	return true;
}

uint32_t shard_len(shard_json j) {
	uint32_t n = 0;
	shard_json item;
	const char *p = blank(j.at, j.at + j.len);
	if (j.len && p < j.at + j.len && *p == '{') {
		SHARD_EACH_FIELD(f, j) n++;
		return n;
	}
	while (shard_next(&j, &item)) n++;
	return n;
}

// ---- Values.

static shard_text trim(shard_json j) {
	while (j.len && (unsigned char)*j.at <= ' ') j.at++, j.len--;
	while (j.len && (unsigned char)j.at[j.len - 1] <= ' ') j.len--;
	return (shard_text){j.at, j.len};
}

static bool quoted(shard_text t) { return t.len >= 2 && t.at[0] == '"' && t.at[t.len - 1] == '"'; }
static shard_text inside(shard_text t) { return quoted(t) ? (shard_text){t.at + 1, t.len - 2} : t; }
static bool word(shard_json j, shard_text want) { return shard_equal(trim(j), want); }

bool shard_null(shard_json j) { return word(j, SHARD_TEXT("null")); }
bool shard_bool(shard_json j) { return word(j, SHARD_TEXT("true")); }

// digits reads a whole number without a sign. false: it is none, or too large.
static bool digits(shard_text t, uint64_t *n) {
	uint64_t value = 0;
	uint32_t i = 0, safe = t.len < 19 ? t.len : 19; // so many digits fit in any case
	unsigned d = 0;
	*n = 0;
	if (t.len == 0 || t.len > 20) return false;
	for (; i < safe && (d = (unsigned)t.at[i] - '0') <= 9; i++) value = value * 10 + d;
	if (i < safe) return false;
	if (i < t.len) {
		d = (unsigned)t.at[i] - '0';
		if (d > 9 || value > (UINT64_MAX - d) / 10) return false;
		value = value * 10 + d;
	}
	*n = value;
	return true;
}

uint64_t shard_id(shard_json j) {
	uint64_t n;
	return digits(inside(trim(j)), &n) ? n : 0;
}

bool shard_number(shard_text t, int64_t *n) {
	bool minus = t.len && *t.at == '-';
	uint64_t value;
	*n = 0;
	if (!digits(minus ? (shard_text){t.at + 1, t.len - 1} : t, &value) || value > (1ull << 63) - !minus) return false;
	*n = (int64_t)(minus ? -value : value);
	return true;
}

int64_t shard_int(shard_json j) {
	int64_t n;
	return shard_number(inside(trim(j)), &n) ? n : 0;
}

// shard_float is right to 15 digits.
double shard_float(shard_json j) {
	shard_text t = inside(trim(j));
	const char *p = t.at, *end = t.at + t.len;
	bool minus = p < end && *p == '-';
	double n = 0;
	int exponent = 0, digit = 0;
	for (p += minus; p < end && (digit = *p - '0') >= 0 && digit <= 9; p++) n = n * 10 + digit;
	if (p < end && *p == '.') {
		for (p++; p < end && (digit = *p - '0') >= 0 && digit <= 9; p++) n = n * 10 + digit, exponent--;
	}
	if (p < end && (*p | 0x20) == 'e') {
		int64_t e;
		p++;
		if (p < end && *p == '+') p++;
		if (!shard_number((shard_text){p, (uint32_t)(end - p)}, &e) || e > 400 || e < -400) return 0;
		exponent += (int)e;
		p = end;
	}
	if (p != end || t.len == 0) return 0;
	double scale = 1;
	for (int i = exponent < 0 ? -exponent : exponent; i > 0; i--) scale *= 10;
	n = exponent < 0 ? n / scale : n * scale;
	return minus ? -n : n;
}

// ---- Escapes.

static int hex4(const char *p, const char *end) {
	int v = 0;
	if (end - p < 4) return -1;
	for (int i = 0; i < 4; i++) {
		int c = p[i], lower = c | 0x20;
		if (c >= '0' && c <= '9') v = v << 4 | (c - '0');
		else if (lower >= 'a' && lower <= 'f') v = v << 4 | (lower - 'a' + 10);
		else return -1;
	}
	return v;
}

static uint32_t encode(uint32_t r, char *to) {
	if (r < 0x80) return to[0] = (char)r, 1;
	if (r < 0x800) return to[0] = (char)(0xc0 | r >> 6), to[1] = (char)(0x80 | (r & 63)), 2;
	if (r < 0x10000) return to[0] = (char)(0xe0 | r >> 12), to[1] = (char)(0x80 | (r >> 6 & 63)), to[2] = (char)(0x80 | (r & 63)), 3;
	to[0] = (char)(0xf0 | r >> 18), to[1] = (char)(0x80 | (r >> 12 & 63)), to[2] = (char)(0x80 | (r >> 6 & 63)), to[3] = (char)(0x80 | (r & 63));
	return 4;
}

// unit reads what is behind a backslash into a character, and moves on.
static uint32_t unit(const char **at, const char *end) {
	const char *p = *at;
	uint32_t c = (unsigned char)*p++;
	switch (c) {
	case 'b': c = '\b'; break;
	case 'f': c = '\f'; break;
	case 'n': c = '\n'; break;
	case 'r': c = '\r'; break;
	case 't': c = '\t'; break;
	case 'u': {
		int first = hex4(p, end);
		c = 0xfffd; // half of a pair, or no number
		if (first >= 0) p += 4;
		if (first >= 0 && (first & 0xf800) != 0xd800) c = (uint32_t)first;
		if (first >= 0 && (first & 0xfc00) == 0xd800 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
			int second = hex4(p + 2, end);
			if (second >= 0 && (second & 0xfc00) == 0xdc00) {
				c = 0x10000 + ((uint32_t)(first & 0x3ff) << 10) + (uint32_t)(second & 0x3ff);
				p += 6;
			}
		}
	}
	}
	*at = p;
	return c;
}

uint32_t shard_unescape(shard_json j, char *to, uint32_t room) {
	shard_text t = trim(j);
	uint32_t len = 0;
	if (!quoted(t) && shard_null(j)) return 0;
	const char *p = inside(t).at, *end = p + inside(t).len;
	bool escapes = quoted(t);
	while (p < end) {
		char rune[4];
		const char *piece = p, *stop = escapes ? backslash(p, end) : end;
		uint32_t n = (uint32_t)(stop - p);
		if (n > 0) {
			p = stop;
		} else if (++p == end) { // cut short
			break;
		} else if (*p & 0x80) {
			piece = p++;
			n = 1;
		} else {
			n = encode(unit(&p, end), rune);
			piece = rune;
		}
		uint32_t fits = len >= room ? 0 : n < room - len ? n : room - len;
		__builtin_memcpy(to + len, piece, fits);
		len += n;
	}
	return len;
}

shard_text shard_string(shard_json j) {
	shard_text t = trim(j);
	if (!quoted(t)) return shard_null(j) ? (shard_text){0} : t;
	if (!escaped(t)) return inside(t);
	char *to = shard_widen(0, 0, t.len);
	return (shard_text){to, shard_unescape(j, to, t.len)};
}

bool shard_is(shard_json j, const char *text) {
	shard_text t = trim(j);
	return quoted(t) && shard_equal(escaped(t) ? shard_string(j) : inside(t), shard_text_of(text));
}

// ---- Text.

shard_text shard_text_of(const char *s) { return (shard_text){s, s ? (uint32_t)__builtin_strlen(s) : 0}; }
bool shard_equal(shard_text a, shard_text b) { return a.len == b.len && shard_same(a.at, b.at, a.len); }

bool shard_starts(shard_text s, const char *prefix) {
	uint32_t n = (uint32_t)__builtin_strlen(prefix);
	return s.len >= n && shard_same(s.at, prefix, n);
}

bool shard_cut(shard_text s, char separator, shard_text *before, shard_text *behind) {
	const char *at = s.len ? __builtin_memchr(s.at, separator, s.len) : 0;
	*before = at ? (shard_text){s.at, (uint32_t)(at - s.at)} : s;
	*behind = at ? (shard_text){at + 1, s.len - before->len - 1} : (shard_text){0};
	return at != 0;
}

// ---- Writing.

void shard_put(shard_out *o, const char *from, uint32_t len) {
	if (o->room - o->len < len) {
		uint32_t room = 2 * o->room + len + 128;
		o->at = shard_widen(o->at, o->room, room);
		o->room = room;
	}
	__builtin_memcpy(o->at + o->len, from, len);
	o->len += len;
}

shard_text shard_done(shard_out *o) {
	shard_widen(o->at, o->room, o->len);
	return (shard_text){o->at, o->len};
}

static void put_number(shard_out *o, uint64_t n, bool minus) {
	char text[21];
	uint32_t at = sizeof text;
	do text[--at] = (char)('0' + n % 10);
	while (n /= 10);
	if (minus) text[--at] = '-';
	shard_put(o, text + at, (uint32_t)sizeof text - at);
}

static void put_signed(shard_out *o, int64_t n) { put_number(o, n < 0 ? -(uint64_t)n : (uint64_t)n, n < 0); }

// put_float writes six places behind the point, without zeros at the end. What
// is no number, or too large, is 0.
static void put_float(shard_out *o, double f) {
	if (!(f > -9e15 && f < 9e15)) f = 0;
	double size = f < 0 ? -f : f;
	uint64_t whole = (uint64_t)size, parts = (uint64_t)((size - (double)whole) * 1e6 + 0.5);
	if (parts == 1000000) whole++, parts = 0;
	put_number(o, whole, f < 0 && (whole || parts));
	if (!parts) return;
	char text[7] = ".";
	uint32_t len = 1;
	for (uint64_t place = 100000; parts; place /= 10) text[len++] = (char)('0' + parts / place), parts %= place;
	shard_put(o, text, len);
}

// rune_len is the length of the UTF-8 character at p, 0 if there is none.
static uint32_t rune_len(const unsigned char *p, const unsigned char *end) {
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint32_t n = *p >= 0xf0 && *p < 0xf5 ? 4 : *p >= 0xe0 && *p < 0xf0 ? 3 : *p >= 0xc2 && *p < 0xe0 ? 2 : 0;
	if (n == 0 || (uint32_t)(end - p) < n) return 0;
	uint32_t r = *p & (0x7fu >> n);
	for (uint32_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) return 0;
		r = r << 6 | (p[i] & 63);
	}
	return r >= least[n] && r < 0x110000 && (r & ~0x7ffu) != 0xd800 ? n : 0;
}

static void put_string(shard_out *o, shard_text t) {
	static const char hex[] = "0123456789abcdef";
	shard_put(o, "\"", 1);
	const unsigned char *p = (const unsigned char *)t.at, *end = p + t.len, *from = p;
	while (p < end) {
		uint32_t n = *p < 0x80 ? 1 : rune_len(p, end);
		if (n > 0 && *p >= ' ' && *p != '"' && *p != '\\') {
			p += n;
			continue;
		}
		shard_put(o, (const char *)from, (uint32_t)(p - from));
		if (n == 0) shard_put(o, "\xef\xbf\xbd", 3); // no UTF-8
		else if (*p == '\n') shard_put(o, "\\n", 2);
		else if (*p == '\t') shard_put(o, "\\t", 2);
		else if (*p == '\r') shard_put(o, "\\r", 2);
		else if (*p >= ' ') shard_put(o, (char[]){'\\', (char)*p}, 2);
		else shard_put(o, (char[]){'\\', 'u', '0', '0', hex[*p >> 4], hex[*p & 15]}, 6);
		from = ++p;
	}
	shard_put(o, (const char *)from, (uint32_t)(p - from));
	shard_put(o, "\"", 1);
}

void shard_vputf(shard_out *o, bool json, const char *format, va_list values) {
	for (const char *p = format; *p; p++) {
		const char *from = p;
		while (*p && *p != '%' && !(json && *p == '\'')) p++;
		shard_put(o, from, (uint32_t)(p - from));
		if (*p == 0) return;
		if (*p == '\'') {
			shard_put(o, "\"", 1);
			continue;
		}
		shard_text t;
		switch (*++p) {
		case 's': t = shard_text_of(va_arg(values, const char *)); shard_put(o, t.at, t.len); break;
		case 't': t = va_arg(values, shard_text); shard_put(o, t.at, t.len); break;
		case 'q': put_string(o, shard_text_of(va_arg(values, const char *))); break;
		case 'Q': put_string(o, va_arg(values, shard_text)); break;
		case 'j': {
			shard_json j = va_arg(values, shard_json);
			if (j.len) shard_put(o, j.at, j.len);
			else shard_put(o, "null", 4);
			break;
		}
		case 'c': shard_put(o, (char[]){(char)va_arg(values, int)}, 1); break;
		case 'b': t = va_arg(values, int) ? SHARD_TEXT("true") : SHARD_TEXT("false"); shard_put(o, t.at, t.len); break;
		case 'd': put_signed(o, va_arg(values, int)); break;
		case 'u': put_number(o, va_arg(values, unsigned), false); break;
		case 'D': put_signed(o, va_arg(values, int64_t)); break;
		case 'U': put_number(o, va_arg(values, uint64_t), false); break;
		case 'I': shard_put(o, "\"", 1), put_number(o, va_arg(values, uint64_t), false), shard_put(o, "\"", 1); break;
		case 'f': put_float(o, va_arg(values, double)); break;
		case '%': shard_put(o, "%", 1); break;
		default: shard_trap("a format has %%%c, which shardhost.h does not know", *p);
		}
	}
}

void shard_putf(shard_out *o, const char *format, ...) {
	va_list values;
	va_start(values, format);
	shard_vputf(o, false, format, values);
	va_end(values);
}

shard_text shard_format(const char *format, ...) {
	shard_out o = {0};
	va_list values;
	va_start(values, format);
	shard_vputf(&o, false, format, values);
	va_end(values);
	return shard_done(&o);
}

shard_json shard_make(const char *format, ...) {
	shard_out o = {0};
	va_list values;
	va_start(values, format);
	shard_vputf(&o, true, format, values);
	va_end(values);
	shard_text t = shard_done(&o);
	return (shard_json){t.at, t.len};
}
