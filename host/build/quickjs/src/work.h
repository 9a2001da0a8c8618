// Frames while their handlers run or wait.
#ifndef SHARDHOST_WORK_H
#define SHARDHOST_WORK_H

#include "engine.h"

// work_frame lets the script handle a frame. It returns why the frame has
// failed, which the caller frees, or NULL: it is done, or waits parked.
char *work_frame(const header *h);

// work_start lets the script begin with the init document.
char *work_start(const char *document, size_t len);

// work_leave makes what follows belong to no parked frame.
void work_leave(void);

// work_limit says how long a frame may take, in milliseconds; 0: for ever.
void work_limit(int64_t ms);

// work_clock begins to count the time of a frame.
void work_clock(void);

// work_overtime is the engine's question whether to go on; work_overran tells
// whether the answer was no.
int work_overtime(JSRuntime *rt, void *opaque);
bool work_overran(void);

void work_rejected(JSContext *ctx, JSValueConst promise, JSValueConst reason, bool handled, void *opaque);

#endif
