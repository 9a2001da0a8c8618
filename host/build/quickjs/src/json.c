#include "engine.h"

#include <math.h>

// The host has checked that bodies are JSON, but this reads no byte beyond the
// end even where they are not: NULL and undefined stand for what is broken.

const char *json_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t'))
        at++;
    return at;
}

// past_string returns what follows the string that begins at at.
static const char *past_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '"')
            return at + 1;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

// json_skip returns what follows the value at at, or NULL.
const char *json_skip(const char *at, const char *end) {
    if (at >= end)
        return NULL;
    if (*at == '"')
        return past_string(at, end);
    if (*at != '{' && *at != '[') {
        const char *from = at;
        while (at < end && *at != ',' && *at != '}' && *at != ']' && *at != ':' && *at != ' ' && *at != '\n' && *at != '\r' && *at != '\t')
            at++;
        return at > from ? at : NULL;
    }
    int depth = 0;
    while (at < end) {
        switch (*at) {
        case '"':
            if (!(at = past_string(at, end)))
                return NULL;
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            if (--depth == 0)
                return at + 1;
        }
        at++;
    }
    return NULL;
}

static int hex4(const char *at, const char *end) {
    if (end - at < 4)
        return -1;
    int n = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i], low = c | 0x20;
        if (c >= '0' && c <= '9')
            n = n << 4 | (c - '0');
        else if (low >= 'a' && low <= 'f')
            n = n << 4 | (low - 'a' + 10);
        else
            return -1;
    }
    return n;
}

// utf8 reads one code point, or U+FFFD for a byte that begins none.
static const char *utf8(const char *at, const char *end, uint32_t *point) {
    uint8_t c = *at++;
    *point = 0xFFFD;
    int more = c >= 0xF0 && c < 0xF5 ? 3 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xC2 && c < 0xE0 ? 1 : 0;
    if (c < 0x80)
        *point = c;
    if (!more || end - at < more)
        return at;
    uint32_t p = c & (0x3F >> more);
    for (int i = 0; i < more; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return at;
        p = p << 6 | (at[i] & 0x3F);
    }
    if ((more == 2 && (p < 0x800 || (p >= 0xD800 && p < 0xE000))) || (more == 3 && (p < 0x10000 || p > 0x10FFFF)))
        return at;
    *point = p;
    return at + more;
}

// escaped makes a string of text that has escapes: UTF-16, because they may
// stand for half a character.
static JSValue escaped(const char *at, const char *end) {
    uint16_t *units = js_malloc_rt(runtime, 2 * (end - at) + 2);
    if (!units)
        return JS_ThrowOutOfMemory(context);
    size_t n = 0;
    while (at < end) {
        uint32_t point;
        if (*at != '\\') {
            at = utf8(at, end, &point);
        } else {
            char c = ++at < end ? *at++ : 0;
            int unit;
            switch (c) {
            case 'b': point = '\b'; break;
            case 'f': point = '\f'; break;
            case 'n': point = '\n'; break;
            case 'r': point = '\r'; break;
            case 't': point = '\t'; break;
            case 'u':
                unit = hex4(at, end);
                point = unit < 0 ? 0xFFFD : unit;
                at += unit < 0 ? 0 : 4;
                break;
            default: point = (uint8_t)c;
            }
        }
        if (point >= 0x10000) {
            units[n++] = 0xD800 + ((point - 0x10000) >> 10);
            point = 0xDC00 + (point & 0x3FF);
        }
        units[n++] = point;
    }
    JSValue v = JS_NewStringUTF16(context, units, n);
    js_free_rt(runtime, units);
    return v;
}

// json_string makes a string of what stands between the quotes.
JSValue json_string(const char *at, const char *end) {
    for (const char *p = at; p < end; p++)
        if (*p == '\\')
            return escaped(at, end);
    return JS_NewStringLen(context, at, end - at);
}

// number keeps whole numbers that a double does not hold as strings, as Discord
// writes ids.
static JSValue number(const char *at, const char *end) {
    size_t n = end - at;
    if (n <= 9) {
        int32_t v = 0;
        bool minus = *at == '-';
        const char *p = at + minus;
        while (p < end && *p >= '0' && *p <= '9')
            v = v * 10 + (*p++ - '0');
        if (p == end && !(minus && v == 0))
            return JS_NewInt32(context, minus ? -v : v);
    }
    char text[64];
    if (n >= sizeof text)
        return JS_UNDEFINED;
    memcpy(text, at, n);
    text[n] = 0;
    char *stop;
    double v = strtod(text, &stop);
    if (stop != text + n)
        return JS_UNDEFINED;
    if (fabs(v) > 9007199254740991.0 && !memchr(text, '.', n) && !memchr(text, 'e', n) && !memchr(text, 'E', n))
        return JS_NewStringLen(context, at, n);
    return JS_NewFloat64(context, v);
}

enum { deepest = 100 };

static JSValue array(doc *d, const char *at, const char *end, int depth);

static JSValue value(doc *d, const char *at, const char *end, JSValueConst prototype, int depth) {
    size_t n = end - at;
    switch (*at) {
    case '"': return json_string(at + 1, end - 1);
    case '{': return lazy_new(d, at, end, prototype);
    case '[': return array(d, at, end, depth + 1);
    case 't': return n == 4 ? JS_TRUE : JS_UNDEFINED;
    case 'f': return n == 5 ? JS_FALSE : JS_UNDEFINED;
    case 'n': return n == 4 ? JS_NULL : JS_UNDEFINED;
    }
    return number(at, end);
}

static JSValue array(doc *d, const char *at, const char *end, int depth) {
    if (depth > deepest)
        return JS_ThrowRangeError(context, "the event's lists are nested more than %d deep", deepest);
    JSValue list = JS_NewArray(context);
    if (JS_IsException(list))
        return list;
    at = json_space(at + 1, end);
    for (uint32_t i = 0; at < end && *at != ']'; i++) {
        const char *next = json_skip(at, end);
        if (!next)
            break;
        JSValue v = value(d, at, next, JS_UNDEFINED, depth);
        if (JS_IsException(v) || JS_SetPropertyUint32(context, list, i, v) < 0) {
            JS_FreeValue(context, list);
            return JS_EXCEPTION;
        }
        at = json_space(next, end);
        if (at >= end || *at != ',')
            break;
        at = json_space(at + 1, end);
    }
    return list;
}

// json_value makes a value of the text from at to end, which holds one. Objects
// read theirs later; prototype is that of the outermost, undefined for Object's.
JSValue json_value(doc *d, const char *at, const char *end, JSValueConst prototype) {
    at = json_space(at, end);
    const char *stop = json_skip(at, end);
    return stop ? value(d, at, stop, prototype, 0) : JS_UNDEFINED;
}
