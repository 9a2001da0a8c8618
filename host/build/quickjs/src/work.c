#include "work.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

// A work is a frame from the moment when its handler begins until it has ended.
// Jobs of the engine carry its id as their tag, so that what a handler asks for
// belongs to its frame, whoever has settled the promise that it waited for.
//
// A handler has ended when its promise is settled and all answers that it, or a
// function that it started, has waited for are there.
struct work {
    int32_t id;
    int32_t handle;   // 0: it is not parked
    int32_t waiting;  // answers that it waits for
    bool starting;    // it is the init document: it cannot be parked
    bool void_;       // the host has given it up
    JSValue promise;  // of its handler; undefined: it has returned
    char *failure;
    struct deferred *calls, **last; // that leave with its other effects
    work *next;
};

// A deferred call is made when its frame has ended, unless somebody waits for
// its answer before.
struct deferred {
    int32_t id;
    char *document, *label;
    size_t len;
    bool web; // it is of fetch, not of rest
    struct deferred *next;
};

static int32_t ask(struct deferred *d, uint64_t tag) {
    return d->web ? host_fetch(tag, d->document, d->len) : host_rest(tag, d->document, d->len);
}

// A waiter is a call whose answer is awaited.
typedef struct waiter {
    uint64_t tag;
    work *of;
    JSValue settle[2];
    struct waiter *next;
} waiter;

// A promise that was rejected, and nobody has looked yet.
typedef struct rejection {
    JSValue promise, reason;
    int32_t tag;
    struct rejection *next;
} rejection;

static work *works, *current; // current: the frame in work
static waiter *waiters;
static rejection *rejections;
static int32_t last_id, last_call, entered;
static uint64_t last_tag;

// The host ends an instance whose frame takes too long. The engine stops the
// handler before that, so that one frame fails and no memory is lost.
static int64_t limit, began;
static bool overran;

static int64_t now(void) {
    struct timespec t;
    return clock_gettime(CLOCK_MONOTONIC, &t) ? 0 : (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void work_limit(int64_t ms) { limit = ms - ms / 5; }

void work_clock(void) {
    began = now();
    overran = false;
}

int work_overtime(JSRuntime *rt, void *opaque) {
    overran = overran || (limit > 0 && now() - began > limit);
    return overran;
}

bool work_overran(void) { return overran; }

static char *copy(const char *text, size_t len) {
    char *s = js_malloc_rt(runtime, len + 1);
    if (s) {
        memcpy(s, text, len);
        s[len] = 0;
    }
    return s;
}

static char *say(const char *text) { return copy(text, strlen(text)); }

static uint64_t next_tag(void) {
    if (!last_tag) {
        uint32_t base;
        if (getentropy(&base, sizeof base))
            base = 1;
        last_tag = (uint64_t)(base | 1) << 32;
    }
    return ++last_tag;
}

static work *work_new(void) {
    work *w = js_calloc_rt(runtime, 1, sizeof *w);
    if (!w)
        return NULL;
    *w = (work){.id = ++last_id, .promise = JS_UNDEFINED, .next = works};
    w->last = &w->calls;
    works = w;
    JS_SetJobTag(runtime, w->id);
    return w;
}

static void work_free(work *w) {
    for (work **at = &works; *at; at = &(*at)->next)
        if (*at == w) {
            *at = w->next;
            break;
        }
    for (waiter **at = &waiters; *at;) {
        waiter *q = *at;
        if (q->of != w) {
            at = &q->next;
            continue;
        }
        *at = q->next;
        JS_FreeValue(context, q->settle[0]);
        JS_FreeValue(context, q->settle[1]);
        js_free_rt(runtime, q);
    }
    while (w->calls) {
        struct deferred *d = w->calls;
        w->calls = d->next;
        js_free_rt(runtime, d->document);
        js_free_rt(runtime, d->label);
        js_free_rt(runtime, d);
    }
    JS_FreeValue(context, w->promise);
    js_free_rt(runtime, w->failure);
    if (current == w)
        current = NULL;
    js_free_rt(runtime, w);
}

static work *find(int32_t id) {
    for (work *w = works; w; w = w->next)
        if (w->id == id)
            return w;
    return NULL;
}

void work_leave(void) {
    if (entered) {
        host_enter(0);
        entered = 0;
    }
}

// enter makes what follows belong to a frame. false: the host has given it up.
static bool enter(work *w) {
    if (w->handle == entered)
        return true;
    work_leave();
    if (w->handle && host_enter(w->handle) < 0)
        return false;
    entered = w->handle;
    return true;
}

// work_acting is the frame that the running code belongs to, entered. NULL: an
// exception says that there is none.
work *work_acting(void) {
    work *w = find(JS_GetJobTag(runtime));
    if (!w) {
        JS_ThrowTypeError(context, "no event is being handled here: ask for effects in a handler, and before it has ended");
        return NULL;
    }
    if (w->void_ || (!w->handle && w != current) || !enter(w)) {
        JS_ThrowTypeError(context, "the host has given this handler up");
        return NULL;
    }
    return w;
}

int32_t work_defer(const char *document, size_t len, const char *label, size_t size, bool web) {
    work *w = work_acting();
    if (!w)
        return 0;
    struct deferred *d = js_calloc_rt(runtime, 1, sizeof *d);
    if (!d || !(d->document = copy(document, len)) || !(d->label = copy(label, size))) {
        JS_ThrowOutOfMemory(context);
        return 0;
    }
    d->id = ++last_call;
    d->web = web;
    d->len = len;
    *w->last = d;
    w->last = &d->next;
    return d->id;
}

static struct deferred *take(int32_t id) {
    for (work *w = works; w; w = w->next)
        for (struct deferred **at = &w->calls; *at; at = &(*at)->next) {
            struct deferred *d = *at;
            if (d->id != id)
                continue;
            if (!(*at = d->next))
                w->last = at;
            return d;
        }
    return NULL;
}

static char *refused(const char *what, int32_t code) {
    static const char *const words[] = {
        "done", "invalid", "denied: the configuration does not grant it", "try again: a quota is used up or too much is in flight", "not found", "too big",
        "exists", "the host shuts down", "internal error", "unsupported",
    };
    char text[256];
    int n = -code;
    snprintf(text, sizeof text, "%.150s: %s", what, n >= 0 && n < (int)(sizeof words / sizeof *words) ? words[n] : "refused");
    return say(text);
}

static int park(work *w) {
    if (w->handle)
        return 0;
    if (w->starting)
        return unsupported;
    work_leave();
    int32_t handle = host_park();
    if (handle < 0)
        return handle;
    w->handle = entered = handle;
    return 0;
}

// work_send makes a deferred call at once and returns the promise of its answer,
// or a negative number.
JSValue work_send(int32_t id) {
    work *w = work_acting();
    if (!w)
        return JS_EXCEPTION;
    struct deferred *d = take(id);
    if (!d)
        return JS_ThrowTypeError(context, "the call belongs to a handler that has ended: await it there");
    int32_t code = park(w);
    uint64_t tag = next_tag();
    char *document = code < 0 ? NULL : js_realloc_rt(runtime, d->document, d->len + 16);
    if (document) {
        d->document = document;
        memcpy(document + d->len - 1, ",\"await\":true}", 15);
        d->len += 13;
        code = ask(d, tag);
    }
    JSValue promise = JS_EXCEPTION;
    waiter *q = code < 0 || !document ? NULL : js_calloc_rt(runtime, 1, sizeof *q);
    if (code < 0)
        promise = JS_NewInt32(context, code);
    else if (!q)
        JS_ThrowOutOfMemory(context);
    else if (JS_IsException(promise = JS_NewPromiseCapability(context, q->settle)))
        js_free_rt(runtime, q);
    else {
        q->tag = tag;
        q->of = w;
        q->next = waiters;
        waiters = q;
        w->waiting++;
    }
    js_free_rt(runtime, d->document);
    js_free_rt(runtime, d->label);
    js_free_rt(runtime, d);
    return promise;
}

// work_post makes a call whose answer goes to the handler that its context names.
int32_t work_post(const char *document, size_t len) { return host_rest(next_tag(), document, len); }

void work_rejected(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque) {
    if (handled) {
        for (rejection **at = &rejections; *at; at = &(*at)->next) {
            rejection *r = *at;
            if (JS_VALUE_GET_PTR(r->promise) != JS_VALUE_GET_PTR(promise))
                continue;
            *at = r->next;
            JS_FreeValue(ctx, r->promise);
            JS_FreeValue(ctx, r->reason);
            js_free_rt(runtime, r);
            return;
        }
        return;
    }
    rejection *r = js_calloc_rt(runtime, 1, sizeof *r);
    if (!r)
        return;
    *r = (rejection){JS_DupValue(ctx, promise), JS_DupValue(ctx, reason), JS_GetJobTag(runtime), rejections};
    rejections = r;
}

static void blame(work *w, char *text) {
    if (w && !w->failure) {
        w->failure = text ? text : say("out of memory");
        return;
    }
    if (!w && text)
        host_log(3, text, strlen(text));
    js_free_rt(runtime, text);
}

// drain runs jobs until there are none, and blames frames for the rejections
// that nobody handles.
static void drain(void) {
    JSContext *ctx;
    for (int n; (n = JS_ExecutePendingJob(runtime, &ctx)) != 0;)
        if (n < 0)
            blame(find(JS_GetJobTag(runtime)), error_take());
    while (rejections) {
        rejection *r = rejections;
        rejections = r->next;
        work *w = find(r->tag);
        if (!w || JS_VALUE_GET_PTR(w->promise) != JS_VALUE_GET_PTR(r->promise))
            blame(w, error_text(r->reason));
        JS_FreeValue(context, r->promise);
        JS_FreeValue(context, r->reason);
        js_free_rt(runtime, r);
    }
}

// ended tells whether a frame's handler has, and notes its failure.
static bool ended(work *w) {
    if (w->failure)
        return true;
    if (JS_IsObject(w->promise)) {
        switch (JS_PromiseState(context, w->promise)) {
        case JS_PROMISE_PENDING:
            return false;
        case JS_PROMISE_REJECTED: {
            JSValue reason = JS_PromiseResult(context, w->promise);
            blame(w, error_text(reason));
            JS_FreeValue(context, reason);
            return true;
        }
        default:;
        }
    }
    return w->waiting == 0;
}

// flush makes the calls whose answers nobody awaits.
static void flush(work *w) {
    if (w->failure || !w->calls)
        return;
    if (!enter(w)) {
        blame(w, say("the host has given this handler up"));
        return;
    }
    for (struct deferred *d = w->calls; d && !w->failure; d = d->next) {
        int32_t code = ask(d, 0);
        if (code < 0)
            blame(w, refused(d->label, code));
    }
}

// settle ends the parked frames whose handlers have ended.
static void settle(void) {
    for (work *w = works, *next; w; w = next) {
        next = w->next;
        if (!w->handle || !ended(w))
            continue;
        flush(w);
        if (!w->void_) {
            if (w->failure)
                host_fail(w->failure, strlen(w->failure));
            host_finish(w->handle, w->failure ? internal : 0);
            if (entered == w->handle)
                entered = 0;
        }
        work_free(w);
    }
}

// handled notes what a handler has returned.
static void handled(work *w, JSValue result) {
    if (JS_IsException(result)) {
        blame(w, error_take());
    } else if (JS_IsPromise(result)) {
        JS_PromiseMarkAsHandled(context, result);
        w->promise = result;
    } else {
        JS_FreeValue(context, result);
    }
}

static char *answer(waiter *q, const header *h) {
    work *w = q->of;
    if (!enter(w))
        return NULL; // a frame of its own says that the host has given it up
    for (waiter **at = &waiters; *at; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            break;
        }
    JS_SetJobTag(runtime, w->id);
    w->waiting--;
    JSValue frame = frame_new(h);
    JSValue result = JS_IsException(frame) ? JS_EXCEPTION : JS_Call(context, q->settle[0], JS_UNDEFINED, 1, &frame);
    if (JS_IsException(result))
        blame(w, error_take());
    JS_FreeValue(context, result);
    JS_FreeValue(context, frame);
    JS_FreeValue(context, q->settle[0]);
    JS_FreeValue(context, q->settle[1]);
    js_free_rt(runtime, q);
    drain();
    settle();
    return NULL;
}

static void give_up(int32_t handle) {
    work *w = works;
    while (w && w->handle != handle)
        w = w->next;
    if (!w)
        return;
    w->void_ = true;
    JS_SetJobTag(runtime, w->id);
    JS_ThrowInternalError(context, "the host has given this handler up");
    JSValue error = JS_GetException(context);
    for (waiter *q = waiters; q; q = q->next)
        if (q->of == w)
            JS_FreeValue(context, JS_Call(context, q->settle[1], JS_UNDEFINED, 1, &error));
    JS_FreeValue(context, error);
    drain();
    work_free(w);
    settle();
}

// finish ends the frame in work, or parks it.
static char *finish(work *w) {
    drain();
    if (!ended(w) && !w->handle) {
        if (w->starting) {
            blame(w, say("onStart waits for something that cannot come before it has ended"));
        } else if (!waiters) {
            blame(w, say("the handler waits for something that never comes: a promise that no answer of Discord settles; to do something later use setTimeout with a function, or after"));
        } else {
            int code = park(w);
            if (code < 0)
                blame(w, refused("await", code));
        }
    }
    current = NULL;
    char *failure = NULL;
    if (!w->handle) {
        flush(w);
        failure = w->failure;
        w->failure = NULL;
        work_free(w);
    }
    settle();
    JS_SetJobTag(runtime, 0);
    return failure;
}

char *work_frame(const header *h) {
    if (h->kind == kind_completion)
        for (waiter *q = waiters; q; q = q->next)
            if (q->tag == h->tag)
                return answer(q, h);
    if (h->kind == kind_control && h->name == 6 && !memcmp(h + 1, "unpark", 6)) {
        give_up((int32_t)h->tag);
        return NULL;
    }
    work *w = work_new();
    JSValue frame = w ? frame_new(h) : JS_EXCEPTION;
    if (JS_IsException(frame)) {
        if (w)
            work_free(w);
        return say("out of memory");
    }
    current = w;
    handled(w, JS_Call(context, script.deliver, JS_UNDEFINED, 1, &frame));
    JS_FreeValue(context, frame);
    return finish(w);
}

char *work_start(const char *document, size_t len) {
    work *w = work_new();
    if (!w)
        return say("out of memory");
    w->starting = true;
    current = w;
    JSValue text = JS_NewStringLen(context, document, len);
    handled(w, JS_Call(context, script.start, JS_UNDEFINED, 1, &text));
    JS_FreeValue(context, text);
    return finish(w);
}
