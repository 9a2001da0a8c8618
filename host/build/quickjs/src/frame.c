#include "engine.h"

// A frame as handlers see it: its header, and the body as text or as a value.
typedef struct frame {
    header h;
    doc *d; // the name, then the body
} frame;

static JSClassID class;

enum { get_kind, get_name, get_tag, get_guild, get_shard, get_received, get_flags, get_status, get_json };

static const char hex[] = "0123456789abcdef";

// decimal writes ids: as strings, because numbers do not hold them.
JSValue decimal(uint64_t n) {
    char text[20];
    int at = sizeof text;
    do
        text[--at] = '0' + n % 10;
    while (n /= 10);
    return JS_NewStringLen(context, text + at, sizeof text - at);
}

static JSValue get(JSContext *ctx, JSValueConst this, int what) {
    frame *f = JS_GetOpaque2(ctx, this, class);
    if (!f)
        return JS_EXCEPTION;
    char text[16];
    switch (what) {
    case get_kind: return JS_NewInt32(ctx, f->h.kind);
    case get_name: return JS_NewStringLen(ctx, f->d->text, f->h.name);
    case get_tag:
        for (int i = 0; i < 16; i++)
            text[i] = hex[f->h.tag >> (60 - 4 * i) & 15];
        return JS_NewStringLen(ctx, text, 16);
    case get_guild: return f->h.guild ? decimal(f->h.guild) : JS_UNDEFINED;
    case get_shard: return JS_NewInt32(ctx, f->h.shard);
    case get_received: return JS_NewFloat64(ctx, (double)(f->h.received / 1000000));
    case get_flags: return JS_NewInt32(ctx, f->h.flags);
    case get_status: return JS_NewInt32(ctx, f->h.status);
    }
    return f->d->len ? JS_NewStringLen(ctx, f->d->text + f->h.name, f->h.body) : JS_UNDEFINED;
}

// read(prototype) is the body as a value.
static JSValue read(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
    frame *f = JS_GetOpaque2(ctx, this, class);
    if (!f)
        return JS_EXCEPTION;
    if (f->d->len < (size_t)f->h.name + f->h.body)
        return JS_UNDEFINED;
    const char *body = f->d->text + f->h.name;
    return json_value(f->d, body, body + f->h.body, argc > 0 ? argv[0] : JS_UNDEFINED);
}

// bytes() is the body in an ArrayBuffer.
static JSValue bytes(JSContext *ctx, JSValueConst this, int argc, JSValueConst *argv) {
    frame *f = JS_GetOpaque2(ctx, this, class);
    if (!f)
        return JS_EXCEPTION;
    size_t n = f->d->len < f->h.name ? 0 : f->d->len - f->h.name;
    return JS_NewArrayBufferCopy(ctx, (const uint8_t *)f->d->text + f->h.name, n);
}

static void finalize(JSRuntime *rt, JSValueConst object) {
    frame *f = JS_GetOpaque(object, class);
    if (!f)
        return;
    doc_drop(f->d);
    js_free_rt(rt, f);
}

static const JSCFunctionListEntry members[] = {
    JS_CGETSET_MAGIC_DEF("kind", get, NULL, get_kind),
    JS_CGETSET_MAGIC_DEF("name", get, NULL, get_name),
    JS_CGETSET_MAGIC_DEF("tag", get, NULL, get_tag),
    JS_CGETSET_MAGIC_DEF("guild", get, NULL, get_guild),
    JS_CGETSET_MAGIC_DEF("shard", get, NULL, get_shard),
    JS_CGETSET_MAGIC_DEF("receivedAt", get, NULL, get_received),
    JS_CGETSET_MAGIC_DEF("flags", get, NULL, get_flags),
    JS_CGETSET_MAGIC_DEF("status", get, NULL, get_status),
    JS_CGETSET_MAGIC_DEF("json", get, NULL, get_json),
    JS_CFUNC_DEF("read", 1, read),
    JS_CFUNC_DEF("bytes", 0, bytes),
};

int frame_start(void) {
    JS_NewClassID(runtime, &class);
    if (JS_NewClass(runtime, class, &(JSClassDef){"Frame", .finalizer = finalize}) < 0)
        return -1;
    JSValue prototype = JS_NewObject(context);
    JS_SetPropertyFunctionList(context, prototype, members, sizeof members / sizeof *members);
    JS_SetClassProto(context, class, prototype);
    return 0;
}

JSValue frame_prototype(void) { return JS_GetClassProto(context, class); }

JSValue frame_new(const header *h) {
    JSValue object = JS_NewObjectClass(context, class);
    if (JS_IsException(object))
        return object;
    frame *f = js_malloc(context, sizeof *f);
    doc *d = f ? doc_new((const char *)(h + 1), (size_t)h->name + h->body) : NULL;
    if (!d) {
        js_free(context, f);
        JS_FreeValue(context, object);
        return JS_EXCEPTION;
    }
    *f = (frame){*h, d};
    JS_SetOpaque(object, f);
    return object;
}
