// Counts words in a hash table, and sorts them by how often they came.
#include "guest.h"

struct word {
	const uint8_t *text;
	uint32_t len, count;
};
static struct word table[1024];
static struct word *list[1024];

static int before(const struct word *a, const struct word *b) {
	if (a->count != b->count) return a->count > b->count;
	for (uint32_t i = 0; i < a->len && i < b->len; i++)
		if (a->text[i] != b->text[i]) return a->text[i] < b->text[i];
	return a->len < b->len;
}

typedef int (*order)(const struct word *, const struct word *);
static order volatile by = before;

static void sort(struct word **a, int n, order less) {
	while (n > 12) {
		struct word *pivot = a[n / 2];
		int i = 0, j = n - 1;
		for (;; i++, j--) {
			while (less(a[i], pivot)) i++;
			while (less(pivot, a[j])) j--;
			if (i >= j) break;
			struct word *t = a[i];
			a[i] = a[j], a[j] = t;
		}
		sort(a, i, less);
		a += i, n -= i;
	}
	for (int i = 1; i < n; i++) {
		struct word *t = a[i];
		int j = i;
		for (; j > 0 && less(t, a[j - 1]); j--) a[j] = a[j - 1];
		a[j] = t;
	}
}

static int letter(uint8_t c) { return (c | 32) - 'a' < 26u || c - '0' < 10u || c >= 0x80 || c == '_'; }

static uint32_t work(const uint8_t *b, uint32_t n) {
	int used = 0;
	for (int i = 0; i < 1024; i++) table[i].count = 0;
	for (uint32_t i = 0; i < n;) {
		while (i < n && !letter(b[i])) i++;
		uint32_t from = i, h = 2166136261;
		for (; i < n && letter(b[i]); i++) h = (h ^ b[i]) * 16777619;
		if (i == from) break;
		for (uint32_t at = h ^ h >> 15;; at++) {
			struct word *w = &table[at & 1023];
			if (w->count == 0) {
				*w = (struct word){b + from, i - from, 1};
				list[used++] = w;
				break;
			}
			if (w->len != i - from) continue;
			uint32_t j = 0;
			while (j < w->len && w->text[j] == b[from + j]) j++;
			if (j == w->len) { w->count++; break; }
		}
	}
	sort(list, used, by);
	uint32_t sum = used;
	for (int i = 0; i < used; i++) sum = sum * 31 + list[i]->count * 256 + list[i]->text[0];
	return sum;
}
