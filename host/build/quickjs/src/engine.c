// The exports of the contract: docs/abi.md.
#include "engine.h"
#include "work.h"

#include <stdio.h>
#include <unistd.h>

JSRuntime *runtime;
JSContext *context;

static bool booted;
static char *buffer;
static size_t room;

enum { stack_size = 192 << 10 }; // of the 256 KiB that the linker gives

// die ends the instance: the host reports what was printed last.
static void die(const char *text) {
    static const char first[] = "panic: ";
    if (!text)
        text = "out of memory";
    write(2, first, sizeof first - 1);
    write(2, text, strlen(text));
    write(2, "\n", 1);
    __builtin_trap();
}

// boot makes the engine and reads the script, which registers its handlers.
static void boot(void) {
    if (booted)
        return;
    booted = true;
    runtime = JS_NewRuntime();
    context = runtime ? JS_NewContext(runtime) : NULL;
    if (!context)
        die(NULL);
    JS_SetMaxStackSize(runtime, stack_size);
    JS_SetInterruptHandler(runtime, work_overtime, NULL);
    JS_SetHostPromiseRejectionTracker(runtime, work_rejected, NULL);
    if (lazy_start() || frame_start() || host_module())
        die(NULL);
    size_t len;
    char *text = section_read("shard.script", &len);
    if (!text)
        die("the module holds no script: build it with shardhost plugin build");
    JSValue module = JS_Eval(context, text, len, "shard:script", JS_EVAL_TYPE_MODULE);
    js_free_rt(runtime, text);
    if (JS_IsException(module))
        die(error_take());
    JSContext *ctx;
    for (int n; (n = JS_ExecutePendingJob(runtime, &ctx)) != 0;)
        if (n < 0)
            die(error_take());
    switch (JS_PromiseState(context, module)) {
    case JS_PROMISE_REJECTED:
        die(error_text(JS_PromiseResult(context, module)));
    case JS_PROMISE_PENDING:
        die("the script waits at its top level for something that cannot come before it has been read");
    default:
        JS_FreeValue(context, module);
    }
    if (!JS_IsFunction(context, script.deliver))
        die("the script does not import shardhost: it handles nothing");
}

EXPORT(shard_abi_1) void shard_abi_1(void) {}

EXPORT(shard_buffer) int64_t shard_buffer(int32_t least) {
    if (least < 0)
        return 0;
    if ((size_t)least > room || !buffer) {
        size_t size = (size_t)least < 64 << 10 ? 64 << 10 : (size_t)least;
        free(buffer);
        if (!(buffer = aligned_alloc(8, (size + 7) & ~(size_t)7))) {
            room = 0;
            return 0;
        }
        room = size;
    }
    return (int64_t)((uint64_t)(uintptr_t)buffer << 32 | room);
}

EXPORT(shard_manifest) int64_t shard_manifest(void) {
    static const char *text; // kept while the host reads it
    size_t len = 0;
    boot();
    JSValue v = JS_Call(context, script.manifest, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(v) || !(text = JS_ToCStringLen(context, &len, v)))
        die(error_take());
    JS_FreeValue(context, v);
    return (int64_t)((uint64_t)(uintptr_t)text << 32 | len);
}

static int32_t answer(char *failure) {
    work_leave();
    if (!failure)
        return 0;
    host_fail(failure, strlen(failure));
    js_free_rt(runtime, failure);
    return internal;
}

EXPORT(shard_init) int32_t shard_init(int32_t len) {
    boot();
    if (len < 0 || (size_t)len > room)
        return invalid;
    return answer(work_start(buffer, len));
}

EXPORT(shard_batch) int32_t shard_batch(int32_t len, int32_t count) {
    if (!booted || len < 0 || (size_t)len > room)
        return invalid;
    char *failure = NULL;
    size_t at = 0;
    for (int32_t i = 0; i < count && !failure; i++) {
        const header *h = (const header *)(buffer + at);
        size_t left = len - at;
        if (left < sizeof *h || h->size > left || h->size < sizeof *h || h->name > left || h->body > left || sizeof *h + h->name + h->body > h->size) {
            doc_adopt();
            return invalid;
        }
        if (i > 0) {
            work_leave();
            host_done(i);
        }
        work_clock();
        failure = work_frame(h);
        at += h->size;
    }
    doc_adopt();
    return answer(failure);
}

EXPORT(shard_save) int32_t shard_save(void) {
    if (!booted)
        return 0;
    JSValue v = JS_Call(context, script.save, JS_UNDEFINED, 0, NULL);
    if (JS_IsException(v))
        return answer(error_take());
    if (JS_IsUndefined(v))
        return 0;
    int32_t schema = 0;
    size_t len = 0;
    JSValue number = JS_GetPropertyUint32(context, v, 0), state = JS_GetPropertyUint32(context, v, 1);
    const char *text = JS_ToInt32(context, &schema, number) ? NULL : JS_ToCStringLen(context, &len, state);
    JS_FreeValue(context, number);
    JS_FreeValue(context, state);
    JS_FreeValue(context, v);
    if (!text)
        return answer(error_take());
    int32_t code = host_state_write(schema, text, len);
    JS_FreeCString(context, text);
    return code < 0 ? code : 0;
}

EXPORT(shard_load) int32_t shard_load(int32_t schema, int32_t len) {
    if (!booted || len < 0 || (size_t)len > room)
        return invalid;
    JSValue argv[] = {JS_NewInt32(context, schema), JS_NewStringLen(context, buffer, len)};
    JSValue v = JS_Call(context, script.load, JS_UNDEFINED, 2, argv);
    JS_FreeValue(context, argv[1]);
    if (JS_IsException(v))
        return answer(error_take());
    bool taken = JS_ToBool(context, v);
    JS_FreeValue(context, v);
    return taken ? 0 : unsupported;
}
