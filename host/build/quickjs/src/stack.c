#include "work.h"

// The script is one file made of many. Its source map says where each position
// comes from: https://tc39.es/ecma426. It is read at the first error.
static const char place[] = "shard:script:";

static struct {
    bool tried;
    char *text;
    size_t len;
    const char *mappings, *end;
    const char **sources;
    uint32_t *lengths, count;
} map;

typedef struct text {
    char *at;
    size_t len, room;
} text;

static bool add(text *t, const char *s, size_t n) {
    if (t->len + n + 1 > t->room) {
        size_t room = 2 * (t->len + n) + 64;
        char *more = js_realloc_rt(runtime, t->at, room);
        if (!more)
            return false;
        t->at = more;
        t->room = room;
    }
    memcpy(t->at + t->len, s, n);
    t->len += n;
    t->at[t->len] = 0;
    return true;
}

static bool add_number(text *t, uint32_t n) {
    char digits[10];
    int at = sizeof digits;
    do
        digits[--at] = '0' + n % 10;
    while (n /= 10);
    return add(t, digits + at, sizeof digits - at);
}

// member finds the value of a member of the object from at to end.
static const char *member(const char *at, const char *end, const char *key, const char **stop) {
    for (at = json_space(at + 1, end); at < end && *at == '"';) {
        const char *past = json_skip(at, end);
        if (!past)
            return NULL;
        const char *value = json_space(past, end);
        if (value >= end)
            return NULL;
        value = json_space(value + 1, end);
        if (!(*stop = json_skip(value, end)))
            return NULL;
        if ((size_t)(past - at) == strlen(key) + 2 && !memcmp(at + 1, key, past - at - 2))
            return value;
        at = json_space(*stop, end);
        if (at < end && *at == ',')
            at = json_space(at + 1, end);
    }
    return NULL;
}

static void load(void) {
    if (map.tried)
        return;
    map.tried = true;
    if (!(map.text = section_read("shard.sourcemap", &map.len)))
        return;
    const char *end = map.text + map.len, *stop;
    const char *at = member(map.text, end, "sources", &stop);
    if (!at)
        return;
    uint32_t room = 0;
    for (at = json_space(at + 1, stop); at < stop && *at == '"';) {
        const char *past = json_skip(at, stop);
        if (!past)
            break;
        if (map.count == room) {
            room = room ? 2 * room : 16;
            map.sources = js_realloc_rt(runtime, map.sources, room * sizeof *map.sources);
            map.lengths = js_realloc_rt(runtime, map.lengths, room * sizeof *map.lengths);
            if (!map.sources || !map.lengths)
                return;
        }
        map.sources[map.count] = at + 1;
        map.lengths[map.count++] = past - at - 2;
        at = json_space(past, stop);
        if (at < stop && *at == ',')
            at = json_space(at + 1, stop);
    }
    if ((at = member(map.text, end, "mappings", &stop))) {
        map.mappings = at + 1;
        map.end = stop - 1;
    }
}

static int digit(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static const char *vlq(const char *at, const char *end, int32_t *to) {
    uint32_t n = 0;
    for (int shift = 0; at < end && shift < 32; shift += 5) {
        int d = digit(*at);
        if (d < 0)
            return at;
        at++;
        n |= (uint32_t)(d & 31) << shift;
        if (!(d & 32))
            break;
    }
    *to += n & 1 ? -(int32_t)(n >> 1) : (int32_t)(n >> 1);
    return at;
}

// origin finds where a position of the script, both from 1, comes from.
static bool origin(uint32_t line, uint32_t column, int32_t *source, uint32_t *to_line, uint32_t *to_column) {
    load();
    int32_t src = 0, row = 0, col = 0, ignored = 0;
    bool found = false;
    uint32_t now = 1;
    for (const char *at = map.mappings; at && at < map.end && now <= line; now++) {
        int32_t from = 0;
        while (at < map.end && *at != ';') {
            at = vlq(at, map.end, &from);
            if (at < map.end && *at != ',' && *at != ';') {
                at = vlq(vlq(vlq(at, map.end, &src), map.end, &row), map.end, &col);
                if (at < map.end && *at != ',' && *at != ';')
                    at = vlq(at, map.end, &ignored);
                if (now == line && (!found || from + 1 <= (int32_t)column)) {
                    found = true;
                    *source = src;
                    *to_line = row + 1;
                    *to_column = col + 1;
                }
            }
            while (at < map.end && *at != ',' && *at != ';')
                at++; // broken
            if (at < map.end && *at == ',')
                at++;
        }
        at++;
    }
    return found && *source >= 0 && (uint32_t)*source < map.count;
}

static const char *read_number(const char *at, const char *end, uint32_t *n) {
    *n = 0;
    while (at < end && *at >= '0' && *at <= '9' && *n < 100000000)
        *n = *n * 10 + (*at++ - '0');
    return at;
}

// The SDK's own files are of no interest to authors.
static bool is_sdk(int32_t source) {
    static const char sdk[] = "shardhost:";
    return map.lengths[source] >= sizeof sdk - 1 && !memcmp(map.sources[source], sdk, sizeof sdk - 1);
}

// stack_map copies a text and writes positions of the script in it as those of
// the author's files; lines of a stack that are not his are left out. NULL: no
// memory.
char *stack_map(const char *from, size_t len) {
    text t = {0};
    if (!add(&t, "", 0))
        return NULL;
    const char *end = from + len;
    while (from < end) {
        const char *stop = memchr(from, '\n', end - from);
        stop = stop ? stop + 1 : end;
        size_t before = t.len;
        bool mine = true, at_call = false;
        const char *p = json_space(from, stop);
        at_call = stop - p > 3 && !memcmp(p, "at ", 3);
        for (p = from; p < stop && mine;) {
            uint32_t line, column = 0, to_line, to_column;
            int32_t source;
            if ((size_t)(stop - p) < sizeof place || memcmp(p, place, sizeof place - 1)) {
                if (!add(&t, p++, 1))
                    return t.at;
                continue;
            }
            const char *q = read_number(p + sizeof place - 1, stop, &line);
            if (q < stop && *q == ':')
                q = read_number(q + 1, stop, &column);
            if (!origin(line, column, &source, &to_line, &to_column)) {
                add(&t, "script:", 7);
                add(&t, p + sizeof place - 1, q - p - (sizeof place - 1));
            } else if (at_call && is_sdk(source)) {
                mine = false;
            } else {
                add(&t, map.sources[source], map.lengths[source]);
                add(&t, ":", 1);
                add_number(&t, to_line);
                add(&t, ":", 1);
                add_number(&t, to_column);
            }
            p = q;
        }
        if (at_call && (!mine || (t.len - before > 9 && strstr(t.at + before, "(native)")))) {
            t.len = before;
            t.at[t.len] = 0;
        }
        from = stop;
    }
    while (t.len && t.at[t.len - 1] == '\n')
        t.at[--t.len] = 0;
    return t.at;
}

static void add_value(text *t, JSValueConst v) {
    size_t n;
    const char *s = JS_ToCStringLen(context, &n, v);
    if (!s) {
        JS_FreeValue(context, JS_GetException(context));
        add(t, "a value that has no text", 24);
        return;
    }
    add(t, s, n);
    JS_FreeCString(context, s);
}

// error_text is what was thrown, with the calls that led there. NULL: no memory.
char *error_text(JSValueConst error) {
    text t = {0};
    if (JS_IsError(error)) {
        if (work_overran())
            add(&t, "it took too long: do less in one frame, or raise the plugin's limits.deadline", 77);
        else
            add_value(&t, error);
        JSValue stack = JS_GetPropertyStr(context, error, "stack");
        if (JS_IsString(stack)) {
            add(&t, "\n", 1);
            add_value(&t, stack);
        } else if (JS_IsException(stack)) {
            JS_FreeValue(context, JS_GetException(context));
        }
        JS_FreeValue(context, stack);
    } else {
        JSValue json = JS_IsObject(error) ? JS_JSONStringify(context, error, JS_UNDEFINED, JS_UNDEFINED) : JS_UNDEFINED;
        if (JS_IsException(json))
            JS_FreeValue(context, JS_GetException(context));
        add(&t, "no error, but ", 14);
        add_value(&t, JS_IsString(json) ? json : error);
        add(&t, " was thrown", 11);
        JS_FreeValue(context, json);
    }
    char *mapped = t.at ? stack_map(t.at, t.len) : NULL;
    js_free_rt(runtime, t.at);
    return mapped;
}

// error_take is the text of the exception that is under way, which ends.
char *error_take(void) {
    JSValue error = JS_GetException(context);
    char *s = error_text(error);
    JS_FreeValue(context, error);
    return s;
}
