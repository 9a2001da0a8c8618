// A whole JSON document into a tree, and some members out of it.
#include "guest.h"

enum kind { NUL, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT };
struct node {
	enum kind kind;
	const uint8_t *key, *text;
	uint32_t key_len, text_len;
	double number;
	struct node *child, *next;
};

static struct node arena[4096];
static uint32_t used;
static uint8_t strings[1 << 16];
static uint32_t string_used;

struct in {
	const uint8_t *p, *end;
	int bad;
};

static void blank(struct in *in) {
	while (in->p < in->end && (*in->p == ' ' || *in->p == '\n' || *in->p == '\t' || *in->p == '\r')) in->p++;
}

static uint32_t hex4(struct in *in) {
	uint32_t v = 0;
	for (int i = 0; i < 4 && in->p < in->end; i++) {
		uint8_t c = *in->p++;
		v = v << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return v;
}

static void put_rune(uint32_t r) {
	uint8_t *s = strings + string_used;
	if (r < 0x80) s[0] = r, string_used += 1;
	else if (r < 0x800) s[0] = 0xc0 | r >> 6, s[1] = 0x80 | (r & 63), string_used += 2;
	else s[0] = 0xe0 | r >> 12, s[1] = 0x80 | (r >> 6 & 63), s[2] = 0x80 | (r & 63), string_used += 3;
}

static const uint8_t *string(struct in *in, uint32_t *len) {
	const uint8_t *from = strings + string_used;
	for (in->p++; in->p < in->end && *in->p != '"' && string_used < sizeof strings - 8;) {
		uint8_t c = *in->p++;
		if (c != '\\') {
			strings[string_used++] = c;
			continue;
		}
		switch (c = *in->p++) {
		case 'n': strings[string_used++] = '\n'; break;
		case 't': strings[string_used++] = '\t'; break;
		case 'r': strings[string_used++] = '\r'; break;
		case 'b': strings[string_used++] = '\b'; break;
		case 'f': strings[string_used++] = '\f'; break;
		case 'u': put_rune(hex4(in)); break;
		default: strings[string_used++] = c;
		}
	}
	in->p++;
	*len = strings + string_used - from;
	return from;
}

static double number(struct in *in) {
	double v = 0, scale = 1;
	int minus = *in->p == '-', dot = 0;
	if (minus) in->p++;
	for (; in->p < in->end && ((*in->p >= '0' && *in->p <= '9') || *in->p == '.'); in->p++) {
		if (*in->p == '.') { dot = 1; continue; }
		v = v * 10 + (*in->p - '0');
		if (dot) scale *= 10;
	}
	return (minus ? -v : v) / scale;
}

static struct node *value(struct in *in) {
	blank(in);
	if (in->p >= in->end || used == sizeof arena / sizeof *arena) { in->bad = 1; return arena; }
	struct node *n = &arena[used++];
	*n = (struct node){0};
	switch (*in->p) {
	case 'n': n->kind = NUL, in->p += 4; return n;
	case 't': n->kind = TRUE, in->p += 4; return n;
	case 'f': n->kind = FALSE, in->p += 5; return n;
	case '"': n->kind = STRING, n->text = string(in, &n->text_len); return n;
	case '{':
	case '[': {
		int object = *in->p == '{';
		uint8_t close = object ? '}' : ']';
		struct node **last = &n->child;
		n->kind = object ? OBJECT : ARRAY;
		in->p++;
		for (blank(in); in->p < in->end && *in->p != close && !in->bad;) {
			const uint8_t *key = 0;
			uint32_t key_len = 0;
			if (object) {
				key = string(in, &key_len);
				blank(in);
				in->p++;
			}
			struct node *c = value(in);
			c->key = key, c->key_len = key_len;
			*last = c, last = &c->next;
			blank(in);
			if (in->p < in->end && *in->p == ',') in->p++;
			blank(in);
		}
		in->p++;
		return n;
	}
	default: n->kind = NUMBER, n->number = number(in); return n;
	}
}

static struct node *member(struct node *o, const char *name) {
	for (struct node *c = o ? o->child : 0; c; c = c->next) {
		uint32_t i = 0;
		while (i < c->key_len && name[i] && c->key[i] == (uint8_t)name[i]) i++;
		if (i == c->key_len && !name[i]) return c;
	}
	return 0;
}

static uint32_t walk(struct node *n) {
	uint32_t sum = n->kind * 17 + n->key_len + (uint32_t)n->number;
	for (uint32_t i = 0; i < n->text_len; i++) sum = sum * 31 + n->text[i];
	for (struct node *c = n->child; c; c = c->next) sum = sum * 7 + walk(c);
	return sum;
}

static uint32_t work(const uint8_t *b, uint32_t n) {
	struct in in = {b, b + n, 0};
	used = string_used = 0;
	struct node *root = value(&in);
	struct node *name = member(member(root, "author"), "username");
	return walk(root) + (name ? name->text_len : 0) + used * 1000;
}
