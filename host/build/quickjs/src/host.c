#include "work.h"

#include <unistd.h>

// The module shardhost:host: the host's functions, as the SDK calls them. A
// negative number is a result code of the contract; what is not asked for in a
// handler throws.

hooks script;

typedef struct string {
    const char *text;
    size_t len;
} string;

// args reads n strings from the front of argv. Those that are there are freed
// with drop.
static bool args(string *to, int n, JSValueConst *argv) {
    for (int i = 0; i < n; i++)
        if (!(to[i].text = JS_ToCStringLen(context, &to[i].len, argv[i]))) {
            while (i-- > 0)
                JS_FreeCString(context, to[i].text);
            return false;
        }
    return true;
}

static JSValue drop(string *s, int n, int32_t code) {
    while (n-- > 0)
        JS_FreeCString(context, s[n].text);
    return JS_NewInt32(context, code);
}

#define FUNCTION(name) static JSValue name(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv)
#define ACTING              \
    if (!work_acting())     \
    return JS_EXCEPTION

FUNCTION(js_register) {
    JSValue *to[] = {&script.deliver, &script.start, &script.manifest, &script.save, &script.load};
    for (int i = 0; i < 5; i++) {
        JS_FreeValue(ctx, *to[i]);
        *to[i] = JS_DupValue(ctx, argv[i]);
    }
    return JS_UNDEFINED;
}

FUNCTION(js_log) {
    int32_t level;
    size_t len;
    if (JS_ToInt32(ctx, &level, argv[0]))
        return JS_EXCEPTION;
    const char *text = JS_ToCStringLen(ctx, &len, argv[1]);
    if (!text)
        return JS_EXCEPTION;
    char *mapped = strstr(text, "shard:script:") ? stack_map(text, len) : NULL;
    int32_t code = mapped ? host_log(level, mapped, strlen(mapped)) : host_log(level, text, len);
    js_free(ctx, mapped);
    JS_FreeCString(ctx, text);
    return JS_NewInt32(ctx, code);
}

FUNCTION(js_log_level) { return JS_NewInt32(ctx, host_log_level()); }

FUNCTION(js_metric) {
    string s;
    int32_t kind;
    double value;
    if (JS_ToInt32(ctx, &kind, argv[1]) || JS_ToFloat64(ctx, &value, argv[2]) || !args(&s, 1, argv))
        return JS_EXCEPTION;
    return drop(&s, 1, host_metric(s.text, s.len, kind, value));
}

// defer(document, label, web) notes a call for when the handler has ended, and returns its number.
FUNCTION(js_defer) {
    string s[2];
    if (!args(s, 2, argv))
        return JS_EXCEPTION;
    int32_t id = work_defer(s[0].text, s[0].len, s[1].text, s[1].len, JS_ToBool(ctx, argv[2]));
    JSValue v = drop(s, 2, id);
    return id ? v : JS_EXCEPTION;
}

// send(number) makes that call now and returns the promise of its answer.
FUNCTION(js_send) {
    int32_t id;
    if (JS_ToInt32(ctx, &id, argv[0]))
        return JS_EXCEPTION;
    return work_send(id);
}

// post(document) makes a call whose answer goes to a handler by name.
FUNCTION(js_post) {
    string s;
    ACTING;
    if (!args(&s, 1, argv))
        return JS_EXCEPTION;
    return drop(&s, 1, work_post(s.text, s.len));
}

// Tags of timers are two numbers of 32 bits: that of the name, and one of its own.
static bool tag_of(JSContext *ctx, JSValueConst *argv, uint64_t *tag) {
    uint32_t high, low;
    if (JS_ToUint32(ctx, &high, argv[0]) || JS_ToUint32(ctx, &low, argv[1]))
        return false;
    *tag = (uint64_t)high << 32 | low;
    return true;
}

FUNCTION(js_timer) {
    uint64_t tag;
    int64_t delay, period;
    ACTING;
    if (!tag_of(ctx, argv, &tag) || JS_ToInt64(ctx, &delay, argv[2]) || JS_ToInt64(ctx, &period, argv[3]))
        return JS_EXCEPTION;
    return JS_NewInt32(ctx, host_timer(tag, delay, period));
}

FUNCTION(js_timer_off) {
    uint64_t tag;
    ACTING;
    if (!tag_of(ctx, argv, &tag))
        return JS_EXCEPTION;
    return JS_NewInt32(ctx, host_timer_off(tag));
}

// kvGet(key) is a string, or a negative number.
FUNCTION(js_kv_get) {
    string key;
    char small[512], *to = small;
    ACTING;
    if (!args(&key, 1, argv))
        return JS_EXCEPTION;
    int32_t n = host_kv_get(key.text, key.len, small, sizeof small);
    if (n > (int32_t)sizeof small && (to = js_malloc(ctx, n)))
        n = host_kv_get(key.text, key.len, to, n);
    JSValue v = !to ? JS_EXCEPTION : n < 0 ? JS_NewInt32(ctx, n) : JS_NewStringLen(ctx, to, n);
    if (to != small)
        js_free(ctx, to);
    drop(&key, 1, 0);
    return v;
}

FUNCTION(js_kv_put) {
    string s[2];
    int64_t ttl;
    ACTING;
    if (JS_ToInt64(ctx, &ttl, argv[2]) || !args(s, 2, argv))
        return JS_EXCEPTION;
    return drop(s, 2, host_kv_put(s[0].text, s[0].len, s[1].text, s[1].len, ttl));
}

// kvVersion(key) is a BigInt.
FUNCTION(js_kv_version) {
    string key;
    ACTING;
    if (!args(&key, 1, argv))
        return JS_EXCEPTION;
    int64_t version = host_kv_version(key.text, key.len);
    drop(&key, 1, 0);
    return JS_NewBigInt64(ctx, version);
}

// kvSwap(key, value, version, ttl)
FUNCTION(js_kv_swap) {
    string s[2];
    int64_t version, ttl;
    ACTING;
    if (JS_ToBigInt64(ctx, &version, argv[2]) || JS_ToInt64(ctx, &ttl, argv[3]) || !args(s, 2, argv))
        return JS_EXCEPTION;
    return drop(s, 2, host_kv_cas(s[0].text, s[0].len, version, s[1].text, s[1].len, ttl));
}

FUNCTION(js_kv_delete) {
    string key;
    ACTING;
    if (!args(&key, 1, argv))
        return JS_EXCEPTION;
    return drop(&key, 1, host_kv_del(key.text, key.len));
}

// kvAdd(key, delta) is [code, sum].
FUNCTION(js_kv_add) {
    string key;
    int64_t delta, sum = 0;
    ACTING;
    if (JS_ToInt64(ctx, &delta, argv[1]) || !args(&key, 1, argv))
        return JS_EXCEPTION;
    int32_t code = host_kv_add(key.text, key.len, delta, &sum);
    drop(&key, 1, 0);
    JSValue pair = JS_NewArray(ctx);
    JS_SetPropertyUint32(ctx, pair, 0, JS_NewInt32(ctx, code));
    JS_SetPropertyUint32(ctx, pair, 1, JS_NewInt64(ctx, sum));
    return pair;
}

// kvList(prefix, after) is a list of keys, or a negative number; empty at the end.
FUNCTION(js_kv_list) {
    enum { room = 8 << 10 };
    string s[2];
    ACTING;
    if (!args(s, 2, argv))
        return JS_EXCEPTION;
    char *to = js_malloc(ctx, room);
    int32_t n = to ? host_kv_list(s[0].text, s[0].len, s[1].text, s[1].len, to, room) : 0;
    drop(s, 2, 0);
    JSValue list = !to ? JS_EXCEPTION : n < 0 ? JS_NewInt32(ctx, n) : JS_NewArray(ctx);
    uint32_t count = 0;
    for (int32_t at = 0; n > 0 && at + 4 <= n;) {
        uint32_t len;
        memcpy(&len, to + at, 4);
        at += 4;
        if (len > (uint32_t)(n - at))
            break;
        JS_SetPropertyUint32(ctx, list, count++, JS_NewStringLen(ctx, to + at, len));
        at += len;
    }
    js_free(ctx, to);
    return list;
}

FUNCTION(js_gateway) {
    int32_t shard, op;
    string d;
    ACTING;
    if (JS_ToInt32(ctx, &shard, argv[0]) || JS_ToInt32(ctx, &op, argv[1]) || !args(&d, 1, argv + 2))
        return JS_EXCEPTION;
    return drop(&d, 1, host_gateway(shard, op, d.text, d.len));
}

FUNCTION(js_publish) {
    string s[2];
    ACTING;
    if (!args(s, 2, argv))
        return JS_EXCEPTION;
    return drop(s, 2, host_publish(s[0].text, s[0].len, s[1].text, s[1].len));
}

// limit(ms) says how long a frame may take.
FUNCTION(js_limit) {
    int64_t ms;
    if (JS_ToInt64(ctx, &ms, argv[0]))
        return JS_EXCEPTION;
    work_limit(ms);
    return JS_UNDEFINED;
}

// random(n) is an ArrayBuffer of random bytes.
FUNCTION(js_random) {
    uint32_t n;
    if (JS_ToUint32(ctx, &n, argv[0]))
        return JS_EXCEPTION;
    if (n > 65536)
        return JS_ThrowRangeError(ctx, "at most 65536 random bytes at once");
    uint8_t *bytes = js_malloc(ctx, n + 1);
    if (!bytes)
        return JS_EXCEPTION;
    for (uint32_t at = 0; at < n; at += 256)
        if (getentropy(bytes + at, n - at < 256 ? n - at : 256)) {
            js_free(ctx, bytes);
            return JS_ThrowInternalError(ctx, "no randomness");
        }
    JSValue buffer = JS_NewArrayBufferCopy(ctx, bytes, n);
    js_free(ctx, bytes);
    return buffer;
}

// encode(text) is its UTF-8 in an ArrayBuffer; decode(buffer) the opposite.
FUNCTION(js_encode) {
    string s;
    if (!args(&s, 1, argv))
        return JS_EXCEPTION;
    JSValue buffer = JS_NewArrayBufferCopy(ctx, (const uint8_t *)s.text, s.len);
    drop(&s, 1, 0);
    return buffer;
}

FUNCTION(js_decode) {
    size_t size;
    uint8_t *bytes = JS_GetArrayBuffer(ctx, &size, argv[0]);
    return bytes || !size ? JS_NewStringLen(ctx, (const char *)bytes, size) : JS_EXCEPTION;
}

// reserve(name) keeps a name of lazy objects for methods.
FUNCTION(js_reserve) {
    string s;
    if (!args(&s, 1, argv))
        return JS_EXCEPTION;
    return drop(&s, 1, lazy_reserve(s.text));
}

// Math.random: xorshift64*, from the host's randomness.
FUNCTION(js_math_random) {
    static uint64_t state;
    if (!state && getentropy(&state, sizeof state))
        return JS_ThrowInternalError(ctx, "no randomness");
    state |= !state;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return JS_NewFloat64(ctx, (double)((state * 0x2545F4914F6CDD1DULL) >> 11) * 0x1p-53);
}

static const struct {
    const char *name;
    JSCFunction *function;
    int args;
} functions[] = {
    {"register", js_register, 5}, {"log", js_log, 2}, {"logLevel", js_log_level, 0}, {"metric", js_metric, 3},
    {"defer", js_defer, 3}, {"send", js_send, 1}, {"post", js_post, 1},
    {"timer", js_timer, 4}, {"timerOff", js_timer_off, 2},
    {"kvGet", js_kv_get, 1}, {"kvPut", js_kv_put, 3}, {"kvVersion", js_kv_version, 1}, {"kvSwap", js_kv_swap, 4},
    {"kvDelete", js_kv_delete, 1}, {"kvAdd", js_kv_add, 2}, {"kvList", js_kv_list, 2},
    {"gateway", js_gateway, 3}, {"publish", js_publish, 2},
    {"random", js_random, 1}, {"encode", js_encode, 1}, {"decode", js_decode, 1}, {"reserve", js_reserve, 1},
    {"limit", js_limit, 1},
};

enum { count = sizeof functions / sizeof *functions };

static int fill(JSContext *ctx, JSModuleDef *m) {
    for (int i = 0; i < count; i++)
        JS_SetModuleExport(ctx, m, functions[i].name, JS_NewCFunction(ctx, functions[i].function, functions[i].name, functions[i].args));
    return JS_SetModuleExport(ctx, m, "Frame", frame_prototype());
}

int host_module(void) {
    JSModuleDef *m = JS_NewCModule(context, "shardhost:host", fill);
    if (!m)
        return -1;
    for (int i = 0; i < count; i++)
        JS_AddModuleExport(context, m, functions[i].name);
    JS_AddModuleExport(context, m, "Frame");
    JSValue global = JS_GetGlobalObject(context), math = JS_GetPropertyStr(context, global, "Math");
    JS_SetPropertyStr(context, math, "random", JS_NewCFunction(context, js_math_random, "random", 0));
    JS_FreeValue(context, math);
    JS_FreeValue(context, global);
    return 0;
}
