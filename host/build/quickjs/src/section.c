#include "engine.h"

// section_read returns a custom section of the module with a zero behind it, or
// NULL when there is none.
char *section_read(const char *name, size_t *len) {
    int32_t n = host_section(name, strlen(name), NULL, 0);
    if (n < 0)
        return NULL;
    char *text = js_malloc_rt(runtime, (size_t)n + 1);
    if (!text)
        return NULL;
    host_section(name, strlen(name), text, n);
    text[n] = 0;
    *len = n;
    return text;
}
