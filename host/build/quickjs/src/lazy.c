#include "engine.h"

// A lazy object is that part of a document which is one JSON object. Where its
// members stand is found out at the first question, a member's value is made
// when it is asked for, and kept. Members that are assigned or deleted become
// ordinary properties, which come first.
typedef struct field {
    const char *key;
    uint32_t len;
    bool gone;        // assigned or deleted
    bool listed;      // while names are listed
    JSAtom atom;      // of a key that is not plain; else JS_ATOM_NULL
    const char *at, *end;
    JSValue value;    // JS_UNINITIALIZED until it is asked for
} field;

typedef struct lazy {
    doc *d;
    const char *at, *end;
    size_t offset, len; // of at in the document, which may move
    bool read;
    uint32_t count;
    field *fields;
    uint32_t *slots, mask; // of objects with many members: index+1 by hash of the key
} lazy;

static JSClassID class;

// Keys of members as atoms have no text at hand: the last used have it here.
typedef struct known {
    JSAtom atom;
    const char *text;
    uint32_t len;
    bool reserved; // a method's name, which no member takes
} known;

enum { knowns = 256, many = 32 };
static known table[knowns];
static JSAtom reserved[64];
static int reservations;

static known *know(JSAtom atom) {
    known *k = &table[atom % knowns];
    if (k->text && k->atom == atom)
        return k;
    size_t len;
    const char *text = JS_AtomToCStringLen(context, &len, atom);
    if (!text)
        return NULL;
    if (k->text) {
        JS_FreeCString(context, k->text);
        JS_FreeAtom(context, k->atom);
    }
    *k = (known){JS_DupAtom(context, atom), text, len, false};
    for (int i = 0; i < reservations; i++)
        k->reserved |= reserved[i] == atom;
    return k;
}

// lazy_reserve keeps a name for methods.
int lazy_reserve(const char *name) {
    if (reservations == sizeof reserved / sizeof *reserved)
        return -1;
    reserved[reservations++] = JS_NewAtom(context, name);
    return 0;
}

static uint32_t hash(const char *key, size_t len) {
    uint32_t h = 2166136261;
    for (size_t i = 0; i < len; i++)
        h = (h ^ (uint8_t)key[i]) * 16777619;
    return h;
}

// is_plain tells whether a key is the text that stands there.
static bool is_plain(const char *key, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (key[i] == '\\' || (key[i] & 0x80))
            return false;
    return true;
}

static bool scan(lazy *l) {
    const char *base = l->d->text, *at = base + l->offset, *end = at + l->len;
    if (l->offset + l->len > l->d->len)
        return true; // lost for want of memory
    uint32_t room = 0;
    at = json_space(at + 1, end);
    while (at < end && *at == '"') {
        const char *stop = json_skip(at, end);
        if (!stop)
            break;
        const char *value = json_space(stop, end);
        if (value >= end || *value != ':')
            break;
        value = json_space(value + 1, end);
        const char *next = json_skip(value, end);
        if (!next)
            break;
        if (l->count == room) {
            room = room ? 2 * room : 24;
            field *more = js_realloc_rt(runtime, l->fields, room * sizeof *more);
            if (!more) {
                JS_ThrowOutOfMemory(context);
                return false;
            }
            l->fields = more;
        }
        field *f = &l->fields[l->count++];
        *f = (field){.key = at + 1, .len = stop - at - 2, .at = value, .end = next, .value = JS_UNINITIALIZED, .atom = JS_ATOM_NULL};
        if (!is_plain(f->key, f->len)) {
            JSValue key = json_string(f->key, f->key + f->len);
            f->atom = JS_ValueToAtom(context, key);
            JS_FreeValue(context, key);
        }
        at = json_space(next, end);
        if (at >= end || *at != ',')
            break;
        at = json_space(at + 1, end);
    }
    if (l->count > many) {
        l->mask = 63;
        while (l->mask < 2 * l->count)
            l->mask = 2 * l->mask + 1;
        if (!(l->slots = js_calloc_rt(runtime, l->mask + 1, sizeof *l->slots))) {
            JS_ThrowOutOfMemory(context);
            return false;
        }
        for (uint32_t i = 0; i < l->count; i++) {
            field *f = &l->fields[i];
            if (f->atom)
                continue;
            uint32_t at = hash(f->key, f->len) & l->mask;
            while (l->slots[at] && (l->fields[l->slots[at] - 1].len != f->len || memcmp(l->fields[l->slots[at] - 1].key, f->key, f->len)))
                at = (at + 1) & l->mask;
            l->slots[at] = i + 1; // of two with one key the last counts
        }
    }
    l->read = true;
    return true;
}

// moved sets the fields' addresses right when the document has been copied.
static void moved(lazy *l) {
    const char *now = l->d->text + l->offset;
    ptrdiff_t by = now - l->at;
    for (uint32_t i = 0; i < l->count; i++) {
        l->fields[i].key += by;
        l->fields[i].at += by;
        l->fields[i].end += by;
    }
    l->at = now;
}

static lazy *ready(JSValueConst object) {
    lazy *l = JS_GetOpaque(object, class);
    if (!l->read) {
        l->at = l->d->text + l->offset;
        if (!scan(l))
            return NULL;
        l->read = true;
    } else if (l->at != l->d->text + l->offset) {
        moved(l);
    }
    return l;
}

static field *find(lazy *l, JSAtom atom) {
    known *k = know(atom);
    if (!k || k->reserved)
        return NULL;
    if (l->slots) {
        for (uint32_t at = hash(k->text, k->len) & l->mask; l->slots[at]; at = (at + 1) & l->mask) {
            field *f = &l->fields[l->slots[at] - 1];
            if (f->len == k->len && !memcmp(f->key, k->text, k->len))
                return f->gone ? NULL : f;
        }
    }
    for (uint32_t i = l->count; i-- > 0;) {
        field *f = &l->fields[i];
        if (f->atom ? f->atom == atom : !l->slots && f->len == k->len && !memcmp(f->key, k->text, k->len))
            return f->gone ? NULL : f;
    }
    return NULL;
}

static int get(JSContext *ctx, JSPropertyDescriptor *to, JSValueConst object, JSAtom atom) {
    lazy *l = ready(object);
    if (!l)
        return -1;
    field *f = find(l, atom);
    if (!f)
        return false;
    if (!to)
        return true;
    if (JS_IsUninitialized(f->value)) {
        JSValue v = json_value(l->d, f->at, f->end, JS_UNDEFINED);
        if (JS_IsException(v))
            return -1;
        f->value = v;
    }
    *to = (JSPropertyDescriptor){JS_PROP_C_W_E, JS_DupValue(ctx, f->value), JS_UNDEFINED, JS_UNDEFINED};
    return true;
}

static bool is_number(const field *f) {
    if (f->atom || !f->len || f->len > 9 || (f->key[0] == '0' && f->len > 1))
        return false;
    for (uint32_t i = 0; i < f->len; i++)
        if (f->key[i] < '0' || f->key[i] > '9')
            return false;
    return true;
}

// rank orders names as objects do: numbers first, in their order, then the
// others as they stand there.
static int64_t rank(const JSPropertyEnum *name) {
    const char *text = JS_AtomToCString(context, name->atom);
    field f = {.key = text, .len = text ? strlen(text) : 0};
    int64_t n = is_number(&f) ? strtol(text, NULL, 10) : INT64_MAX;
    JS_FreeCString(context, text);
    return n;
}

static int by_number(const void *a, const void *b) {
    int64_t x = rank(a), y = rank(b);
    return x != y ? (x < y ? -1 : 1) : a < b ? -1 : a > b;
}

static int names(JSContext *ctx, JSPropertyEnum **list, uint32_t *count, JSValueConst object) {
    lazy *l = ready(object);
    if (!l)
        return -1;
    JSPropertyEnum *all = js_malloc(ctx, (l->count ? l->count : 1) * sizeof *all);
    if (!all)
        return -1;
    // Of two with one key the place is the first's, the value the last's.
    uint32_t n = 0, numbers = 0;
    for (uint32_t i = 0; i < l->count; i++) {
        field *f = &l->fields[i];
        JSAtom atom = f->atom ? JS_DupAtom(ctx, f->atom) : JS_NewAtomLen(ctx, f->key, f->len);
        field *counts = atom == JS_ATOM_NULL ? NULL : find(l, atom);
        if (!counts || counts->listed) {
            JS_FreeAtom(ctx, atom);
            continue;
        }
        counts->listed = true;
        numbers += is_number(counts);
        all[n++].atom = atom;
    }
    for (uint32_t i = 0; i < l->count; i++)
        l->fields[i].listed = false;
    if (numbers)
        qsort(all, n, sizeof *all, by_number);
    *list = all;
    *count = n;
    return 0;
}

static void leave(field *f) {
    f->gone = true;
    JS_FreeValue(context, f->value);
    f->value = JS_UNINITIALIZED;
}

static int delete(JSContext *ctx, JSValueConst object, JSAtom atom) {
    lazy *l = ready(object);
    if (!l)
        return -1;
    field *f = find(l, atom);
    if (f)
        leave(f);
    return true;
}

// define makes an ordinary property of a member that is assigned.
static int define(JSContext *ctx, JSValueConst object, JSAtom atom, JSValueConst value, JSValueConst getter, JSValueConst setter, int flags) {
    lazy *l = ready(object);
    if (!l)
        return -1;
    field *f = find(l, atom);
    if (f) {
        if (JS_IsUninitialized(f->value))
            f->value = json_value(l->d, f->at, f->end, JS_UNDEFINED);
        JSValue old = JS_DupValue(ctx, f->value);
        leave(f);
        if (JS_IsException(old) || JS_DefineProperty(ctx, object, atom, old, JS_UNDEFINED, JS_UNDEFINED,
                JS_PROP_HAS_VALUE | JS_PROP_HAS_WRITABLE | JS_PROP_HAS_ENUMERABLE | JS_PROP_HAS_CONFIGURABLE | JS_PROP_C_W_E | JS_PROP_NO_EXOTIC) < 0) {
            JS_FreeValue(ctx, old);
            return -1;
        }
        JS_FreeValue(ctx, old);
    }
    return JS_DefineProperty(ctx, object, atom, value, getter, setter, flags | JS_PROP_NO_EXOTIC);
}

static void finalize(JSRuntime *rt, JSValueConst object) {
    lazy *l = JS_GetOpaque(object, class);
    if (!l)
        return;
    for (uint32_t i = 0; i < l->count; i++) {
        JS_FreeValueRT(rt, l->fields[i].value);
        if (l->fields[i].atom)
            JS_FreeAtomRT(rt, l->fields[i].atom);
    }
    js_free_rt(runtime, l->fields);
    js_free_rt(runtime, l->slots);
    doc_drop(l->d);
    js_free_rt(runtime, l);
}

static void mark(JSRuntime *rt, JSValueConst object, JS_MarkFunc *mark) {
    lazy *l = JS_GetOpaque(object, class);
    if (!l)
        return;
    for (uint32_t i = 0; i < l->count; i++)
        JS_MarkValue(rt, l->fields[i].value, mark);
}

static JSClassExoticMethods exotic = {
    .get_own_property = get,
    .get_own_property_names = names,
    .delete_property = delete,
    .define_own_property = define,
};

int lazy_start(void) {
    JS_NewClassID(runtime, &class);
    return JS_NewClass(runtime, class, &(JSClassDef){"Object", .finalizer = finalize, .gc_mark = mark, .exotic = &exotic});
}

JSValue lazy_new(doc *d, const char *at, const char *end, JSValueConst prototype) {
    static JSValue plain;
    if (!JS_IsObject(plain))
        plain = JS_GetClassProto(context, 1); // Object.prototype
    JSValue object = JS_NewObjectProtoClass(context, JS_IsObject(prototype) ? prototype : plain, class);
    if (JS_IsException(object))
        return object;
    lazy *l = js_calloc_rt(runtime, 1, sizeof *l);
    if (!l) {
        JS_FreeValue(context, object);
        return JS_ThrowOutOfMemory(context);
    }
    *l = (lazy){.d = doc_keep(d), .offset = at - d->text, .len = end - at};
    JS_SetOpaque(object, l);
    return object;
}
