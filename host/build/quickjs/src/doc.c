#include "engine.h"

static doc *borrowed; // those that point into the host's buffer

static doc *make(const char *text, size_t len, bool owned) {
    doc *d = js_malloc_rt(runtime, sizeof *d);
    if (!d) {
        JS_ThrowOutOfMemory(context);
        return NULL;
    }
    *d = (doc){.refs = 1, .owned = owned, .text = text, .len = len};
    return d;
}

doc *doc_new(const char *text, size_t len) {
    doc *d = make(text, len, false);
    if (!d)
        return NULL;
    d->next = borrowed;
    if (borrowed)
        borrowed->before = d;
    borrowed = d;
    return d;
}

doc *doc_copy(const char *text, size_t len) {
    char *copy = js_malloc_rt(runtime, len + 1);
    if (!copy) {
        JS_ThrowOutOfMemory(context);
        return NULL;
    }
    memcpy(copy, text, len);
    doc *d = make(copy, len, true);
    if (!d)
        js_free_rt(runtime, copy);
    return d;
}

doc *doc_keep(doc *d) {
    d->refs++;
    return d;
}

static void unlink(doc *d) {
    if (d->before)
        d->before->next = d->next;
    else
        borrowed = d->next;
    if (d->next)
        d->next->before = d->before;
    d->next = d->before = NULL;
}

void doc_drop(doc *d) {
    if (--d->refs > 0)
        return;
    if (d->owned)
        js_free_rt(runtime, (void *)d->text);
    else
        unlink(d);
    js_free_rt(runtime, d);
}

// doc_adopt copies what is still in use when the buffer goes back to the host.
// What there is no memory for is empty from then on: its members are undefined.
void doc_adopt(void) {
    while (borrowed) {
        doc *d = borrowed;
        unlink(d);
        char *copy = js_malloc_rt(runtime, d->len + 1);
        if (copy)
            memcpy(copy, d->text, d->len);
        else
            d->len = 0;
        d->text = copy;
        d->owned = true;
    }
}
