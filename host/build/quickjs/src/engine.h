// What the files of the engine share: one runtime and one context of QuickJS a
// module instance, and the host's functions as docs/abi.md describes them.
#ifndef SHARDHOST_ENGINE_H
#define SHARDHOST_ENGINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "quickjs.h"

extern JSRuntime *runtime;
extern JSContext *context;

#define IMPORT(name) __attribute__((import_module("shard_v1"), import_name(#name))) int32_t host_##name
#define EXPORT(name) __attribute__((export_name(#name)))

IMPORT(log)(int32_t level, const char *text, size_t len);
IMPORT(log_level)(void);
IMPORT(done)(int32_t n);
IMPORT(fail)(const char *text, size_t len);
IMPORT(metric)(const char *name, size_t len, int32_t kind, double value);
IMPORT(section)(const char *name, size_t len, void *to, size_t room);
IMPORT(rest)(uint64_t tag, const char *document, size_t len);
IMPORT(fetch)(uint64_t tag, const char *document, size_t len);
IMPORT(timer)(uint64_t tag, int64_t delay, int64_t period);
IMPORT(timer_off)(uint64_t tag);
IMPORT(kv_get)(const char *key, size_t len, void *to, size_t room);
IMPORT(kv_put)(const char *key, size_t len, const char *value, size_t size, int64_t ttl);
IMPORT(kv_cas)(const char *key, size_t len, uint64_t version, const char *value, size_t size, int64_t ttl);
IMPORT(kv_del)(const char *key, size_t len);
IMPORT(kv_add)(const char *key, size_t len, int64_t delta, int64_t *sum);
IMPORT(kv_list)(const char *prefix, size_t len, const char *after, size_t size, void *to, size_t room);
IMPORT(gateway)(int32_t shard, int32_t op, const char *d, size_t len);
IMPORT(park)(void);
IMPORT(enter)(int32_t handle);
IMPORT(finish)(int32_t handle, int32_t status);
IMPORT(state_write)(int32_t schema, const char *data, size_t len);
IMPORT(publish)(const char *topic, size_t len, const char *body, size_t size);
__attribute__((import_module("shard_v1"), import_name("kv_version"))) int64_t host_kv_version(const char *key, size_t len);

enum { invalid = -1, try_again = -3, not_found = -4, internal = -8, unsupported = -9 };

// doc.c: the text of a document, which objects made of it point into. Those of
// the batch in work lie in the host's buffer; adopt copies what outlives it.
typedef struct doc {
    int refs;
    bool owned;
    const char *text;
    size_t len;
    struct doc *next, *before; // of those that are not owned
} doc;

doc *doc_new(const char *text, size_t len);
doc *doc_copy(const char *text, size_t len);
doc *doc_keep(doc *d);
void doc_drop(doc *d);
void doc_adopt(void);

// json.c: values out of a document's text.
const char *json_space(const char *at, const char *end);
const char *json_skip(const char *at, const char *end);
JSValue json_string(const char *at, const char *end);
JSValue json_value(doc *d, const char *at, const char *end, JSValueConst prototype);

// lazy.c: objects whose members are read when they are asked for.
int lazy_start(void);
JSValue lazy_new(doc *d, const char *at, const char *end, JSValueConst prototype);
int lazy_reserve(const char *name);

// frame.c: the frame as a JavaScript object.
typedef struct header {
    uint32_t size;
    uint16_t kind, flags;
    uint64_t tag, guild;
    int64_t received;
    uint16_t shard, event;
    uint32_t name, body;
    int32_t status;
} header;

enum { kind_event = 1, kind_completion = 2, kind_timer = 3, kind_control = 4 };

int frame_start(void);
JSValue frame_new(const header *h);
JSValue frame_prototype(void);
JSValue decimal(uint64_t n);

// work.c: frames in work and parked ones.
typedef struct work work;
work *work_acting(void);
int32_t work_defer(const char *document, size_t len, const char *label, size_t size, bool web);
JSValue work_send(int32_t id);
int32_t work_post(const char *document, size_t len);

// host.c: the module shardhost:host, and what the script has given to it.
typedef struct hooks {
    JSValue deliver, start, manifest, save, load;
} hooks;

extern hooks script;
int host_module(void);

// stack.c: positions in the author's files, and errors as text.
char *stack_map(const char *text, size_t len);
char *error_text(JSValueConst error);
char *error_take(void);

// section.c
char *section_read(const char *name, size_t *len);

#endif
